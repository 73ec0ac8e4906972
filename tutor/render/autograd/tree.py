"""A graph as a tree: each node drawn once, each edge a row, folded where there are too many."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.graphs import GraphView
    from tutor.render.look import Look

ROWS = 60
"""Rows a graph begins with at most; the rest is folded."""

Folds = frozenset[int]
"""Numbers (in the whole graph) of the nodes under which nothing is drawn."""


@dataclass(frozen=True, slots=True)
class Row:
    node: int
    """Index into ``GraphView.nodes``."""
    again: bool
    """The node itself is drawn in another row; this one is only an edge to it."""
    above: int
    """Row of the node that passes its gradient on to this one; -1 for the root."""
    source: int
    """The node in that row."""
    edge: int
    """Which of its inputs this is; -1 for the root."""
    last: bool
    """Whether it is the last input of the node above it."""
    hidden: int = 0
    """Nodes folded away under it."""


@dataclass(frozen=True, slots=True)
class Spanning:
    """For each node its rows below, ``(node, edge, again)``, and how many nodes belong under it."""

    below: tuple[tuple[tuple[int, int, bool], ...], ...]
    size: tuple[int, ...]
    owner: tuple[int, ...]
    """The node under which each is drawn; -1 for the root."""
    shared: dict[int, int]
    """A number, from 1, for every node with more than one edge into it."""


@lru_cache(maxsize=8)
def spanning(edges: tuple[tuple[int, ...], ...]) -> Spanning:
    """The depth-first tree in which each node belongs to the first one that leads to it."""
    count = len(edges)
    owner, owner_edge = [-1] * count, [-1] * count
    seen = [False] * count
    order: list[int] = []
    pending = [(0, -1, -1)] if count else []
    while pending:
        node, above, edge = pending.pop()
        if seen[node]:
            continue
        seen[node], owner[node], owner_edge[node] = True, above, edge
        order.append(node)
        pending.extend((child, node, k) for k, child in reversed(list(enumerate(edges[node]))) if not seen[child])
    size = [0] * count
    for node in reversed(order):
        if owner[node] >= 0:
            size[owner[node]] += size[node] + 1
    into: dict[int, int] = {}
    below = []
    for node, inputs in enumerate(edges):
        below.append(
            tuple((child, k, (owner[child], owner_edge[child]) != (node, k)) for k, child in enumerate(inputs))
        )
        for child in inputs:
            into[child] = into.get(child, 0) + 1
    shared = [node for node in order if into.get(node, 0) > 1]
    return Spanning(tuple(below), tuple(size), tuple(owner), {node: n + 1 for n, node in enumerate(shared)})


def sound(view: GraphView) -> GraphView:
    """The view without what does not hang together: a worker may be broken, or not what it seems."""
    count = len(view.nodes)
    nodes = []
    for node in view.nodes:
        kept = [k for k, child in enumerate(node.inputs) if 0 <= child < count]
        operands = node.operands if len(node.operands) == len(node.inputs) else tuple(range(len(node.inputs)))
        passed = node.passed if len(node.passed) == len(node.inputs) else (None,) * len(node.inputs)
        nodes.append(
            replace(
                node,
                inputs=tuple(node.inputs[k] for k in kept),
                operands=tuple(max(0, operands[k]) for k in kept),
                passed=tuple(passed[k] for k in kept),
            )
        )
    places = view.places if len(set(view.places)) == count else tuple(range(count))
    beyond = view.beyond if len(view.beyond) == count else (0,) * count
    order = tuple(i for i in view.order if 0 <= i < count)
    return replace(view, nodes=tuple(nodes), places=places, beyond=beyond, order=order)


def span_of(view: GraphView) -> Spanning:
    return spanning(tuple([node.inputs for node in view.nodes]))


def beginning(view: GraphView) -> Folds:
    """What is folded at first: nothing in a small graph, otherwise what is furthest from the root."""
    span = span_of(view)
    if sum(len(below) for below in span.below) < ROWS:
        return frozenset()
    folded = {place for place, node in zip(view.places, view.nodes, strict=True) if node.inputs}
    pending, rows = deque([0]), 1
    while pending:
        node = pending.popleft()
        if rows + len(span.below[node]) > ROWS:
            continue
        rows += len(span.below[node])
        folded.discard(view.places[node])
        pending.extend(child for child, _, again in span.below[node] if not again)
    return frozenset(folded)


def opened(view: GraphView, folds: Folds, node: int) -> Folds:
    """The folds without those that hide ``node``."""
    span = span_of(view)
    at = span.owner[node]
    hiding = set()
    while at >= 0:
        hiding.add(view.places[at])
        at = span.owner[at]
    return folds - hiding


def rows_of(view: GraphView, folds: Folds) -> list[Row]:
    """The rows in the order they are drawn."""
    span = span_of(view)
    rows: list[Row] = []
    pending = [(0, False, -1, -1, -1, True)] if view.nodes else []
    while pending:
        node, again, above, source, edge, last = pending.pop()
        folded = not again and view.places[node] in folds and bool(span.below[node])
        here = len(rows)
        rows.append(Row(node, again, above, source, edge, last, span.size[node] if folded else 0))
        if again or folded:
            continue
        below = span.below[node]
        for position in range(len(below) - 1, -1, -1):
            child, k, drawn = below[position]
            pending.append((child, drawn, here, node, k, position == len(below) - 1))
    return rows


def prefixes(rows: list[Row], look: Look) -> list[str]:
    """What stands before each row.

    While the tree is narrow enough every input is indented under its node. Where it is not, a node with a single
    input has that input right below it in the same column, so only branches cost width.
    """
    drawn = _prefixes(rows, frozenset(), look)
    if max(map(len, drawn), default=0) <= look.width // 3:
        return drawn
    inputs = [0] * len(rows)
    for row in rows:
        if row.above >= 0:
            inputs[row.above] += 1
    return _prefixes(rows, frozenset(row.above for row in rows if row.above >= 0 and inputs[row.above] == 1), look)


def _prefixes(rows: list[Row], chains: frozenset[int], look: Look) -> list[str]:
    """``chains`` are the rows whose one input stands in their own column."""
    across, down = look.glyphs.box[0], look.glyphs.box[1]
    branch, end = look.glyphs.tee
    before: list[str] = []
    under: list[str] = []
    for row in rows:
        base = under[row.above] if row.above >= 0 else ""
        if row.above < 0 or row.above in chains:
            before.append(base)
            under.append(base)
        else:
            before.append(base + (end if row.last else branch) + across)
            under.append(base + (" " if row.last else down) + " ")
    return before

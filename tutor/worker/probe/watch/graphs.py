"""Reads the autograd graph as ``backward()`` begins, in the first calls of a run and ever more rarely later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.nodes import Edge, leaf_of, name_of, roots_of
from tutor.worker.probe.touch import disturbs, quiet
from tutor.worker.probe.watch.frames import line_in, names_in, own_frames
from tutor.worker.probe.watch.leftover import Leftovers
from tutor.worker.probe.watch.live import Live

_EARLY = 8
"""Calls of a run that are all looked at."""

_NEAR = 100
"""Nodes looked at, nearest to the loss first."""

_LEAVES = 4

_VIEWS = (
    *("View", "UnsafeView", "ReshapeAlias", "Squeeze", "Unsqueeze", "Transpose", "T", "Permute", "Clone"),
    *("ToCopy", "Select", "Slice", "Index", "Alias", "Expand"),
)
_LOGS = ("Log", "Log1P", "LogSigmoid")


@dataclass(frozen=True, slots=True)
class LeafRoot:
    """A ``backward()`` that began, and so ended, at a leaf."""

    name: str
    line: int


class Graphs:
    """What the graphs of one run showed."""

    def __init__(self) -> None:
        self.leftovers = Leftovers()
        self._live: Live | None = None
        self.begin(None, "")

    def begin(self, live: Live | None, name: str) -> None:
        """Begin a run whose source is called ``name``; None looks at nothing."""
        self._live, self._name = live, name
        self.count = 0
        self.found: dict[str, Notice] = {}
        self.leaf_roots: list[LeafRoot] = []
        self.problem = ""
        self.leftovers.begin_run()

    def peek(self, tensors: Any, call: int) -> None:
        """``backward(tensors)`` begins, for the ``call``-th time; not all calls of a loop come here."""
        self.count = call
        if self._live is None or self.problem:
            return
        try:
            if not disturbs(self._live.torch):
                with quiet(self._live.torch):
                    self._look(self._live, tensors)
        except Exception as error:
            self.problem = f"{type(error).__name__} while reading a graph"

    def _look(self, live: Live, tensors: Any) -> None:
        roots = roots_of(live.torch, tensors)
        edges = list(near(roots))
        if self.count <= _EARLY:
            leaves = [leaf for (node, _) in edges if live.is_plain(leaf := leaf_of(node))]
            if self.leftovers.look(live, leaves[:_LEAVES]):
                self._add("no-zero-grad")
        for edge in edges:
            self._look_at(live, edge)
        if len(roots) == 1 and leaf_of(roots[0][0]) is not None:
            self._leaf_root(tensors)

    def _look_at(self, live: Live, edge: Edge) -> None:
        rule, op = squashed(edge[0])
        if rule:
            self._add(rule, op=op)
        else:
            self._broadcast(live, edge)

    def _broadcast(self, live: Live, edge: Edge) -> None:
        crossing = crossed(edge)
        if crossing is None:
            return
        result, sizes = crossing
        if len(sizes) == 2:
            size = result[0]
            self._add("broadcast", result=str(result), left=str((size, 1)), right=str((size,)))
        else:
            wanted = partner(sizes[0])
            names = names_in(own_frames())
            other = next((n for n, v in names if live.is_plain(v) and tuple(v.shape) == wanted), "")
            if other:
                self._add(
                    "broadcast", result=str(result), left=str(sizes[0]), right=shape_text(wanted), name=other
                )

    def _leaf_root(self, tensors: Any) -> None:
        frames = own_frames()
        root = tensors[0] if isinstance(tensors, (list, tuple)) else tensors
        name = next((n for n, v in names_in(frames) if v is root), "")
        self.leaf_roots.append(LeafRoot(name, line_in(frames, self._name)))

    def _add(self, rule: str, **facts: str) -> None:
        if rule not in self.found:
            self.found[rule] = Notice(rule, line_in(own_frames(), self._name), tuple(facts.items()))


def squashed(node: Any) -> tuple[str, str]:
    """The rule that a loss breaks whose input went through softmax or sigmoid, and which; empty for any other."""
    name = _short(node)
    if not name.startswith(("NllLoss", "LogSoftmax", "BinaryCrossEntropyWithLogits")):
        return "", ""
    before = _short(_behind_views(node))
    if before not in ("Softmax", "Sigmoid"):
        return "", ""
    if name.startswith("NllLoss"):
        return "nll-probabilities", before.lower()
    if name.startswith("Binary"):
        return "sigmoid-before-loss", before.lower()
    return ("softmax-before-loss", before.lower()) if name == "LogSoftmax" else ("", "")


Sizes = tuple[int, ...]


def crossed(edge: Edge) -> tuple[Sizes, list[Sizes]] | None:
    """An ``(N, 1)`` combined with an ``(N,)`` on the way into the loss: the shape of the result and of those
    sides that have a gradient. None for anything else, or where neither side is known.
    """
    node, output = edge
    name = _short(node)
    if name != "Sub" and not (name == "Mul" and any(_short(child) in _LOGS for child, _ in node.next_functions)):
        return None
    result = _shape(node, output)
    if result is None or len(result) != 2 or result[0] != result[1] or result[0] < 2:
        return None
    known = [_shape(child, place) for child, place in node.next_functions if child is not None]
    sizes = [sides for sides in known if sides is not None]
    column, row = (result[0], 1), (result[0],)
    both = column in sizes and row in sizes
    return (result, sizes) if both or sizes in ([column], [row]) else None


def partner(sizes: Sizes) -> Sizes:
    """The row for a column, the column for a row."""
    return sizes[:1] if len(sizes) == 2 else (*sizes, 1)


def shape_text(sizes: tuple[int, ...]) -> str:
    """``(50,)`` as Python writes it."""
    return str(sizes)


def near(roots: list[Edge]) -> Iterator[Edge]:
    """Edges from the loss on, breadth first, each node once."""
    pending, seen = list(roots), {node for node, _ in roots}
    for node, output in pending:
        yield node, output
        for child, place in node.next_functions:
            if child is not None and child not in seen and len(seen) < _NEAR:
                seen.add(child)
                pending.append((child, place))


def _short(node: Any) -> str:
    """``Sub`` for a ``SubBackward0``; empty for none."""
    return "" if node is None else name_of(node).partition("Backward")[0]


def _behind_views(node: Any) -> Any:
    """What was computed before this node, past reshapes and copies."""
    for _ in range(8):
        if not node.next_functions:
            return None
        node = node.next_functions[0][0]
        if node is None or _short(node) not in _VIEWS:
            return node
    return None


def _shape(node: Any, output: int) -> tuple[int, ...] | None:
    try:
        sizes = tuple(node._input_metadata[output].shape)
    except Exception:  # the attribute is not documented
        return None
    return sizes if all(type(size) is int for size in sizes) else None

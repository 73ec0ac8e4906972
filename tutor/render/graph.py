"""The autograd graph as a tree, from the loss back to the leaves, with the gradient that arrived at each node."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.bars import LogScale, log_scale
from tutor.render.lines import Line, Piece, clean, fit, sentence
from tutor.render.numbers import count, number
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tutor.protocol.gradients import GradientGraph, GraphNode
    from tutor.render.look import Look

SYMBOLS = {
    "Add": "+",
    "Sub": "-",
    "Rsub": "-",
    "Mul": "*",
    "Div": "/",
    "Pow": "**",
    "Neg": "-",
    "Mm": "@",
    "Mv": "@",
    "Bmm": "@",
    "Addmm": "@ +",
    "Addmv": "@ +",
    "Dot": "@",
    "T": ".T",
    "Transpose": ".T",
}
_SUFFIX = "Backward"
_BAR = 8
_LEAST_NAME = 12


@dataclass(frozen=True, slots=True)
class _Row:
    prefix: str
    node: int
    again: bool
    """True when the node has been drawn further up."""


def graph_lines(graph: GradientGraph, look: Look, *, calls: int = 1) -> list[Line]:
    """The tree, and the call it was seen in if that was not the last of ``calls``; a sentence when too large."""
    ink, glyphs = look.palette, look.glyphs
    if not graph.nodes:
        text = (
            f"The graph has {count(graph.total)} nodes: too many to draw." if graph.total else "There is no graph."
        )
        return sentence(text, ink.dim, look)
    rows = _rows(graph.nodes, look)
    numbers = _shared_numbers(rows)
    scale = log_scale(node.grad_norm for node in graph.nodes)
    plan = _columns(graph.nodes, rows, numbers, look)
    heading = f"{glyphs.partial}loss/{glyphs.partial}here"
    title = "graph" if graph.step == calls else f"graph, call {count(graph.step)}"
    lines = [Line(title, ink.heading).pad(plan.grad_end - len(heading)).add(heading, ink.heading)]
    lines += [_line(row, graph.nodes[row.node], numbers, plan, scale, look) for row in rows]
    return lines + sentence(_key(rows, graph, plan, scale, look), ink.dim, look)


def _rows(nodes: Sequence[GraphNode], look: Look) -> list[_Row]:
    """Depth-first order with tree prefixes.

    While the tree is narrow enough every input is indented under its node. Where it is not, a node with a
    single input has that input right below it in the same column, so only branches cost width.
    """
    rows = _walk(nodes, look, indent_all=True)
    if max(len(row.prefix) for row in rows) > look.width // 3:
        rows = _walk(nodes, look, indent_all=False)
    return rows


def _walk(nodes: Sequence[GraphNode], look: Look, indent_all: bool) -> list[_Row]:
    across, down = look.glyphs.box[0], look.glyphs.box[1]
    branch, last = look.glyphs.tee
    seen: set[int] = set()
    rows: list[_Row] = []
    stack = [(0, "", "")]
    while stack:
        node, prefix, under = stack.pop()
        rows.append(_Row(prefix, node, node in seen))
        if node in seen:
            continue
        seen.add(node)
        inputs = [i for i in nodes[node].inputs if 0 <= i < len(nodes)]
        if len(inputs) == 1 and not indent_all:
            stack.append((inputs[0], under, under))
            continue
        for position, child in reversed(list(enumerate(inputs))):
            end = position == len(inputs) - 1
            stack.append((child, under + (last if end else branch) + across, under + (" " if end else down) + " "))
    return rows


def _shared_numbers(rows: Sequence[_Row]) -> dict[int, int]:
    """A number, from 1, for every node that is drawn more than once."""
    numbers: dict[int, int] = {}
    for row in rows:
        if row.again:
            numbers.setdefault(row.node, len(numbers) + 1)
    return numbers


@dataclass(frozen=True, slots=True)
class _Columns:
    name: int
    """Cells of tree and name together."""
    shape: int
    grad_end: int
    bar: int


def _columns(nodes: Sequence[GraphNode], rows: Sequence[_Row], numbers: dict[int, int], look: Look) -> _Columns:
    shape = max(len(_shape(node)) for node in nodes)
    grad = max(*(len(_grad(node, look)) for node in nodes), 10)
    name = max(len(row.prefix) + 2 + _cells(_label(row, nodes[row.node], numbers, look)) for row in rows)
    bar = _BAR
    room = look.width - grad - 2
    if room - bar - 1 < min(name, 2 * _LEAST_NAME):
        bar = 0
    room -= bar + 1 if bar else 0
    if room - shape - 2 < min(name, 2 * _LEAST_NAME):
        shape = 0
    name = max(min(name, room - (shape + 2 if shape else 0)), _LEAST_NAME)
    return _Columns(name, shape, name + (shape + 2 if shape else 0) + 2 + grad, bar)


def _cells(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _shape(node: GraphNode) -> str:
    return "" if node.shape is None else shape_text(node.shape)


def _grad(node: GraphNode, look: Look) -> str:
    if node.grad is not None:
        return number(node.grad, 10)
    if node.grad_norm is None:
        return look.glyphs.dash
    return f"{look.glyphs.norm}{number(node.grad_norm, 8)}{look.glyphs.norm}"


def is_leaf(node: GraphNode) -> bool:
    return bool(node.path) or node.name.rpartition(".")[2].endswith("AccumulateGrad")


def _label(row: _Row, node: GraphNode, numbers: dict[int, int], look: Look) -> list[Piece]:
    """``x`` for a leaf, ``+ AddBackward0`` for an operation, and ``#1`` where the node is met again."""
    ink = look.palette
    shared = f" #{numbers[row.node]}" if row.node in numbers else ""
    if is_leaf(node):
        name: list[Piece] = [(clean(node.path, look), ink.leaf) if node.path else ("unnamed leaf", ink.dim)]
    else:
        name = _operation(clean(node.name, look), look)
    return [*name, (shared, ink.warn)] if shared else name


def _operation(name: str, look: Look) -> list[Piece]:
    ink = look.palette
    what, suffix, rest = name.partition(_SUFFIX)
    symbol = SYMBOLS.get(what, "")
    pieces: list[Piece] = [(f"{symbol} ", ink.accent)] if symbol else []
    return [*pieces, (what, ink.number), (suffix + rest, ink.dim)]


def _line(
    row: _Row, node: GraphNode, numbers: dict[int, int], plan: _Columns, scale: LogScale, look: Look
) -> Line:
    ink, glyphs = look.palette, look.glyphs
    # Names matter more than the tree: a prefix that leaves no room for one is cut from the left.
    most = max(0, plan.name - _LEAST_NAME)
    prefix = row.prefix if len(row.prefix) <= most else glyphs.ellipsis + row.prefix[len(row.prefix) - most + 1 :]
    line = Line(prefix, ink.dim)
    leaf = is_leaf(node)
    mark = glyphs.again if row.again else glyphs.leaf if leaf else glyphs.node
    line.add(f"{mark} ", ink.warn if row.again else ink.leaf if leaf else ink.accent)
    room = plan.name - line.cells
    for text, style in _label(row, node, numbers, look):
        part = fit(text, room, look)
        line.add(part, style)
        room -= cell_len(part)
    line.pad(plan.name)
    if plan.shape and not row.again and node.shape is not None:
        line.add("  ").extend(shape_pieces(node.shape, look))
    if row.again:
        return line
    grad = _grad(node, look)
    line.pad(plan.grad_end - len(grad)).add(
        grad, grad_style(node.grad if node.grad is not None else node.grad_norm, look)
    )
    bar = scale.bar(node.grad_norm, plan.bar, look)
    return line.add(f" {bar}", ink.leaf if leaf else ink.bar) if bar else line


def grad_style(grad: float | None, look: Look) -> Style:
    """Missing for NaN and infinities, warning for exactly 0, dim for none."""
    ink = look.palette
    if grad is None:
        return ink.dim
    if grad - grad != 0:
        return ink.missing
    return ink.warn if grad == 0 else ink.number


def _key(rows: Sequence[_Row], graph: GradientGraph, plan: _Columns, scale: LogScale, look: Look) -> str:
    glyphs = look.glyphs
    parts = [f"{glyphs.node} operation", f"{glyphs.leaf} leaf"]
    if any(row.again for row in rows):
        parts.append(f"{glyphs.again} drawn above")
    if any(node.grad is None and node.grad_norm is not None for node in graph.nodes):
        parts.append(f"{glyphs.norm}{glyphs.dot}{glyphs.norm} norm")
    if plan.bar:
        parts.append(scale.words())
    if graph.total > len(graph.nodes):
        parts.append(f"{count(graph.total - len(graph.nodes))} more nodes are not drawn")
    return "   ".join(parts)

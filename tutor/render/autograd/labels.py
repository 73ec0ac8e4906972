"""What nodes are called in the tree and in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.autograd.rules import short
from tutor.render.graph import SYMBOLS
from tutor.render.lines import Piece, clean
from tutor.render.numbers import count

if TYPE_CHECKING:
    from tutor.protocol.gradients import GraphNode
    from tutor.protocol.graphs import GraphView
    from tutor.render.autograd.tree import Row
    from tutor.render.look import Look


def is_operation(node: GraphNode) -> bool:
    return not node.name.rpartition(".")[2].endswith("AccumulateGrad")


def root_name(view: GraphView, look: Look) -> str:
    """The tensor the graph is behind; ``loss`` where it has no name."""
    return clean(view.path, look) or "loss"


def bare_label(node: GraphNode, look: Look) -> list[Piece]:
    """``x`` for a leaf, ``y + Add`` for an operation whose result is called y."""
    ink = look.palette
    name = clean(node.path, look)
    if not is_operation(node):
        return [(name, ink.leaf) if name else ("unnamed leaf", ink.dim)]
    what = short(clean(node.name, look))
    pieces: list[Piece] = [(f"{name} ", ink.name)] if name else []
    symbol = SYMBOLS.get(what, "")
    if symbol and not symbol.startswith("."):  # `.T` says what `T` and `Transpose` say by themselves
        pieces.append((f"{symbol} ", ink.accent))
    return [*pieces, (what, ink.number)]


def word(node: GraphNode, look: Look) -> str:
    """The same for a sentence."""
    return "".join(text for text, _ in bare_label(node, look))


def label(view: GraphView, row: Row, shared: dict[int, int], look: Look) -> list[Piece]:
    """The label of a row: the number of a node that is met more than once, and what is folded away under it."""
    ink = look.palette
    pieces = bare_label(view.nodes[row.node], look)
    if row.node in shared:
        pieces.append((f" #{shared[row.node]}", ink.warn))
    if row.hidden:
        pieces.append((f" {look.glyphs.ellipsis}{count(row.hidden)} inside", ink.dim))
    if view.beyond[row.node] and not row.again:
        pieces.append((f" {look.glyphs.ellipsis}goes on", ink.warn))
    return pieces

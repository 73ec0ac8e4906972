"""A module as a tree: what it is made of, how many parameters each part has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import Line, clean, sentence
from tutor.render.numbers import count, nbytes
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.views import ModuleRow, ModuleTree
    from tutor.render.look import Look

_GAP = "  "
_TREE = 24
"""Cells that names and classes want beside shapes."""


def module_tree(tree: ModuleTree, look: Look) -> list[Line]:
    """One line a module: name, class and arguments, parameters; then the totals."""
    parts = [_part(row, prefix, look) for row, prefix in zip(tree.rows, _prefixes(tree.rows, look), strict=True)]
    sizes = [_size(row, look) for row in tree.rows]
    outputs = [_output(row) for row in tree.rows]
    # Only what differs from the whole is worth a word on every line.
    states = [_state(row) if tree.trainable else "" for row in tree.rows]
    size, state, made = (max(map(len, column), default=0) for column in (sizes, states, outputs))
    # The shapes come after what the tree always shows, where they leave it room.
    made = made if look.width - size - state - made - 3 * len(_GAP) >= _TREE else 0
    aside = sum(cells + len(_GAP) for cells in (size, state, made) if cells)
    left = min(max((part.cells for part in parts), default=0), max(look.width - aside, look.width // 3))
    lines = []
    for part, parameters, trains, row, shape in zip(parts, sizes, states, tree.rows, outputs, strict=True):
        line = part.clip(left, look.glyphs.ellipsis).pad(left)
        if made:
            pieces = [(look.glyphs.arrow, look.palette.dim), *shape_pieces(row.outputs[0], look)] if shape else []
            line.add(_GAP).extend(pieces).pad(left + len(_GAP) + made)
        if size:
            line.add(_GAP).add(parameters.rjust(size), look.palette.number)
        if trains:
            line.add(_GAP).add(trains, look.palette.warn)
        lines.append(line)
    if tree.more:
        lines.append(Line(f"{look.glyphs.ellipsis} {count(tree.more)} more modules", look.palette.dim))
    return [*lines, *sentence(_totals(tree), look.palette.dim, look)]


def _prefixes(rows: Sequence[ModuleRow], look: Look) -> list[str]:
    """The branches of a tree, from the depths alone."""
    branch, last = look.glyphs.tee
    bar = look.glyphs.box[1]
    prefixes: list[str] = []
    goes_on: dict[int, bool] = {}
    for row in reversed(rows):
        bars = "".join(f"{bar} " if goes_on.get(depth) else "  " for depth in range(1, row.depth))
        own = "" if row.depth == 0 else f"{branch if goes_on.get(row.depth) else last} "
        prefixes.append(bars + own)
        goes_on = {depth: on for depth, on in goes_on.items() if depth < row.depth} | {row.depth: True}
    return prefixes[::-1]


def _part(row: ModuleRow, prefix: str, look: Look) -> Line:
    ink = look.palette
    line = Line(prefix, ink.dim)
    if row.name:
        line.add(clean(row.name, look), ink.name).add(_GAP)
    line.add(clean(row.type, look), ink.accent)
    if row.arguments:
        arguments = f" {row.arguments}" if row.type == "Parameter" else f"({row.arguments})"
        line.add(clean(arguments, look), ink.dim)
    if row.times > 1:
        line.add(f" {look.glyphs.times} {row.times}", ink.warn)
    if row.below:
        line.add(f" {look.glyphs.ellipsis} {count(row.below)} inside", ink.dim)
    return line


def _size(row: ModuleRow, look: Look) -> str:
    if not row.parameters:
        return ""
    times = f"{row.times} {look.glyphs.times} " if row.times > 1 else ""
    return times + count(row.parameters)


def _output(row: ModuleRow) -> str:
    """The arrow before it and the shape; only to be measured, the pieces have the colours of the axes."""
    return f"x{shape_text(row.outputs[0])}" if row.outputs else ""


def _state(row: ModuleRow) -> str:
    if not row.parameters or row.trainable == row.parameters:
        return ""
    return "frozen" if not row.trainable else f"{count(row.trainable)} trainable"


def _totals(tree: ModuleTree) -> str:
    if not tree.parameters:
        return "no parameters"
    if tree.trainable == tree.parameters:
        state = "all trainable"
    else:
        state = f"{count(tree.trainable)} trainable" if tree.trainable else "all frozen"
    return f"{count(tree.parameters)} parameters, {state}, {nbytes(tree.nbytes)}"

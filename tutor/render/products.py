"""A matrix product as two boxes, with the sizes that must agree between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit
from tutor.render.tensors import shape_text

if TYPE_CHECKING:
    from tutor.protocol.alignment import Alignment
    from tutor.protocol.shapes import Shape
    from tutor.render.look import Look

_BOX = 8
"""Cells inside a box: wide enough for a size of seven digits."""


def product(step: Alignment, look: Look) -> list[Line]:
    """Both operands as boxes with their sizes at the edges; the inner two stand side by side.

    A vector on the left is one row, on the right one column. The operands must have an axis each.
    """
    ink, glyphs = look.palette, look.glyphs
    left, right = step.terms[0].shape, step.terms[1].shape
    rows, inner_left = _edges(left, row=True)
    inner_right, columns = _edges(right, row=False)
    agree = inner_left == inner_right
    join = "=" if agree else ("≠" if look.unicode else "!=")
    style = ink.good if agree else ink.bad
    mark = glyphs.yes if agree else glyphs.no
    inner = f" {inner_left} {join} {inner_right} "
    margin = max(len(rows), 1) + 2
    box = glyphs.box
    gap = max(cell_len(inner), 3)
    top, bottom = f"{box[2]}{box[0] * _BOX}{box[3]}", f"{box[4]}{box[0] * _BOX}{box[5]}"
    wall = f"{box[1]}{' ' * _BOX}{box[1]}"
    names = [fit(clean(term.source, look), _BOX + 2, look) for term in step.terms]
    second = margin + _BOX + 2 + gap
    lines = [
        Line(" " * margin).add(names[0], ink.name).pad(second).add(names[1], ink.name),
        Line(" " * margin)
        .add(inner_left.center(_BOX + 2), style)
        .pad(second)
        .add(columns.center(_BOX + 2), ink.axis(1)),
        Line(" " * margin).add(top, ink.dim).add(" " * gap).add(top, ink.dim),
        Line(f" {rows} ".rjust(margin), ink.axis(0))
        .add(wall, ink.dim)
        .add(inner.center(gap), style)
        .add(wall, ink.dim),
        Line(" " * margin).add(bottom, ink.dim).add(mark.center(gap), style).add(bottom, ink.dim),
    ]
    lines.append(_written(step, look))
    if len(left) > 2 or len(right) > 2:
        batches = f" batch axes {shape_text(left[:-2])} and {shape_text(right[:-2])} line up as in broadcasting"
        lines.append(Line(batches, ink.dim))
    return lines


def _edges(shape: Shape, *, row: bool) -> tuple[str, str]:
    """Height and width of a box, as text; the side that a vector does not have is empty."""
    if len(shape) > 1:
        return str(shape[-2]), str(shape[-1])
    return ("", str(shape[-1])) if row else (str(shape[-1]), "")


def _written(step: Alignment, look: Look) -> Line:
    """``[3, 4] @ [4, 5] → [3, 5]``, with the inner sizes marked."""
    ink = look.palette
    left, right = (term.shape for term in step.terms)
    style = ink.bad if step.problem and step.axis == -1 else ink.good
    line = Line(" [", ink.dim)
    for place, size in enumerate(left):
        line.add(", " if place else "", ink.dim)
        line.add(str(size), style if place == len(left) - 1 else ink.dim)
    line.add("] @ [", ink.dim)
    for place, size in enumerate(right):
        line.add(", " if place else "", ink.dim)
        line.add(str(size), style if place == max(len(right) - 2, 0) else ink.dim)
    line.add("]", ink.dim)
    if step.result is not None:
        line.add(f" {look.glyphs.arrow} {shape_text(step.result)}", ink.name)
    else:
        line.add("   inner axes must match" if step.axis == -1 else "   does not fit", ink.bad)
    return line

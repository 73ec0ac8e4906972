"""The table of leaves: value, gradient, how often it was added to, and why there is none."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.bars import LogScale, log_scale
from tutor.render.graph import grad_style
from tutor.render.lines import Line, clean, fit, sentence
from tutor.render.numbers import column, count, number
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from tutor.protocol.gradients import LeafGradient
    from tutor.render.look import Look

_SPELLED = 6
"""Elements up to which a value is written out; a longer one is given by its norm."""
_BAR = 10
_OTHERS = 26
"""Cells that bar, norm and a short shape want beside a spelled gradient before a value is spelled as well."""
_REASONS = {
    "never": "no backward",
    "returned": "no backward",
    "unused": "not reached",
    "no_grad": "no_grad",
    "detach": "detached",
    "cleared": "cleared",
    "frozen": "frozen",
    "integer": "integer",
    "inner": "not a leaf",
}


@dataclass(frozen=True, slots=True)
class _Widths:
    """Cells of each column; 0 leaves it out."""

    name: int
    shape: int
    value: int
    change: int
    grad: int
    norm: int
    bar: int


@dataclass(frozen=True, slots=True)
class _Cells:
    value: str
    change: str
    grad: str
    norm: str


def leaf_lines(
    leaves: Sequence[LeafGradient],
    more: int,
    look: Look,
    cursor: int = -1,
    first: int = 0,
    height: int | None = None,
) -> list[Line]:
    """One line a leaf under a heading, with the one at ``cursor`` marked; ``height`` lines from ``first`` on."""
    ink = look.palette
    if not leaves:
        return sentence("No named leaf requires a gradient.", ink.dim, look)
    name = min(max(max(cell_len(clean(leaf.path, look)) for leaf in leaves), 4), max(8, look.width // 3))
    cells = [_cells(leaf, look.width - name - 2, look) for leaf in leaves]
    widths = _widths(name, leaves, cells, look)
    scale = log_scale(leaf.grad_norm for leaf in leaves)
    shown = range(first, len(leaves) if height is None else min(len(leaves), first + height))
    lines = [_heading(widths, scale, look)]
    for i in shown:
        bar = scale.bar(leaves[i].grad_norm, widths.bar, look)
        line = _row(leaves[i], cells[i], widths, bar, look)
        if i == cursor:
            line.pad(look.width)
            line.pieces = [(text, ink.cursor) for text, _ in line.pieces]
        lines.append(line)
    if height is not None:
        return lines
    if more:
        lines.append(Line(f"{look.glyphs.ellipsis} {count(more)} more leaves", ink.dim))
    norms = any(c.grad.startswith(look.glyphs.norm) or c.value.startswith(look.glyphs.norm) for c in cells)
    key = (
        [f"{look.glyphs.norm}{look.glyphs.dot}{look.glyphs.norm} = norm: root of the sum of squares"]
        if norms
        else []
    )
    key += [scale.words()] if widths.bar else []
    return lines + (sentence("   ".join(key), ink.dim, look) if key else [])


def norm_of(text: str, look: Look) -> str:
    return f"{look.glyphs.norm}{text}{look.glyphs.norm}"


def _cells(leaf: LeafGradient, most: int, look: Look) -> _Cells:
    """What stands in the columns; a list wider than ``most`` gives way to its norm."""
    size = 1
    for n in leaf.shape:
        size *= n
    norm = number(leaf.grad_norm, 8) if leaf.grad_norm is not None else ""
    grad = (_spelled(leaf.grad, size, leaf.dtype, most) or norm_of(norm, look)) if norm else _none(leaf)
    if norm and leaf.times > 1:
        grad = f"{grad} {look.glyphs.times}{count(leaf.times)}"
    left = most - len(grad) - _OTHERS
    value = _spelled(leaf.value, size, leaf.dtype, left) or norm_of(number(leaf.value_norm, 8), look)
    return _Cells(value, change_of(leaf, look), grad, norm)


def _none(leaf: LeafGradient) -> str:
    """``None``, and in a word why."""
    reason = _REASONS.get(leaf.reason, "")
    return f"None, {reason}" if reason else "None"


def change_of(leaf: LeafGradient, look: Look) -> str:
    """``-0.6`` for one number, ``‖0.12‖`` for more; empty where nothing changed, or that is not known."""
    if not leaf.change:
        return ""
    size = 1
    for n in leaf.shape:
        size *= n
    return number(leaf.change, 8) if size == 1 else norm_of(number(leaf.change, 8), look)


def _spelled(data: bytes, size: int, dtype: str, most: int) -> str:
    """The number itself, or a short list; empty when there are too many elements (or not as many as said)."""
    if not 1 <= size <= _SPELLED or len(data) != 8 * size or dtype.startswith("complex"):
        return ""
    values = struct.unpack(f"<{size}d", data)
    if size == 1:
        return number(values[0], 10)
    text = f"[{', '.join(column(values, 9, dtype))}]"
    return text if len(text) <= most else ""


def _widths(name: int, leaves: Sequence[LeafGradient], cells: Sequence[_Cells], look: Look) -> _Widths:
    """Name and gradient first; then the bar, the value, the norm and the shape, as far as they fit."""
    grad = max(max(len(c.grad) for c in cells), 5)
    value = max(max(len(c.value) for c in cells), 5)
    shape = max(max(len(shape_text(leaf.shape)) for leaf in leaves), 5)
    norm = max(max(len(c.norm) for c in cells), 6) if any(c.grad.startswith("[") for c in cells) else 0
    grad = min(grad, look.width - name - 2)
    room = look.width - name - grad - 2
    bar = _BAR if sum(leaf.grad_norm is not None for leaf in leaves) > 1 else 0
    change = max((cell_len(c.change) for c in cells), default=0)
    change = max(change, 6) if change else 0
    given = {}
    columns = (("value", value), ("change", change), ("bar", bar), ("norm", norm), ("shape", shape))
    for column_, wanted in columns:
        given[column_] = wanted if wanted and wanted + 2 <= room else 0
        room -= given[column_] + 2 if given[column_] else 0
    return _Widths(name, given["shape"], given["value"], given["change"], grad, given["norm"], given["bar"])


def _heading(widths: _Widths, scale: LogScale, look: Look) -> Line:
    line = Line("leaf".ljust(widths.name))
    for title, cells in (("shape", widths.shape), ("value", widths.value), ("change", widths.change)):
        if cells:
            line.add("  " + (title.ljust(cells) if title == "shape" else title.rjust(cells)))
    line.add("  " + ".grad".rjust(widths.grad))
    if widths.norm:
        line.add("  " + norm_of("grad", look).rjust(widths.norm))
    if widths.bar:
        line.add("  " + scale.heading(widths.bar))
    line.pieces = [(text, look.palette.heading) for text, _ in line.pieces]
    return line


def _row(leaf: LeafGradient, cells: _Cells, widths: _Widths, bar: str, look: Look) -> Line:
    ink = look.palette
    style = ink.leaf if leaf.kind == "leaf" else ink.dim
    line = Line(fit(clean(leaf.path, look), widths.name, look), style).pad(widths.name)
    if widths.shape:
        line.add("  ").extend(shape_pieces(leaf.shape, look)).pad(widths.name + 2 + widths.shape)
    if widths.value:
        line.add("  ").add(cells.value.rjust(widths.value), ink.dim)
    if widths.change:
        line.add("  ").add(cells.change.rjust(widths.change), ink.accent)
    line.add("  ").add(_right(cells.grad, widths.grad, look), grad_style(leaf.grad_norm, look))
    if widths.norm:
        line.add("  ").add(cells.norm.rjust(widths.norm), ink.dim)
    return line.add("  ").add(bar, ink.bar) if bar else line


def _right(text: str, cells: int, look: Look) -> str:
    return fit(text, cells, look).rjust(cells)

"""What backward() left behind: loss, gradients of the leaves, and the graph they came through."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.bars import log_scale
from tutor.render.curves import curve, curve_lines
from tutor.render.graph import grad_style, graph_lines
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import column, count, number
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.snapshots import GradientGraph, GradientSnapshot, LeafGradient
    from tutor.render.look import Look

__all__ = ["curve", "gradients", "graph", "leaves_table"]

_SPELLED = 6
"""Elements up to which a value is written out; a longer one is given by its norm."""
_BAR = 10
_OTHERS = 26
"""Cells that bar, norm and a short shape want beside a spelled gradient before a value is spelled as well."""


def gradients(snapshot: GradientSnapshot, look: Look) -> Text:
    """Everything there is to see: curves of a loop, the leaves, then the graph."""
    ink = look.palette
    times = "once" if snapshot.step == 1 else f"{count(snapshot.step)} times"
    heading = Line("backward() ", ink.heading).add(f"ran {times}", ink.dim)
    if snapshot.live:
        heading.add(f"  {look.glyphs.node} running", ink.warn)
    lines = [heading]
    if len(snapshot.losses) == 1:
        heading.add("   loss ", ink.heading).add(number(snapshot.losses[0]), grad_style(snapshot.losses[0], look))
    elif snapshot.losses:
        lines += [Line(), *curve_lines(snapshot.losses, look, "loss")]
    if len(snapshot.grad_norms) > 1:
        lines += [Line(), *curve_lines(snapshot.grad_norms, replace(look, height=1), _norm("grad", look))]
    lines += [Line(), *_leaves(snapshot, look)]
    if snapshot.graph is not None:
        lines += [Line(), *graph_lines(snapshot.graph, look, calls=snapshot.step)]
    return to_text(lines, look)


def graph(graph: GradientGraph, look: Look) -> Text:
    """The autograd graph as a tree with the gradient of the loss at each node."""
    return to_text(graph_lines(graph, look, calls=graph.step), look)


def leaves_table(snapshot: GradientSnapshot, look: Look) -> Text:
    """One line a leaf: name, shape, value, gradient, and the gradient's norm as a bar on a log scale."""
    return to_text(_leaves(snapshot, look), look)


@dataclass(frozen=True, slots=True)
class _Widths:
    """Cells of each column; 0 leaves it out."""

    name: int
    shape: int
    value: int
    grad: int
    norm: int
    bar: int


@dataclass(frozen=True, slots=True)
class _Cells:
    value: str
    grad: str
    norm: str


def _leaves(snapshot: GradientSnapshot, look: Look) -> list[Line]:
    ink = look.palette
    leaves = snapshot.leaves
    if not leaves:
        return sentence("No named leaf requires a gradient.", ink.dim, look)
    name = min(max(max(cell_len(clean(leaf.path, look)) for leaf in leaves), 4), max(8, look.width // 3))
    cells = [_cells(leaf, look.width - name - 2, look) for leaf in leaves]
    widths = _widths(name, leaves, cells, look)
    scale = log_scale(leaf.grad_norm for leaf in leaves)
    lines = [_heading(widths, look)]
    for leaf, cell in zip(leaves, cells, strict=True):
        bar = scale.bar(leaf.grad_norm, widths.bar, look)
        lines.append(_row(leaf, cell, widths, bar, look))
    if snapshot.more_leaves:
        lines.append(Line(f"{look.glyphs.ellipsis} {count(snapshot.more_leaves)} more leaves", ink.dim))
    norms = any(c.grad.startswith(look.glyphs.norm) or c.value.startswith(look.glyphs.norm) for c in cells)
    key = (
        [f"{look.glyphs.norm}{look.glyphs.dot}{look.glyphs.norm} = norm: root of the sum of squares"]
        if norms
        else []
    )
    key += [scale.words()] if widths.bar else []
    return lines + (sentence("   ".join(key), ink.dim, look) if key else [])


def _norm(text: str, look: Look) -> str:
    return f"{look.glyphs.norm}{text}{look.glyphs.norm}"


def _cells(leaf: LeafGradient, most: int, look: Look) -> _Cells:
    """What stands in the columns; a list wider than ``most`` gives way to its norm."""
    size = 1
    for n in leaf.shape:
        size *= n
    norm = number(leaf.grad_norm, 8) if leaf.grad_norm is not None else ""
    grad = (_spelled(leaf.grad, size, leaf.dtype, most) or _norm(norm, look)) if norm else "None"
    left = most - len(grad) - _OTHERS
    value = _spelled(leaf.value, size, leaf.dtype, left) or _norm(number(leaf.value_norm, 8), look)
    return _Cells(value, grad, norm)


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
    given = {}
    for column_, wanted in (("value", value), ("bar", bar), ("norm", norm), ("shape", shape)):
        given[column_] = wanted if wanted and wanted + 2 <= room else 0
        room -= given[column_] + 2 if given[column_] else 0
    return _Widths(name, given["shape"], given["value"], grad, given["norm"], given["bar"])


def _heading(widths: _Widths, look: Look) -> Line:
    line = Line("leaf".ljust(widths.name))
    for title, cells in (("shape", widths.shape), ("value", widths.value)):
        if cells:
            line.add("  " + (title.ljust(cells) if title == "shape" else title.rjust(cells)))
    line.add("  " + ".grad".rjust(widths.grad))
    if widths.norm:
        line.add("  " + _norm("grad", look).rjust(widths.norm))
    line.pieces = [(text, look.palette.heading) for text, _ in line.pieces]
    return line


def _row(leaf: LeafGradient, cells: _Cells, widths: _Widths, bar: str, look: Look) -> Line:
    ink = look.palette
    line = Line(fit(clean(leaf.path, look), widths.name, look), ink.leaf).pad(widths.name)
    if widths.shape:
        line.add("  ").extend(shape_pieces(leaf.shape, look)).pad(widths.name + 2 + widths.shape)
    if widths.value:
        line.add("  ").add(cells.value.rjust(widths.value), ink.dim)
    line.add("  ").add(_right(cells.grad, widths.grad, look), grad_style(leaf.grad_norm, look))
    if widths.norm:
        line.add("  ").add(cells.norm.rjust(widths.norm), ink.dim)
    return line.add("  ").add(bar, ink.bar) if bar else line


def _right(text: str, cells: int, look: Look) -> str:
    return fit(text, cells, look).rjust(cells)

"""One axis: boxed numbers, rows of numbers, or a column chart, whichever fits."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.drawings.heat import ink_for, marked_text, scale_for, worst
from tutor.render.drawings.patch import Picture
from tutor.render.drawings.view import Grid
from tutor.render.drawings.words import axes_line, cell_note
from tutor.render.lines import Line
from tutor.render.numbers import column, count, fraction, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.render.drawings.patch import Axis, Patch
    from tutor.render.look import Look

_CHART_ROWS = 8
_NUMBER_ROWS = 6
_NUMBER_WIDTH = 9


def vector(patch: Patch, look: Look, cursor: tuple[int, ...] | None = None) -> Picture:
    """The values of ``patch`` (one axis) in at most ``look.height`` lines."""
    heading = axes_line([(patch.axes[0], look.glyphs.right)], look.palette)
    height = (look.height or _CHART_ROWS + 4) - 1
    body = None
    if patch.gapless:
        body = _boxes(patch, look, height, cursor) or _rows(patch, look, height, cursor)
    body = body or _chart(patch, look, height, cursor)
    return body.above(heading)


def _boxes(patch: Patch, look: Look, height: int, cursor: tuple[int, ...] | None) -> Picture | None:
    """``│ 0.0 │ 1.0 │`` with the index over each box; None when one row of boxes is too wide."""
    values = patch.values
    if height < 4 or len(values) * 4 > look.width:
        return None
    texts = column(values, _NUMBER_WIDTH, patch.dtype)
    axis = patch.axes[0]
    cell = max(max(map(len, texts)), len(str(axis.index(axis.count - 1))), 2) + 2
    if len(values) * (cell + 1) + 1 > look.width:
        return None
    grid = Grid(1, (0,), tuple(map(axis.index, range(axis.count))), 2, 1, cell + 1)
    marked = -1 if cursor is None else grid.cell(cursor)[1]
    ink = look.palette
    across, down, *corners, top, bottom = look.glyphs.box
    scale = scale_for(values)
    header, middle = Line(), Line(down, ink.dim)
    for at, value in enumerate(values):
        header.add(f"{axis.index(at):>{cell}} ", ink.axis(axis.number))
        marker, style = ink_for(scale, value, look)
        middle.add(*marked_text(f"{marker or texts[at]:>{cell - 1}} ", style, at == marked, ink.cursor)).add(
            down, ink.dim
        )
    edge = [across * cell] * len(values)
    upper = Line(corners[0] + top.join(edge) + corners[1], ink.dim)
    lower = Line(corners[2] + bottom.join(edge) + corners[3], ink.dim)
    return Picture([header, upper, middle, lower], notes=_part(axis), grid=grid)


def _rows(patch: Patch, look: Look, height: int, cursor: tuple[int, ...] | None) -> Picture | None:
    """Numbers in reading order with the index of the first of each row; None when there are too many rows."""
    values = patch.values
    if len(values) > 12 * _NUMBER_ROWS:
        return None
    texts = column(values, _NUMBER_WIDTH, patch.dtype)
    cell = max(max(map(len, texts)), 2) + 2
    axis = patch.axes[0]
    label = len(str(axis.index(axis.count - 1))) + 3
    fitting = (look.width - label) // cell
    per_row = fitting - fitting % 5 if fitting > 5 else fitting
    if per_row < 1 or -(-len(values) // per_row) > min(height, _NUMBER_ROWS):
        return None
    ink = look.palette
    scale = scale_for(values)
    firsts = range(0, len(values), per_row)
    grid = Grid(1, tuple(map(axis.index, firsts)), tuple(range(per_row)), 0, label, cell)
    marked = (-1, -1) if cursor is None else grid.cell(cursor)
    lines = []
    for row, first in enumerate(firsts):
        line = Line(f"[{axis.index(first)}]".rjust(label - 1) + " ", ink.axis(axis.number))
        for at in range(first, min(first + per_row, len(values))):
            marker, style = ink_for(scale, values[at], look)
            text = f"{marker or texts[at]:>{cell - 1}} "
            line.add(*marked_text(text, style, marked == (row, at - first), ink.cursor))
        lines.append(line)
    return Picture(lines, notes=_part(axis), grid=grid)


def _part(axis: Axis) -> list[str]:
    return [] if axis.whole else [cell_note([(axis, 1, "value")])]


def _chart(patch: Patch, look: Look, height: int, cursor: tuple[int, ...] | None) -> Picture:
    """Columns from 0 to each value, or from least to greatest of the values that share a column."""
    axis = patch.axes[0]
    finite = [v for v in patch.values if math.isfinite(v)]
    low, high = min(0.0, min(finite, default=0.0)), max(0.0, max(finite, default=0.0))
    if low == high:
        high = 1.0
    labels = [number(high), number(low), "0"]
    first, last = str(axis.start), str(axis.index(axis.count - 1))
    margin = max(map(len, labels)) + 2
    per_column = -(-axis.count // max(1, look.width - margin))
    blocks = [patch.values[p : p + per_column] for p in range(0, axis.count, per_column)]
    rows = max(2, min(_CHART_ROWS, height - 1))
    spans = [_span(block, low, high, 2 * rows) for block in blocks]
    lines = _chart_lines(blocks, spans, (low, high), rows, margin, look)
    ink = look.palette
    places = range(0, axis.count, per_column)
    grid = Grid(1, (0,), tuple(map(axis.index, places)), 0, margin, 1, rows)
    foot = Line(" " * margin).add(first, ink.axis(axis.number))
    if len(blocks) > len(first) + len(last):
        foot.pad(margin + len(blocks) - len(last)).add(last, ink.axis(axis.number))
    if cursor is not None:
        # Its own line: in a column of one cell there is no room for a mark beside the value.
        at = grid.cell(cursor)[1]
        foot = Line(" " * (margin + at)).add(look.glyphs.up, ink.name).add(f" {grid.columns[at]}", ink.number)
    note = cell_note([(axis, 1, "value")], "column")
    if per_column > 1:
        shown = "" if axis.whole else f" ({note.partition('; shown: ')[2]} looked at)"
        note = f"1 column = least to greatest of {count(per_column)} values{shown}"
    return Picture([*lines, foot], notes=[note], grid=grid)


def _span(block: Sequence[float], low: float, high: float, levels: int) -> tuple[int, int] | None:
    """First and last half-row (0 is the lowest) a column fills; None when nothing in it is finite."""
    finite = [v for v in block if math.isfinite(v)]
    if not finite:
        return None
    least, most = min(finite), max(finite)
    if len(block) == 1:
        least, most = min(least, 0.0), max(most, 0.0)

    first, last = (min(levels - 1, int(fraction(v, low, high) * levels)) for v in (least, most))
    return first, last


def _chart_lines(
    blocks: Sequence[Sequence[float]],
    spans: Sequence[tuple[int, int] | None],
    ends: tuple[float, float],
    rows: int,
    margin: int,
    look: Look,
) -> list[Line]:
    ink, glyphs = look.palette, look.glyphs
    low, high = ends
    zero = min(rows - 1, int(fraction(0.0, low, high) * rows))
    upper, lower, both = glyphs.half
    bad = [worst(block) for block in blocks]
    lines = []
    for row in range(rows - 1, -1, -1):
        label = number(high) if row == rows - 1 else number(low) if row == 0 else "0" if row == zero else ""
        line = Line(f"{label:>{margin - 1}}{glyphs.box[1]}", ink.dim)
        for value, span in zip(bad, spans, strict=True):
            if value is not None and row == zero:
                line.add("!" if math.isnan(value) else "^" if value > 0 else "v", ink.missing)
                continue
            has_low = span is not None and span[0] <= 2 * row <= span[1]
            has_high = span is not None and span[0] <= 2 * row + 1 <= span[1]
            style = ink.positive if row >= zero else ink.negative
            if has_low or has_high:
                line.add(both if has_low and has_high else lower if has_low else upper, style)
            else:
                line.add(glyphs.box[0] if row == zero else " ", ink.dim)
        lines.append(line)
    return lines

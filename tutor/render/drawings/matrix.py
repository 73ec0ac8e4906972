"""Two axes: numbers in a grid when they fit, else a heat map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.drawings.heat import (
    CELL,
    Scale,
    add_cells,
    cell_table,
    ink_for,
    legend,
    picked,
    scale_for,
    worst,
)
from tutor.render.drawings.patch import Picture, chosen
from tutor.render.drawings.words import axes_line, cell_note
from tutor.render.lines import Line
from tutor.render.numbers import column

if TYPE_CHECKING:
    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

_MOST_ROWS = 24
_NUMBER_WIDTH = 9
_HEAT_EXTRA = 3
"""Lines of a heat map besides its rows: axes, column indices, legend."""


def matrix(patch: Patch, look: Look) -> Picture:
    """Rows of ``patch`` down, columns across, at most ``look.height`` lines."""
    height = look.height or _MOST_ROWS + _HEAT_EXTRA
    glyphs = look.glyphs
    heading = axes_line([(patch.axes[0], glyphs.down), (patch.axes[1], glyphs.right)], look.palette)
    body = numbers(patch, look, height - 1) or heat_map(patch, look, height - 2)
    body.lines.insert(0, heading)
    return body


def numbers(patch: Patch, look: Look, height: int, scale: Scale | None = None) -> Picture | None:
    """Every value written out over its heat; None when they do not fit into ``height`` lines and the width."""
    down, across = patch.axes
    if not patch.whole or down.count > height - 1 or across.count * 2 > look.width:
        return None
    texts = column(patch.values, _NUMBER_WIDTH, patch.dtype)
    cell = max(max(map(len, texts)), len(str(across.count - 1))) + 2
    label = len(str(down.count - 1)) + 1
    if label + cell * across.count > look.width:
        return None
    ink = look.palette
    scale = scale or scale_for(patch.values)
    header = Line(" " * label)
    for index in range(across.count):
        header.add(f"{index:>{cell - 1}} ", ink.axis(across.number))
    lines = [header]
    for row in range(down.count):
        line = Line(f"{row:>{label - 1}} ", ink.axis(down.number))
        for place in range(row * across.count, (row + 1) * across.count):
            marker, style = ink_for(scale, patch.values[place], look)
            line.add(f"{marker or texts[place]:>{cell - 1}} ", style)
        lines.append(line)
    return Picture(lines)


def heat_map(patch: Patch, look: Look, height: int, scale: Scale | None = None) -> Picture:
    """One cell a value, thinned evenly to fit; a NaN or infinity among the values left out is drawn."""
    down, across = patch.axes
    ink = look.palette
    label = len(str(down.index(down.count - 1))) + 1
    rows = chosen(down.count, min(max(1, height - 1), _MOST_ROWS))
    columns = chosen(across.count, (look.width - label) // CELL)
    scale = scale or scale_for(patch.values)
    table = cell_table(scale, look)
    first, last = str(across.index(columns[0])), str(across.index(columns[-1]))
    header = Line(" " * label).add(f" {first}", ink.axis(across.number))
    if len(columns) * CELL > len(first) + len(last) + 1:
        header.pad(label + len(columns) * CELL - len(last)).add(last, ink.axis(across.number))
    lines = [header]
    for row, values in zip(rows, picked(patch, rows, columns), strict=True):
        line = Line(f"{down.index(row):>{label - 1}} ", ink.axis(down.number))
        add_cells(line, values, scale, table)
        lines.append(line)
    notes = [cell_note([(down, rows.step, "row"), (across, columns.step, "column")])]
    if rows.step * columns.step > 1 and worst(patch.values) is not None:
        notes.append("NaN and Inf between the shown values are drawn too.")
    return Picture(lines, Line(" " * label).extend(legend(scale, look).pieces), notes)

"""Two axes: numbers in a grid when they fit, else a heat map."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from tutor.render.drawings.heat import (
    CELL,
    Scale,
    add_cells,
    all_finite,
    cell_table,
    ink_for,
    legend,
    marked_text,
    picked,
    scale_for,
)
from tutor.render.drawings.patch import Picture, chosen
from tutor.render.drawings.view import Grid
from tutor.render.drawings.words import axes_line, cell_note
from tutor.render.lines import Line
from tutor.render.numbers import column

if TYPE_CHECKING:
    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

_ROWS = 24
"""Of a heat map that may be as high as it likes."""
_NUMBER_WIDTH = 9
_HEAT_EXTRA = 3
"""Lines of a heat map besides its rows: axes, column indices, legend."""

Cursor = tuple[int, ...] | None


def matrix(patch: Patch, look: Look, cursor: Cursor = None) -> Picture:
    """Rows of ``patch`` down, columns across, at most ``look.height`` lines."""
    height = look.height or _ROWS + _HEAT_EXTRA
    glyphs = look.glyphs
    heading = axes_line([(patch.axes[0], glyphs.down), (patch.axes[1], glyphs.right)], look.palette)
    body = numbers(patch, look, height - 1, cursor=cursor) or heat_map(patch, look, height - 2, cursor=cursor)
    return body.above(heading)


def numbers(
    patch: Patch, look: Look, height: int, scale: Scale | None = None, cursor: Cursor = None
) -> Picture | None:
    """Every value written out over its heat; None when they do not fit into ``height`` lines and the width."""
    down, across = patch.axes
    if not patch.gapless or down.count > height - 1 or across.count * 3 > look.width:
        return None
    texts = column(patch.values, _NUMBER_WIDTH, patch.dtype)
    cell = max(max(map(len, texts)), len(str(across.index(across.count - 1)))) + 2
    label = len(str(down.index(down.count - 1))) + 1
    if label + cell * across.count > look.width:
        return None
    grid = _grid(patch, range(down.count), range(across.count), label, cell)
    marked = (-1, -1) if cursor is None else grid.cell(cursor)
    ink = look.palette
    scale = scale or scale_for(patch.values)
    header = Line(" " * label)
    for index in grid.columns:
        header.add(f"{index:>{cell - 1}} ", ink.axis(across.number))
    lines = [header]
    for row in range(down.count):
        line = Line(f"{grid.rows[row]:>{label - 1}} ", ink.axis(down.number))
        for at in range(across.count):
            place = row * across.count + at
            marker, style = ink_for(scale, patch.values[place], look)
            line.add(
                *marked_text(f"{marker or texts[place]:>{cell - 1}} ", style, marked == (row, at), ink.cursor)
            )
        lines.append(line)
    notes = [] if patch.whole else [cell_note([(down, 1, "row"), (across, 1, "column")])]
    return Picture(lines, notes=notes, grid=grid)


def heat_map(patch: Patch, look: Look, height: int, scale: Scale | None = None, cursor: Cursor = None) -> Picture:
    """One cell a value, thinned evenly to fit; a NaN or infinity among the values left out is drawn."""
    down, across = patch.axes
    ink = look.palette
    label = len(str(down.index(down.count - 1))) + 1
    rows = chosen(down.count, max(1, height - 1))
    columns = chosen(across.count, (look.width - label) // CELL)
    grid = _grid(patch, rows, columns, label, CELL)
    marked = (-1, -1) if cursor is None else grid.cell(cursor)
    scale = scale or scale_for(patch.values)
    finite = all_finite(patch.values)
    table = cell_table(scale, look)
    shown = picked(patch, rows, columns, finite)
    levels = scale.levels(chain.from_iterable(shown), finite)
    lines = [_header(grid, label, look, across.number)]
    wide = len(columns)
    for row, index in enumerate(grid.rows):
        line = Line(f"{index:>{label - 1}} ", ink.axis(down.number))
        at = marked[1] if marked[0] == row else -1
        add_cells(line, levels[row * wide : (row + 1) * wide], table, at, ink.cursor)
        lines.append(line)
    notes = [cell_note([(down, rows.step, "row"), (across, columns.step, "column")])]
    if rows.step * columns.step > 1 and not finite:
        notes.append("NaN and Inf between the shown values are drawn too.")
    return Picture(lines, Line(" " * label).extend(legend(scale, look).pieces), notes, grid)


def _header(grid: Grid, label: int, look: Look, axis: int) -> Line:
    """The first and the last column's index."""
    first, last = str(grid.columns[0]), str(grid.columns[-1])
    ink = look.palette.axis(axis)
    header = Line(" " * label).add(f" {first}", ink)
    end = label + len(grid.columns) * CELL
    if end - label > len(first) + len(last) + 1:
        header.pad(end - len(last)).add(last, ink)
    return header


def _grid(patch: Patch, rows: range, columns: range, label: int, cell: int) -> Grid:
    down, across = patch.axes
    return Grid(2, tuple(map(down.index, rows)), tuple(map(across.index, columns)), 1, label, cell)

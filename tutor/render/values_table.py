"""Data frames: names, dtypes, the first and the last rows, as many columns as fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.drawings.words import plural
from tutor.render.lines import Line, clean, fit
from tutor.render.palette import NONE

if TYPE_CHECKING:
    from rich.style import Style

    from tutor.protocol.views import Column, Table
    from tutor.render.look import Look

_GAP = "  "
_WIDEST = 24
"""Cells of one column."""


def table(shown: Table, look: Look) -> list[Line]:
    """Size, names, dtypes, rows."""
    ink = look.palette
    index = [fit(clean(label, look), _WIDEST, look) for label in shown.index]
    margin = max([1, *map(cell_len, index)])
    widths = [_width(column, look) for column in shown.columns]
    places, gap = _chosen(widths, shown.gap_column, look.width - margin)
    heads: list[tuple[list[str], Style]] = [
        ([column.name for column in shown.columns], ink.name),
        ([column.dtype for column in shown.columns], ink.dim),
    ]
    lines = [_heading(shown, len(places), look)]
    for texts, style in heads:
        lines.append(_row("", margin, [(texts[p], style) for p in places], widths, shown, places, gap, look))
    for number, label in enumerate(index):
        if number == shown.gap_row:
            lines.append(Line(look.glyphs.ellipsis.rjust(margin), ink.dim))
        cells = [(shown.columns[p].cells[number], NONE) for p in places]
        lines.append(_row(label, margin, cells, widths, shown, places, gap, look))
    return lines


def _heading(shown: Table, columns: int, look: Look) -> Line:
    ink = look.palette
    rows = plural(shown.shape[0], "row")
    total = shown.shape[1] if len(shown.shape) > 1 else 1
    left_out = f" ({columns} shown)" if columns < total else ""
    line = Line(clean(shown.type, look), ink.accent)
    return line.add(f"{_GAP}{rows} {look.glyphs.times} {plural(total, 'column')}{left_out}", ink.dim)


def _width(column: Column, look: Look) -> int:
    texts = [column.name, column.dtype, *column.cells]
    return min(_WIDEST, max(cell_len(clean(text, look)) for text in texts))


def _chosen(widths: list[int], gap_column: int, room: int) -> tuple[list[int], int]:
    """Which columns fit, from both ends inwards, and before which of these others are left out (-1: nowhere)."""
    if sum(widths) + len(_GAP) * len(widths) <= room and gap_column < 0:
        return list(range(len(widths))), -1
    room -= len(_GAP) + 1
    left: list[int] = []
    right: list[int] = []
    first, last = 0, len(widths) - 1
    while first <= last:
        # Two from the left for one from the right: what comes first is most often what it is about.
        take_left = len(left) <= 2 * len(right)
        place = first if take_left else last
        room -= widths[place] + len(_GAP)
        if room < 0 and left:
            break
        (left if take_left else right).append(place)
        first, last = (first + 1, last) if take_left else (first, last - 1)
    return [*left, *reversed(right)], len(left)


def _row(
    label: str,
    margin: int,
    cells: list[tuple[str, Style]],
    widths: list[int],
    shown: Table,
    places: list[int],
    gap: int,
    look: Look,
) -> Line:
    line = Line(label + " " * (margin - cell_len(label)), look.palette.dim)
    for number, ((text, style), place) in enumerate(zip(cells, places, strict=True)):
        if number == gap:
            line.add(_GAP).add(look.glyphs.ellipsis, look.palette.dim)
        text = fit(clean(text, look), widths[place], look)
        space = " " * (widths[place] - cell_len(text))
        line.add(_GAP)
        if shown.columns[place].numeric:
            line.add(space).add(text, style)
        else:
            line.add(text, style).add(space)
    if gap == len(places):
        line.add(_GAP).add(look.glyphs.ellipsis, look.palette.dim)
    return line

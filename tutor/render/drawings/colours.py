"""Three channels as one picture: red, green and blue of each pixel."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.drawings.heat import CELL, MARKED, picked, worst
from tutor.render.drawings.patch import Picture, chosen
from tutor.render.drawings.view import Grid
from tutor.render.drawings.words import axes_lines, cell_note
from tutor.render.lines import Line
from tutor.render.numbers import fraction, is_exact, number
from tutor.render.palette import colour_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.render.drawings.patch import Axis, Patch
    from tutor.render.look import Look

Limits = tuple[float, float]
Pixel = tuple[float, float, float]

_CURSOR = "+"
"""The pixel under the cursor where one is half a character high."""
_ROWS = 24
"""Lines of an image that may be as high as it likes."""


def image(patch: Patch, look: Look, cursor: tuple[int, ...] | None = None) -> Picture:
    """``patch`` (three axes: channel, row, column) as one picture; at most ``look.height`` lines.

    Two characters a pixel where all fit; otherwise half a character each, two rows on a line.
    """
    ink, glyphs = look.palette, look.glyphs
    channel, down, across = patch.axes
    heads = axes_lines(((channel, glyphs.pointer), (down, glyphs.down), (across, glyphs.right)), look)
    room = max(1, (look.height or _ROWS) - len(heads) - 1)
    label = len(str(down.index(down.count - 1))) + 1
    wide = look.width - label
    whole = down.count <= room and across.count * CELL <= wide
    rows = chosen(down.count, room if whole else 2 * room)
    columns = chosen(across.count, wide)
    step = max(rows.step, columns.step)
    if not whole:
        # One step both ways: a square picture stays square.
        rows, columns = range(0, down.count, step), range(0, across.count, step)
    limits, cell, per_line = limits_of(patch), CELL if whole else 1, 1 if whole else 2
    at_rows = tuple(map(down.index, rows[::per_line]))
    grid = Grid(2, at_rows, tuple(map(across.index, columns)), 0, label, cell)
    marked = (-1, -1) if cursor is None else grid.cell(cursor)
    drawn = image_rows(patch, rows, columns, limits, look, cell)
    for row, (line, index) in enumerate(zip(drawn, at_rows, strict=True)):
        if row == marked[0]:
            line.pieces[marked[1]] = (MARKED if whole else _CURSOR, ink.cursor)
        labelled = Line(f"{index:>{label - 1}} ", ink.axis(down.number)).extend(line.pieces)
        drawn[row] = labelled
    notes = [
        said(channel, limits),
        cell_note([(down, rows.step, "row"), (across, columns.step, "column")], "pixel"),
    ]
    return Picture(drawn, None, notes, grid).above(*heads)


def unmergeable(channels: Axis, look: Look) -> str:
    """Why the slices along ``channels`` cannot be drawn as one picture; empty if they can."""
    if channels.size != 3 or channels.count != 3:
        return f"colours take 3 channels along axis {channels.number}, not {channels.size}"
    return "" if look.colour and look.unicode else "this terminal shows no colours to merge channels in"


def limits_of(patch: Patch) -> Limits:
    """What is black and what is white: 0 and 1, or 0 and 255, where all values lie between."""
    finite = [v for v in patch.values if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=1.0)
    if low >= 0 and high <= 1 and patch.dtype != "uint8":
        return 0.0, 1.0
    return (0.0, 255.0) if low >= 0 and high <= 255 and is_exact(patch.dtype) else (low, high)


def said(channels: Axis, limits: Limits) -> str:
    """What the colours stand for."""
    low, high = map(number, limits)
    return f"axis {channels.number} is red, green and blue: {low} is dark, {high} is bright"


def image_rows(image: Patch, rows: range, columns: range, limits: Limits, look: Look, cell: int = 1) -> list[Line]:
    """One piece a pixel at ``rows`` and ``columns``: ``cell`` characters wide, half a line high where it is 1."""
    red, green, blue = ([v for row in picked(c, rows, columns) for v in row] for c in image.slices())
    wide = len(columns)
    pixels = list(zip(red, green, blue, strict=True))
    lists = [pixels[at : at + wide] for at in range(0, len(pixels), wide)]
    if cell > 1:
        return [_line(pixels, pixels, limits, look, " " * cell) for pixels in lists]
    last = len(lists) - 1
    return [_line(lists[at], lists[min(at + 1, last)], limits, look, "▀") for at in range(0, len(lists), 2)]


def _line(upper: Sequence[Pixel], lower: Sequence[Pixel], limits: Limits, look: Look, glyph: str) -> Line:
    line = Line()
    for above, below in zip(upper, lower, strict=True):
        bad = worst((*above, *below))
        if bad is None:
            line.add(glyph, colour_pair(_colour(above, limits), _colour(below, limits)))
        else:
            sign = "!" if math.isnan(bad) else "^" if bad > 0 else "v"
            line.add(sign * len(glyph), look.palette.missing)
    return line


def _colour(pixel: Pixel, limits: Limits) -> tuple[int, int, int]:
    # In steps of 15, or every pixel would have a style of its own.
    red, green, blue = (15 * round(17 * min(max(fraction(v, *limits), 0.0), 1.0)) for v in pixel)
    return red, green, blue

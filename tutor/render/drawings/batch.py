"""Four axes: a table of small pictures, axis 0 across and axis 1 down (for images: N across, C down)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.render.drawings.heat import CELL, add_cells, cell_table, legend, picked, scale_for, worst
from tutor.render.drawings.patch import Picture
from tutor.render.drawings.words import axes_line, cell_note
from tutor.render.lines import Line
from tutor.render.numbers import fraction
from tutor.render.palette import GREY_STEPS, grey_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.render.drawings.heat import Scale
    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

_LEAST_IMAGE = 8
"""Rows and columns from which a slice is drawn as an image (half blocks) rather than as a heat map."""
_MOST_LINES = 24
_LEAST_TILE = 5
"""Lines below which a tile shows nothing: rather fewer of them."""
_TILE = 28
"""Widest small picture, in cells."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which tiles are drawn, which rows and columns of them, and how."""

    across: range
    down: range
    rows: range
    columns: range
    image: bool
    tile: int
    """Cells a tile is wide."""


def batch(patch: Patch, first: int, look: Look) -> Picture:
    """``patch`` (four axes), starting at index ``first`` of axis 0; at most about ``look.height`` lines."""
    ink, glyphs = look.palette, look.glyphs
    n, c, h, w = patch.axes
    label = len(str(c.index(c.count - 1))) + 1
    plan = _plan(patch, n.position(first), look, label)
    scale = scale_for(patch.values)
    arrows = ((n, glyphs.right), (c, glyphs.down), (h, glyphs.down), (w, glyphs.right))
    header = Line(" " * label)
    for position in plan.across:
        header.add(f"{n.index(position)}".ljust(plan.tile + 1), ink.axis(n.number))
    inner = Line("in each: ", ink.dim).extend(axes_line(arrows[2:], ink).pieces)
    lines = [axes_line(arrows[:2], ink)]
    if lines[0].cells + 3 + inner.cells <= look.width:
        lines[0].add("   ").extend(inner.pieces)
    else:
        lines.append(inner)
    lines.append(header)
    gap = len(plan.down) * (len(plan.rows) + 1) < (look.height or 2 * _MOST_LINES) - len(lines)
    for channel in plan.down:
        if gap and channel:
            lines.append(Line())
        tiles = [_tile(patch.fix(p).fix(channel), plan, scale, look) for p in plan.across]
        for row in range(len(tiles[0])):
            text = f"{c.index(channel)}" if row == 0 else ""
            line = Line(f"{text:>{label - 1}} ", ink.axis(c.number))
            for tile in tiles:
                line.extend(tile[row].pieces).add(" ")
            lines.append(line)
    return Picture(lines, None if plan.image else legend(scale, look), _notes(patch, plan))


def _plan(patch: Patch, first: int, look: Look, label: int) -> _Plan:
    n, c, h, w = patch.axes
    height = max(2, (look.height or _MOST_LINES + 3) - 3)
    image = look.colour and look.unicode and min(h.count, w.count) >= _LEAST_IMAGE
    cell, per_line = (1, 2) if image else (CELL, 1)
    room = look.width - label
    wanted = min(n.count - first, 4)
    widest = max(CELL, min(_TILE, room // wanted - 1))
    step = max(1, -(-w.count * cell // widest))
    channels = min(c.count, 3, max(1, height // _LEAST_TILE))
    tallest = max(1, height // channels)
    step_down = max(step if image else 1, -(-h.count // (tallest * per_line)))
    step = max(step, step_down) if image else step
    rows, columns = range(0, h.count, step_down), range(0, w.count, step)
    tile = len(columns) * cell
    fitting = max(1, (room + 1) // (tile + 1))
    shown_down = max(1, height // max(1, -(-len(rows) // per_line)))
    return _Plan(
        range(first, min(n.count, first + fitting)), range(min(c.count, shown_down)), rows, columns, image, tile
    )


def _tile(patch: Patch, plan: _Plan, scale: Scale, look: Look) -> list[Line]:
    values = picked(patch, plan.rows, plan.columns)
    if plan.image:
        return _image(patch, values, look)
    table = cell_table(scale, look)
    lines = []
    for row in values:
        line = Line()
        add_cells(line, row, scale, table)
        lines.append(line)
    return lines


def _image(patch: Patch, rows: Sequence[Sequence[float]], look: Look) -> list[Line]:
    """Half blocks, two rows a line: black is the smallest value of this slice, white its greatest."""
    finite = [v for v in patch.values if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)

    def grey(value: float) -> int:
        return round(fraction(value, low, high) * (GREY_STEPS - 1))

    lines = []
    for at in range(0, len(rows), 2):
        upper = rows[at]
        lower = rows[at + 1] if at + 1 < len(rows) else [low] * len(upper)
        line = Line()
        for pair in zip(upper, lower, strict=True):
            bad = worst(pair)
            if bad is None:
                line.add("▀", grey_pair(grey(pair[0]), grey(pair[1])))
            else:
                line.add("!" if math.isnan(bad) else "^" if bad > 0 else "v", look.palette.missing)
        lines.append(line)
    return lines


def _notes(patch: Patch, plan: _Plan) -> list[str]:
    n, c, h, w = patch.axes
    notes = ["black = least, white = greatest value of each picture"] if plan.image else []
    notes += [
        cell_note(
            [(h, plan.rows.step, "row"), (w, plan.columns.step, "column")], "pixel" if plan.image else "cell"
        )
    ]
    hidden = [
        f"{axis.size - len(shown)} more along axis {axis.number}"
        for axis, shown in ((n, plan.across), (c, plan.down))
        if axis.size > len(shown)
    ]
    return [*notes, " and ".join(hidden)] if hidden else notes

"""Four axes: a table of small pictures, axis 0 across and axis 1 down (for images: N across, C down)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.render.drawings.colours import image_rows, limits_of, said, unmergeable
from tutor.render.drawings.heat import CELL, add_cells, cell_table, legend, picked, scale_for, worst
from tutor.render.drawings.patch import Picture
from tutor.render.drawings.view import Grid
from tutor.render.drawings.words import axes_lines, cell_note
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

    @property
    def lines(self) -> int:
        """Lines a tile is high."""
        return -(-len(self.rows) // 2) if self.image else len(self.rows)


def batch(
    patch: Patch, first: int, look: Look, cursor: tuple[int, ...] | None = None, merged: bool = False
) -> Picture:
    """``patch`` (four axes), starting at index ``first`` of axis 0; at most about ``look.height`` lines.

    ``merged`` puts three channels into one picture in their colours, where there are three and colours.
    The cell of ``cursor`` (an index of the tensor's last four axes or more) is marked.
    """
    if merged and (problem := unmergeable(patch.axes[1], look)):
        picture = batch(patch, first, look, cursor)
        picture.notes.insert(0, problem)
        return picture
    ink, glyphs = look.palette, look.glyphs
    n, c, h, w = patch.axes
    label = 2 if merged else len(str(c.index(c.count - 1))) + 2
    plan = _plan(patch, n.position(first), look, label, merged)
    gap = len(plan.down) * (plan.lines + 1) < (look.height or 2 * _MOST_LINES) - 3
    rows = (c.index(0),) if merged else tuple(map(c.index, plan.down))
    across = tuple(map(n.index, plan.across))
    grid = Grid(2, rows, across, 0, label, plan.tile + 1, plan.lines + gap)
    marked = (-1, -1) if cursor is None else grid.cell((cursor[-3], cursor[-4]))
    scale = scale_for(patch.values)
    arrows = ((n, glyphs.right), (c, glyphs.down), (h, glyphs.down), (w, glyphs.right))
    header = Line(" " * label)
    for at, position in enumerate(plan.across):
        text = f"{n.index(position)}"
        mark = f"[{text}]" if at == marked[1] else text
        header.add(mark.ljust(plan.tile + 1)[: plan.tile + 1], ink.axis(n.number))
    heads = [*axes_lines(arrows, look), header]
    picture = Picture(heads, None if plan.image or merged else legend(scale, look), _notes(patch, plan, merged))
    limits = limits_of(patch) if merged else (0.0, 0.0)
    for place, channel in enumerate(plan.down):
        if merged:
            tiles = [image_rows(patch.fix(p), plan.rows, plan.columns, limits, look) for p in plan.across]
        else:
            tiles = [_tile(patch.fix(p).fix(channel), plan, scale, look) for p in plan.across]
        if gap and place:
            picture.lines.append(Line())
        for row in range(len(tiles[0])):
            text = f"{c.index(channel)}" if row == 0 and not merged else ""
            pointer = glyphs.pointer if row == 0 and place == marked[0] else " "
            line = Line(f"{text:>{label - 1}}{pointer}", ink.axis(c.number))
            for tile in tiles:
                line.extend(tile[row].pieces).add(" ")
            picture.lines.append(line)
    picture.grid, picture.tiles = grid.moved(down=len(heads)), True
    return picture


def _plan(patch: Patch, first: int, look: Look, label: int, merged: bool) -> _Plan:
    n, c, h, w = patch.axes
    height = max(2, (look.height or _MOST_LINES + 3) - 3)
    image = merged or (look.colour and look.unicode and min(h.count, w.count) >= _LEAST_IMAGE)
    cell, per_line = (1, 2) if image else (CELL, 1)
    room = look.width - label
    wanted = min(n.count - first, 4)
    if merged:
        # One row of pictures has height to spare: rather fewer of them than coarser ones.
        wanted = min(wanted, max(1, room // (min(_TILE, w.count) + 1)))
    widest = max(CELL, min(_TILE, room // wanted - 1))
    step = max(1, -(-w.count * cell // widest))
    channels = 1 if merged else min(c.count, 3, max(1, height // _LEAST_TILE))
    tallest = max(1, height // channels)
    step_down = max(step if image else 1, -(-h.count // (tallest * per_line)))
    step = max(step, step_down) if image else step
    rows, columns = range(0, h.count, step_down), range(0, w.count, step)
    tile = len(columns) * cell
    fitting = max(1, (room + 1) // (tile + 1))
    shown_down = max(1, height // max(1, -(-len(rows) // per_line)))
    across = range(first, min(n.count, first + fitting))
    return _Plan(across, range(1 if merged else min(c.count, shown_down)), rows, columns, image, tile)


def _tile(patch: Patch, plan: _Plan, scale: Scale, look: Look) -> list[Line]:
    values = picked(patch, plan.rows, plan.columns)
    if plan.image:
        return _image(patch, values, look)
    table = cell_table(scale, look)
    lines = []
    for row in values:
        line = Line()
        add_cells(line, scale.levels(row, finite=False), table)
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


def _notes(patch: Patch, plan: _Plan, merged: bool) -> list[str]:
    n, c, h, w = patch.axes
    notes = ["black = least, white = greatest value of each picture"] if plan.image and not merged else []
    if merged:
        notes = [said(c, limits_of(patch))]
    notes += [
        cell_note(
            [(h, plan.rows.step, "row"), (w, plan.columns.step, "column")], "pixel" if plan.image else "cell"
        )
    ]
    hidden = [
        f"{axis.size - len(shown)} more along axis {axis.number}"
        for axis, shown in ((n, plan.across), (c, plan.down))
        if axis.size > len(shown) and not (merged and axis is c)
    ]
    return [*notes, " and ".join(hidden)] if hidden else notes

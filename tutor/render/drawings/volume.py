"""Three axes: a stack of matrices, one in front, the others listed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.render.drawings.colours import image, unmergeable
from tutor.render.drawings.heat import scale_for
from tutor.render.drawings.matrix import heat_map, numbers
from tutor.render.drawings.patch import Picture
from tutor.render.drawings.words import axes_lines
from tutor.render.lines import Line, fit
from tutor.render.numbers import column, fraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.render.drawings.heat import Scale
    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

_BEHIND = 2
_LISTED = 6
_STRIP = 12
_ENOUGH = 12
"""Rows of the front slice that frames and the list of slices must leave it, where it has as many."""


def volume(
    patch: Patch, front: int, look: Look, cursor: tuple[int, ...] | None = None, merged: bool = False
) -> Picture:
    """``patch`` (three axes) with index ``front`` of its first axis drawn; at most ``look.height`` lines.

    The frames, and then the list of slices, are there only where they leave the slice its rows. ``merged``
    draws three slices as the channels of one picture, where there are three and colours.
    """
    depth, down, across = patch.axes
    if merged:
        problem = unmergeable(depth, look)
        picture = volume(patch, front, look, cursor) if problem else image(patch, look, cursor)
        picture.notes[:0] = [problem] if problem else []
        return picture
    glyphs = look.glyphs
    arrows = ((depth, glyphs.pointer), (down, glyphs.down), (across, glyphs.right))
    height = look.height or 32
    at = depth.position(front)
    for roomy, most in ((True, _LISTED), (False, _LISTED), (False, 0)):
        listed = _listed(depth.count, at, min(most, height // 3 - 1))
        behind = min(_BEHIND, depth.size - 1) if roomy else 0
        edges = 3 + behind if roomy else 1
        inside_height = height - 1 - edges - len(listed) - (1 if len(listed) < depth.size and listed else 0)
        # Besides its rows the slice has a line for the columns, and a heat map one for its colours.
        if inside_height - 2 >= min(down.count, _ENOUGH):
            break
    inside_height = max(2, inside_height)
    room = replace(look, width=look.width - (2 + behind if roomy else 0))
    shown = patch.fix(at)
    scale = scale_for(patch.values)
    inside = numbers(shown, room, inside_height, scale, cursor)
    inside = inside or heat_map(shown, room, inside_height - 1, scale, cursor)
    if roomy:
        inside.lines = _stacked(inside.lines, shown.title, behind, look)
        inside.grid = inside.grid and inside.grid.moved(behind + 1, behind + 1)
    else:
        inside.above(Line(shown.title, look.palette.name))
    inside.above(*axes_lines(arrows, look))
    if listed:
        inside.lines += _slice_lines(patch, at, listed, look)
    return inside


def _stacked(inside: Sequence[Line], title: str, behind: int, look: Look) -> list[Line]:
    """A frame around the front slice, and the upper left edges of those behind it."""
    ink = look.palette
    across, down, top_left, top_right, bottom_left, bottom_right, *_ = look.glyphs.box
    width = max(line.cells for line in inside)
    height = len(inside) + 2
    lines = []
    for k in range(behind):
        lines.append(Line(down * k + top_left + across * width + top_right, ink.dim))
    title = f" {fit(title, max(1, width - 4), look)} "
    heading = Line(down * behind + top_left + across, ink.dim).add(title, ink.name)
    lines.append(heading.add(across * (width + behind + 1 - heading.cells) + top_right, ink.dim))
    for row, content in enumerate([*inside, None], start=behind + 1):
        ends = [row - (k + height - 1) for k in range(behind)]
        edges = "".join(down if end < 0 else " " if end else bottom_left for end in ends)
        line = Line(edges, ink.dim)
        if content is None:
            line.add(bottom_left + across * width + bottom_right, ink.dim)
        else:
            line.add(down, ink.dim).extend(content.pieces).pad(behind + 1 + width).add(down, ink.dim)
        lines.append(line)
    return lines


def _listed(total: int, at: int, most: int) -> range:
    """Positions of the slices to list: a window around the front one."""
    if total < 2:
        return range(0)
    most = min(total, most)
    first = min(max(0, at - most // 2), total - most)
    return range(first, first + most)


def _slice_lines(patch: Patch, at: int, listed: range, look: Look) -> list[Line]:
    ink = look.palette
    depth = patch.axes[0]
    slices = {position: patch.fix(position) for position in listed}
    scale = scale_for(patch.values)
    figures = dict(zip(slices, _figures([s.values for s in slices.values()], patch.whole), strict=True))
    label = max(len(str(depth.index(p))) for p in listed) + 2
    width = max(map(len, figures.values()))
    lines = []
    for position, part in slices.items():
        line = Line(f"{look.glyphs.pointer} " if position == at else "  ", ink.accent)
        line.add(f"[{depth.index(position)}]".rjust(label), ink.axis(depth.number))
        line.add(f" {figures[position].ljust(width)} ", ink.number if position == at else ink.dim)
        if line.cells + _STRIP <= look.width:
            line.add(strip(part.values, scale, look), ink.bar)
        lines.append(line)
    left = depth.size - len(listed)
    if left:
        lines.append(Line(f"  {look.glyphs.ellipsis} {left} more along axis {depth.number}", ink.dim))
    return lines


def _figures(slices: Sequence[Sequence[float]], whole: bool) -> list[str]:
    """The mean of each slice's finite values, and how many are not finite."""
    means = []
    for values in slices:
        finite = [v for v in values if math.isfinite(v)]
        means.append(math.fsum(v / len(finite) for v in finite) if finite else math.nan)
    texts = column(means, 8)
    mark = "" if whole else "~"
    broken = [sum(not math.isfinite(v) for v in values) for values in slices]
    return [
        f"mean {mark}{text:>{max(map(len, texts))}}{f'  NaN/Inf {bad}' if bad else ''}"
        for text, bad in zip(texts, broken, strict=True)
    ]


def strip(values: Sequence[float], scale: Scale, look: Look) -> str:
    """The values in reading order as up to twelve column heights, each the mean of its share."""
    bars = look.glyphs.bars
    per_bar = -(-len(values) // _STRIP)
    heights = []
    for first in range(0, len(values), per_bar):
        block = values[first : first + per_bar]
        if any(not math.isfinite(v) for v in block):
            heights.append("!")
            continue
        mean = math.fsum(v / len(block) for v in block)
        part = fraction(mean, scale.low, scale.high)
        heights.append(bars[min(max(int(part * len(bars)), 0), len(bars) - 1)])
    return "".join(heights)

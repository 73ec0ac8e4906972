"""A tensor without axes: one number in a box, and what it was before."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.drawings.heat import ink_for, scale_for
from tutor.render.drawings.patch import Picture
from tutor.render.lines import Line
from tutor.render.numbers import fraction, number, precise
from tutor.render.palette import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look


def scalar(patch: Patch, look: Look, history: Sequence[float] = (), text: str = "") -> Picture:
    """One value of ``patch`` (it has no axes left), with all the digits its dtype holds; or ``text`` for it."""
    value = patch.values[0]
    text = text or precise(value, patch.dtype)
    ink = look.palette
    across, down, *corners = look.glyphs.box
    marker, style = ink_for(scale_for([value]), value, look)
    inside = f"  {text}  "
    edge = across * cell_len(inside)
    middle = Line(down, ink.dim).add(inside, style if marker else ink.name).add(down, ink.dim)
    if marker:
        middle.add(f" {marker}", ink.missing)
    lines = [
        Line(corners[0] + edge + corners[1], ink.dim),
        middle.add("", NONE),
        Line(corners[2] + edge + corners[3], ink.dim),
    ]
    if len(history) > 1:
        lines.append(_before(history, look))
    return Picture(lines)


def _before(history: Sequence[float], look: Look) -> Line:
    """``before 9 ▇▅▃▁ 2.1, after each of the last 4 runs that changed it``."""
    ink, bars = look.palette, look.glyphs.bars
    finite = [v for v in history if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    first, last = number(history[0]), number(history[-1])
    line = Line("was ", ink.dim).add(f"{first} ", ink.number)
    for value in history[-max(1, look.width - 30) :]:
        if math.isfinite(value):
            level = int(fraction(value, low, high) * (len(bars) - 1) + 0.5)
            line.add(bars[level], ink.bar)
        else:
            line.add("!", ink.missing)
    line.add(f" {last}", ink.number)
    words = f"  after its last {len(history)} changes"
    return line.add(words, ink.dim) if line.cells + len(words) <= look.width else line

"""A tensor without axes: one number in a box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.drawings.heat import ink_for, scale_for
from tutor.render.drawings.patch import Picture
from tutor.render.lines import Line
from tutor.render.numbers import precise
from tutor.render.palette import NONE

if TYPE_CHECKING:
    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look


def scalar(patch: Patch, look: Look) -> Picture:
    """One value of ``patch`` (it has no axes left), with all the digits its dtype holds."""
    value = patch.values[0]
    text = precise(value, patch.dtype)
    ink = look.palette
    across, down, *corners = look.glyphs.box
    marker, style = ink_for(scale_for([value]), value, look)
    inside = f"  {text}  "
    edge = across * cell_len(inside)
    middle = Line(down, ink.dim).add(inside, style if marker else ink.name).add(down, ink.dim)
    if marker:
        middle.add(f" {marker}", ink.missing)
    return Picture(
        [
            Line(corners[0] + edge + corners[1], ink.dim),
            middle.add("", NONE),
            Line(corners[2] + edge + corners[3], ink.dim),
        ]
    )

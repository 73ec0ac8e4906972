"""Figures in a terminal without graphics: two pixels a cell, and what the figure says in words."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style

from tutor.render.lines import Line, clean, sentence, to_text

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.events import AxesWords, Pictured
    from tutor.render.look import Look

__all__ = ["caption", "description", "picture"]

_ROWS = 26
"""Lines of a picture where the look does not say."""
_LEAST = 4
_LEVELS = 4
"""Bits of each colour that are dropped: a picture then needs few different styles."""


def picture(event: Pictured, look: Look) -> list[Text]:
    """The picture in half blocks; nothing without colours or Unicode, or when the pixels are not there."""
    source = (event.small_width, event.small_height)
    if not (look.colour and look.unicode) or min(source) < 1 or len(event.small) != source[0] * source[1] * 3:
        return []
    rows = max(_LEAST, min(look.height or _ROWS, _ROWS))
    width = min(look.width, source[0], max(1, rows * 2 * source[0] // source[1]))
    height = max(2, width * source[1] // source[0])
    pixels = _resized(event.small, source, (width, height + height % 2))
    upper_half = look.glyphs.half[0]
    lines = []
    for top, bottom in zip(pixels[::2], pixels[1::2], strict=True):
        line = Line()
        run, style = 0, None
        for upper, lower in zip(top, bottom, strict=True):
            ink = _pair(upper, lower)
            if ink is not style and style is not None:
                line.add(upper_half * run, style)
                run = 0
            run, style = run + 1, ink
        if style is not None:
            line.add(upper_half * run, style)
        lines.append(to_text([line], look))
    return lines


Pixel = tuple[int, int, int]


def _resized(data: bytes, source: tuple[int, int], target: tuple[int, int]) -> list[list[Pixel]]:
    """Every pixel of the target is the mean of those it covers; in a drawing on white, nearer to the darkest:
    thin lines would all but vanish."""
    drawn = data.count(255) * 2 > len(data)
    columns, rows = (_cuts(size, count) for size, count in zip(source, target, strict=True))
    stride = source[0] * 3
    result = []
    for top, bottom in rows:
        band = [data[y * stride : (y + 1) * stride] for y in range(top, bottom)]
        result.append([_blend(band, left * 3, right * 3, drawn) for left, right in columns])
    return result


def _cuts(size: int, count: int) -> list[tuple[int, int]]:
    edges = [place * size // count for place in range(count + 1)]
    return [(edge, max(end, edge + 1)) for edge, end in pairwise(edges)]


def _blend(band: list[bytes], left: int, right: int, drawn: bool) -> Pixel:
    levels = [b"".join(row[left + part : right : 3] for row in band) for part in range(3)]
    red, green, blue = (sum(level) // len(level) for level in levels)
    if drawn:
        red, green, blue = (
            (mean + 2 * min(level)) // 3 for mean, level in zip((red, green, blue), levels, strict=True)
        )
    mask = 255 - ((1 << _LEVELS) - 1)
    # White stays white.
    return red & mask | red >> _LEVELS, green & mask | green >> _LEVELS, blue & mask | blue >> _LEVELS


@lru_cache(maxsize=4096)
def _pair(upper: Pixel, lower: Pixel) -> Style:
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


def caption(event: Pictured, look: Look, key: str = "") -> list[Text]:
    """What it is, in a line or two; ``key`` opens it large."""
    opens = f" {key} opens it large." if key else ""
    return [to_text([line], look) for line in sentence(description(event, look) + opens, look.palette.dim, look)]


def description(event: Pictured, look: Look) -> str:
    """``Figure 852×680: Waves; axis t; sin, cos.``"""
    words = [event.title, *(_axes(axes) for axes in event.axes)]
    said = " | ".join(clean(word, look) for word in words if word)
    return f"Figure {event.width}{look.glyphs.times}{event.height}{': ' if said else ''}{said}."


def _axes(axes: AxesWords) -> str:
    across = " over ".join(name for name in (axes.y, axes.x) if name)
    return "; ".join(part for part in (axes.title, across, ", ".join(axes.labels)) if part)

"""Colours by meaning, for dark backgrounds and colour-blind eyes: blue against orange, not red against green.

Two palettes: ``COLOUR``, and ``PLAIN``, which has attributes only (bold, dim, reverse).

Hues of axes and of signed values are those of Okabe and Ito, "Color Universal Design" (2008), which people with
any common colour blindness tell apart; values that are not signed have matplotlib's viridis (Smith and van der
Walt, CC0), whose lightness rises evenly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rich.color import Color
from rich.style import Style

NONE = Style.null()
HALF_STEPS = 8
"""Steps on each side of 0 in the diverging ramp."""
RAMP_STEPS = 16
GREY_STEPS = 24

_COLD = ((0x22, 0x24, 0x2B), (0x00, 0x4A, 0x75), (0x00, 0x72, 0xB2), (0x56, 0xB4, 0xE9), (0xB9, 0xE0, 0xF8))
_WARM = ((0x22, 0x24, 0x2B), (0x7E, 0x38, 0x00), (0xD5, 0x5E, 0x00), (0xE6, 0x9F, 0x00), (0xFF, 0xDC, 0x94))
_RAMP = ((0x44, 0x01, 0x54), (0x3B, 0x52, 0x8B), (0x21, 0x91, 0x8C), (0x5E, 0xC9, 0x62), (0xFD, 0xE7, 0x25))
_GREY = ((0x08, 0x08, 0x08), (0xF4, 0xF4, 0xF4))

AXIS_LETTERS = "ijklmnop"
"""Those of index notation: axis 0 is i, axis 1 is j, in every view."""

RGB = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """Styles by what they say. ``axes[i]`` is the colour of axis ``i`` everywhere (it repeats after the last)."""

    name: Style
    dim: Style
    good: Style
    bad: Style
    warn: Style
    heading: Style
    accent: Style
    number: Style
    negative: Style
    positive: Style
    bar: Style
    leaf: Style
    missing: Style
    """NaN and infinities: always inverse, so that they are seen before anything else."""
    cursor: Style
    """The element one looks at."""
    axes: tuple[Style, ...]
    diverging: tuple[Style, ...]
    """From -1 over 0 (the middle one) to +1, with ink that numbers can be read in."""
    diverging_quiet: tuple[Style, ...]
    """The same fills with faint ink, for the minus signs of a heat map."""
    sequential: tuple[Style, ...]
    """From 0 to 1."""

    def axis(self, number: int) -> Style:
        return self.axes[number % len(self.axes)]


def _between(anchors: tuple[RGB, ...], at: float) -> RGB:
    """The colour at ``at`` (0 to 1) on straight lines through the anchors."""
    place = at * (len(anchors) - 1)
    first = min(int(place), len(anchors) - 2)
    part = place - first
    low, high = anchors[first], anchors[first + 1]
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(low, high, strict=True))
    return red, green, blue


def signed(part: float) -> RGB:
    """The colour of a value from -1 to 1 in a picture: cold, dark at 0, warm; without the palest end."""
    return _between(_WARM if part > 0 else _COLD, 0.8 * min(abs(part), 1.0))


def ink_on(colour: RGB) -> RGB:
    """Black or white, whichever reads better on ``colour`` (weights of the luma of ITU-R BT.601)."""
    luma = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    return (0x10, 0x10, 0x14) if luma > 120 else (0xF0, 0xF0, 0xF4)


def _fill(colour: RGB, ink: float = 1.0) -> Style:
    """Background ``colour``; the ink's contrast goes from 0 (invisible) to 1."""
    text = _between((colour, ink_on(colour)), ink)
    return Style(color=Color.from_rgb(*text), bgcolor=Color.from_rgb(*colour))


def _text(colour: str, bold: bool = False) -> Style:
    return Style(color=colour, bold=True) if bold else Style(color=colour)


def axis_letter(number: int) -> str:
    """The letter of an axis; past the last one its number."""
    return AXIS_LETTERS[number] if 0 <= number < len(AXIS_LETTERS) else str(number)


@lru_cache(maxsize=4096)
def colour_pair(upper: RGB, lower: RGB) -> Style:
    """Style of one ``▀``: two colours, one above the other."""
    return Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower))


@lru_cache(maxsize=1024)
def grey_pair(upper: int, lower: int) -> Style:
    """Style of one ``▀``: two grey levels, 0 (black) to ``GREY_STEPS - 1`` (white), one above the other."""
    top = _between(_GREY, upper / (GREY_STEPS - 1))
    bottom = _between(_GREY, lower / (GREY_STEPS - 1))
    return Style(color=Color.from_rgb(*top), bgcolor=Color.from_rgb(*bottom))


def _diverging(ink: float) -> tuple[Style, ...]:
    cold = [_fill(_between(_COLD, step / HALF_STEPS), ink) for step in range(HALF_STEPS, 0, -1)]
    warm = [_fill(_between(_WARM, step / HALF_STEPS), ink) for step in range(HALF_STEPS + 1)]
    return (*cold, *warm)


COLOUR = Palette(
    name=_text("#f2f2f2", bold=True),
    dim=_text("#8b919c"),
    good=_text("#4fcfa6"),
    bad=_text("#ff7a70"),
    warn=_text("#e9b949"),
    heading=_text("#c9d1d9", bold=True),
    accent=_text("#7cc4ff"),
    number=_text("#e8e8e8"),
    negative=_text("#6cb6ff"),
    positive=_text("#ffb454"),
    bar=_text("#7fb2e5"),
    leaf=_text("#ffcf70", bold=True),
    missing=Style(color="#16161a", bgcolor="#ff7ab8", bold=True),
    cursor=Style(color="#000000", bgcolor="#ffffff", bold=True),
    axes=tuple(_text(c) for c in ("#e69f00", "#56b4e9", "#00b083", "#cc79a7", "#f0e442", "#e8743b")),
    diverging=_diverging(1.0),
    diverging_quiet=_diverging(0.45),
    sequential=tuple(_fill(_between(_RAMP, step / (RAMP_STEPS - 1))) for step in range(RAMP_STEPS)),
)

PLAIN = Palette(
    name=Style(bold=True),
    dim=Style(dim=True),
    good=NONE,
    bad=Style(bold=True),
    warn=Style(bold=True),
    heading=Style(bold=True),
    accent=NONE,
    number=NONE,
    negative=NONE,
    positive=NONE,
    bar=NONE,
    leaf=Style(bold=True),
    missing=Style(reverse=True, bold=True),
    cursor=Style(reverse=True, bold=True),
    axes=(NONE,),
    diverging=(NONE,) * (2 * HALF_STEPS + 1),
    diverging_quiet=(NONE,) * (2 * HALF_STEPS + 1),
    sequential=(NONE,) * RAMP_STEPS,
)

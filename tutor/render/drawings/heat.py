"""Values as coloured or shaded cells. A cell is two characters: its sign, and (without colour) its shade.

A drawing may be made thirty times a second, so a cell costs one step of a binary search and one lookup.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING

from tutor.render.lines import Line, Piece
from tutor.render.numbers import number
from tutor.render.palette import COLOUR, HALF_STEPS, NONE, RAMP_STEPS, Palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.style import Style

    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

CELL = 2
"""Characters of a cell: with the usual font, about a square."""
MARKED = "[]"
"""The cell under the cursor."""
_LABEL = 5
"""Cells a legend may be indented by."""
_LEAST = math.ulp(0.0)
_NAN, _INF, _NEGATIVE_INF = -1, -2, -3
_SPECIAL = {_NAN: "!!", _INF: "^^", _NEGATIVE_INF: "vv"}


@dataclass(frozen=True, slots=True)
class Scale:
    """What the ramp stands for. ``signed``: from ``-high`` over 0 to ``high``; else from ``low`` to ``high``."""

    low: float
    high: float
    signed: bool
    cuts: tuple[float, ...]
    """Where one level ends and the next begins; signed, only 0 itself is in the middle one."""

    def level(self, value: float) -> int:
        """Index into the palette's ramp, negative for NaN and infinities."""
        if not math.isfinite(value):
            return _NAN if math.isnan(value) else _INF if value > 0 else _NEGATIVE_INF
        return bisect_right(self.cuts, value)

    def levels(self, values: Iterable[float], finite: bool) -> list[int]:
        """:meth:`level` of each; ``finite`` says that all of them are."""
        return list(map(partial(bisect_right, self.cuts) if finite else self.level, values))


def scale_for(values: Sequence[float]) -> Scale:
    """Signed when there is a negative value; else from 0, or from the smallest where that is far from 0."""
    finite = values if all_finite(values) else [v for v in values if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if low < 0:
        most = max(-low, high)
        half = [most * ((step + 0.5) / HALF_STEPS) for step in range(1, HALF_STEPS)]
        return Scale(-most, most, True, (*(-cut for cut in reversed(half)), 0.0, _LEAST, *half))
    if low == high:
        return Scale(low, high, False, (math.inf if high == 0 else -math.inf,) * (RAMP_STEPS - 1))
    low = low if low > high / 2 else 0.0
    parts = ((step + 0.5) / (RAMP_STEPS - 1) for step in range(RAMP_STEPS - 1))
    return Scale(low, high, False, tuple(low + part * (high - low) for part in parts))


def all_finite(values: Sequence[float]) -> bool:
    """Whether none is NaN or infinite."""
    total = sum(values)
    # Only of finite numbers is the sum finite; a sum that is too large says nothing.
    return math.isfinite(total) or all(map(math.isfinite, values))


def cell_table(scale: Scale, look: Look) -> dict[int, Piece]:
    """The cell for each level of :meth:`Scale.level`."""
    return _table(scale.signed, look.palette, look.glyphs.shades)


@lru_cache(maxsize=8)
def _table(signed: bool, ink: Palette, shades: str) -> dict[int, Piece]:
    table = {level: (text, ink.missing) for level, text in _SPECIAL.items()}
    if ink is COLOUR:
        shades = " " * len(shades)
    if signed:
        for level, style in enumerate(ink.diverging_quiet):
            step = level - HALF_STEPS
            table[level] = (("-" if step < 0 else " ") + shades[(abs(step) + 1) // 2], style)
    else:
        for level, style in enumerate(ink.sequential):
            table[level] = (" " + shades[min((level + 2) // 4, 4)], style)
    return table


def add_cells(
    line: Line, levels: Sequence[int], table: dict[int, Piece], marked: int = -1, cursor: Style = NONE
) -> None:
    """Append one cell a level, equal neighbours as one run; the one at ``marked`` is under the cursor."""
    if marked >= 0:
        add_cells(line, levels[:marked], table)
        line.add(MARKED, cursor)
        levels = levels[marked + 1 :]
    pieces = line.pieces
    run, last = 0, None
    for level in levels:
        if level == last:
            run += 1
            continue
        if last is not None:
            piece = table[last]
            pieces.append(piece if run == 1 else (piece[0] * run, piece[1]))
        run, last = 1, level
    if last is not None:
        piece = table[last]
        pieces.append(piece if run == 1 else (piece[0] * run, piece[1]))
    line.cells += CELL * len(levels)


def worst(values: Iterable[float]) -> float | None:
    """The first NaN or infinity of a block; None when all are finite."""
    return next((v for v in values if not math.isfinite(v)), None)


def picked(patch: Patch, rows: range, columns: range, finite: bool = False) -> list[Sequence[float]]:
    """The values of a matrix at ``rows`` and ``columns``, a list a row.

    Each stands for the block up to the next one: a NaN or infinity anywhere in the block takes its place.
    ``finite`` says that there is none.
    """
    across = patch.axes[1].count
    if rows.step * columns.step == 1 or finite or all_finite(patch.values):
        starts = (row * across for row in rows)
        return [patch.values[at + columns.start : at + columns.stop : columns.step] for at in starts]
    lines = [patch.values[row * across : (row + 1) * across] for row in range(patch.axes[0].count)]
    return [
        [_of_block([line[c : c + columns.step] for line in lines[row : row + rows.step]]) for c in columns]
        for row in rows
    ]


def _of_block(block: Sequence[Sequence[float]]) -> float:
    bad = worst(value for part in block for value in part)
    return block[0][0] if bad is None else bad


def legend(scale: Scale, look: Look) -> Line:
    """The ramp with its two ends, and in words what has no colour."""
    line = Line()
    line.extend(_legend(scale.low, scale.high, scale.signed, look))
    return line


@lru_cache(maxsize=64)
def _legend(least: float, most: float, signed: bool, look: Look) -> tuple[Piece, ...]:
    ink = look.palette
    low, high = number(least), number(most)
    if least == most:
        return ((f"every value {low}", ink.dim),)
    line = Line(f"{low} ", ink.dim)
    table = _table(signed, ink, look.glyphs.shades)
    if not look.colour:
        for level in (0, 3, 5, 7, 8, 9, 11, 13, 16) if signed else (0, 2, 6, 10, 15):
            line.add(*table[level])
    else:
        for level in range(len(ink.diverging) if signed else RAMP_STEPS):
            text, style = table[level]
            line.add(text[0], style)
    line.add(f" {'+' if signed else ''}{high}", ink.dim)
    words = f"   0 = {table[HALF_STEPS][0].strip()}" if not look.colour else "   - = below 0"
    if signed and line.cells + len(words) + _LABEL <= look.width:
        line.add(words, ink.dim)
    return tuple(line.pieces)


def ink_for(scale: Scale, value: float, look: Look) -> Piece:
    """Marker and style for a cell that holds the number itself: heat behind readable ink."""
    level = scale.level(value)
    if level < 0:
        return _SPECIAL[level], look.palette.missing
    return "", (look.palette.diverging if scale.signed else look.palette.sequential)[level]


def marked_text(text: str, style: Style, marked: bool, cursor: Style) -> Piece:
    """``text``, which begins and ends with a space, as a cell; brackets stand there when it is marked."""
    if not marked:
        return text, style
    start = len(text) - len(text.lstrip()) - 1
    return text[:start] + "[" + text[start + 1 : -1] + "]", cursor

"""Values as coloured or shaded cells. A cell is two characters: its sign, and (without colour) its shade."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.render.lines import Line, Piece
from tutor.render.numbers import number
from tutor.render.palette import COLOUR, HALF_STEPS, RAMP_STEPS, Palette

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tutor.render.drawings.patch import Patch
    from tutor.render.look import Look

CELL = 2
"""Characters of a cell: with the usual font, about a square."""
_LABEL = 5
"""Cells a legend may be indented by."""
_NAN, _INF, _NEGATIVE_INF = -1, -2, -3
_SPECIAL = {_NAN: "!!", _INF: "^^", _NEGATIVE_INF: "vv"}


@dataclass(frozen=True, slots=True)
class Scale:
    """What the ramp stands for. ``signed``: from ``-high`` over 0 to ``high``; else from ``low`` to ``high``."""

    low: float
    high: float
    signed: bool

    def level(self, value: float) -> int:
        """Index into the palette's ramp, negative for NaN and infinities; signed, only 0 itself is 0."""
        if not math.isfinite(value):
            return _NAN if math.isnan(value) else _INF if value > 0 else _NEGATIVE_INF
        if self.signed:
            if value == 0:
                return HALF_STEPS
            step = max(1, round(abs(value) / self.high * HALF_STEPS))
            return HALF_STEPS + min(step, HALF_STEPS) * (1 if value > 0 else -1)
        if value <= self.low:
            return 0 if self.low < self.high or value == 0 else RAMP_STEPS - 1
        return min(round((value - self.low) / (self.high - self.low) * (RAMP_STEPS - 1)), RAMP_STEPS - 1)


def scale_for(values: Iterable[float]) -> Scale:
    """Signed when there is a negative value; else from 0, or from the smallest where that is far from 0."""
    finite = [v for v in values if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if low < 0:
        most = max(-low, high)
        return Scale(-most, most, signed=True)
    return Scale(low if low > high / 2 else 0.0, high, signed=False)


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


def add_cells(line: Line, values: Sequence[float], scale: Scale, table: dict[int, Piece]) -> None:
    """Append one cell a value, equal neighbours as one run."""
    run, last = 0, None
    for level in map(scale.level, values):
        if level == last:
            run += 1
            continue
        if last is not None:
            text, style = table[last]
            line.add(text * run, style)
        run, last = 1, level
    if last is not None:
        text, style = table[last]
        line.add(text * run, style)


def worst(values: Iterable[float]) -> float | None:
    """The first NaN or infinity of a block; None when all are finite."""
    return next((v for v in values if not math.isfinite(v)), None)


def picked(patch: Patch, rows: range, columns: range) -> list[Sequence[float]]:
    """The values of a matrix at ``rows`` and ``columns``, a list a row.

    Each stands for the block up to the next one: a NaN or infinity anywhere in the block takes its place.
    """
    across = patch.axes[1].count
    lines = [patch.values[row * across : (row + 1) * across] for row in range(patch.axes[0].count)]
    if rows.step * columns.step == 1 or worst(patch.values) is None:
        return [lines[row][columns.start : columns.stop : columns.step] for row in rows]
    return [
        [_of_block([line[c : c + columns.step] for line in lines[row : row + rows.step]]) for c in columns]
        for row in rows
    ]


def _of_block(block: Sequence[Sequence[float]]) -> float:
    bad = worst(value for part in block for value in part)
    return block[0][0] if bad is None else bad


def legend(scale: Scale, look: Look) -> Line:
    """The ramp with its two ends, and in words what has no colour."""
    ink = look.palette
    low, high = number(scale.low), number(scale.high)
    if scale.low == scale.high:
        return Line(f"every value {low}", ink.dim)
    line = Line(f"{low} ", ink.dim)
    table = cell_table(scale, look)
    if not look.colour:
        levels = (0, 3, 5, 7, 8, 9, 11, 13, 16) if scale.signed else (0, 2, 6, 10, 15)
        for level in levels:
            line.add(*table[level])
    else:
        for level in range(len(ink.diverging) if scale.signed else RAMP_STEPS):
            text, style = table[level]
            line.add(text[0], style)
    line.add(f" {'+' if scale.signed else ''}{high}", ink.dim)
    words = f"   0 = {table[HALF_STEPS][0].strip()}" if not look.colour else "   - = below 0"
    if scale.signed and line.cells + len(words) + _LABEL <= look.width:
        line.add(words, ink.dim)
    return line


def ink_for(scale: Scale, value: float, look: Look) -> Piece:
    """Marker and style for a cell that holds the number itself: heat behind readable ink."""
    level = scale.level(value)
    if level < 0:
        return _SPECIAL[level], look.palette.missing
    return "", (look.palette.diverging if scale.signed else look.palette.sequential)[level]

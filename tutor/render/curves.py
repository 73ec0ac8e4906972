"""Values over steps: a line of Braille dots, or one line of bars where there is little room."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.lines import Line, clean, fit, to_text
from tutor.render.numbers import count, fraction, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text

    from tutor.render.look import Look

__all__ = ["curve", "curve_lines", "dots", "sparkline"]

_ROWS = 4
_LOG_FROM = 100.0
"""Greatest over least from which the vertical axis is logarithmic (all values positive)."""
# Bit of each dot in a Braille character (Unicode 2800), by column and by row from the top.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


def curve(values: Sequence[float], look: Look, label: str) -> Text:
    """``values`` in order, with first and last in figures; ``look.height`` 1 gives one line of bars."""
    return to_text(curve_lines(values, look, label), look)


def curve_lines(
    values: Sequence[float], look: Look, label: str, log: bool | None = None, rows: int = _ROWS
) -> list[Line]:
    """The lines of :func:`curve`; ``log`` None takes a logarithmic axis where it shows more, ``rows`` are most."""
    ink = look.palette
    heading = Line(fit(clean(label, look), look.width // 2, look), ink.heading)
    if not values:
        return [heading.add("  no values yet", ink.dim)]
    last = number(values[-1])
    if len(values) == 1:
        return [heading.add(f" {last}", _ink(values[-1], look))]
    log = _is_log(values) if log is None else log and all(v > 0 for v in values if math.isfinite(v))
    if look.height == 1 or not look.unicode:
        if log:
            heading.add(" log", ink.dim)
        heading.add(f" {number(values[0])} ", ink.dim)
        heading.add(sparkline(values, look.width - heading.cells - len(last) - 1, look, log), ink.bar)
        return [heading.add(" ").add(last, _ink(values[-1], look))]
    heading.add(f" {number(values[0])} {look.glyphs.arrow} ", ink.dim).add(last, _ink(values[-1], look))
    heading.add(f"   {count(len(values))} values{', log axis' if log else ''}", ink.dim)
    finite = [v for v in values if math.isfinite(v)]
    if not finite:
        return [heading]
    rows = rows if look.height is None else max(1, min(rows, look.height - 1))
    return [heading, *_chart(values, (min(finite), max(finite)), rows, log, look)]


def _ink(value: float, look: Look) -> Style:
    return look.palette.name if math.isfinite(value) else look.palette.missing


def _is_log(values: Sequence[float]) -> bool:
    finite = [v for v in values if math.isfinite(v)]
    return bool(finite) and min(finite) > 0 and max(finite) / min(finite) >= _LOG_FROM


def _levels(values: Sequence[float], steps: int, log: bool) -> list[int | None]:
    """Each value as a step from 0 (least) to ``steps - 1`` (greatest); None where it is not finite."""
    scaled = [math.log(v) if log and math.isfinite(v) else v for v in values]
    finite = [v for v in scaled if math.isfinite(v)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if low == high:
        return [steps // 2 if math.isfinite(v) else None for v in scaled]
    return [round(fraction(v, low, high) * (steps - 1)) if math.isfinite(v) else None for v in scaled]


def sparkline(values: Sequence[float], width: int, look: Look, log: bool | None = None) -> str:
    """One bar a value; of more values than ``width`` evenly chosen ones, the last always among them."""
    if width < 1:
        return ""
    bars = look.glyphs.bars
    levels = _levels(_thinned(values, width), len(bars), _is_log(values) if log is None else log)
    return "".join("!" if level is None else bars[level] for level in levels)


def _thinned(values: Sequence[float], most: int) -> list[float]:
    if len(values) <= most:
        return list(values)
    if most == 1:
        return [values[-1]]
    return [values[i * (len(values) - 1) // (most - 1)] for i in range(most)]


def _chart(values: Sequence[float], ends: tuple[float, float], rows: int, log: bool, look: Look) -> list[Line]:
    ink = look.palette
    low, high = number(ends[0]), number(ends[1])
    margin = max(len(low), len(high)) + 1
    width = max(1, look.width - margin - 1)
    drawn = dots(_levels(_thinned(values, 2 * width), 4 * rows, log), rows)
    cells = ["".join(chr(0x2800 + bits) for bits in row) for row in drawn]
    lines = []
    for row in range(rows):
        if low == high:
            # A line in the middle has its one value beside it.
            label = low if row == (4 * rows - 1 - 4 * rows // 2) // 4 else ""
        else:
            label = high if row == 0 else low if row == rows - 1 else ""
        lines.append(
            Line(f"{label:>{margin - 1}} {look.glyphs.box[1]}", ink.dim).add(cells[row].rstrip("\u2800"), ink.bar)
        )
    if any(not math.isfinite(v) for v in values):
        lines.append(Line(" " * margin).add("NaN or Inf in between: gaps", ink.missing))
    return lines


def dots(levels: Sequence[int | None], rows: int) -> list[list[int]]:
    """The bits of each Braille character, in ``rows`` from the top; chr(0x2800 + bits) draws one.

    Two levels a character, from 0 to ``4 * rows - 1``, and four dots a row; neighbours are joined by the dots
    between them.
    """
    grid = [[0] * -(-len(levels) // 2) for _ in range(rows)]
    before: int | None = None
    for step, level in enumerate(levels):
        if level is not None:
            reach = level if before is None else before + (level > before) - (level < before)
            for dot in range(min(reach, level), max(reach, level) + 1):
                down = 4 * rows - 1 - dot
                grid[down // 4][step // 2] |= _DOTS[step % 2][down % 4]
        before = level
    return grid

"""Train and test loss over the steps, on one pair of axes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.curves import sparkline
from tutor.render.lines import Line
from tutor.render.numbers import count, number
from tutor.render.playground.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style

    from tutor.protocol.playground import Playing
    from tutor.render.look import Look

_MARGIN = 9
_NARROW = 46
_WORDY = 66
"""Columns from which the heading has whole words."""


def loss_lines(playing: Playing, look: Look, *, log: bool = True) -> list[Line]:
    """``look.height`` lines: what the curves are, the chart, the steps below."""
    rows = (look.height or 8) - 2
    heading = _heading(playing, look, log)
    if rows < 2 or not look.unicode or len(playing.steps) < 2:
        bars = sparkline(playing.train_curve, max(1, look.width - 7), look)
        return [heading, Line("train ", look.palette.dim).add(bars, look.palette.positive)]
    curves = (playing.test_curve, playing.train_curve)
    low, high = _ends(curves, log)
    canvas = Canvas(max(4, look.width - _MARGIN), rows)
    for curve, style, dash in zip(curves, (look.palette.negative, look.palette.positive), (2, 0), strict=True):
        _draw(canvas, playing.steps, curve, (low, high), log, style, dash)
    lines = [heading]
    for row in range(rows):
        label = number(high, _MARGIN - 2) if row == 0 else number(low, _MARGIN - 2) if row == rows - 1 else ""
        axis = look.glyphs.box[1]
        lines.append(Line(f"{label:>{_MARGIN - 2}} {axis}", look.palette.dim).extend(canvas.row(row).pieces))
    last = f"step {count(playing.steps[-1])}"
    lines.append(
        Line(f"{'':{_MARGIN - 1}}0", look.palette.dim).pad(look.width - len(last)).add(last, look.palette.dim)
    )
    return lines


def _heading(playing: Playing, look: Look, log: bool) -> Line:
    ink = look.palette
    solid, broken = ("──", "╌╌") if look.unicode else ("--", "..")
    gap = "   " if look.width >= _NARROW else " "
    line = Line(f"{solid} train ", ink.positive).add(number(playing.train_loss, 8), ink.name)
    line.add(_right(playing.train_right, look), ink.dim)
    line.add(f"{gap}{broken} test ", ink.negative).add(number(playing.test_loss, 8), ink.name)
    line.add(_right(playing.test_right, look), ink.dim)
    axis = "log axis" if log else "linear axis"
    if line.cells + len(axis) + 3 <= look.width:
        line.pad(look.width - len(axis)).add(axis, ink.dim)
    return line


def _right(share: float | None, look: Look) -> str:
    if share is None or look.width < _NARROW:
        return ""
    return f"  {share:.0%} right" if look.width >= _WORDY else f" {share:.0%}"


def _ends(curves: Sequence[Sequence[float]], log: bool) -> tuple[float, float]:
    finite = [v for curve in curves for v in curve if math.isfinite(v) and (v > 0 or not log)]
    low, high = min(finite, default=0.1), max(finite, default=1.0)
    if not log:
        low = min(low, 0.0)
    return (low, high) if high > low else (low / 2, high * 2 or 1.0)


def _draw(canvas: Canvas, steps: Sequence[int], curve: Sequence[float], ends: tuple[float, float], log: bool,
          style: Style, dash: int) -> None:  # fmt: skip
    low, high = (math.log(end) for end in ends) if log else ends
    before: tuple[int, int] | None = None
    for step, value in zip(steps, curve, strict=True):
        if not math.isfinite(value) or (log and value <= 0):
            before = None
            continue
        part = ((math.log(value) if log else value) - low) / (high - low)
        at = (round(step / max(1, steps[-1]) * (canvas.width - 1)), round((1 - part) * (canvas.height - 1)))
        if before is None:
            canvas.dot(*at, style)
        elif not dash or at[0] // dash % 2 == 0 or abs(at[1] - before[1]) > 2 * dash:
            canvas.line(before, at, style)
        before = at

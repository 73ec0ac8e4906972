"""Kept training runs beside each other: a table of what came out, and their losses in one drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count, fraction, number, seconds, short_count

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.training import Curve, Figures, TrainingSnapshot
    from tutor.render.look import Look

MARKS = "o+x*"
"""One for each curve that is compared: what tells them apart without colour."""
_SEVERAL = "#"
_LOG_FROM = 100.0
_HEADING_FROM = 7
"""Lines from which a drawing has a line for what it is of."""
_TABLE_FROM = 84
"""Columns from which a run takes one line."""
_HEADINGS = ("steps", "loss", "best", "rate", "time", "flags")
_WIDTHS = (6, 9, 9, 9, 9, 11)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, as the table needs it."""

    name: str
    training: TrainingSnapshot
    seconds: float
    mark: str = ""
    """Its mark in the drawing; empty when it is not in it."""
    paths: tuple[str, ...] = ()
    """Layers, in the order of the figures of each of ``looks``."""
    looks: tuple[Figures, ...] = ()


def runs_table(runs: Sequence[RunLine], chosen: int, look: Look) -> Text:
    """A line for each run, or two where it is narrow: steps, last and best loss, learning rate, time, flags."""
    return to_text(table_lines(runs, chosen, look), look)


def table_lines(runs: Sequence[RunLine], chosen: int, look: Look) -> list[Line]:
    ink = look.palette
    if look.width >= _TABLE_FROM:
        room = look.width - sum(_WIDTHS) - len(_WIDTHS)
        heading = Line("    run", ink.dim).pad(room)
        for name, width in zip(_HEADINGS, _WIDTHS, strict=True):
            heading.add(f" {name:>{width}}", ink.dim)
        return [heading, *(_one_line(run, place == chosen, room, look) for place, run in enumerate(runs))]
    lines: list[Line] = []
    for place, run in enumerate(runs):
        lines += _two_lines(run, place == chosen, look)
    return lines


def facts(run: RunLine, look: Look) -> tuple[str, ...]:
    """What the table says of a run, in the order of its columns."""
    training = run.training
    curve = training.curves[0] if training.curves else None
    finite = [value for value in curve.values if math.isfinite(value)] if curve else []
    rates = [rate.value for rate in training.rates]
    none = look.glyphs.dash
    kinds = list(dict.fromkeys(flag.kind for flag in training.flags))
    return (
        short_count(training.step),
        number(curve.values[-1]) if curve and curve.values else none,
        number(min(finite)) if finite else none,
        (number(rates[0]) + (look.glyphs.ellipsis if len(set(rates)) > 1 else "")) if rates else none,
        seconds(run.seconds),
        "none" if not kinds else kinds[0] + (f" +{len(kinds) - 1}" if len(kinds) > 1 else ""),
    )


def _name(run: RunLine, chosen: bool, room: int, look: Look) -> Line:
    ink = look.palette
    line = Line(look.glyphs.pointer if chosen else " ", ink.accent)
    line.add(f" {run.mark or ' '} ", _colour(run.mark, look))
    state = "" if run.training.state == "done" else f" ({clean(run.training.state, look)})"
    name = fit(clean(run.name, look), max(room - 4 - len(state), 4), look)
    return line.add(name, ink.name if chosen else ink.heading).add(state, ink.dim)


def _one_line(run: RunLine, chosen: bool, room: int, look: Look) -> Line:
    line = _name(run, chosen, room, look).pad(room)
    told = [clean(text, look) for text in facts(run, look)]
    for text, width, heading in zip(told, _WIDTHS, _HEADINGS, strict=True):
        style = look.palette.warn if heading == "flags" and text != "none" else look.palette.number
        line.add(" " * (1 + max(0, width - cell_len(text))) + fit(text, width, look), style)
    return line


def _two_lines(run: RunLine, chosen: bool, look: Look) -> list[Line]:
    ink = look.palette
    steps, last, best, rate, time, flags = (clean(text, look) for text in facts(run, look))
    below = Line("    ").add(f"{steps} steps", ink.dim).add(f" loss {last}", ink.number)
    for text in (f" best {best}", f" rate {rate}", f" {time}"):
        if below.cells + len(text) <= look.width:
            below.add(text, ink.dim)
    lines = [_name(run, chosen, look.width, look), below]
    return lines if flags == "none" else [*lines, Line("    ").add(f"! {flags}", ink.warn)]


def _colour(mark: str, look: Look) -> Style:
    return look.palette.axis(MARKS.index(mark)) if mark else look.palette.dim


def overlay(runs: Sequence[RunLine], look: Look) -> Text:
    """The first loss of each run over its steps, on common axes; each has a mark of its own.

    Of a run alone every loss, as many as there are marks.
    """
    return to_text(overlay_lines(runs, look), look)


def overlay_lines(runs: Sequence[RunLine], look: Look) -> list[Line]:
    ink = look.palette
    if len(runs) == 1 and len(runs[0].training.curves) > 1:
        runs = _one_each(runs[0])
        legend = _legend(runs, look)
        if look.height is not None:
            legend = legend[: max(1, look.height - _HEADING_FROM)]
        below = replace(look, height=max(look.height - len(legend), 2)) if look.height is not None else look
        return [*legend, *overlay_lines(runs, below)]
    shown = [run for run in runs if run.training.curves and run.training.curves[0].values]
    finite = [v for run in shown for v in run.training.curves[0].values if math.isfinite(v)]
    if not finite:
        return sentence("These runs have no loss to draw.", ink.dim, look)
    low, high = min(finite), max(finite)
    log = low > 0 and high / low >= _LOG_FROM
    last = max(run.training.curves[0].steps[-1] for run in shown)
    ends = (number(low), number(high))
    margin = max(map(len, ends)) + 1
    width = max(4, look.width - margin - 1)
    height = look.height or 16
    heading = height >= _HEADING_FROM
    grid = _grid(shown, (low, high), last, (width, max(2, min(16, height - 1 - heading))), log)
    name = "loss, log axis" if log else "loss"
    lines = [Line(name, ink.dim)] if heading else []
    for row, marks in enumerate(grid):
        label = ends[1] if row == 0 else ends[0] if row == len(grid) - 1 else ""
        line = Line(f"{label:>{margin - 1}} {look.glyphs.box[1]}", ink.dim)
        for mark in marks:
            line.add(mark, ink.heading if mark == _SEVERAL else _colour(mark.strip(), look))
        lines.append(line)
    axis = Line(" " * (margin + 1)).add("1", ink.dim)
    words = ["" if heading else name, f"{_SEVERAL} several curves" if any(_SEVERAL in row for row in grid) else ""]
    steps = f"step {count(last)}"
    for word in filter(None, words):
        if axis.cells + len(word) + len(steps) + 4 <= look.width:
            axis.add(f"  {word}", ink.dim)
    return [*lines, axis.pad(look.width - len(steps) - 1).add(steps, ink.dim)]


def _one_each(run: RunLine) -> list[RunLine]:
    """A line for each loss of a run, with a mark of its own."""
    curves = zip(MARKS, run.training.curves, strict=False)
    return [RunLine(curve.name, replace(run.training, curves=(curve,)), 0.0, mark) for mark, curve in curves]


def _legend(runs: Sequence[RunLine], look: Look) -> list[Line]:
    """Which mark is which loss, and its last value; side by side as far as they fit."""
    lines = [Line()]
    for run in runs:
        name = fit(clean(run.name, look), max(look.width // 2, 8), look)
        end = f"  {number(run.training.curves[0].values[-1])}" if run.training.curves[0].values else ""
        gap = "   " if lines[-1].cells else ""
        if lines[-1].cells + len(gap) + 2 + cell_len(name) + len(end) > look.width and lines[-1].cells:
            lines.append(Line())
            gap = ""
        lines[-1].add(f"{gap}{run.mark} ", _colour(run.mark, look)).add(name, look.palette.name).add(end)
    return lines


def _grid(
    runs: Sequence[RunLine], ends: tuple[float, float], last: int, size: tuple[int, int], log: bool
) -> list[list[str]]:
    """Cells of the drawing, from the top."""
    width, rows = size
    scale = math.log if log else float
    low, high = scale(ends[0]), scale(ends[1])
    grid = [[" "] * width for _ in range(rows)]
    for run in runs:
        for column, value in enumerate(_columns(run.training.curves[0], last, width)):
            if value is None:
                continue
            value = min(max(value, ends[0]), ends[1])  # between two tiny ones rounding finds a nought
            row = rows - 1 - (round(fraction(scale(value), low, high) * (rows - 1)) if high > low else rows // 2)
            cell = grid[row][column]
            grid[row][column] = run.mark if cell in (" ", run.mark) else _SEVERAL
    return grid


def _columns(curve: Curve, last: int, width: int) -> list[float | None]:
    """The curve's mean in each of ``width`` equal stretches of steps; between two points a straight line."""
    sums, counts = [0.0] * width, [0] * width
    finite = [value for value in curve.values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    for step, value in zip(curve.steps, curve.values, strict=True):
        if math.isfinite(value):
            place = min(width - 1, (step - 1) * width // max(last, 1))
            sums[place] += value / 1e6
            counts[place] += 1
    # Divided before they are added, the largest floats do not overflow; nor does their mean leave their range.
    means: list[float | None] = [
        min(max(total / seen * 1e6, low), high) if seen else None for total, seen in zip(sums, counts, strict=True)
    ]
    known = [place for place, mean in enumerate(means) if mean is not None]
    for left, right in pairwise(known):
        start, end = means[left], means[right]
        if start is not None and end is not None:
            for place in range(left + 1, right):
                along = (place - left) / (right - left)
                means[place] = start * (1 - along) + end * along
    return means

"""The losses of kept training runs on common axes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.curves import dots
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count, fraction, number
from tutor.render.runs import MARKS, RunLine, colour

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.training import Curve
    from tutor.render.look import Look

_SEVERAL = "#"
_LOG_FROM = 100.0
_HEADING_FROM = 7
"""Lines from which a drawing has a line for what it is of."""
_MARK_EVERY = 16
"""Columns between two marks of a curve that is drawn in dots."""

_Cells = list[list[tuple[str, str]]]
"""Of each row from the top, each cell: what stands there, and the mark of the run that it is of."""


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
    size = width, max(2, min(24, height - 1 - heading))
    grid = (_dotted if look.unicode else _marked)(shown, (low, high), last, size, log)
    name = "loss, log axis" if log else "loss"
    lines = [Line(name, ink.dim)] if heading else []
    for row, cells in enumerate(grid):
        label = ends[1] if row == 0 else ends[0] if row == len(grid) - 1 else ""
        line = Line(f"{label:>{margin - 1}} {look.glyphs.box[1]}", ink.dim)
        for char, mark in cells:
            line.add(char, colour(mark, look) if mark in MARKS else ink.heading)
        lines.append(line)
    axis = Line(" " * (margin + 1)).add("1", ink.dim)
    several = any(char == _SEVERAL for cells in grid for char, _ in cells)
    words = ["" if heading else name, f"{_SEVERAL} several curves" if several else ""]
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
        lines[-1].add(f"{gap}{run.mark} ", colour(run.mark, look)).add(name, look.palette.name).add(end)
    return lines


def _dotted(
    runs: Sequence[RunLine], ends: tuple[float, float], last: int, size: tuple[int, int], log: bool
) -> _Cells:
    """Lines of Braille dots; of several, each has its mark here and there on its own."""
    width, rows = size
    bits = [[0] * width for _ in range(rows)]
    owner = [[""] * width for _ in range(rows)]
    for run in runs:
        levels = _levels(run.training.curves[0], ends, last, (2 * width, 4 * rows), log)
        for row, line in enumerate(dots(levels, rows)):
            for column, drawn in enumerate(line):
                if drawn:
                    owner[row][column] = _SEVERAL if bits[row][column] else run.mark
                    bits[row][column] |= drawn
    cells = [
        [(chr(0x2800 + drawn) if drawn else " ", mark) for drawn, mark in zip(*line, strict=True)]
        for line in zip(bits, owner, strict=True)
    ]
    if len(runs) > 1:
        for place, run in enumerate(runs):
            levels = _levels(run.training.curves[0], ends, last, (width, rows), log)
            first = (2 * place + 1) * _MARK_EVERY // (2 * len(runs))
            known = [column for column, level in enumerate(levels) if level is not None]
            for column in known[first::_MARK_EVERY] or known[-1:]:
                cells[rows - 1 - (levels[column] or 0)][column] = run.mark, run.mark
    return cells


def _marked(
    runs: Sequence[RunLine], ends: tuple[float, float], last: int, size: tuple[int, int], log: bool
) -> _Cells:
    """The mark of a run in every cell of its line, for terminals that have no dots."""
    width, rows = size
    cells = [[(" ", "")] * width for _ in range(rows)]
    for run in runs:
        for column, level in enumerate(_levels(run.training.curves[0], ends, last, size, log)):
            if level is not None:
                row = cells[rows - 1 - level]
                mark = run.mark if row[column][1] in ("", run.mark) else _SEVERAL
                row[column] = mark, mark
    return cells


def _levels(
    curve: Curve, ends: tuple[float, float], last: int, size: tuple[int, int], log: bool
) -> list[int | None]:
    """For each of ``size[0]`` columns how high the curve is there, from 0 at the bottom to ``size[1] - 1``."""
    width, steps = size
    scale = math.log if log else float
    low, high = scale(ends[0]), scale(ends[1])
    if low == high:
        return [None if value is None else steps // 2 for value in _columns(curve, last, width)]
    # Between two tiny values rounding finds a nought.
    return [
        None if value is None
        else round(fraction(scale(min(max(value, ends[0]), ends[1])), low, high) * (steps - 1))
        for value in _columns(curve, last, width)
    ]  # fmt: skip


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

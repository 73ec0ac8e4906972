"""Training runs as files for other programs: a table (CSV) and a picture (SVG)."""

from __future__ import annotations

import csv
import io
import math
from html import escape
from typing import TYPE_CHECKING

from tutor.protocol.text import plain
from tutor.render.export import xml_text
from tutor.render.numbers import count, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tutor.protocol.training import Curve
    from tutor.render.runs import RunLine

_FORMULA = tuple("=+-@＝＋－＠\t\r\n'")
_WIDTH, _CHART, _LEFT, _TOP, _LEGEND = 900, 400, 84, 40, 22
_RIGHT = 24
_COLOURS = ("#e69f00", "#56b4e9", "#00b083", "#cc79a7", "#f0e442", "#e8743b")
_DASHES = ("none", "9 4", "2 3", "12 3 2 3", "5 5", "1 5")
"""Curves are told apart by their dashes as well as by their colours."""
_TEXT = 'font-family="sans-serif" font-size="13" fill="#d0d4da"'
_LOG_FROM = 100.0


def harmless(text: str) -> str:
    """A name from the learner's code as a cell that no spreadsheet takes for a formula."""
    text = " ".join(plain(text).split())
    return f"'{text}" if text.startswith(_FORMULA) else text


def as_csv(runs: Sequence[RunLine]) -> str:
    """A line for each step that is known of each run; what is not known at a step is left empty.

    Columns: run, step, every loss, every learning rate, gradient norm and update-to-weight ratio of each layer.
    """
    tables = [_table(run) for run in runs]
    columns = list(dict.fromkeys(name for table in tables for row in table.values() for name in row))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["run", "step", *map(harmless, columns)])
    for run, table in zip(runs, tables, strict=True):
        name = harmless(run.name)
        for step in sorted(table):
            row = table[step]
            writer.writerow([name, step, *(repr(row[c]) if c in row else "" for c in columns)])
    return out.getvalue()


def scalars(run: RunLine) -> Iterator[tuple[str, int, float]]:
    """Every figure that is known of a run: what it is of, the step, the value."""
    for curve, name in zip(run.training.curves, _told_apart([c.name for c in run.training.curves]), strict=True):
        yield from ((name, step, value) for step, value in zip(curve.steps, curve.values, strict=True))
    rates = run.training.rates
    for look in run.looks:
        for place, value in enumerate(look.rates):
            of = f" {rates[place].optimizer} {rates[place].group}" if place < len(rates) and len(rates) > 1 else ""
            yield f"learning rate{of}", look.step, value
        for kind, values in (("gradient norm", look.grad_norms), ("update ratio", look.update_ratios)):
            for path, figure in zip(run.paths, values, strict=False):
                if figure is not None:
                    yield f"{kind} {path}", look.step, figure


def _table(run: RunLine) -> dict[int, dict[str, float]]:
    table: dict[int, dict[str, float]] = {}
    for name, step, value in scalars(run):
        table.setdefault(step, {})[name] = value
    return table


def _told_apart(names: list[str]) -> list[str]:
    """The names, where two are the same with a number."""
    return [name if names.count(name) == 1 else f"{name} ({place + 1})" for place, name in enumerate(names)]


def as_svg_curves(runs: Sequence[RunLine], title: str) -> str:
    """The losses of all runs on common axes, with a legend that says what came out of each.

    Complete in itself: nothing is fetched or run when it is shown. The same runs give the same file.
    """
    drawn = [
        (run, curve) for run in runs for curve in run.training.curves if any(map(math.isfinite, curve.values))
    ]
    finite = [value for _, curve in drawn for value in curve.values if math.isfinite(value)] or [0.0, 1.0]
    low, high = min(finite), max(finite)
    log = low > 0 and high / low >= _LOG_FROM
    last = max((curve.steps[-1] for _, curve in drawn), default=1)
    height = _TOP + _CHART + 40 + _LEGEND * max(len(drawn), 1) + 12
    parts = [
        f'<svg viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg" {_TEXT}>',
        f'<rect width="{_WIDTH}" height="{height}" fill="#16181d"/>',
        f'<text x="{_LEFT}" y="26" font-size="16" font-weight="bold">{_xml(title)}</text>',
        *_axes(low, high, last, log),
    ]
    for place, (run, curve) in enumerate(drawn):
        pen = (
            f'fill="none" stroke="{_COLOURS[place % len(_COLOURS)]}" stroke-width="2" '
            f'stroke-dasharray="{_DASHES[place % len(_DASHES)]}"'
        )
        for points in _lines(curve, low, high, last, log):
            parts.append(f'<polyline points="{points}" {pen}/>')
        y = _TOP + _CHART + 44 + _LEGEND * place
        parts.append(f'<path d="M{_LEFT} {y}h40" {pen}/>')
        told = f"{run.name} · {curve.name}: {number(curve.values[-1])} after {count(curve.steps[-1])} steps"
        parts.append(f'<text x="{_LEFT + 52}" y="{y + 4}">{_xml(told)}</text>')
    return "\n".join([*parts, "</svg>", ""])


def _xml(text: str) -> str:
    return xml_text(escape(" ".join(plain(text).split())))


def _place(step: int, value: float, ends: tuple[float, float], last: int, log: bool) -> tuple[float, float]:
    low, high = (math.log(end) if log else end for end in ends)
    at = math.log(value) if log else value
    # Halved, so that the distance of the two largest floats is one too.
    up = (at / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.5
    across = (step - 1) / (last - 1) if last > 1 else 0.0
    return _LEFT + across * (_WIDTH - _LEFT - _RIGHT), _TOP + (1 - up) * _CHART


def _lines(curve: Curve, low: float, high: float, last: int, log: bool) -> Iterator[str]:
    """Runs of finite points; what is not finite is a gap, and a point alone a short line."""
    points: list[str] = []
    for step, value in [*zip(curve.steps, curve.values, strict=True), (0, math.nan)]:
        if math.isfinite(value):
            x, y = _place(step, value, (low, high), last, log)
            points.append(f"{x:.1f},{y:.1f}")
        elif points:
            yield " ".join(points if len(points) > 1 else [points[0], points[0]])
            points = []


def _axes(low: float, high: float, last: int, log: bool) -> list[str]:
    right, bottom = _WIDTH - _RIGHT, _TOP + _CHART
    label = "loss, log axis" if log else "loss"
    return [
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{right}" fill="none" stroke="#6b717c"/>',
        f'<text x="{_LEFT - 8}" y="{_TOP + 5}" text-anchor="end">{number(high)}</text>',
        f'<text x="{_LEFT - 8}" y="{bottom}" text-anchor="end">{number(low)}</text>',
        f'<text x="{_LEFT + 8}" y="{_TOP + 12}" fill="#8b919c">{label}</text>',
        f'<text x="{_LEFT}" y="{bottom + 20}">1</text>',
        f'<text x="{right}" y="{bottom + 20}" text-anchor="end">step {count(last)}</text>',
    ]

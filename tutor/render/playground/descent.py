"""A function of one variable with a point on it: the tangent, the step it leads to, and where it has been."""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING

from tutor.render.lines import Line
from tutor.render.numbers import number
from tutor.render.playground.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.playground import Descent, Place
    from tutor.render.look import Look

_MARGIN = 9
_HUGE = 1e150
_TRAIL = 24
"""Places behind the point that are shown."""


class _View:
    """From numbers to dots."""

    def __init__(self, canvas: Canvas, x: tuple[float, float], y: tuple[float, float]) -> None:
        self._canvas, self._x, self._y = canvas, x, y

    def at(self, x: float, y: float) -> tuple[int, int]:
        """May lie outside the canvas, but not so far that no integer is that large."""
        across = (_sane(x) - self._x[0]) / (self._x[1] - self._x[0]) * (self._canvas.width - 1)
        down = (self._y[1] - _sane(y)) / (self._y[1] - self._y[0]) * (self._canvas.height - 1)
        return round(min(max(across, -9e3), 9e3)), round(min(max(down, -9e3), 9e3))


def descent_lines(descent: Descent, step: int, look: Look) -> list[Line]:
    """``look.height`` lines: the curve, and the point after ``step`` steps with its tangent."""
    rows = max(4, (look.height or 20) - 1)
    canvas = Canvas(max(10, look.width - _MARGIN), rows)
    ends = _heights(descent)
    view = _View(canvas, (descent.xs[0], descent.xs[-1]), ends)
    ink = look.palette
    _axis(canvas, view, descent, ends, look)
    before: tuple[int, int] | None = None
    for x, y in zip(descent.xs, descent.ys, strict=True):
        if math.isnan(y):
            before = None
            continue
        at = view.at(x, y)
        # Two dots high, so that it stands out among the helping lines.
        for lower in (0, 1):
            canvas.line(_down(before or at, lower), _down(at, lower), ink.number)
        before = at
    _draw_point(canvas, view, descent, min(step, len(descent.places) - 1), look)
    lines = []
    for row in range(rows):
        label = number(ends[1], 7) if row == 0 else number(ends[0], 7) if row == rows - 1 else ""
        lines.append(Line(f"{label:>7} {look.glyphs.box[1]}", ink.dim).extend(canvas.row(row).pieces))
    low, high = number(descent.xs[0]), number(descent.xs[-1])
    lines.append(Line(" " * _MARGIN + low, ink.dim).pad(look.width - len(high)).add(high, ink.dim))
    return lines


def _sane(value: float) -> float:
    """The value, or the end of what can be reckoned with."""
    return min(max(value, -_HUGE), _HUGE)


def _down(dot: tuple[int, int], by: int) -> tuple[int, int]:
    return dot[0], dot[1] + by


def _heights(descent: Descent) -> tuple[float, float]:
    """The lowest and highest value worth a place: a pole or a steep wall does not press the rest flat."""
    finite = sorted(_sane(y) for y in descent.ys if not math.isnan(y)) or [0.0, 1.0]
    low, high = finite[0], finite[-1]
    usual = finite[int(0.85 * (len(finite) - 1))]
    if high - low > 8 * (usual - low) > 0:
        high = low + 8 * (usual - low)
    room = max((high - low) * 0.06, abs(high) * 1e-6) or 1.0
    return low - room, high + room


def _axis(canvas: Canvas, view: _View, descent: Descent, ends: tuple[float, float], look: Look) -> None:
    """A faint line where x is 0, and one where f is 0, if they are in sight."""
    ink = look.palette.dim
    if descent.xs[0] < 0 < descent.xs[-1]:
        across, _ = view.at(0.0, ends[0])
        canvas.line((across, 0), (across, canvas.height - 1), ink, dash=1)
    if ends[0] < 0 < ends[1]:
        _, down = view.at(descent.xs[0], 0.0)
        canvas.line((0, down), (canvas.width - 1, down), ink, dash=1)


def _draw_point(canvas: Canvas, view: _View, descent: Descent, step: int, look: Look) -> None:
    places, ink = descent.places, look.palette
    here = places[step]
    reach = (descent.xs[-1] - descent.xs[0]) / 5
    _tangent(canvas, view, here, reach, look)
    hollow, full, aim = ("○", "●", "◎") if look.unicode else ("o", "@", "O")
    for earlier in places[max(0, step - _TRAIL) : step]:
        _mark(canvas, view, earlier, hollow, look)
    if step + 1 < len(places):
        after = places[step + 1]
        _jump(canvas, view, here, after, look)
        column, row = _cell(view.at(after.x, after.y))
        canvas.text(column, row, aim, ink.positive)
    column, row = _cell(view.at(here.x, here.y))
    canvas.text(column, row, full, ink.leaf)


def _tangent(canvas: Canvas, view: _View, here: Place, reach: float, look: Look) -> None:
    left, right = here.x - reach, here.x + reach
    start = view.at(left, here.y - here.slope * reach)
    canvas.line(start, view.at(right, here.y + here.slope * reach), look.palette.accent, dash=2)


def _jump(canvas: Canvas, view: _View, here: Place, after: Place, look: Look) -> None:
    """The step: level along the axis from the point, then to the curve."""
    style = look.palette.positive
    corner = (view.at(after.x, here.y)[0], view.at(here.x, here.y)[1])
    canvas.line(view.at(here.x, here.y), corner, style)
    canvas.line(corner, view.at(after.x, after.y), style)


def _mark(canvas: Canvas, view: _View, place: Place, glyph: str, look: Look) -> None:
    column, row = _cell(view.at(place.x, place.y))
    canvas.text(column, row, glyph, look.palette.dim)


def _cell(dot: tuple[int, int]) -> tuple[int, int]:
    return dot[0] // 2, dot[1] // 4


def figures(descent: Descent, step: int, rate: float, momentum: float, look: Look) -> list[Line]:
    """The numbers at the point, the step as a sum, and the places so far, newest first."""
    ink = look.palette
    step = min(step, len(descent.places) - 1)
    here = descent.places[step]
    gone = -rate * here.velocity
    times = "·" if look.unicode else "*"
    move = "slope" if not momentum else "v"
    pushed = here.slope if not momentum else here.velocity
    lines = [
        Line("step      ", ink.dim).add(str(step), ink.name),
        Line("x         ", ink.dim).add(number(here.x, 10), ink.leaf),
        Line("f(x)      ", ink.dim).add(number(here.y, 10), ink.name),
        Line("f'(x)     ", ink.dim).add(number(here.slope, 10), ink.accent).add(_side(here.slope, look), ink.dim),
    ]
    if momentum:
        lines.append(Line("velocity  ", ink.dim).add(number(here.velocity, 10), ink.accent))
        lines.append(Line(f"  v = {number(momentum)} {times} v before + f'(x)", ink.dim))
    lines += [
        Line("moves by  ", ink.dim).add(number(gone, 10), ink.positive).add(f"  = -rate {times} {move}", ink.dim),
        Line(),
        Line(f"{number(here.x)} - {number(rate)} {times} {_bracketed(pushed)} ", ink.dim)
        .add("= ", ink.dim)
        .add(number(here.x + gone), ink.positive),
        Line(),
        Line(f"{'step':>5}{'x':>10}{'f(x)':>10}{'f′(x)' if look.unicode else 'slope':>10}", ink.heading),
    ]
    for at in range(step, max(-1, step - 60), -1):
        place = descent.places[at]
        style = ink.name if at == step else ink.dim
        lines.append(
            Line(f"{at:>5}{number(place.x, 9):>10}{number(place.y, 9):>10}{number(place.slope, 9):>10}", style)
        )
    return lines


def _bracketed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)


def _side(slope: float, look: Look) -> str:
    """Which way is down."""
    if abs(slope) < 1e-9:
        return "  flat"
    return f"  down is {look.glyphs.right if slope < 0 else '←' if look.unicode else '<-'}"


def verdict(descent: Descent, step: int) -> tuple[str, str]:
    """A sentence on how it goes, and whether that is ``good``, ``bad`` or neither (empty)."""
    places = descent.places
    if descent.diverged and step >= len(places) - 1:
        return (
            f"Diverged: after step {len(places) - 1} the numbers are no longer finite. A smaller rate helps.",
            "bad",
        )
    seen = places[: step + 1]
    here = seen[-1]
    outside = not descent.xs[0] <= here.x <= descent.xs[-1]
    if _grows(seen):
        more = " - shows more of the axis." if outside else ""
        return f"Diverging: each step is longer than the one before, the rate is too large here.{more}", "bad"
    if outside:
        return f"Out of the picture: x is {number(here.x)}. - shows more of the axis.", "bad"
    if step and abs(here.slope) < 1e-4 and abs(here.velocity) < 1e-3:
        return "Flat: the slope is 0, so the steps have come to an end.", "good"
    if len(seen) > 3 and all(a.slope * b.slope < 0 for a, b in zip(seen[-4:], seen[-3:], strict=False)):
        return "It jumps from side to side: each step goes past the bottom.", ""
    return "", ""


def _grows(seen: Sequence[Place]) -> bool:
    moves = [abs(b.x - a.x) for a, b in zip(seen[-5:], seen[-4:], strict=False)]
    crossed = all(a.slope * b.slope < 0 for a, b in zip(seen[-4:], seen[-3:], strict=False))
    return len(moves) >= 3 and crossed and all(b > 1.01 * a for a, b in itertools.pairwise(moves))

"""Where a loop calls ``backward()`` or ``grad()``, and what the learner calls the loss there."""

from __future__ import annotations

import ast
import linecache
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType

from tutor.protocol.training import Curve
from tutor.worker.interrupts import is_library
from tutor.worker.probe.budget import Series
from tutor.worker.probe.flow.mode import CALL

_TUTOR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_NAME = 40
_POINTS, _LIVE_POINTS = 2_000, 250
_LONG_SOURCE = 200_000
"""Characters of a source that is still read for names."""


@dataclass(slots=True, eq=False)
class Site:
    """One call in the source, and the losses that went through it."""

    code: CodeType
    place: int
    """Offset of the call in ``code``."""
    name: str = ""
    loop: str = ""
    """First line of the outermost loop around it; empty outside of one."""
    library: bool = False
    calls: int = 0
    fresh: list[float] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    """Step of each of ``fresh``."""
    values: Series = field(default_factory=lambda: Series(_POINTS))
    steps: Series = field(default_factory=lambda: Series(_POINTS))
    first: list[float] = field(default_factory=list)
    recent: list[float] = field(default_factory=list)
    """The first and the latest five losses that are finite."""
    bad: tuple[int, float] | None = None
    """Step and value of the first loss heard that was NaN or infinite."""
    sound: int = 0
    """Step of the last loss heard before that; 0 for none. In a quick loop some between went by unheard."""

    def take_in(self) -> None:
        """Put what is fresh into the series."""
        if not self.fresh:
            return
        # Half-precision losses are scaled up until they overflow, on purpose: the scaler takes the step back.
        wrong = math.isnan if ".scale(" in self.name else _not_finite
        if self.bad is None:
            place = None
            if not math.isfinite(sum(self.fresh)):
                place = next((n for n, value in enumerate(self.fresh) if wrong(value)), None)
            if place is not None:
                self.bad = self.at[place], self.fresh[place]
            if place != 0:
                self.sound = self.at[-1 if place is None else place - 1]
        for value, step in zip(self.fresh, self.at):  # noqa: B905 - filled together
            self.values.add(value)
            self.steps.add(step)
        finite = [value for value in self.fresh if math.isfinite(value)]
        self.first += finite[: 5 - len(self.first)]
        self.recent = (self.recent + finite[-5:])[-5:]
        self.fresh.clear()
        self.at.clear()

    def latest(self, most: int) -> Curve:
        """The last ``most`` of what was taken in, as many as were not thinned out."""
        steps = self.steps.last(most)
        return Curve(self.name, tuple(int(step) for step in steps), tuple(self.values.last(most)))

    def restart(self) -> None:
        """All so far was before the end of the first step."""
        self.take_in()
        values = self.values.points(_POINTS)
        self.steps = Series(_POINTS)
        self.values = Series(_POINTS)
        self.sound = 0
        self.fresh, self.at = list(values), [1] * len(values)

    def curve(self, live: bool) -> Curve:
        points = _LIVE_POINTS if live else _POINTS
        steps = tuple(int(step) for step in self.steps.points(points))
        return Curve(self.name, steps, self.values.points(points))


class Sites:
    """The sites of one run."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], Site] = {}

    @property
    def all(self) -> list[Site]:
        return list(self._known.values())

    def at(self, frame: FrameType) -> Site:
        """The site of the call that ``frame`` is in. A site keeps its code, so the code's ``id`` stays its own."""
        frame = _caller(frame)
        key = id(frame.f_code), frame.f_lasti
        known = self._known.get(key)
        return known if known is not None else self._known.setdefault(key, self._made(frame))

    def _made(self, frame: FrameType) -> Site:
        site = Site(frame.f_code, frame.f_lasti, library=is_library(frame.f_code.co_filename))
        name, site.loop = described(frame)
        taken = {other.name for other in self._known.values()}
        site.name = name if name not in taken else f"{name} (line {frame.f_lineno})"
        return site


def _caller(frame: FrameType) -> FrameType:
    """Past what stands between the learner and the call while the flow of a run is watched."""
    while frame.f_back is not None and (frame.f_code.co_name == CALL or _between(frame.f_code.co_filename)):
        frame = frame.f_back
    return frame


def _between(file: str) -> bool:
    return file.startswith(_TUTOR) or file.endswith(("torch/overrides.py", "torch/_tensor.py"))


def described(frame: FrameType) -> tuple[str, str]:
    """What stands before ``.backward()`` in the call that runs, and the first line of the loop around it."""
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    source = "".join(lines)
    if not source or len(source) > _LONG_SOURCE:
        return "loss", ""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):  # a magic line, or no Python
        return "loss", ""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _covers(node, frame.f_lineno)]
    named = [(call, loss) for call in calls if (loss := _loss(call)) is not None]
    if not named:
        return "loss", ""
    # Of several on one line the one whose columns the interpreter knows; else the innermost.
    columns = _columns(frame)
    call, loss = next(((c, x) for c, x in named if (c.col_offset, c.end_col_offset) == columns), named[-1])
    text = " ".join((ast.get_source_segment(source, loss) or "loss").split())
    return (text if len(text) <= _NAME else text[: _NAME - 1] + "…"), _loop(tree, call, lines)


def _not_finite(value: float) -> bool:
    return not math.isfinite(value)


def _covers(node: ast.Call, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _loss(call: ast.Call) -> ast.expr | None:
    """``loss`` of ``loss.backward()``, ``autograd.backward(loss)`` or ``autograd.grad(loss, …)``."""
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if name not in ("backward", "grad"):
        return None
    module = isinstance(function, ast.Name) or (
        isinstance(function, ast.Attribute) and ast.unparse(function.value).endswith("autograd")
    )
    if not module:
        return function.value if isinstance(function, ast.Attribute) else None
    given = call.args or [keyword.value for keyword in call.keywords if keyword.arg in ("tensors", "outputs")]
    return given[0] if given else None


def _columns(frame: FrameType) -> tuple[int, int] | None:
    if not hasattr(frame.f_code, "co_positions"):
        return None
    for number, (_, _, column, end) in enumerate(frame.f_code.co_positions()):
        if number == frame.f_lasti // 2:
            return None if column is None or end is None else (column, end)
    return None


def _loop(tree: ast.AST, call: ast.Call, lines: list[str]) -> str:
    """The outermost loop of the function, or of the module, that the call stands in."""

    def around(node: ast.AST, loop: int) -> Iterator[int]:
        for child in ast.iter_child_nodes(node):
            if child is call:
                yield loop
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                yield from around(child, 0)
            elif isinstance(child, (ast.For, ast.While, ast.AsyncFor)):
                yield from around(child, loop or child.lineno)
            else:
                yield from around(child, loop)

    line = next(around(tree, 0), 0)
    return lines[line - 1].strip()[:80] if line else ""

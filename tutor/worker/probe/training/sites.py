"""Where a loop calls ``backward()`` or ``grad()``, and what the learner calls the loss there."""

from __future__ import annotations

import ast
import linecache
import math
import os
import weakref
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from tutor.worker.interrupts import is_library
from tutor.worker.probe.flow.mode import CALL
from tutor.worker.probe.training.scaled import argument_of_scale, scaler_at
from tutor.worker.probe.training.series import POINTS, Losses

_TUTOR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_NAME = 40
_LONG_SOURCE = 200_000
"""Characters of a source that is still read for names."""


@dataclass(slots=True, eq=False)
class Site:
    """One call in the source, and the losses that went through it, told apart by who took a step with them."""

    code: CodeType
    place: int
    """Offset of the call in ``code``."""
    name: str = ""
    loop: str = ""
    """First line of the outermost loop around it; empty outside of one."""
    library: bool = False
    scaler: weakref.ref[Any] | None = None
    """What multiplies the loss first; ``fresh`` is without that."""
    calls: int = 0
    fresh: list[float] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    """Step of each of ``fresh``."""
    losses: dict[int, Losses] = field(default_factory=dict)
    """By a number for whoever took the steps."""

    def take_in(self, who: int, until: int | None = None) -> None:
        """Put what is fresh into the series of ``who``; ``until`` leaves what is for a later step than this."""
        count = len(self.at) if until is None else bisect_right(self.at, until)
        if not count:
            return
        # Half-precision losses are scaled up until they overflow, on purpose: the scaler takes the step back.
        wrong = math.isnan if self.scaler is not None or ".scale(" in self.name else _not_finite
        losses = self.losses.get(who)
        if losses is None:
            # Those of one after the other begin at step 1 each, to be compared.
            losses = self.losses[who] = Losses(before=self.at[0] - 1 if self.losses else 0)
        losses.add(self.fresh[:count], self.at[:count], wrong)
        del self.fresh[:count], self.at[:count]

    def restart(self) -> None:
        """All so far was before the end of the first step."""
        values = [value for losses in self.losses.values() for value in losses.values.points(POINTS)] + self.fresh
        self.losses.clear()
        self.fresh, self.at = values, [1] * len(values)


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
        name, site.loop, site.scaler = described(frame)
        taken = {other.name for other in self._known.values() if not other.library}
        site.name = name if name not in taken else f"{name} (line {frame.f_lineno})"
        return site


def _caller(frame: FrameType) -> FrameType:
    """Past what stands between the learner and the call while the flow of a run is watched."""
    while frame.f_back is not None and (frame.f_code.co_name == CALL or _between(frame.f_code.co_filename)):
        frame = frame.f_back
    return frame


def _between(file: str) -> bool:
    return file.startswith(_TUTOR) or file.endswith(("torch/overrides.py", "torch/_tensor.py"))


def described(frame: FrameType) -> tuple[str, str, weakref.ref[Any] | None]:
    """What stands before ``.backward()`` in the call that runs, the first line of the loop around it, and the
    gradient scaler that multiplied it; the name is then that of the loss before.
    """
    lines = linecache.getlines(frame.f_code.co_filename, frame.f_globals)
    source = "".join(lines)
    if not source or len(source) > _LONG_SOURCE:
        return "loss", "", None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):  # a magic line, or no Python
        return "loss", "", None
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _covers(node, frame.f_lineno)]
    named = [(call, loss) for call in calls if (loss := _loss(call)) is not None]
    if not named:
        return "loss", "", None
    # Of several on one line the one whose columns the interpreter knows; else the innermost.
    columns = _columns(frame)
    call, loss = next(((c, x) for c, x in named if (c.col_offset, c.end_col_offset) == columns), named[-1])
    scaler = None
    if (inner := argument_of_scale(loss)) is not None and (scaler := scaler_at(frame, inner[0])) is not None:
        loss = inner[1]
    text = " ".join((ast.get_source_segment(source, loss) or "loss").split())
    return (text if len(text) <= _NAME else text[: _NAME - 1] + "…"), _loop(tree, call, lines), scaler


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

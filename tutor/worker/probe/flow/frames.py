"""Where an operation stands: the learner's line and columns, and the module calls it is inside of."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from tutor.worker.interrupts import is_library
from tutor.worker.probe.flow.optimizers import Part, parts
from tutor.worker.probe.flow.values import Facts
from tutor.worker.probe.touch import type_name

_TUTOR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_FRAMES = 120
_MARK = "__tutor_call__"


@dataclass(frozen=True, slots=True)
class Place:
    """A span of source: lines from 1, columns from 0 in UTF-8 bytes, -1 where the interpreter keeps none."""

    file: str
    line: int
    end_line: int
    column: int
    end_column: int
    function: str


@dataclass(slots=True)
class Call:
    """One call of a module, or of an optimiser's ``step``."""

    number: int
    parent: int
    kind: str
    """Class name."""
    module: int
    """``id`` of the module; means something only during the run."""
    field: str
    """Under which name the module that called it holds it: ``fc1``, ``0``; empty where no module called it."""
    place: Place | None
    training: bool
    fields: dict[int, str]
    """Names of its parameters and buffers by ``id``."""
    trained: dict[int, Part] | None = None
    """Of an optimiser's step, what it works on, by ``id``."""


class Frames:
    """Reads the frames above an operation; one for each run.

    The variables of the learner's frames are not read: ``f_locals`` of a running function makes copies that would
    keep tensors alive until it ends. Those of ``Module._call_impl`` are, whose arguments live as long anyway.
    """

    def __init__(self, torch: Any, facts: Facts) -> None:
        self._facts = facts
        optimizer = torch.optim.Optimizer.profile_hook_step.__code__
        self._module: type = torch.nn.Module
        self._call_impl = torch.nn.Module._call_impl.__code__
        self._step = next((c for c in optimizer.co_consts if isinstance(c, CodeType)), None)
        self._own: dict[str, bool] = {}
        self._spans: dict[tuple[CodeType, int], tuple[int, int, int, int]] = {}
        self.calls: list[Call] = []

    def look(self, frame: FrameType | None) -> tuple[Place | None, int, int]:
        """The innermost place in learner code, the number of the call it belongs to, and what tells this operation
        from others of the same run: equal when the same instruction is executed again in another round of a loop.
        """
        callers: list[FrameType] = []
        own: FrameType | None = None
        instruction = 0
        for _ in range(_FRAMES):
            if frame is None:
                break
            code = frame.f_code
            instruction = hash((instruction, id(code), frame.f_lasti))
            if own is None and code.co_name == "__init__" and not self._is_own(code.co_filename):
                return None, 0, 0  # a layer that makes its parameters
            if code is self._call_impl or code is self._step:
                callers.append(frame)
            elif self._is_own(code.co_filename):
                own = own or frame
                if code.co_name == "<module>":
                    break
            frame = frame.f_back
        call = 0
        for caller in reversed(callers):
            call = self._call(caller, call)
        return (self._place(own) if own is not None else None), call, instruction

    def _is_own(self, file: str) -> bool:
        known = self._own.get(file)
        if known is None:
            known = self._own[file] = not file.startswith(_TUTOR) and not is_library(file)
        return known

    def _call(self, frame: FrameType, parent: int) -> int:
        variables = frame.f_locals
        known = variables.get(_MARK)
        if type(known) is int:
            return known
        number = len(self.calls) + 1
        owner = variables.get("self") if frame.f_code is self._call_impl else (variables.get("args") or (None,))[0]
        variables[_MARK] = number  # lasts as long as the frame: two calls of one module in a loop are two
        own = frame.f_back
        for _ in range(_FRAMES):
            if own is None or self._is_own(own.f_code.co_filename):
                break
            own = own.f_back
        held = vars(owner) if isinstance(owner, self._module) else {}
        fields: dict[int, str] = {}
        for name, child in (held.get("_modules") or {}).items():
            # Attention uses the weights of a layer it holds without calling it.
            if isinstance(child, self._module):
                fields |= _fields(vars(child), f"{name}.")
        fields |= _fields(held, "")
        place = self._place(own) if own is not None else None
        training = bool(held.get("training", True))
        # A closure may give the gradients up while the step runs, and others take their place in memory.
        closure = len(variables.get("args") or ()) > 1 or bool(variables.get("kwargs"))
        trained = parts(owner, self._facts, closure) if frame.f_code is self._step else None
        self.calls.append(
            Call(number, parent, type_name(type(owner)), id(owner), "", place, training, fields, trained)
        )
        self.calls[-1].field = self._field(frame, owner, parent)
        return number

    def _field(self, frame: FrameType, owner: Any, parent: int) -> str:
        """What the caller calls the module it holds."""
        if not parent:
            return ""
        above = frame.f_back
        for _ in range(_FRAMES):
            if above is None:
                return ""
            if above.f_code is self._call_impl:
                holder = above.f_locals.get("self")
                children = vars(holder).get("_modules") or {}
                return next((name for name, child in children.items() if child is owner and type(name) is str), "")
            above = above.f_back
        return ""

    def _place(self, frame: FrameType) -> Place:
        code = frame.f_code
        key = (code, frame.f_lasti)
        span = self._spans.get(key)
        if span is None:
            span = self._spans[key] = _span(code, frame.f_lasti, frame.f_lineno or 0)
        return Place(code.co_filename, *span, code.co_name)


def _fields(held: dict[str, Any], before: str) -> dict[int, str]:
    """Names of a module's parameters and buffers by ``id``."""
    return {
        id(value): before + name
        for group in ("_parameters", "_buffers")
        for name, value in (held.get(group) or {}).items()
        if type(name) is str
    }


def _span(code: CodeType, instruction: int, line: int) -> tuple[int, int, int, int]:
    positions = getattr(code, "co_positions", None)
    if positions is not None:
        found = next(islice(positions(), instruction // 2, None), (None,) * 4)
        start, end, column, end_column = found
        if start is not None and end is not None and column is not None and end_column is not None:
            return start, end, column, end_column
    return line, line, -1, -1

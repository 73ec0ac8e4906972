"""The function mode that sees the operations of a run, for as long as it is worth its cost.

On the stack it costs 1.9 µs for each operation even when it does nothing, 1.4 times a small training loop. It
is therefore taken off the stack, not only silenced, once enough has been seen; from then on it costs nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import CodeType, FrameType, FunctionType, TracebackType
from typing import Any, Protocol

from tutor.worker.probe.flow.aside import Aside
from tutor.worker.raised import traceback_of

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_TRIES = 40
CALL = "<operation>"
"""Name of the frame that stands for the learner's while an operation runs."""


class Listener(Protocol):
    """What is told of each operation. Nothing it does may raise, save KeyboardInterrupt."""

    def before(self, func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], frame: FrameType) -> Any:
        """What is known before the operation; None when it is not to be recorded."""

    def after(self, seen: Any, result: Any) -> None:
        """The operation has given ``result``."""

    def failed(self, seen: Any, error: BaseException) -> None:
        """The operation has raised."""


def make_mode(torch: Any, aside: Aside) -> Any:
    """A mode, of a class made for this torch, that is not on the stack yet; see :class:`_Mode`."""
    overrides = torch.overrides
    kind = type("Mode", (_Mode, overrides.TorchFunctionMode), {})
    return kind(torch, aside, overrides.handle_torch_function.__code__)


class _Mode:
    """Sees operations from :meth:`enter` until it steps aside or :meth:`leave` is called."""

    def __init__(self, torch: Any, aside: Aside, handle: CodeType) -> None:
        super().__init__()
        c = torch._C
        self._push, self._pop = c._push_on_torch_function_stack, c._pop_torch_function_stack
        self._length, self._at = c._len_torch_function_stack, c._get_function_stack_at
        self._aside, self._handle = aside, handle
        self._listener: Listener | None = None
        self._process = self._tries = 0
        self._error: BaseException | None = None

    def enter(self, listener: Listener) -> None:
        self._listener, self._tries = listener, 0
        self._process = os.getpid()
        self._push(self)

    def leave(self) -> None:
        """Off the stack, wherever in it: the learner may have left a mode of their own above."""
        self._listener = self._error = None
        self._aside.forget()
        if all(self._at(place) is not self for place in range(self._length())):
            return
        above = []
        while (top := self._pop()) is not self:
            above.append(top)
        for mode in reversed(above):
            self._push(mode)

    def step_aside(self) -> None:
        """See nothing more in this run, and cost nothing as soon as the operation that is running has ended."""
        self._listener = None

    def _leave_soon(self) -> None:
        self._tries += 1
        # Under a mode of the learner's, or in a line without a call, it takes more than one operation to get away.
        if self._tries <= _TRIES:
            self._aside.soon(self._off)

    def _off(self) -> bool:
        depth = self._length()
        if not depth or self._at(depth - 1) is not self:
            return False
        self._pop()
        return True

    def __torch_function__(self, func: Any, _types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        listener = self._listener
        if listener is None or self._process != os.getpid():
            # A forked child, a DataLoader's for one, inherits the stack.
            self._listener = None
            result = func(*args, **kwargs)
            self._leave_soon()
            return result
        caller = self._caller()
        seen = listener.before(func, args, kwargs, caller)
        call = _as_if_in(caller)
        del caller
        try:
            result = call(func, args, kwargs)
        except BaseException as error:
            if seen is not None:
                listener.failed(seen, error)
            # The traceback keeps this frame: what is in it must not outlive what plain Python would keep.
            args = kwargs = None
            self._tidy_later(error)
            raise
        if seen is None:
            if self._listener is None:
                self._leave_soon()
            return result
        listener.after(seen, result)
        return result

    def _caller(self) -> FrameType:
        """The frame that called the operation, without the ways torch has of calling a mode."""
        frame = sys._getframe(2)
        if frame.f_code is self._handle and frame.f_back is not None and frame.f_back.f_back is not None:
            return frame.f_back.f_back
        return frame

    def _tidy_later(self, error: BaseException) -> None:
        self._error = error
        self._aside.soon(self._tidied)

    def _tidied(self) -> bool:
        """Take the frames of this mode out of the traceback, once it has reached the learner's own."""
        error = self._error
        if error is None:
            return True
        entries: list[TracebackType] = []
        tb = traceback_of(error)
        while tb is not None:
            entries.append(tb)
            tb = tb.tb_next
        keep = _without_us(entries, self._handle)
        if not keep or keep[0] is not entries[0]:
            return False
        for entry, following in zip(keep, [*keep[1:], None]):  # noqa: B905
            if entry.tb_next is not following:
                entry.tb_next = following
        self._error = None
        return True


def _without_us(entries: list[TracebackType], handle: CodeType) -> list[TracebackType]:
    """The traceback as it is without a mode: a function of torch's that hands itself over is in it only once."""
    keep: list[TracebackType] = []
    for entry in entries:
        code = entry.tb_frame.f_code
        if code.co_name == CALL or code.co_filename.startswith(_HERE):
            while keep and keep[-1].tb_frame.f_code is handle:
                keep.pop()
                if keep:
                    keep.pop()
            continue
        keep.append(entry)
    return keep


def _call(func: Any, args: Any, kwargs: Any) -> Any: return func(*args, **kwargs)  # fmt: skip


def _as_if_in(frame: FrameType) -> Callable[..., Any]:
    """A function that makes the call as if ``frame`` made it: a warning is then given for the learner's line.

    torch's C++ takes the frame that runs as the place, Python's ``stacklevel`` counts frames. The frame has a name
    of its own, :data:`CALL`, by which the tutor tells it from the learner's.
    """
    code = _call.__code__.replace(
        co_filename=frame.f_code.co_filename, co_firstlineno=frame.f_lineno or 1, co_name=CALL
    )
    return FunctionType(code, frame.f_globals)

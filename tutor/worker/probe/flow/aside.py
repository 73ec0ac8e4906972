"""Doing something at the learner's next line, from inside a call that the learner's line has made.

A function mode cannot leave the stack while it handles an operation: torch takes it off before and puts it back
after. CPython's pending calls run a little later, on the main thread, between two instructions; the first one
after the operation is the learner's own.
"""

from __future__ import annotations

import ctypes
import signal
import sys
from collections.abc import Callable
from typing import Any

_ATTEMPTS = 1_000
"""Most runs of one task, 0.4 µs each. CPython makes up to 32 (3.13: 100) before it goes on to the next
instruction, and
some are spent in the frames that torch has yet to leave.
"""


class Aside:
    """Runs one task as soon as it can be done; make one for the process and keep it."""

    def __init__(self) -> None:
        """Raises AttributeError where the interpreter is not CPython."""
        self._api: Any = ctypes.pythonapi
        self._api.Py_AddPendingCall.restype = ctypes.c_int
        self._task: Callable[[], bool] | None = None
        self._left = 0
        self._interrupt = ctypes.cast(self._api.PyErr_SetInterruptEx, ctypes.c_void_p)
        self._callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(self._run)

    def soon(self, task: Callable[[], bool]) -> None:
        """Call ``task`` again and again, between the learner's instructions, until it says True; it must not
        raise.

        Not while a profiler or debugger is on: a pending call that asks for another one never ends then
        (seen with cProfile on CPython 3.11).
        """
        if not _traced():
            self._task, self._left = task, _ATTEMPTS
            self._schedule()

    def forget(self) -> None:
        """Let go of the task."""
        self._task = None

    def _schedule(self) -> None:
        self._api.Py_AddPendingCall(self._callback, None)

    def _run(self, _nothing: Any) -> int:
        try:
            task = self._task
            if task is not None:
                self._left -= 1
                if task() or self._left <= 0 or _traced():
                    self._task = None
                else:
                    self._schedule()
        except KeyboardInterrupt:
            # Nothing can leave a pending call: the signal is raised anew, for the learner's next instruction.
            self._api.Py_AddPendingCall(self._interrupt, ctypes.c_void_p(signal.SIGINT))
        except BaseException:
            self._task = None
        return 0


def _traced() -> bool:
    return sys.getprofile() is not None or sys.gettrace() is not None

"""Ends code that takes too long, and says whose it was."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

from tutor.worker.interrupts import Interrupts, is_library

_AGAIN = 0.05
"""Seconds between two interrupts of code that swallows the first."""

_OURS = str(Path(__file__).parent.parent)
_LESSON = ("<lesson>", "<check>", "<checks.py>")
"""File names that the lesson's own code is compiled under."""


class TimeIsUp(Exception):
    """The time was over. ``learner``: whether code of the learner's was running."""

    def __init__(self, seconds: float, *, learner: bool) -> None:
        super().__init__(f"stopped after {seconds:g} s")
        self.seconds = seconds
        self.learner = learner


class Limited:
    """``with Limited(interrupts, seconds):`` raises TimeIsUp when the body takes longer.

    It interrupts as a person would, again and again: a handler may swallow the first.
    """

    def __init__(self, interrupts: Interrupts, seconds: float) -> None:
        self._interrupts = interrupts
        self._seconds = seconds
        self._over = threading.Event()
        self._late = False

    def __enter__(self) -> Limited:
        self._command = self._interrupts.active
        self._thread = threading.Thread(target=self._wait, name="tutor-limit", daemon=True)
        self._thread.start()
        return self

    def _wait(self) -> None:
        pause = self._seconds
        while not self._over.wait(pause):
            self._late = True
            self._interrupts.expire(self._command)
            pause = _AGAIN

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while True:
            # One more interrupt can land between any two lines here.
            try:
                self._over.set()
                self._thread.join()
                self._interrupts.in_time()
                break
            except KeyboardInterrupt:
                continue
        if self._late and (kind is None or issubclass(kind, KeyboardInterrupt)):
            raise TimeIsUp(self._seconds, learner=is_learners(trace)) from None


def is_learners(trace: TracebackType | None) -> bool:
    """Whether any code of the learner's is on the way to where an error was raised."""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not (file in _LESSON or file.startswith(_OURS) or is_library(file)):
            return True
        trace = trace.tb_next
    return False

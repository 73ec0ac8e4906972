"""Ends code that takes too long, and says whose it was."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from tutor.worker.interrupts import Interrupts, is_library
from tutor.worker.limited import Clock

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
    """``with Limited(interrupts, seconds):`` raises TimeIsUp when the body, part of a command, takes longer."""

    def __init__(self, interrupts: Interrupts, seconds: float) -> None:
        self._interrupts = interrupts
        self._seconds = seconds

    def __enter__(self) -> Limited:
        # What was interrupted may take longer to go away (a list of millions) than until the next interrupt, which
        # is then raised where Python looks for it first: at the head of the way out.
        self._interrupts.leaving.add(Limited.__exit__.__code__)
        self._clock = Clock(self._interrupts, self._interrupts.active, self._seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while True:
            # One more interrupt can land between any two lines here.
            try:
                self._clock.stop()
                break
            except KeyboardInterrupt:
                continue
        if self._clock.late and (kind is None or issubclass(kind, KeyboardInterrupt)):
            raise TimeIsUp(self._seconds, learner=is_learners(trace)) from None


def is_learners(trace: TracebackType | None) -> bool:
    """Whether any code of the learner's is on the way to where an error was raised."""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not (file in _LESSON or file.startswith(_OURS) or is_library(file)):
            return True
        trace = trace.tb_next
    return False

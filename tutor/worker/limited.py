"""A time limit on the learner's code."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from tutor.worker.interrupts import Interrupts

_AGAIN = 0.05


class Clock:
    """Interrupts ``command`` after ``limit`` seconds, again and again: a handler may swallow the first."""

    def __init__(self, interrupts: Interrupts, command: int, limit: float) -> None:
        self.late = False
        """Whether the time was up before it was stopped."""
        self._interrupts = interrupts
        self._command = command
        self._limit = limit
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._wait, name="tutor-limit", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """No interrupt comes any more. May be called again, if one came in the middle of it."""
        self._over.set()
        self._thread.join()
        self._interrupts.in_time()

    def _wait(self) -> None:
        pause = self._limit
        while not self._over.wait(pause):
            self.late = True
            self._interrupts.expire(self._command)
            pause = _AGAIN


@contextlib.contextmanager
def limited(interrupts: Interrupts, command: int, limit: float) -> Iterator[None]:
    """What runs inside is interrupted after ``limit`` seconds."""
    clock = Clock(interrupts, command, limit)
    try:
        yield
    finally:
        clock.stop()

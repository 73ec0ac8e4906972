"""A time limit on the learner's code."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

from tutor.worker.interrupts import Interrupts

_AGAIN = 0.05


@contextlib.contextmanager
def limited(interrupts: Interrupts, command: int, limit: float) -> Iterator[None]:
    """Interrupts ``command`` after ``limit`` seconds, again and again: a handler may swallow the first."""
    over = threading.Event()

    def wait() -> None:
        pause = limit
        while not over.wait(pause):
            interrupts.expire(command)
            pause = _AGAIN

    thread = threading.Thread(target=wait, name="tutor-limit", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()

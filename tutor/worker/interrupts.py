"""When Ctrl+C may raise, and where.

The wire carries an interrupt that names a command; the reader thread then signals the main thread. The
handler here raises KeyboardInterrupt only inside learner code: never while a frame is half sent (the
stream would break), and not inside the import of a library (an interrupt in the first, hidden
``import torch._dynamo`` breaks every optimiser for the rest of the session).
"""

from __future__ import annotations

import contextlib
import signal
import sysconfig
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

_LIBRARY_ROOTS = tuple(
    root for key in ("stdlib", "platstdlib", "purelib", "platlib") if (root := sysconfig.get_path(key))
)
_FORCED_AFTER = 3
"""Presses after which even an import is interrupted."""


def is_library(file: str) -> bool:
    """Whether code of this file name is library code and not the learner's."""
    return file.startswith(("<frozen", *_LIBRARY_ROOTS)) or "site-packages" in file


def _inside_library_import(frame: FrameType | None) -> bool:
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return True
        if not is_library(file):
            return False
        frame = frame.f_back
    return False


class Interrupts:
    """Owns SIGINT for the main thread of a worker."""

    def __init__(self) -> None:
        self.active = 0
        """Id of the command whose learner code runs now; 0 outside learner code."""
        self._cancelled: set[int] = set()
        self._held = 0
        self._pending = False
        self._presses = 0
        self._main = threading.main_thread().ident or 0

    def install(self) -> None:
        """Take SIGINT over (again: learner code may have replaced the handler)."""
        if signal.getsignal(signal.SIGINT) != self._on_signal:
            signal.signal(signal.SIGINT, self._on_signal)

    def request(self, command: int) -> None:
        """From the reader thread: interrupt ``command``, now or as soon as it starts."""
        if self.active == command:
            self._presses += 1
            signal.pthread_kill(self._main, signal.SIGINT)
        else:
            self._cancelled.add(command)

    def nudge(self) -> None:
        """From the flusher thread: deliver an interrupt that an import made wait."""
        if self._pending and self.active:
            signal.pthread_kill(self._main, signal.SIGINT)

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        if not self.active:
            return
        if self._held or (self._presses < _FORCED_AFTER and _inside_library_import(frame)):
            self._pending = True
            return
        self._pending = False
        raise KeyboardInterrupt

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """No interrupt is raised inside; one that came is raised at the end."""
        main = threading.get_ident() == self._main
        if not main:
            yield
            return
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and self.active and not self._held:
            self._pending = False
            raise KeyboardInterrupt

    def guard(self, command: int, action: Any) -> Any:
        """Call ``action()`` as learner code of ``command``; KeyboardInterrupt may come out, and only from here."""
        self.install()
        self._presses = 0
        self._pending = False
        if command in self._cancelled:
            self._cancelled.discard(command)
            raise KeyboardInterrupt
        try:
            self.active = command
            return action()
        finally:
            self._leave()

    def _leave(self) -> None:
        # A second press can land between any two lines here: only a cleared `active` ends that.
        while self.active:
            with contextlib.suppress(KeyboardInterrupt):
                self.active = 0
        self._pending = False
        self._cancelled.clear()

"""When Ctrl+C may raise, and where.

The wire carries an interrupt that names a command; the reader thread then signals the main thread. The
handler here raises KeyboardInterrupt only inside learner code: never while a frame is half sent (the
stream would break), and not inside the import of a library (an interrupt in the first, hidden
``import torch._dynamo`` breaks every optimiser for the rest of the session).

Each further press insists more: the second reaches child processes too, and gets out of handlers that
swallow it (:mod:`tutor.worker.insist`); the third ends even an import. Where the learner's code has a
signal handler of its own the exception is put into the thread from outside. What does not end then is
inside one long call of native code, or means never to end: only the end of the process helps, and that
is the person's to choose.
"""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # its getsignal makes no enumeration of every handler
import contextlib
import ctypes
import os
import signal
import sysconfig
import threading
import time
from types import CodeType, FrameType
from typing import Any

_LIBRARY_ROOTS = tuple(
    root for key in ("stdlib", "platstdlib", "purelib", "platlib") if (root := sysconfig.get_path(key))
)
_INSIST_AFTER = 2
"""Presses after which child processes are signalled too, and handlers that swallow the interrupt are left."""
_FORCED_AFTER = 3
"""Presses after which even an import is interrupted."""


def is_library(file: str) -> bool:
    """Whether code of this file name is library code and not the learner's."""
    return file.startswith(("<frozen", *_LIBRARY_ROOTS)) or "site-packages" in file


_GENERATED = "<string>"
"""Code that a library makes while it is imported (``import torch._dynamo`` calls such functions 70,000 times), or
that the learner gives to ``exec``: whose it is, the frame around it says."""


def _inside_library_import(frame: FrameType | None) -> bool:
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith("<frozen importlib"):
            return True
        if not is_library(file) and file != _GENERATED:
            return False
        frame = frame.f_back
    return False


class Interrupts:
    """Owns SIGINT for the main thread of a worker."""

    def __init__(self) -> None:
        self.active = 0
        """Id of the command whose learner code runs now; 0 outside learner code."""
        self.leaving: set[CodeType] = set()
        """Functions that tell that the time is up: told again in the midst of it, they would not come to it."""
        self._cancelled: set[int] = set()
        self._held = 0
        self._pending = False
        self._presses = 0
        self._overdue = 0
        self._forcing = False
        self._main = threading.main_thread().ident or 0

    def install(self) -> None:
        """Take SIGINT over (again: learner code may have replaced the handler)."""
        if _signal.getsignal(signal.SIGINT) != self._on_signal:
            signal.signal(signal.SIGINT, self._on_signal)

    def request(self, command: int) -> None:
        """From the reader thread: interrupt ``command``, now or as soon as it starts."""
        if self.active != command:
            self._cancelled.add(command)
            return
        self._presses += 1
        if self._presses == _INSIST_AFTER and os.getpgrp() == os.getpid():
            # This reaches the main thread as well, and ranks of a job that wait for one another.
            os.killpg(0, signal.SIGINT)
        else:
            signal.pthread_kill(self._main, signal.SIGINT)
        if _signal.getsignal(signal.SIGINT) != self._on_signal:
            self._force()

    def expire(self, command: int) -> None:
        """From any thread: the time of ``command`` is up. Unlike a person's press it reaches no other process."""
        if self.active == command:
            self._overdue += 1
            signal.pthread_kill(self._main, signal.SIGINT)

    def in_time(self) -> None:
        """What had a time limit has ended."""
        self._overdue = 0

    def _force(self) -> None:
        """Where the learner's code took the signal: put the exception into the thread from outside."""
        self._forcing = True
        if self.active and not self._held:
            self._put(ctypes.py_object(KeyboardInterrupt))
        self._forcing = False

    def _put(self, exception: Any) -> None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._main), exception)

    def insist(self) -> None:
        """Called at the head of the learner's own handlers: raises when the person has pressed again,
        or the time is up for long."""
        insisted = max(self._presses, self._overdue) >= _INSIST_AFTER
        if insisted and self.active and threading.get_ident() == self._main:
            raise KeyboardInterrupt

    def nudge(self) -> None:
        """From the flusher thread: deliver an interrupt that an import made wait."""
        if self._pending and self.active:
            signal.pthread_kill(self._main, signal.SIGINT)

    def _on_signal(self, _number: int, frame: FrameType | None) -> None:
        if not self.active:
            return
        if self._overdue and not self._presses and frame is not None and frame.f_code in self.leaving:
            return
        if self._held or (self._presses < _FORCED_AFTER and _inside_library_import(frame)):
            self._pending = True
            return
        self._pending = False
        raise KeyboardInterrupt

    def hold(self) -> Interrupts:
        """In ``with interrupts.hold():`` no interrupt is raised; one that came is raised at the end."""
        return self

    def __enter__(self) -> None:
        if threading.get_ident() == self._main:
            self._held += 1

    def __exit__(self, *error: object) -> None:
        if threading.get_ident() != self._main:
            return
        self._held -= 1
        if self._pending and self.active and not self._held and error[0] is None:
            self._pending = False
            raise KeyboardInterrupt

    def guard(self, command: int, action: Any) -> Any:
        """Call ``action()`` as learner code of ``command``; KeyboardInterrupt may come out, and only from here."""
        self.install()
        self._presses = 0
        self._overdue = 0
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
        # A second press can land between any two lines here: only a cleared `active` ends that, and an
        # exception put in from outside that has not been raised yet must be forgotten.
        left = False
        while not left:
            with contextlib.suppress(KeyboardInterrupt):
                self.active = 0
                while self._forcing:
                    time.sleep(0)
                if self._presses:
                    self._put(None)
                left = True
        self._pending = False
        self._cancelled.clear()

"""What ``print``, C code and child processes write, and what ``input`` reads.

File descriptors 1 and 2 are one capture pipe, so that everything arrives in the order it was written,
whoever wrote it. Standard error is told apart by marker bytes around each of its writes
(``wire.STDERR_MARK``, ``wire.STDOUT_MARK``).
"""

from __future__ import annotations

import builtins
import contextlib
import ctypes
import getpass
import io
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from tutor.protocol.wire import STDERR_MARK, STDOUT_MARK

_BUFFER = 32 * 1024
_FLUSH_EVERY = 0.02
"""Seconds. A million prints made 11,033 writes a second unbatched; at this pace a reader sees them at once."""

_SPAWNING = frozenset({"os.system", "subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec"})

Ask = Callable[[str, bool], "str | None"]


class _ErrorBytes(io.RawIOBase):
    """File descriptor 2, each write between its marks and after whatever standard output still held."""

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 2

    def write(self, data: Any) -> int:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
        chunk = bytes(data)
        marked = bytes([STDERR_MARK]) + chunk + bytes([STDOUT_MARK])
        while marked:
            marked = marked[os.write(2, marked) :]
        return len(chunk)


class _Asker(io.TextIOBase):
    """Standard input: every line is asked of the person at the prompt."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    def readable(self) -> bool:
        return True

    def readline(self, _size: int | None = -1) -> str:  # type: ignore[override]
        sys.stdout.flush()
        line = self._ask("", False)
        return "" if line is None else line + "\n"

    def read(self, _size: int | None = -1) -> str:
        return "".join(iter(self.readline, ""))


class Streams:
    """Installs ``sys.stdout``, ``sys.stderr``, ``sys.stdin``, ``input`` and ``getpass``."""

    def __init__(self, ask: Ask) -> None:
        raw = io.BufferedWriter(io.FileIO(1, "wb", closefd=False), _BUFFER)
        self._stdout = io.TextIOWrapper(raw, encoding="utf-8", errors="backslashreplace", newline="\n")
        self._stderr = io.TextIOWrapper(
            _ErrorBytes(),
            encoding="utf-8",
            errors="backslashreplace",
            newline="\n",
            write_through=True,  # type: ignore[type-var]
        )
        self._stdin = _Asker(ask)
        self._ask = ask
        self._libc: Any = None
        with contextlib.suppress(OSError):
            self._libc = ctypes.CDLL(None)

    def install(self) -> None:
        """Point Python's streams here; again before each run, because learner code may have moved them."""
        sys.stdout, sys.stderr, sys.stdin = self._stdout, self._stderr, self._stdin
        sys.__stdout__, sys.__stderr__, sys.__stdin__ = self._stdout, self._stderr, self._stdin  # type: ignore[misc,assignment]
        builtins.input = self._input
        getpass.getpass = self._getpass  # type: ignore[assignment]

    def install_hooks(self) -> None:
        """Once per process: flush before a child process starts, and line by line inside forked children."""
        sys.addaudithook(self._on_audit)
        os.register_at_fork(after_in_child=self._in_child)

    def flush(self) -> None:
        """Push everything written so far, by Python and by C, into the capture pipe."""
        for stream in (self._stdout, self._stderr):
            with contextlib.suppress(ValueError, OSError):
                stream.flush()
        if self._libc is not None:
            self._libc.fflush(None)

    def _on_audit(self, event: str, _args: object) -> None:
        if event in _SPAWNING:
            with contextlib.suppress(Exception):
                self._stdout.flush()

    def _in_child(self) -> None:
        self._stdout.reconfigure(line_buffering=True)

    def _input(self, prompt: object = "") -> str:
        sys.stdout.flush()
        line = self._ask(str(prompt), False)
        if line is None:
            raise EOFError("end of input")
        return line

    def _getpass(self, prompt: str = "Password: ", _stream: object = None, **_options: object) -> str:
        sys.stdout.flush()
        line = self._ask(prompt, True)
        if line is None:
            raise EOFError("end of input")
        return line


class Flusher:
    """A thread that flushes the streams while learner code runs, so that a slow loop shows its prints."""

    def __init__(self, flush: Callable[[], None], tick: Callable[[], None]) -> None:
        self._flush = flush
        self._tick = tick
        self._running = threading.Event()
        threading.Thread(target=self._loop, name="tutor-flusher", daemon=True).start()

    def resume(self) -> None:
        self._running.set()

    def pause(self) -> None:
        self._running.clear()

    def _loop(self) -> None:
        idle = threading.Event()
        while True:
            self._running.wait()
            idle.wait(_FLUSH_EVERY)
            if self._running.is_set():
                self._tick()
                with contextlib.suppress(Exception):
                    self._flush()

"""Starts nurseries and asks them for workers: the one place that knows how a worker comes to be.

On Linux a nursery forks a worker in milliseconds. Elsewhere forking a process that has loaded torch is
not safe: there the nursery itself becomes the worker, and a spare nursery is started behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.protocol.wire import FrameReader

FORKS = sys.platform == "linux"

_BOOT = (
    "import sys, types; m = types.ModuleType('tutor'); m.__path__ = [sys.argv[1]]; sys.modules['tutor'] = m; "
    "from tutor.worker.nursery import main; main(int(sys.argv[2]), fork=sys.argv[3] == 'fork')"
)
"""The package's folder is reached under its own name without being on ``sys.path``: another interpreter must not
find our libraries there."""

_STDERR_TAIL = 2_000


class LaunchError(Exception):
    """No interpreter could be started, or it ended before it could hold a worker."""


@dataclass(frozen=True, slots=True)
class WorkerEnds:
    """The UI's ends of what joins it to one worker."""

    wire: socket.socket
    output: int


class Nursery:
    """One nursery process. ``on_message`` gets its messages as dicts, ``on_lost`` the reason when it is gone."""

    def __init__(
        self, python: str, on_message: Callable[[dict[str, Any]], None], on_lost: Callable[[str], None]
    ) -> None:
        self._python = python
        self._on_message = on_message
        self._on_lost = on_lost
        self._reader = FrameReader()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process

    def start(self) -> None:
        """Start the process; torch loads there from now on. Raises LaunchError."""
        ours, theirs = socket.socketpair()
        package = Path(__file__).resolve().parent.parent
        arguments = [str(package), str(theirs.fileno()), "fork" if FORKS else "become"]
        try:
            self._process = subprocess.Popen(
                [self._python, "-c", _BOOT, *arguments],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=self._stderr,
                stderr=self._stderr,
                start_new_session=True,
                env={**os.environ, "COLUMNS": "80", "LINES": "24"},
            )
        except OSError as error:
            ours.close()
            self._stderr.close()
            raise LaunchError(f"cannot start {self._python}: {error.strerror or error}") from error
        finally:
            theirs.close()
        ours.setblocking(False)
        self._control = ours
        asyncio.get_running_loop().add_reader(ours, self._readable)

    def request(self, options: dict[str, Any]) -> WorkerEnds:
        """Ask for a worker; it says Ready on its wire when it lives. Raises LaunchError if the nursery is gone."""
        if self._control is None:
            raise LaunchError("the nursery is gone")
        wire, theirs = socket.socketpair()
        output, capture = os.pipe()
        try:
            socket.send_fds(self._control, [json.dumps(options).encode()], [theirs.fileno(), capture])
        except OSError as error:
            wire.close()
            os.close(output)
            raise LaunchError("the nursery is gone") from error
        finally:
            theirs.close()
            os.close(capture)
        wire.setblocking(False)
        os.set_blocking(output, False)
        return WorkerEnds(wire, output)

    def close(self) -> None:
        """End it, and with it every worker it forked."""
        if self._control is not None:
            asyncio.get_running_loop().remove_reader(self._control)
            self._control.close()
            self._control = None
        process, self._process = self._process, None
        if process is not None:
            try:
                process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                # It may be inside the import of torch, where it does not look at its control socket.
                with contextlib.suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self._stderr.close()

    def _readable(self) -> None:
        assert self._control is not None  # noqa: S101 - the reader is removed with the socket
        try:
            data = self._control.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        for message in self._reader.feed(data):
            self._on_message(message)

    def _lost(self) -> None:
        reason = self._reason()
        self.close()
        self._on_lost(reason)

    def _reason(self) -> str:
        if self._process is None:
            return "it was closed"
        try:
            code = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return f"{self._python} stopped answering"
        self._stderr.seek(0)
        said = self._stderr.read().decode("utf-8", "replace").strip()[-_STDERR_TAIL:]
        last = said.splitlines()[-1] if said else "it said nothing"
        return f"{self._python} ended with code {code}: {last}"

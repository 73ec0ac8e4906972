"""Holds an interpreter that has imported torch and done nothing else, and forks workers from it.

A fork of such a process is ready in milliseconds, where a cold start costs seconds; a process that has
run even one threaded operation can no longer be forked safely. So nothing of the learner's ever runs
here. Where fork is not safe (macOS, Windows), the process itself becomes the worker when one is asked
for, and whoever started it starts a spare.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import traceback
from typing import Any

from tutor.protocol.events import Loading
from tutor.protocol.wire import encode
from tutor.worker.boot import PRELOADED, Torch, become_worker, preload

_REQUEST_BYTES = 65_536
_PRELOAD_AFTER = 3.0
"""Seconds without a request after which the nursery imports what every later worker's first optimiser needs."""


class Nursery:
    """Serves spawn requests: a JSON line with two descriptors (the wire, the capture pipe) beside it."""

    def __init__(self, control: socket.socket, folder: str, *, fork: bool) -> None:
        """``folder`` holds the workers' files, each worker's in a folder of its own."""
        self._control = control
        self._folder = folder
        self._fork = fork
        self._children: set[int] = set()
        self._later: list[str] = []
        self._wake_read, self._wake_write = os.pipe()
        for end in (self._wake_read, self._wake_write):
            os.set_blocking(end, False)

    def serve(self, torch: Torch) -> None:
        """Until the tutor closes the control socket; then every worker group is killed."""
        signal.set_wakeup_fd(self._wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        sources: list[Any] = [self._control, self._wake_read]
        self._later = list(PRELOADED) if torch.version is not None else []
        patience = _PRELOAD_AFTER
        try:
            while True:
                readable, _, _ = select.select(sources, [], [], patience if self._later else None)
                patience = _PRELOAD_AFTER if readable else 0.0
                if not readable:
                    preload(self._later.pop(0))
                    gc.freeze()
                if self._wake_read in readable:
                    os.read(self._wake_read, 512)
                    self._reap()
                if self._control in readable and not self._answer(torch):
                    return
        finally:
            for pid in self._children:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
            shutil.rmtree(self._folder, ignore_errors=True)

    def _answer(self, torch: Torch) -> bool:
        data, descriptors, _, _ = socket.recv_fds(self._control, _REQUEST_BYTES, 2)
        if not data:
            return False
        options = json.loads(data)
        wire, output = descriptors
        if options.get("preloaded"):
            self._preload()
        pid = os.fork() if self._fork else 0
        if pid == 0:
            try:
                self._prepare_worker()
                become_worker(wire, output, options, torch, self._folder_of(os.getpid()))
            except BaseException:
                with contextlib.suppress(Exception):
                    traceback.print_exc()
            finally:
                # What goes wrong must not unwind into the nursery: its folder and its other workers are not ours.
                os._exit(1)
        self._children.add(pid)
        for descriptor in descriptors:
            os.close(descriptor)
        self._tell({"message": "Forked", "pid": pid})
        return True

    def _preload(self) -> None:
        """Everything at once: whoever asks will need many workers that make an optimiser."""
        while self._later:
            preload(self._later.pop(0))
        gc.freeze()

    def _folder_of(self, pid: int) -> str:
        folder = os.path.join(self._folder, str(pid))  # noqa: PTH118 - it becomes __file__, a str
        with contextlib.suppress(OSError):
            os.mkdir(folder)  # noqa: PTH102
        return folder

    def _prepare_worker(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for descriptor in (self._wake_read, self._wake_write):
            os.close(descriptor)
        self._control.close()

    def _reap(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                self._children.discard(pid)
                shutil.rmtree(self._folder_of(pid), ignore_errors=True)
                # A dead worker's own children (data loaders, spawned ranks) are of no use to anybody.
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
                self._tell({"message": "Exited", "pid": pid, "code": os.waitstatus_to_exitcode(status)})

    def _tell(self, message: dict[str, Any]) -> None:
        data = json.dumps(message).encode()
        self._control.sendall(len(data).to_bytes(4, "big") + data)


def main(control_fd: int, *, fork: bool) -> None:
    """Entry point of the process; see ``session.launcher`` for the other side."""
    # With `-c`, sys.path starts with the current folder: a file called torch.py there must not be taken for torch.
    sys.path[:] = [entry for entry in sys.path if entry]
    control = socket.socket(fileno=control_fd)
    control.set_inheritable(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control.sendall(encode(Loading("torch")))
    torch = Torch.load()
    # The worker's own modules, so that no worker has to import them after its fork.
    importlib.import_module("tutor.worker.loop")
    gc.collect()
    gc.freeze()
    control.sendall(encode(Loading("worker")))
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        Nursery(control, tempfile.mkdtemp(prefix="tutor-"), fork=fork).serve(torch)

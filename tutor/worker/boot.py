"""Turns a clean process into a worker: descriptors, process group, streams, then the loop."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import platform
import signal
import socket
import sys
import warnings
from dataclasses import dataclass
from typing import Any, NoReturn

from tutor.protocol.events import Ready
from tutor.protocol.wire import VERSION

_OOM_SCORE = "500"
"""The kernel kills the process with the higher score first: the worker, never the screen."""


@dataclass(frozen=True, slots=True)
class Torch:
    """What importing torch gave."""

    version: str | None
    problem: str

    @classmethod
    def load(cls) -> Torch:
        """Import torch, or find out why it cannot be imported."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                torch = importlib.import_module("torch")
        except Exception as error:
            return cls(None, f"{type(error).__name__}: {error}")
        return cls(str(torch.__version__), "")


PRELOADED = (
    *("sympy", "torch.fx.experimental.symbolic_shapes"),
    *("torch.distributed.tensor", "torch.distributed.fsdp", "torch._dynamo"),
)
"""What the first optimiser would import, a second or two: in pieces, so that who comes meanwhile waits for one."""


def preload(module: str) -> None:
    """Import ``module`` while nobody waits, if it is there."""
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        importlib.import_module(module)


def become_worker(wire: int, output: int, options: dict[str, Any], torch: Torch, folder: str) -> NoReturn:
    """Never returns. ``wire`` and ``output`` are descriptors, ``folder`` a place for files; all are its own."""
    with contextlib.suppress(OSError):
        os.setsid()
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as score:  # noqa: PTH123 - before pathlib is needed
        score.write(_OOM_SCORE)
    sock = _take_descriptors(wire, output)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.path.insert(0, "")
    sys.argv[:] = [""]
    os.environ["MPLBACKEND"] = "module://tutor.worker.figures"
    os.environ.update({name: str(value) for name, value in options.get("environment", {}).items()})
    if files := sys.modules.get("tempfile"):
        # It was asked before the fork, by torch, and remembers.
        files.__dict__["tempdir"] = None
    if torch.version:
        _prepare_for_children()
        if options.get("threads"):
            importlib.import_module("torch").set_num_threads(int(options["threads"]))
    from tutor.worker.loop import Worker

    worker = Worker(sock, folder, torch=torch.version is not None)
    worker.channel.send(
        Ready(VERSION, os.getpid(), platform.python_version(), sys.executable, torch.version, torch.problem)
    )
    worker.serve()


def _prepare_for_children() -> None:
    """Make the learner's own child processes work as they would from a script."""
    import multiprocessing

    torch = importlib.import_module("torch")
    # A process that has run one parallel operation has threads that its forked children lack, and waits for
    # them in the first parallel operation there.
    os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))
    # Python 3.14 starts data loaders from a fork server: with torch in it they start as fast as by fork.
    multiprocessing.set_forkserver_preload(["torch"])


def _take_descriptors(wire: int, output: int) -> socket.socket:
    """Learner code sees 0 as the null device, 1 and 2 as the capture pipe; the wire goes where nobody looks."""
    null = os.open(os.devnull, os.O_RDONLY)
    private = fcntl.fcntl(wire, fcntl.F_DUPFD_CLOEXEC, 200)
    os.dup2(null, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    for descriptor in (null, wire, output):
        if descriptor > 2:
            os.close(descriptor)
    sock = socket.socket(fileno=private)
    sock.setblocking(True)
    return sock

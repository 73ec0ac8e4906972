"""Writes training runs as TensorBoard reads them, with the tensorboard package where it is installed.

The package needs a second to load, and numpy: it does so in a program of its own, which is this file as well. It
is run by its path, so that no module of that name in the current folder is taken for the package.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import json
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HOW_TO_GET = "pip install tensorboard"
_LIMIT = 60.0
"""Seconds."""

Scalar = tuple[str, int, float]
"""What a figure is of, the step, the value."""


def installed() -> bool:
    """Whether this Python, which is the tutor's own, has the package."""
    return importlib.util.find_spec("tensorboard") is not None


async def write(folder: str, runs: Iterable[tuple[str, float, Iterable[Scalar]]]) -> str:
    """Write an event file for each run, each in a folder of its own under ``folder``; why not, if it went wrong.

    A run is its name, the seconds it took, and its figures.
    """
    told = [{"name": name, "seconds": seconds, "scalars": list(scalars)} for name, seconds, scalars in runs]
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, __file__, folder),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, errors = await asyncio.wait_for(program.communicate(json.dumps(told).encode()), _LIMIT)
    except (asyncio.TimeoutError, asyncio.CancelledError):
        program.kill()
        await program.wait()
        return "tensorboard took too long"
    lines = errors.decode(errors="replace").strip().splitlines()
    return (lines or ["tensorboard could not be used"])[-1] if program.returncode else ""


def folder_name(name: str, taken: set[str]) -> str:
    """A name for a folder made of the run's: letters and digits, never a way out of the folder around it."""
    base = re.sub(r"[^\w.]+", "-", name).strip("-.")[:60] or "run"
    number, found = 1, base
    while found in taken:
        number += 1
        found = f"{base}-{number}"
    taken.add(found)
    return found


def main(folder: str) -> None:
    """Read runs as JSON from standard input and write their event files. Raises what the package raises."""
    writers: Any = importlib.import_module("tensorboard.summary.writer.event_file_writer")
    messages: Any = importlib.import_module("tensorboard.compat.proto.event_pb2")
    summaries: Any = importlib.import_module("tensorboard.compat.proto.summary_pb2")
    taken: set[str] = set()
    now = time.time()
    for run in json.load(sys.stdin):
        writer = writers.EventFileWriter(str(Path(folder, folder_name(run["name"], taken))))
        last = max((step for _, step, _ in run["scalars"]), default=1)
        for tag, step, value in sorted(run["scalars"], key=lambda scalar: scalar[1]):
            summary = summaries.Summary(value=[summaries.Summary.Value(tag=tag, simple_value=value)])
            # Only how long the whole run took is known: its steps are set evenly, the last of them now.
            moment = now - run["seconds"] * (last - step) / last
            writer.add_event(messages.Event(step=step, wall_time=moment, summary=summary))
        writer.close()


if __name__ == "__main__":
    main(sys.argv[1])

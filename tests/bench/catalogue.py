"""A catalogue of a thousand lessons against one of 25: the home screen, `tutor list`, opening a lesson by name.

    python -m tests.bench.catalogue [--runs 7] [--lessons 1000]

The two take turns in one run, in a real terminal of 120×40; what counts are the ratios. The lessons are generated,
each with as much text and code as the tutor's own.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pexpect

from tests.bench.table import Table, milliseconds

_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")
_FEW = 25
_STEPS = 12
_AN_HOUR = 3600
ROOT = Path(__file__).parent.parent.parent


def generate(folder: Path, count: int) -> None:
    """Write ``count`` lessons as if they had been there for an hour."""
    for number in range(count):
        place = folder / f"{number:04}-made"
        place.mkdir(parents=True)
        file = place / "lesson.yaml"
        file.write_text(_lesson(number), encoding="utf-8")
        then = time.time() - _AN_HOUR
        os.utime(file, (then, then))


def _lesson(number: int) -> str:
    steps = "".join(_step(step) for step in range(_STEPS))
    before = f"prerequisites: [made-{number - 1}]\n" if number else ""
    return (
        f"schema: 1\nid: made-{number}\ntitle: Made lesson {number}\ntrack: track-{number // 50}\n"
        f"objectives: [say what `x + {number}` is, say what its shape is]\n{before}minutes: 10\ndifficulty: 2\n"
        f"setup: |\n  import torch\nsteps:\n{steps}"
    )


def _step(number: int) -> str:
    line = f"      One of the lines that say what step {number} is about, with `code` and **more** in it.\n"
    prose = line * 8
    return f"""\
  - id: read-{number}
    kind: read
    text: |
{prose}    example: |
      x = torch.arange({number + 2}.)
      x + 1
  - id: make-{number}
    kind: exercise
    text: Make `y`, twice `x`.
    setup: |
      x = torch.arange({number + 2}.)
    starter: |
      y = ...
    solution: |
      y = x * 2
    hints: [What is twice one?, Multiply.]
    checks:
      - {{kind: tensor, target: y}}
    accepts: ["y = x + x"]
    rejects: ["y = x"]
"""


def _environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TUTOR_LESSONS")}
    return {**kept, "TERM": "xterm-256color", "TUTOR_DATA": str(data), "PYTHONPATH": str(ROOT)}


def shown(arguments: list[str], texts: tuple[str, ...], data: Path) -> list[float]:
    """Seconds from exec until each of ``texts`` was written to the terminal."""
    command = ["-m", "tutor", *arguments]
    started = time.perf_counter()
    child = pexpect.spawn(
        sys.executable, command, dimensions=(40, 120), env=_environment(data), encoding="utf-8", timeout=300
    )
    seen, times = "", []
    try:
        for text in texts:
            while text not in _ESCAPES.sub("", seen):
                seen += child.read_nonblocking(65_536, timeout=300)
            times.append(time.perf_counter() - started)
        return times
    finally:
        child.kill(signal.SIGKILL)
        child.wait()


def _listed(folder: Path, data: Path) -> list[float]:
    command = [sys.executable, "-m", "tutor", "list", "--lessons", str(folder)]
    started = time.perf_counter()
    subprocess.run(command, check=True, env=_environment(data), stdout=subprocess.DEVNULL)
    return [time.perf_counter() - started]


def _compare(
    table: Table,
    names: dict[str, float],
    measure: Callable[[int], list[float]],
    counts: tuple[int, int],
    runs: int,
) -> None:
    """One row for each of the times that ``measure`` gives, with the ratio it must reach (0 for none)."""
    times: dict[int, list[list[float]]] = {count: [] for count in counts}
    for _ in range(runs):
        for count in counts:
            times[count].append(measure(count))
    for place, (name, goal) in enumerate(names.items()):
        few, many = (statistics.median(run[place] for run in times[count]) for count in counts)
        told = f"{milliseconds(few)}, {milliseconds(many)}: {many / few:.2f} ×"
        table.row(name, told, f"≤ {goal} ×" if goal else "", reached=not goal or many / few <= goal)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--lessons", type=int, default=1000)
    options = parser.parse_args()
    counts = (_FEW, options.lessons)
    with tempfile.TemporaryDirectory() as base:
        places = {
            count: (Path(base) / f"made-{count}" / "lessons", Path(base) / f"data-{count}") for count in counts
        }
        for count, (folder, _) in places.items():
            generate(folder, count)
        table = Table()

        def home(count: int) -> list[float]:
            folder, data = places[count]
            return shown(["--lessons", str(folder)], ("learn PyTorch", "start here"), data)

        def opened(count: int) -> list[float]:
            folder, data = places[count]
            name = f"made-{count - 1}"
            return shown([name, "--trust", "--lessons", str(folder)], (f"Made lesson {count - 1} ·",), data)

        for count in counts:
            table.row(f"{count:,} lessons read for the first time", milliseconds(home(count)[1]))
        runs = options.runs
        _compare(
            table,
            {"first frame of the home screen": 1.3, "… until the lessons are listed": 1.3},
            home,
            counts,
            runs,
        )
        _compare(table, {"a lesson opened by its name": 0}, opened, counts, runs)
        _compare(table, {"tutor list": 0}, lambda count: _listed(*places[count]), counts, runs)


if __name__ == "__main__":
    main()

"""How fast the worker is, beside ``import torch``, a pipe and ipykernel, in one run.

    python -m tests.bench.worker [--ipykernel PYTHON] [--interrupts 5000]

PYTHON is an interpreter that has ipykernel and jupyter_client.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.table import Table, median, milliseconds, quantile
from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.session.state import Phase

_LINES = 1_000_000
_BLOCKS = 5
_EACH = 200

_LOOPS = {
    "a Python loop": "while True: pass",
    "a sleep": "import time; time.sleep(99)",
    "a training loop": (
        "import torch\nm = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))\n"
        "o = torch.optim.SGD(m.parameters(), 0.01)\nx = torch.randn(32, 2)\n"
        "while True: o.zero_grad(); m(x).pow(2).mean().backward(); o.step()"
    ),
    "a bare except (second press)": "while True:\n    try: sum(range(100))\n    except: pass",
}


def _command(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _piped(code: str) -> float:
    started = time.perf_counter()
    python = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    subprocess.run(["cat"], stdin=python.stdout, stdout=subprocess.DEVNULL, check=True)
    python.wait()
    return time.perf_counter() - started


async def _ready() -> tuple[float, Session, Recorder]:
    session = Session(ProcessClient(sys.executable, threads=1))
    recorder = Recorder(session)
    started = time.perf_counter()
    session.start()
    await recorder.until(lambda: session.state.phase is Phase.READY)
    return time.perf_counter() - started, session, recorder


async def _start(table: Table) -> float:
    cold, imports = [], []
    for _ in range(_BLOCKS):
        imports.append(_command("-c", "import torch; print(1)"))
        seconds, session, _ = await _ready()
        session.close()
        cold.append(seconds)
    ratio = median(cold) / median(imports)
    what = "worker ready, against `python -c 'import torch'`"
    table.row(what, f"{ratio:.2f} ×", "≤ 1.1 ×", reached=ratio <= 1.1)
    return median(cold)


async def _restart(table: Table, session: Session, recorder: Recorder, cold: float) -> None:
    times = []
    for _ in range(9):
        started = time.perf_counter()
        session.restart(1)
        await recorder.run("1")
        times.append(time.perf_counter() - started)
    ratio = median(times) / cold
    figure = f"{ratio:.3f} × ({milliseconds(median(times))})"
    table.row("restart to first result, against a cold start", figure, "≤ 0.05 ×", reached=ratio <= 0.05)


async def _block(recorder: Recorder) -> list[float]:
    times = []
    for _ in range(_EACH):
        started = time.perf_counter()
        await recorder.session.run("1+1").done.wait()
        times.append(time.perf_counter() - started)
    return times


async def _round_trip(table: Table, recorder: Recorder, kernel: str) -> None:
    ours: list[float] = []
    theirs: list[float] = []
    other = None
    if kernel:
        script = str(Path(__file__).with_name("kernel_times.py"))
        other = await asyncio.create_subprocess_exec(
            kernel, script, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        assert other.stdout is not None
        await other.stdout.readline()
    for _ in range(_BLOCKS):
        ours += await _block(recorder)
        if other is not None and other.stdin is not None and other.stdout is not None:
            other.stdin.write(f"{_EACH}\n".encode())
            theirs += json.loads(await other.stdout.readline())
    if other is not None and other.stdin is not None:
        other.stdin.close()
        await other.wait()
    p99 = quantile(ours, 0.99)
    table.row("`1+1` through the session, p50", milliseconds(median(ours)))
    table.row("`1+1` through the session, p99", milliseconds(p99), "≤ 10 ms", reached=p99 <= 0.01)
    if theirs:
        ratio = median(theirs) / median(ours)
        what = "… how much faster than ipykernel through jupyter_client"
        table.row(what, f"{ratio:.0f} × ({milliseconds(median(theirs))})", "≥ 15 ×", reached=ratio >= 15)


async def _interrupt(table: Table, recorder: Recorder) -> None:
    for name, code in _LOOPS.items():
        times = []
        for _ in range(9):
            cell = recorder.session.run(code)
            await recorder.begun(cell)
            await asyncio.sleep(0.1)
            if "second" in name:
                recorder.session.interrupt()
                await asyncio.sleep(0.1)
            started = time.perf_counter()
            recorder.session.interrupt()
            await cell.done.wait()
            times.append(time.perf_counter() - started)
        figure = f"{milliseconds(median(times))} (max {milliseconds(max(times))})"
        table.row(f"interrupt of {name}, p50", figure, "≤ 30 ms", reached=median(times) <= 0.03)


async def _storm(table: Table, recorder: Recorder, count: int) -> None:
    """Interrupts at random moments of cells that print, send and swallow."""
    source = "while True:\n    try: print('x' * 40); y = 3\n    except: pass"
    dice, slowest, wrong = random.Random(1), 0.0, 0
    for _ in range(count):
        cell = recorder.session.run(source)
        await recorder.begun(cell)
        await asyncio.sleep(dice.random() * 0.004)
        started = time.perf_counter()
        while not cell.done.is_set():
            recorder.session.interrupt()
            try:
                await asyncio.wait_for(cell.done.wait(), 0.05)
            except asyncio.TimeoutError:
                continue
        slowest = max(slowest, time.perf_counter() - started)
        wrong += cell.status != "interrupted"
        recorder.events.clear()
    wrong += await recorder.value("1 + 1") != "2"
    what = f"{count:,} interrupts at random moments: out of step"
    table.row(what, f"{wrong} (slowest {milliseconds(slowest)})", "0", reached=wrong == 0)


async def _death(table: Table, recorder: Recorder) -> None:
    told, again = [], []
    for _ in range(9):
        before = len(recorder.of(events.Died))
        started = time.perf_counter()
        recorder.session.run("import os; os._exit(3)")
        await recorder.until(lambda before=before: len(recorder.of(events.Died)) > before)  # type: ignore[misc]
        told.append(time.perf_counter() - started)
        await recorder.run("1+1")
        again.append(time.perf_counter() - started)
    table.row("`os._exit(3)` told, slowest of 9", milliseconds(max(told)), "≤ 100 ms", reached=max(told) <= 0.1)
    table.row("… and the next `1+1` answered", milliseconds(max(again)), "≤ 500 ms", reached=max(again) <= 0.5)


async def _flood(table: Table, recorder: Recorder) -> None:
    code = f"for i in range({_LINES}): print(i)"
    ours, plain = [], []
    for _ in range(3):
        started = time.perf_counter()
        await recorder.run(code)
        ours.append(time.perf_counter() - started)
        plain.append(_piped(code))
        recorder.events.clear()
    ratio = median(ours) / median(plain)
    figure = f"{ratio:.2f} × ({milliseconds(median(ours))})"
    table.row("a million printed lines, against `python … | cat`", figure, "≤ 1.5 ×", reached=ratio <= 1.5)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ipykernel", default="", metavar="PYTHON")
    parser.add_argument("--interrupts", type=int, default=500)
    options = parser.parse_args()
    table = Table()
    cold = await _start(table)
    _, session, recorder = await _ready()
    await _restart(table, session, recorder, cold)
    await _round_trip(table, recorder, options.ipykernel)
    await _interrupt(table, recorder)
    await _storm(table, recorder, options.interrupts)
    await _death(table, recorder)
    await _flood(table, recorder)
    session.close()


if __name__ == "__main__":
    asyncio.run(main())

"""How fast the worker is: ready, round trip, restart, interrupt, death, flood.

    python -m tests.bench.worker

Ratios are within this run.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import time

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.session.state import Phase

_LINES = 1_000_000


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


async def main() -> None:
    cold, imports = [], []
    for _ in range(5):
        imports.append(_command("-c", "import torch; print(1)"))
        seconds, session, _ = await _ready()
        session.close()
        cold.append(seconds)
    base, start = statistics.median(imports), statistics.median(cold)
    print(f"import torch, printed    {base * 1000:8.0f} ms")
    print(f"worker ready             {start * 1000:8.0f} ms   {start / base:.2f} × of it")
    _, session, recorder = await _ready()
    print(f"restart                  {await _restart(session, recorder) * 1000:8.1f} ms")
    await _round_trip(recorder)
    await _interrupt(recorder)
    await _death(recorder)
    await _flood(recorder)
    session.close()


async def _restart(session: Session, recorder: Recorder) -> float:
    times = []
    for _ in range(9):
        started = time.perf_counter()
        session.restart(1)
        await recorder.run("1")
        times.append(time.perf_counter() - started)
    return statistics.median(times)


async def _round_trip(recorder: Recorder) -> None:
    times = []
    for _ in range(1000):
        started = time.perf_counter()
        await recorder.run("1+1")
        times.append(time.perf_counter() - started)
    times.sort()
    print(f"1+1, there and back      {times[500] * 1000:8.2f} ms   p99 {times[990] * 1000:.2f} ms")


async def _interrupt(recorder: Recorder) -> None:
    for name, code in (("a Python loop", "while True: pass"), ("a sleep", "import time; time.sleep(99)")):
        times = []
        for _ in range(9):
            cell = recorder.session.run(code)
            await recorder.begun(cell)
            await asyncio.sleep(0.05)
            started = time.perf_counter()
            recorder.session.interrupt()
            await cell.done.wait()
            times.append(time.perf_counter() - started)
        print(f"interrupt {name:<15}{statistics.median(times) * 1000:8.1f} ms   max {max(times) * 1000:.1f} ms")


async def _death(recorder: Recorder) -> None:
    told, again = [], []
    for _ in range(9):
        before = len(recorder.of(events.Died))
        started = time.perf_counter()
        recorder.session.run("import os; os._exit(3)")
        await recorder.until(lambda before=before: len(recorder.of(events.Died)) > before)  # type: ignore[misc]
        told.append(time.perf_counter() - started)
        await recorder.run("1+1")
        again.append(time.perf_counter() - started)
    print(f"os._exit(3) is told      {statistics.median(told) * 1000:8.1f} ms   max {max(told) * 1000:.1f} ms")
    print(f"the next 1+1 is answered {statistics.median(again) * 1000:8.1f} ms   max {max(again) * 1000:.1f} ms")


async def _flood(recorder: Recorder) -> None:
    code = f"for i in range({_LINES}): print(i)"
    started = time.perf_counter()
    await recorder.run(code)
    ours = time.perf_counter() - started
    plain = _piped(code)
    print(f"a million printed lines  {ours * 1000:8.0f} ms   {ours / plain:.2f} × of python | cat")


if __name__ == "__main__":
    asyncio.run(main())

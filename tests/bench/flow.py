"""What the tensor panes cost: a small training loop typed at the prompt, against the same in plain Python.

    python -m tests.bench.flow [--rounds 21]

A two-layer network, batch 32, 2,000 steps, through a real worker with everything the panes are told. Plain
Python is
a process of its own that runs the same source. Ratios are within this run: rounds are interleaved, each has
both in
turn, and the median counts. Beside the whole cell (wall clock, with what comes before and after the learner's
code)
the processor time of the loop alone is given, which other jobs on the machine disturb less. The last rows say
which
part of the worker takes what: the same loop in this process, with one part of it switched on at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any

from tests.bench.table import Table, median
from tests.recorder import Recorder
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.worker.probe.flow.watch import FlowWatch
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.watch.watch import Watch

SETUP = """
import time
import torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 1))
x, y = torch.randn(32, 2), torch.randn(32, 1)
opt = torch.optim.SGD(model.parameters(), lr=1e-4)
"""
LOOP = """
begun = time.process_time()
for _ in range(2000):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
print(time.process_time() - begun)
"""
_PLAIN = """
import sys, time
exec(sys.argv[1])
code = compile(sys.argv[2], "<cell>", "exec")
while sys.stdin.readline():
    begun_all = time.perf_counter()
    exec(code)
    print(time.perf_counter() - begun_all, flush=True)
"""
SMALL = {
    "x @ w + b": "h = x @ w + b",
    "a layer and its loss": "l = nn.functional.mse_loss(model(x), y)",
    "1 + 1": "1 + 1",
}


class Plain:
    """The loop in a Python without anything of ours."""

    def __enter__(self) -> Plain:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PLAIN, SETUP, LOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.communicate()

    def times(self) -> tuple[float, float]:
        """Seconds of the processor in the loop, and of the clock in all."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline()), float(self._process.stdout.readline())


async def worker_times(recorder: Recorder) -> tuple[float, float]:
    """The same two for the cell in the worker."""
    recorder.events.clear()
    cell = await recorder.run(LOOP, 600)
    assert cell.status == "ok", recorder.output
    return float(recorder.output), recorder.of(events.Finished)[-1].seconds


async def compare(rounds: int) -> None:
    table = Table()
    session = Session(ProcessClient(sys.executable, threads=1))
    recorder = Recorder(session)
    session.start()
    await recorder.run(SETUP)
    rows = []
    with Plain() as plain:
        for number in range(rounds + 1):
            if number % 2:
                ours, theirs = await worker_times(recorder), plain.times()
            else:
                theirs = plain.times()
                ours = await worker_times(recorder)
            rows.append((ours[0] / theirs[0], ours[1] / theirs[1], theirs[1]))
    seen = recorder.of(events.Flowed)
    assert seen, "the panes were told nothing"
    assert seen[-1].flow.aside == "bound", "the mode stayed to the end"
    loop, whole, seconds = (median(column) for column in zip(*rows[1:], strict=True))
    table.row(f"2,000 steps ({seconds:.2f} s in plain Python): the loop, processor time", f"{loop:.3f} ×")
    table.row("… the whole cell, clock", f"{whole:.3f} ×", "≤ 1.05 ×", reached=whole <= 1.05)
    await recorder.run("w, b = torch.randn(2, 5), torch.randn(5)")
    for name, source in SMALL.items():
        times = []
        for _ in range(200):
            recorder.events.clear()
            await recorder.run(source)
            times.append(recorder.of(events.Finished)[-1].seconds)
        table.row(f"a cell `{name}`, in the worker", f"{median(times) * 1e6:.0f} µs")
    session.close()
    apart(table, rounds)


class Parts:
    """The parts of the worker that look on while code runs, each to be switched on for one run."""

    def __init__(self) -> None:
        self.namespace: dict[str, Any] = {}
        exec(SETUP, self.namespace)
        self._watch = Watch(self.namespace)
        self._flow = FlowWatch(self.namespace)

    @contextlib.contextmanager
    def flow(self) -> Iterator[None]:
        self._flow.begin(LOOP, "<cell>")
        yield
        flow = self._flow.end()
        assert flow is not None
        assert flow.aside == "bound"

    @contextlib.contextmanager
    def gradients(self, peek: Callable[[Any, int], None] = lambda _tensors, _call: None) -> Iterator[None]:
        gradients = GradientWatch(lambda _snapshot: None, self.namespace, peek=peek)
        gradients.install()
        gradients.begin_run()
        yield
        gradients.end_run()
        gradients.remove()

    @contextlib.contextmanager
    def gradients_and_mistakes(self) -> Iterator[None]:
        self._watch.begin(LOOP, "<cell>")
        with self.gradients(self._watch.peek):
            yield
        self._watch.end("ok", None)


def apart(table: Table, rounds: int) -> None:
    """Ratios of processor time to the mean of two runs without anything in the same round."""
    parts = Parts()
    code = compile(LOOP.replace("print", "float"), "<cell>", "exec")
    nothing = contextlib.nullcontext
    kinds: dict[str, Callable[[], Any]] = {
        "nothing": nothing, "nothing again": nothing, "the flow": parts.flow, "the gradients": parts.gradients,
        "the gradients and the watch for mistakes": parts.gradients_and_mistakes,
    }  # fmt: skip
    rows: list[dict[str, float]] = []
    for _ in range(rounds):
        times = {}
        for name in random.sample(list(kinds), len(kinds)):
            begun = time.process_time()
            with kinds[name]():
                exec(code, parts.namespace)
            times[name] = time.process_time() - begun
        rows.append(times)
    for name in kinds:
        ratio = median([2 * row[name] / (row["nothing"] + row["nothing again"]) for row in rows])
        table.row(f"in one process, processor time: {name}", f"{ratio:.3f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=21)
    asyncio.run(compare(parser.parse_args().rounds))


if __name__ == "__main__":
    main()

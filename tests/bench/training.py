"""What watching a training costs: loops under all watches against the same loops without any.

    python -m tests.bench.training [--rounds 15]

In one process, processor time of the loop alone, one thread; rounds are interleaved in random order, a ratio is to
the mean of the two unwatched runs of its round, and the median counts. "unwatched, again" shows the noise. What is
told is encoded as for the wire. The last rows: memory over 100,000 steps, and how often the screen is told.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import random
import time
from collections.abc import Iterator
from typing import Any

import psutil
import torch

from tests.bench.table import Table, median
from tutor.protocol import events, wire
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.training.watch import TrainingWatch

START = """
import torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
"""
SMALL = """
model = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
x, y = torch.randn(32, 2), torch.randn(32, 1)
opt = torch.optim.{}(model.parameters(), lr=1e-4)
"""
MEDIUM = """
layers = [part for _ in range(4) for part in (nn.Linear(1024, 1024), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(1024, 10))
x, y = torch.randn(256, 1024), torch.randn(256, 10)
opt = torch.optim.SGD(model.parameters(), lr=1e-3)
"""
LOOP = """
for _ in range({}):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
"""


class Loop:
    """One loop, to be run with or without the watches."""

    def __init__(self, setup: str, steps: int) -> None:
        self.namespace: dict[str, Any] = {}
        exec(START + setup, self.namespace)
        self._code = compile(LOOP.format(steps), "<cell>", "exec")
        self.told: dict[str, int] = {}

    def seconds(self, watched: bool) -> float:
        """Of the processor, in the loop."""
        with self._watched() if watched else contextlib.nullcontext():
            begun = time.process_time()
            exec(self._code, self.namespace)
            return time.process_time() - begun

    def _tell(self, what: TrainingSnapshot | Progress | GradientSnapshot) -> None:
        kind = type(what).__name__
        self.told[kind] = self.told.get(kind, 0) + 1
        if isinstance(what, Progress):
            wire.encode(events.TrainingMoved(1, what))
        elif isinstance(what, TrainingSnapshot):
            wire.encode(events.TrainingChanged(1, what))
        else:
            wire.encode(events.GradientsChanged(1, what))

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        training = TrainingWatch(self._tell, self._tell, self.namespace)
        graph = GradientWatch(self._tell, self.namespace, heard=training.heard, pace=training.pace)
        training.others = lambda: graph.spent
        graph.install()
        training.install(torch)
        training.begin()
        graph.begin_run()
        try:
            yield
        finally:
            assert training.end("done") is not None
            graph.end_run()
            training.remove()
            graph.remove()


def compare(table: Table, name: str, loop: Loop, rounds: int, goal: float) -> None:
    kinds = {"unwatched": False, "unwatched, again": False, "watched": True}
    rows: list[dict[str, float]] = []
    for _ in range(rounds):
        rows.append({kind: loop.seconds(kinds[kind]) for kind in random.sample(list(kinds), len(kinds))})
    for kind in ("unwatched, again", "watched"):
        ratio = median([2 * row[kind] / (row["unwatched"] + row["unwatched, again"]) for row in rows])
        if kind == "watched":
            table.row(f"{name}: watched", f"{ratio:.3f} ×", f"≤ {goal} ×", reached=ratio <= goal)
        else:
            table.row(f"{name}: {kind}", f"{ratio:.3f} ×")


def long(table: Table, steps: int) -> None:
    """Growth of one run of many steps, and how often it is told of."""
    loop = Loop(SMALL.format("SGD"), steps)
    Loop(SMALL.format("SGD"), 2_000).seconds(watched=True)
    gc.collect()
    process = psutil.Process()
    before = process.memory_info().rss
    begun = time.perf_counter()
    loop.seconds(watched=True)
    seconds = time.perf_counter() - begun
    gc.collect()
    grown = (process.memory_info().rss - before) / 2**20
    table.row(f"memory after {steps:,} steps", f"{grown:+.1f} MiB", "no growth", reached=grown < 4)
    layers = loop.told.get("TrainingSnapshot", 0)
    curve = layers + loop.told.get("Progress", 0)
    table.row("step and losses told, a second", f"{curve / seconds:.1f}", "≤ 30", reached=curve / seconds <= 31)
    table.row("layers told, a second", f"{layers / seconds:.1f}", "≤ 10", reached=layers / seconds <= 10.5)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--steps", type=int, default=100_000)
    given = parser.parse_args()
    table = Table()
    for kind in ("SGD", "Adam"):
        compare(table, f"small loop, {kind}", Loop(SMALL.format(kind), 4_000), given.rounds, 1.03)
    compare(table, "medium loop", Loop(MEDIUM, 30), given.rounds, 1.02)
    if given.steps:
        long(table, given.steps)


if __name__ == "__main__":
    main()

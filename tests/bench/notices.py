"""What being watched for silent mistakes costs: training loops and small cells, watched against unwatched.

    python -m tests.bench.notices

Ratios are within this run: rounds are interleaved, each round has both in turn, and the median counts.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import torch

from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.watch.watch import Watch

_SETUP = """
import torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
"""
_MODEL = """
widths = {widths}
layers = [part for a, b in zip(widths, widths[1:]) for part in (nn.Linear(a, b), nn.Tanh())][:-1]
model = nn.Sequential(*layers)
x, y = torch.randn({batch}, widths[0]), torch.randn({batch}, widths[-1])
opt = torch.optim.SGD(model.parameters(), lr=1e-4)
"""
_LOOP = """
for _ in range({steps}):
    opt.zero_grad()
    loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    opt.step()
"""
_SIZES = {"one weight": ([1, 1], 8, 200), "a small network": ([2, 16, 16, 1], 32, 100)}
_SIZES["a larger network"] = ([64, 256, 256, 1], 128, 30)
"""Widths of the layers, batch, and steps of one round."""
_SMALL = {"1 + 1": "1 + 1\n", "x = x + 1": "x = torch.ones(3)\nx = x + 1\n"}
_ROUNDS = 61


class _Learner:
    """One namespace with the gradient watch the worker always has, and perhaps the watch for mistakes."""

    def __init__(self, setup: str, watched: bool) -> None:
        self.namespace: dict[str, Any] = {}
        self._watch = Watch(self.namespace) if watched else None
        peek: Callable[[Any, int], None] = self._watch.peek if self._watch else (lambda _tensors, _call: None)
        self._gradients = GradientWatch(lambda _snapshot: None, self.namespace, peek=peek)
        exec(_SETUP + setup, self.namespace)

    def run(self, source: str) -> tuple[float, float]:
        """Seconds in the code, and with all that comes before and after it."""
        code = compile(source, "<cell>", "exec")
        self._gradients.install()
        started = time.perf_counter()
        self._gradients.begin_run()
        if self._watch is not None:
            self._watch.begin(source, "<cell>")
        inside = time.perf_counter()
        exec(code, self.namespace)
        seconds = time.perf_counter() - inside
        gradients = self._gradients.end_run()
        if self._watch is not None:
            assert self._watch.end("ok", gradients) == ()
            assert self._watch.problem == ""
        whole = time.perf_counter() - started
        self._gradients.remove()
        return seconds, whole


def _compare(setup: str, source: str, rounds: int) -> list[tuple[float, float, float, float]]:
    """For each round: the code alone without and with the watch, and the whole run without and with it."""
    learners = (_Learner(setup, watched=False), _Learner(setup, watched=True))
    rows = []
    for number in range(rounds + 1):
        taken = [(0.0, 0.0), (0.0, 0.0)]
        for place in (0, 1) if number % 2 else (1, 0):
            taken[place] = learners[place].run(source)
        (plain, plain_whole), (watched, watched_whole) = taken
        rows.append((plain, watched, plain_whole, watched_whole))
    return rows[1:]


def main() -> None:
    torch.set_num_threads(1)
    print(f"{'training loop':<20} {'unwatched':>12} {'watched':>12} {'loop':>8} {'with ends':>10}")
    for name, (widths, batch, steps) in _SIZES.items():
        setup = _MODEL.format(widths=widths, batch=batch)
        rows = _compare(setup, _LOOP.format(steps=steps), _ROUNDS)
        plain, watched = (statistics.median(column) * 1e6 / steps for column in list(zip(*rows, strict=True))[:2])
        loop = statistics.median(row[1] / row[0] for row in rows)
        whole = statistics.median(row[3] / row[2] for row in rows)
        print(f"{name:<20} {plain:9.1f} µs {watched:9.1f} µs {loop:7.3f}x {whole:9.3f}x")
    print(f"\n{'small cell':<20} {'unwatched':>12} {'watched':>12}")
    for name, source in _SMALL.items():
        rows = _compare("", source, 400)
        plain, watched = (statistics.median(column) * 1e6 for column in list(zip(*rows, strict=True))[2:])
        print(f"{name:<20} {plain:9.1f} µs {watched:9.1f} µs")


if __name__ == "__main__":
    main()

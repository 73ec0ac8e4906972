"""What seeing the forwards costs a small training loop, and what the Model pane asks after it.

    python -m tests.bench.model

Ratios are within this run: each round has every way in turn, in random order, beside the plain loop; the
median counts. The ways that were not taken are measured too.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as hooks

from tests.bench.table import Table, milliseconds
from tests.recorder import Recorder
from tutor.protocol import commands, events
from tutor.session.client import ProcessClient
from tutor.session.session import Session
from tutor.worker.probe.forwards import Forwards
from tutor.worker.probe.models import snapshot

_STEPS = 2_000
_ROUNDS = 15
_LOOP = f"""
import time, torch
from torch import nn
torch.manual_seed(0)
torch.set_num_threads(1)
model = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 1))
x, y = torch.randn(32, 2), torch.randn(32, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
def loop():
    started = time.process_time()
    for _ in range({_STEPS}):
        opt.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        opt.step()
    return time.process_time() - started
"""


def _ways(namespace: dict[str, Any]) -> dict[str, Callable[[], float]]:
    """Each runs the loop once and gives its seconds, what was put on and taken off included."""
    loop, model = namespace["loop"], namespace["model"]
    watch, log = Forwards(), []

    def record(_module: Any, args: Any, output: Any) -> None:
        log.append((tuple(args[0].shape), tuple(output.shape)))

    def timed(before: Callable[[], Any], after: Callable[[Any], object]) -> float:
        started = time.process_time()
        kept = before()
        seconds = time.process_time() - started + loop()
        started = time.process_time()
        after(kept)
        log.clear()
        return float(seconds + time.process_time() - started)

    def remove(handles: list[Any]) -> None:
        for handle in handles:
            handle.remove()

    def once() -> list[Any]:
        handles: dict[int, Any] = {}

        def first(module: Any, args: Any, output: Any) -> None:
            record(module, args, output)
            handles.pop(id(module)).remove()

        for part in model.modules():
            handles[id(part)] = part.register_forward_hook(first)
        return []

    return {
        "plain, again": loop,
        "a global hook that goes (ours)": lambda: timed(lambda: watch.begin("", 1), lambda _none: watch.end()),
        "a global hook that stays": lambda: timed(lambda: [hooks.register_module_forward_hook(record)], remove),
        "a hook on every module that stays": lambda: timed(
            lambda: [part.register_forward_hook(record) for part in model.modules()], remove
        ),
        "a hook on every module for one call": lambda: timed(once, remove),
    }


def _in_process(table: Table) -> None:
    namespace: dict[str, Any] = {}
    exec(_LOOP, namespace)
    ways = _ways(namespace)
    loop = namespace["loop"]
    ratios: dict[str, list[float]] = {name: [] for name in ways}
    loop()
    before = loop()
    for _ in range(_ROUNDS):
        for name in random.sample(list(ways), len(ways)):
            seconds = ways[name]()
            after = loop()
            ratios[name].append(2 * seconds / (before + after))
            before = after
    for name, found in ratios.items():
        ratio = statistics.median(found)
        ours = "ours" in name
        table.row(
            f"2-layer MLP, {_STEPS:,} steps: {name}",
            f"{ratio:.3f} x",
            "≤ 1.03 x" * ours,
            reached=not ours or ratio <= 1.03,
        )


async def _at_the_prompt(table: Table) -> None:
    """The same loop in a real worker, the pane asking after each run, against the loop in plain Python."""
    namespace: dict[str, Any] = {}
    exec(_LOOP, namespace)
    plain = namespace["loop"]
    session = Session(ProcessClient(sys.executable, threads=1))
    session.start()
    recorder = Recorder(session)
    await recorder.run(_LOOP)
    ratios, answers = [], []
    plain()
    for _ in range(_ROUNDS):
        beside = plain()
        ratios.append(float(await recorder.value("loop()")) / ((beside + plain()) / 2))
        asked = time.perf_counter()
        count = len(recorder.of(events.ModelSeen))
        session.look(commands.LookAtModel(0))
        await recorder.until(lambda count=count: len(recorder.of(events.ModelSeen)) > count)  # type: ignore[misc]
        answers.append(time.perf_counter() - asked)
    session.close()
    ratio = statistics.median(ratios)
    table.row(
        "the loop at the prompt, all watches on, against plain Python",
        f"{ratio:.3f} x",
        "≤ 1.05 x",
        reached=ratio <= 1.05,
    )
    table.row("the pane's question after it", milliseconds(statistics.median(answers)))


def _large(table: Table) -> None:
    model = nn.Sequential(*(nn.Sequential(nn.Linear(8, 8), nn.BatchNorm1d(8), nn.ReLU()) for _ in range(60)))
    watch = Forwards()
    x = torch.zeros(4, 8)
    times = []
    for _ in range(_ROUNDS):
        watch.begin("", 1)
        model(x)
        started = time.perf_counter()
        watch.end()
        times.append(time.perf_counter() - started)
    table.row("end of a run with one forward through 241 modules", milliseconds(statistics.median(times)))
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        snapshot(torch, "model", model)
        times.append(time.perf_counter() - started)
    table.row("snapshot of that model", milliseconds(statistics.median(times)))


def main() -> None:
    torch.set_num_threads(1)
    table = Table(wide=74)
    _in_process(table)
    asyncio.run(_at_the_prompt(table))
    _large(table)


if __name__ == "__main__":
    main()

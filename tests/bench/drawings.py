"""What drawing tensors costs: reading one, reading a thousand, painting a heat map, painting thirty a second.

    python -m tests.bench.drawings

Ratios are within this run; rounds are interleaved and the median counts. Times are of the processor, so that
what else runs on the machine counts little.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import torch
from rich.segment import Segment
from rich.style import Style

from tests.bench.table import Table, median, milliseconds
from tests.fake import FakeClient, run_well
from tests.render.samples import detail
from tutor.protocol import commands, events
from tutor.protocol.snapshots import TensorDetail
from tutor.protocol.wire import FrameReader, encode
from tutor.render.drawings import drawn
from tutor.render.look import Look
from tutor.render.tensors import row_widths, tensor_row
from tutor.session.decode import event_from
from tutor.ui.app import Start, TutorApp
from tutor.ui.panes.strips import strip_of
from tutor.ui.panes.tensor_drawing import TensorDrawing
from tutor.ui.widgets.prompt import Prompt
from tutor.worker.probe import details
from tutor.worker.probe.tensors import TensorWatch

_ROUNDS = 41
_UPDATES = 150


def _seconds(action: Callable[[], object]) -> float:
    started = time.process_time()
    action()
    return time.process_time() - started


def _interleaved(*actions: Callable[[], object]) -> list[list[float]]:
    for action in actions:
        action()
    rounds = [[_seconds(action) for action in actions] for _ in range(_ROUNDS)]
    return [list(column) for column in zip(*rounds, strict=True)]


def _one(table: Table) -> None:
    small, large = torch.randn(25, 40), torch.randn(10_000, 10_000)
    turned = large.t()

    def read(tensor: torch.Tensor) -> Callable[[], object]:
        return lambda: encode(events.Inspected(1, details.detail("x", tensor)))

    times = _interleaved(read(small), read(large), read(turned))
    for name, taken in (("row by row", times[1]), ("transposed", times[2])):
        ratio = median([b / a for a, b in zip(times[0], taken, strict=True)])
        measured = f"{ratio:.1f}x, {milliseconds(median(taken))}"
        table.row(
            f"snapshot of one tensor, 1e8 elements against 1e3, {name}", measured, "10x", reached=ratio <= 10
        )
    table.row("… of 1e3 elements", milliseconds(median(times[0])))


def _thousand(table: Table) -> None:
    namespace = {f"t{number}": torch.randn(8, 8) for number in range(1_000)}
    same = TensorWatch()
    frames: list[bytes] = []

    def first() -> None:
        frames[:] = [encode(events.NamespaceChanged(1, *TensorWatch().scan(namespace)))]

    def changed() -> None:
        for tensor in namespace.values():
            tensor.add_(1)

    def again() -> None:
        frames[:] = [encode(events.NamespaceChanged(1, *same.scan(namespace)))]

    def unchanged() -> None:
        same.scan(namespace)

    def listed() -> None:
        event = event_from(next(FrameReader().feed(frames[0])))
        assert isinstance(event, events.NamespaceChanged)
        look = Look(60)
        widths = row_widths(event.tensors[::5], look)
        for facts in event.tensors[:20]:
            tensor_row(facts, look, widths)

    times = _interleaved(first, changed, again, unchanged, listed)
    for name, taken in (
        ("1,000 new tensors in the namespace, per run", times[0]),
        ("… all of them changed in place", times[2]),
        ("… none changed", times[3]),
        ("… received, and 20 rows of them made", times[4]),
    ):
        table.row(name, milliseconds(median(taken)), "20 ms", reached=median(taken) <= 0.020)


def _picture(seed: int) -> TensorDetail:
    dice = Random(seed)
    return detail("W", (16, 32), [dice.gauss(0, 1) for _ in range(512)])


def _heat_map(table: Table) -> None:
    shown, look = _picture(1), Look(80, 30)
    base = Style(color="#f2f2f2", bgcolor="#101010")

    def paint() -> None:
        made: dict[int, Segment] = {}
        lines = drawn(shown, look).lines
        for line in lines:
            strip_of(line, look.width, base, made)

    (taken,) = _interleaved(paint)
    table.row(
        "a 16x32 heat map and all that stands around it, to strips",
        milliseconds(median(taken)),
        "0.5 ms",
        reached=median(taken) <= 0.0005,
    )


async def _thirty(table: Table) -> None:
    shown = [_picture(seed) for seed in range(8)]

    def answer(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute):
            facts = replace(shown[0].facts, change="new")
            return [
                events.Started(command.id),
                events.NamespaceChanged(command.id, (facts,), 0),
                events.Finished(command.id, "ok", 0.0),
            ]
        return run_well(command)

    client = FakeClient(answer)
    app = TutorApp(Start(Path(), "", True), lambda _threads: client)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause()
        app.screen.query_one(Prompt).load("W")
        await pilot.press("enter")
        await pilot.pause(0.5)
        drawing = app.screen.query_one(TensorDrawing)
        idle = time.process_time()
        await asyncio.sleep(_UPDATES / 30)
        idle = time.process_time() - idle
        busy, started = time.process_time(), time.perf_counter()
        for number in range(_UPDATES):
            drawing.show(shown[number % len(shown)])
            await asyncio.sleep(max(0.0, started + (number + 1) / 30 - time.perf_counter()))
        seconds = time.perf_counter() - started
        share = (time.process_time() - busy - idle) / seconds
        assert len(drawing._drawn.lines) > 16
    measured = f"{share * 100:.1f} % at {_UPDATES / seconds:.0f}/s"
    table.row("the same in the app 30 times a second, of one core", measured, "25 %", reached=share <= 0.25)


def main() -> None:
    os.environ["TUTOR_DATA"] = tempfile.mkdtemp()
    torch.set_num_threads(1)
    # As in the worker: what is loaded is not looked through again and again.
    gc.collect()
    gc.freeze()
    table = Table()
    _one(table)
    _thousand(table)
    _heat_map(table)
    asyncio.run(_thirty(table))
    sys.exit(bool(table.missed))


if __name__ == "__main__":
    main()

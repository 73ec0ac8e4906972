"""Looking at the autograd graph: 10,000 nodes from torch to the drawing, and what one listened pass costs.

    python -m tests.bench.graph

Process time, because the cores may be shared: medians over repeats in one process; a listened ``backward()`` as a
ratio to a plain one, interleaved.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from tests.bench.table import Table, milliseconds
from tutor.protocol import events
from tutor.protocol.wire import FrameReader, encode
from tutor.render.autograd.drawing import Place, graph
from tutor.render.autograd.tree import beginning, sound
from tutor.render.look import Look
from tutor.session.decode import event_from
from tutor.worker.probe.graph import Pass
from tutor.worker.probe.graph_view import look
from tutor.worker.probe.nodes import roots_of
from tutor.worker.probe.touch import quiet

_REPEATS = 25


def _deep(length: int) -> torch.Tensor:
    x = torch.ones((), requires_grad=True)
    y: torch.Tensor = x
    for _ in range(length // 2):
        y = y * 1.0 + x
    return y


def _wide(length: int) -> torch.Tensor:
    leaves = [torch.ones((), requires_grad=True) for _ in range(length // 3)]
    terms = [leaf.exp() for leaf in leaves]
    while len(terms) > 1:
        terms = [sum(terms[i : i + 2]) for i in range(0, len(terms), 2)]
    return terms[0]


def _median(action: Callable[[], Any]) -> float:
    times = []
    for _ in range(_REPEATS):
        started = time.process_time()
        action()
        times.append(time.process_time() - started)
    return statistics.median(times)


def _large(table: Table, shape: str, y: torch.Tensor) -> None:
    namespace = {"y": y}
    reader = FrameReader()

    def walk() -> events.GraphSeen:
        return events.GraphSeen(1, *look(torch, namespace, "y", 0, frozenset(), None))

    def draw(seen: events.GraphSeen) -> None:
        assert seen.view is not None
        view = sound(seen.view)
        graph(view, seen.names, Place(beginning(view)), Look(60, 30))

    def whole() -> None:
        (message,) = reader.feed(encode(walk()))
        event = event_from(message)
        assert isinstance(event, events.GraphSeen)
        draw(event)

    seen = walk()
    assert seen.view is not None
    table.row(f"{shape}, {seen.view.total:,} nodes: walk and describe", milliseconds(_median(walk)), "")
    table.row(f"{shape}: draw folded", milliseconds(_median(lambda: draw(seen))), "")
    took = _median(whole)
    table.row(f"{shape}: from torch to the drawing", milliseconds(took), "≤ 100 ms", reached=took <= 0.1)


def _listened(table: Table) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
    x, y = torch.randn(32, 2), torch.randn(32, 1)
    ways: dict[str, list[float]] = {"plain": [], "listened": []}
    for n in range(400):
        way = "plain" if n % 2 else "listened"
        model.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        started = time.process_time()
        if way == "listened":
            seen = Pass(torch)
            with quiet(torch):
                seen.open(roots_of(torch, loss), {})
            loss.backward()
            with quiet(torch):
                seen.graph({})
            seen.close()
        else:
            loss.backward()
        ways[way].append(time.process_time() - started)
    plain, listened = (statistics.median(ways[way]) for way in ("plain", "listened"))
    table.row("one listened backward(), small net, against plain", f"{listened / plain:.2f} ×", "")
    table.row("… more than a plain one", milliseconds(listened - plain), "")


def main() -> None:
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()  # as the worker does once torch is there
    table = Table()
    _large(table, "deep", _deep(10_000))
    _large(table, "wide", _wide(10_000))
    _listened(table)


if __name__ == "__main__":
    main()

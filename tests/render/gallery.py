"""All pictures at a few widths, to look at: ``python -m tests.render.gallery [WIDTH …] [--plain]``."""

from __future__ import annotations

import argparse
import math
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from tests.render import samples
from tests.render.samples import detail, facts, parabola, small_net
from tutor.render.checks import check_feedback, checklist
from tutor.render.code import error_report, python_source
from tutor.render.devices import device_line, device_report
from tutor.render.drawings import View, drawing
from tutor.render.gradients import gradients
from tutor.render.look import Look
from tutor.render.tensors import tensor_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tutor.protocol.snapshots import TensorDetail

_SOURCE = """@torch.no_grad()
def step(w, lr=0.1):
    # one step of gradient descent
    if w.grad is not None:
        w -= lr * w.grad

    return f"{w.norm():.3f}"
"""
_DICE = random.Random(7)


def noise(count: int, centre: float = 0.0, spread: float = 1.0) -> list[float]:
    return [_DICE.gauss(centre, spread) for _ in range(count)]


def blobs(count: int, side: int) -> list[float]:
    values: list[float] = []
    for image in range(count):
        x, y = side * (0.3 + 0.4 * ((image * 3) % 5) / 5), side * (0.3 + 0.4 * ((image * 2) % 5) / 5)
        values += [
            math.exp(-((r - y) ** 2 + (c - x) ** 2) / (side * 0.9)) for r in range(side) for c in range(side)
        ]
    return values


def details() -> list[tuple[TensorDetail, View]]:
    weights = noise(64 * 32, spread=0.1)
    weights[13 * 32 + 27] = math.nan
    loss: dict[str, Any] = {"requires_grad": True, "is_leaf": False, "grad_fn": "MeanBackward0", "change": "new"}
    return [
        (detail("loss", (), [0.31270000338554382], **loss), View()),
        (detail("n", (), [7.0], dtype="int64"), View()),
        (detail("v", (6,), [0.0, 1.0, -2.0, 3.0, math.nan, 5.0]), View()),
        (detail("r", (20,), [float(i) for i in range(20)], dtype="int64"), View()),
        (detail("mask", (4,), [1.0, 0.0, 1.0, 1.0], dtype="bool"), View()),
        (detail("h", (4096,), [math.sin(i / 20) * (1 + i / 400) for i in range(512)], steps=(8,)), View()),
        (detail("x", (3, 4), [float(i) for i in range(12)], change="new"), View()),
        (
            detail("e", (3, 4), [math.nan, 1.5, math.inf, -2.25, 0, 3, -math.inf, 4, 0.5, 0.25, 7, -8]),
            View(),
        ),
        (detail("W", (64, 32), weights, kind="Parameter", requires_grad=True), View()),
        (detail("big", (1000, 800), noise(50 * 40), steps=(20, 20)), View()),
        (detail("ones", (5, 30), [1.0] * 150), View()),
        (detail("s", (3, 4, 6), noise(72, 0.5, 0.3)), View((1,))),
        (detail("acts", (16, 12, 20), [abs(v) for v in noise(16 * 12 * 20)]), View((5,))),
        (detail("imgs", (8, 3, 28, 28), blobs(24, 28)), View()),
        (detail("k", (4, 2, 3, 3), noise(72)), View()),
        (detail("five", (2, 2, 3, 4, 5), noise(240)), View((1,))),
        (detail("z", (2, 3), [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], dtype="complex64"), View()),
        (detail("none", (0, 3), []), View()),
    ]


def pictures(look: Look) -> Iterator[Text]:
    for shown, view in details():
        yield drawing(shown, look, view)
    rows = [
        facts("x"),
        facts("w", (4, 5), requires_grad=True, has_grad=True, kind="Parameter", change="modified"),
        facts("h", (3, 5), is_leaf=False, grad_fn="AddmmBackward0", requires_grad=True, change="new"),
        facts("xt", (4, 3), contiguous=False, strides=(1, 4), shares=("x",)),
        facts("imgs", (64, 3, 224, 224), dtype="uint8", change="rebound"),
    ]
    yield Text("\n").join(tensor_rows(rows, look))
    yield gradients(parabola(), look)
    yield gradients(small_net(), look)
    for devices in (None, samples.devices(), samples.devices(usable=True)):
        yield device_line(devices, look)
        yield device_report(devices, look)
    yield Text("\n").join(python_source(_SOURCE, look, "[3] ", "    "))
    yield Text("\n").join(error_report(samples.mismatch(), look))
    yield checklist(samples.check_results(), look)
    yield check_feedback(samples.check_results(), look)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("widths", nargs="*", type=int, default=[40, 60, 100])
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--ascii", action="store_true")
    parser.add_argument("--height", type=int)
    parser.add_argument("--svg", type=Path)
    options = parser.parse_args()
    console = Console(record=options.svg is not None, width=max(options.widths), legacy_windows=False)
    for width in options.widths:
        look = Look(width, options.height, colour=not options.plain, unicode=not options.ascii)
        console.print(Text(f"{'=' * (width - 4)} {width}"))
        for picture in pictures(look):
            console.print(picture)
            console.print()
    if options.svg is not None:
        console.save_svg(str(options.svg), title="gallery")


if __name__ == "__main__":
    main()

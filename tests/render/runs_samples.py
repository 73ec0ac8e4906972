"""Training runs made by hand."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from tests.render.strategies import floats, names, texts
from tutor.protocol.training import Curve, Figures, Flag, Layer, Rate, TrainingSnapshot
from tutor.render.runs import MARKS, RunLine


def training(
    run: int = 1, steps: int = 200, *, rate: float = 0.1, speed: float = 4.0, state: str = "done", cell: int = 3
) -> TrainingSnapshot:
    """A run whose loss falls from 1 to ``exp(-speed)``, every step of it known."""
    places = tuple(range(1, steps + 1))
    values = tuple(math.exp(-speed * (step - 1) / max(steps - 1, 1)) for step in places)
    layer = Layer("m.weight", (3, 4), 1.0 / steps, 1e-3, (0.1, 0.2), 0.0, 0, 12)
    return TrainingSnapshot(
        *(run, steps, 100.0, state, (Curve("loss", places, values),), (layer,), 0),
        *((Rate("opt", "SGD", 0, rate),), (), 0.01),
        cell=cell,
        source="for epoch in range(10):",
    )  # fmt: skip


def line(name: str = "run 1", mark: str = "", **facts: float) -> RunLine:
    """A line of the table."""
    return RunLine(name, training(**facts), 2.0, mark)  # type: ignore[arg-type]


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    steps = tuple(sorted(draw(st.sets(st.integers(1, 10**9), max_size=12))))
    values = tuple(draw(st.lists(floats, min_size=len(steps), max_size=len(steps))))
    return Curve(draw(names), steps, values)


@st.composite
def run_lines(draw: st.DrawFn) -> RunLine:
    paths = tuple(draw(st.lists(names, max_size=3)))
    maybe = st.none() | floats
    figures = [
        Figures(
            step,
            tuple(draw(st.lists(maybe, max_size=len(paths)))),
            tuple(draw(st.lists(maybe, max_size=len(paths)))),
            tuple(draw(st.lists(floats, max_size=2))),
        )
        for step in sorted(draw(st.sets(st.integers(1, 10**9), max_size=4)))
    ]
    flags = st.builds(Flag, kind=texts, path=names, step=st.integers(1, 10**9))
    rates = st.builds(Rate, optimizer=names, kind=names, group=st.integers(0, 9), value=floats)
    snapshot = TrainingSnapshot(
        *(1, draw(st.integers(0, 10**12)), draw(floats), draw(st.sampled_from(["running", "done"]) | texts)),
        *(tuple(draw(st.lists(curves(), max_size=3))), (), 0),
        *(tuple(draw(st.lists(rates, max_size=3))), tuple(draw(st.lists(flags, max_size=3))), 0.0),
    )  # fmt: skip
    mark = draw(st.sampled_from(MARKS))
    return RunLine(draw(names), snapshot, draw(st.floats(0, 1e9)), mark, paths, tuple(figures))

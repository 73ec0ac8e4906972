"""Runs a script under both watches, as the worker does, with a clock on which every step may be looked at."""

from __future__ import annotations

import linecache
import random
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import torch

from tests.worker.probe.training.scripts import START
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.training import Progress, TrainingSnapshot
from tutor.worker.probe.budget import Budget
from tutor.worker.probe.gradients import GradientWatch
from tutor.worker.probe.training.watch import TrainingWatch

NAME = "<script>"


def always() -> Budget:
    """A hundred seconds pass between two glances at its clock."""
    ticks = count(0, 100)
    return Budget(clock=lambda: float(next(ticks)))


@dataclass
class Watched:
    """What a watched run left and told."""

    namespace: dict[str, Any] = field(default_factory=dict)
    told: list[TrainingSnapshot | Progress] = field(default_factory=list)
    end: TrainingSnapshot | None = None
    gradients: GradientSnapshot | None = None

    @property
    def live(self) -> list[TrainingSnapshot]:
        return [told for told in self.told if isinstance(told, TrainingSnapshot)]


def run(source: str, *, watched: bool = True, start: str = START, budget: Budget | None = None) -> Watched:
    """Run ``start``, then ``source``, which is watched."""
    seen = Watched()
    random.seed(0)
    exec(start, seen.namespace)
    code = compile(source, NAME, "exec")
    if not watched:
        exec(code, seen.namespace)
        return seen
    linecache.cache[NAME] = (len(source), None, source.splitlines(True), NAME)
    training = TrainingWatch(seen.told.append, seen.told.append, seen.namespace, budget or always())
    graph = GradientWatch(
        lambda _: None, seen.namespace, heard=training.heard, meant=training.meant, pace=training.pace
    )
    graph.install()
    training.install(torch)
    training.begin(1)
    graph.begin_run()
    try:
        exec(code, seen.namespace)
    finally:
        seen.end = training.end("done")
        seen.gradients = graph.end_run()
        training.remove()
        graph.remove()
        assert (training.problem, graph.problem) == ("", "")
    return seen

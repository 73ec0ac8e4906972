"""The losses of one series, thinned where they are many."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tutor.protocol.training import Curve
from tutor.worker.probe.budget import Series

POINTS, _LIVE_POINTS = 2_000, 250


@dataclass(slots=True, eq=False)
class Losses:
    """Those of one call in the source with which one optimiser took its steps."""

    before: int
    """Steps of the run before the first of these: they are counted from 1."""
    values: Series = field(default_factory=lambda: Series(POINTS))
    steps: Series = field(default_factory=lambda: Series(POINTS))
    first: list[float] = field(default_factory=list)
    recent: list[float] = field(default_factory=list)
    """The first and the latest five losses that are finite."""
    bad: tuple[int, float] | None = None
    """Step and value of the first loss heard that was NaN or infinite."""
    sound: int = 0
    """Step of the last loss heard before that; 0 for none. In a quick loop some between went by unheard."""
    told: int = 0
    """How many of them were told."""

    def add(self, values: Sequence[float], at: Sequence[int], wrong: Callable[[float], bool]) -> None:
        """Losses at steps of the run; ``wrong`` says which are NaN or infinite, and should not be."""
        at = [step - self.before for step in at]
        if self.bad is None:
            place = None
            if not math.isfinite(sum(values)):
                place = next((n for n, value in enumerate(values) if wrong(value)), None)
            if place is not None:
                self.bad = at[place], values[place]
            if place != 0:
                self.sound = at[-1 if place is None else place - 1]
        for value, step in zip(values, at):  # noqa: B905 - one each
            self.values.add(value)
            self.steps.add(step)
        finite = [value for value in values if math.isfinite(value)]
        self.first += finite[: 5 - len(self.first)]
        self.recent = (self.recent + finite[-5:])[-5:]

    def latest(self, name: str, most: int) -> Curve:
        """The last ``most``, as many as were not thinned out."""
        steps = self.steps.last(most)
        return Curve(name, tuple(int(step) for step in steps), tuple(self.values.last(most)))

    def curve(self, name: str, live: bool) -> Curve:
        points = _LIVE_POINTS if live else POINTS
        steps = tuple(int(step) for step in self.steps.points(points))
        return Curve(name, steps, self.values.points(points))

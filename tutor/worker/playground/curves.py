"""Losses over steps, thinned so that there are never many."""

from __future__ import annotations

from tutor.protocol.playground import MOST_POINTS


class Curves:
    """Train and test loss at some steps; when there are too many, every other one goes."""

    def __init__(self) -> None:
        self.steps: list[int] = []
        self.train: list[float] = []
        self.test: list[float] = []

    def add(self, step: int, train: float, test: float) -> None:
        if self.steps and self.steps[-1] == step:
            return
        if len(self.steps) >= MOST_POINTS:
            # The first and the last stay.
            for series in (self.steps, self.train, self.test):
                del series[1:-1:2]
        self.steps.append(step)
        self.train.append(train)
        self.test.append(test)

    def before(self, step: int) -> float | None:
        """The train loss at the last point not after ``step``; None where there is none."""
        earlier = [loss for at, loss in zip(self.steps, self.train, strict=True) if at <= step]
        return earlier[-1] if earlier else None

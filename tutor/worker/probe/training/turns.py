"""Counts the steps of a loop: optimisers that take turns, or call sites that do, make one step together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

_WINDOW = 1.0
"""Seconds over which the speed is taken."""


class Turns:
    """Steps of one run, and how fast they come."""

    def __init__(self, changes: Callable[[int], object] = bool) -> None:
        """``changes`` is told before another one than last time makes its move."""
        self._changes = changes
        self._last = 0
        self.marked = 0
        """Step at which the one whose move was the last began to make moves of its own."""
        self.step = 0
        self._only = 0
        self._many = 0
        """How many took part in the step before this one."""
        self._taken: set[int] = set()
        self._marks: deque[tuple[float, int]] = deque(maxlen=64)

    def take(self, who: int) -> None:
        """``who`` (an ``id``) has made its move."""
        if who == self._only:  # the usual loop has one optimiser: it is asked for at every step
            self.step += 1
            return
        if other := who != self._last:
            self._changes(who)
            self._last = who
        if not self.step or who in self._taken:
            self._many = len(self._taken)
            self.step += 1
            self._taken = {who}
        else:
            self._taken.add(who)
        self._only = who if self.step == 1 and len(self._taken) == 1 else 0
        if other:
            self.marked = self.step

    def coming(self, known: int) -> int:
        """The step that what is computed now is for; ``known`` are there, but may be done with their part."""
        return self.step if 0 < len(self._taken) < min(known, self._many) else self.step + 1

    def restart(self) -> None:
        """Count anew from nought."""
        self.step = self._only = self._many = self._last = self.marked = 0
        self._taken.clear()
        self._marks.clear()

    def per_second(self, now: float) -> float:
        """Steps a second over the last second; nought before the second mark."""
        marks = self._marks
        marks.append((now, self.step))
        while len(marks) > 2 and now - marks[1][0] >= _WINDOW:
            marks.popleft()
        seconds, steps = now - marks[0][0], self.step - marks[0][1]
        return steps / seconds if seconds > 0 else 0.0

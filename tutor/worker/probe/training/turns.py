"""Counts the steps of a loop: optimisers that take turns, or call sites that do, make one step together."""

from __future__ import annotations

from collections import deque

_WINDOW = 1.0
"""Seconds over which the speed is taken."""


class Turns:
    """Steps of one run, and how fast they come."""

    def __init__(self) -> None:
        self.step = 0
        self._only = 0
        self._taken: set[int] = set()
        self._marks: deque[tuple[float, int]] = deque(maxlen=64)

    def take(self, who: int) -> None:
        """``who`` (an ``id``) has made its move."""
        if who == self._only:  # the usual loop has one optimiser: it is asked for at every step
            self.step += 1
            return
        if not self.step or who in self._taken:
            self.step += 1
            self._taken = {who}
        else:
            self._taken.add(who)
        self._only = who if self.step == 1 and len(self._taken) == 1 else 0

    def coming(self, known: int) -> int:
        """The step that what is computed now is for, where ``known`` take part."""
        return self.step if 0 < len(self._taken) < known else self.step + 1

    def restart(self) -> None:
        """Count anew from nought."""
        self.step, self._only = 0, 0
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

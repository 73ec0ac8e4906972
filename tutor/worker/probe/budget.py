"""How often the gradient watch may look, and how it keeps long series short."""

from __future__ import annotations

import time
from collections.abc import Callable

SHARE = 0.01
"""Part of the wall time that looking may take in the long run."""

BURST = 0.004
"""Seconds of looking that a run may spend at once."""

APART = 0.1
"""Seconds between two looks, once the first calls are over."""


class Budget:
    """A token bucket in seconds of work, with a cap on the rate.

    :attr:`next` is for the path of every call: before that moment only a call whose number is a power of two
    can be due.
    """

    def __init__(
        self,
        share: float = SHARE,
        apart: float = APART,
        clock: Callable[[], float] = time.perf_counter,
        burst: float = BURST,
    ) -> None:
        self.clock = clock
        self._share, self._apart, self._burst = share, apart, burst
        self.reset()

    def reset(self) -> None:
        """Begin a run: the bucket is full."""
        self._tokens = self._burst
        self._filled = self.clock()
        self.spent = 0.0
        """Seconds of looking in this run."""
        self.next = self._filled + self._apart

    def due(self, call: int) -> bool:
        """Whether to look at the ``call``-th call of the run (from 1).

        The first is always looked at. The 2nd, 4th, 8th, … may come quicker, so that a loop that is over in a
        blink has shown movement too.
        """
        now = self.clock()
        self._tokens = min(self._burst, self._tokens + self._share * (now - self._filled))
        self._filled = now
        if call == 1:
            return True
        if self._tokens <= 0:
            # The bucket is empty after costly early looks: nobody need ask before it fills again.
            self.next = max(self.next, now - self._tokens / self._share)
            return False
        return call & (call - 1) == 0 or now >= self.next

    def spend(self, seconds: float) -> None:
        """Account for one look, at its end."""
        self._tokens -= seconds
        self.spent += seconds
        self.next = self.clock() + max(self._apart, -self._tokens / self._share)


class Series:
    """Values in order, thinned evenly when there are many; the first and the last are always there."""

    def __init__(self, limit: int = 2_000) -> None:
        self._limit = limit
        self._kept: list[float] = []
        self._step = 1
        self._count = 0
        self._last = 0.0

    def add(self, value: float) -> None:
        if self._count % self._step == 0:
            if len(self._kept) >= self._limit - 1:
                del self._kept[1::2]
                self._step *= 2
            if self._count % self._step == 0:
                self._kept.append(value)
        self._last = value
        self._count += 1

    @property
    def count(self) -> int:
        """Values that were added."""
        return self._count

    def last(self, most: int) -> list[float]:
        """The latest value, and before it kept ones, ``most`` in all."""
        if most < 1 or not self._count:
            return []
        kept_last = (self._count - 1) % self._step == 0
        return self._kept[-most:] if kept_last else [*self._kept[len(self._kept) - most + 1 :], self._last]

    def points(self, limit: int) -> tuple[float, ...]:
        """At most ``limit`` (2 or more) of them."""
        every = max(1, -(-len(self._kept) // (limit - 1))) if len(self._kept) >= limit else 1
        kept = self._kept[::every]
        last_place = (len(kept) - 1) * every * self._step
        return (*kept,) if last_place == self._count - 1 or not kept else (*kept, self._last)

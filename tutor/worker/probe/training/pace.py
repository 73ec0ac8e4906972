"""How many steps of a fast loop go by unheard.

What is on the path of a step costs little in a loop of its own and several times that in the middle of a
training step, where nothing of it is in the processor's cache. Measured with a 2-64-64-1 network, batch 32, SGD,
275 us a step, processor time: a wrap of ``backward()`` that only passes the call on 0.5 to 2 us, hooks around
``step()`` that only count 1, reading the loss 1.3, finding the call's place 2 to 4, all that is done at a step
which is heard 10 to 20 (the more, the busier the machine is with other work). So in a loop of less than 10 ms a
step, once it has made some dozen, only one step in a few is heard; the others are counted, and cost a
comparison each.
"""

from __future__ import annotations

import weakref
from typing import Any

HEARD = 0.02
"""Seconds that lie between two steps that are heard, about: one thousandth of it is what hearing costs."""

AT_FIRST = 64
"""Steps of a run that are all heard."""

_OVER = 64
"""Steps over which their time is taken: the first ones, which import and allocate, are forgotten soon."""

_MOST = 120


class Pace:
    """Shared by all that is called in a step; plain numbers, so that it is one line of the cache."""

    __slots__ = ("_each", "_mark", "_turn", "last", "nested", "quick", "skips", "steps", "window")

    def __init__(self) -> None:
        self._turn = 0
        self.reset()

    def reset(self) -> None:
        """Hear everything from now on."""
        self._each = HEARD
        """Seconds that a step took of late."""
        self._mark = (0, 0.0)
        self.skips = 0
        """Calls of ``backward()`` that still go by unheard."""
        self.last: weakref.ref[Any] | None = None
        """Of the latest call that went by, what it began at: for the end of a run, if it is still there."""
        self.window = 0
        """Of how many that is what is left."""
        self.quick = 0
        """Id of the optimiser whose steps are only counted."""
        self.steps = 0
        """Steps that were."""
        self.nested = False
        """An optimiser steps inside the step of another: which of them makes a step is told by hearing both."""

    def rest(self, optimizer: int, step: int, clock: float) -> None:
        """After the ``step``-th step of the only ``optimizer``: let some go by, if they are quick.

        ``clock`` counts seconds of the processor: on a busy machine a step waits, but costs no less to watch.
        """
        since = step - self._mark[0]
        if since >= _OVER or since < 0:
            self._each = (clock - self._mark[1]) / since if since > 0 else HEARD
            self._mark = step, clock
        if step < AT_FIRST or self._each >= HEARD / 2 or self.nested:
            return
        # Not always as many: losses that take turns would never all be heard.
        self._turn = (self._turn + 1) % 3
        self.skips = self.window = min(_MOST, int(HEARD / max(self._each, 1e-9))) - 1 + self._turn
        self.quick = optimizer

    def cut(self) -> None:
        """Hear everything from now on, whatever was to go by. From any thread."""
        self.window -= self.skips
        self.skips = self.quick = 0

    def unheard(self) -> Any | None:
        """What the latest call began at, once, if that went by unheard and is still there."""
        last, self.last = self.last, None
        return last() if last is not None else None

    def passed(self) -> int:
        """Calls that went by since the window began; it is over with that."""
        calls = self.window - self.skips
        self.skips = self.window = 0
        self.last = None
        return calls

    def counted(self) -> int:
        """Steps that were counted since the last one that was heard; they are heard again from now on."""
        steps, self.steps, self.quick = self.steps, 0, 0
        return steps

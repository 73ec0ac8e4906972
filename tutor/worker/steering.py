"""What the person wishes of the training loop that runs, and how the loop takes it.

A wish arrives on the thread that listens and waits here. The learner's own thread takes it at the end of a step,
where :class:`~tutor.worker.probe.gate.Gate` sends it by: no other thread ever touches what the loop works on.
While the loop is held that thread waits here, and does what a pane asks meanwhile.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from tutor.protocol.commands import Steer
from tutor.protocol.events import Steered
from tutor.worker.interrupts import Interrupts

_PATIENCE = 1.0
"""Seconds after which a wish that no step has taken is said to wait."""


class Stopped(KeyboardInterrupt):
    """The person ended the training loop. It is raised between two steps, and is caught as Ctrl+C would be."""


class Steering:
    """The wishes about one piece of running code."""

    def __init__(
        self,
        interrupts: Interrupts,
        tell: Callable[[Steered], None],
        attend: Callable[[], None],
        nudge: Callable[[Steer], None],
        gate: Callable[[bool], None],
    ) -> None:
        """``attend`` is called again and again while the loop is held: it waits for something to do, half a second
        at most, and does it. ``nudge`` gives it something, from another thread. ``gate`` is told whether the steps
        of the loop are to end in :meth:`take`, from any thread.
        """
        self._interrupts = interrupts
        self._tell = tell
        self._attend = attend
        self._nudge = nudge
        self._gate = gate
        self._lock = threading.Lock()
        self._wishes: deque[Steer] = deque()
        self._run = self._latest = 0
        self._stepping = False
        self._step = 0
        self.asked = False
        """Something is to be done at the end of the next step."""
        self.held = False
        """The loop waits."""

    def begin(self, run: int) -> None:
        """From here on wishes that name ``run`` are for the code that now runs; some may have come before it."""
        self._latest = run
        self._clear(run)

    def end(self) -> None:
        """It has ended; what nobody took is told to be too late."""
        for wish in self._clear(0):
            self._tell(Steered(wish.id, "late"))

    def _clear(self, run: int) -> list[Steer]:
        with self._interrupts.hold(), self._lock:
            left = [wish for wish in self._wishes if not self._awaited(wish, run)]
            self._wishes = deque(wish for wish in self._wishes if self._awaited(wish, run))
            self._run, self._stepping, self.held = run, False, False
            self._open(run != 0 and bool(self._wishes))
        return left

    def _open(self, asked: bool) -> None:
        """With the lock held."""
        if asked != self.asked:
            self.asked = asked
            self._gate(asked)

    def forked(self) -> None:
        """In a child process: nobody steers it."""
        self._lock = threading.Lock()
        self._run, self._stepping, self.asked, self.held = 0, False, False, False

    def ask(self, wish: Steer) -> None:
        """From the thread that listens: have the loop do it at the end of its next step."""
        with self._lock:
            awaited = self._awaited(wish, self._run)
            if awaited:
                self._wishes.append(wish)
            if wish.id == self._run:
                self._open(True)
                if self.held:
                    self._nudge(wish)
        if not awaited:
            self._tell(Steered(wish.id, "late"))
            return
        waiting = threading.Timer(_PATIENCE, self._wait_on, (wish,))
        waiting.daemon = True
        waiting.start()

    def _awaited(self, wish: Steer, run: int) -> bool:
        """It is for the code that runs, or for code that was sent and has not begun: ids of code only grow."""
        return wish.id == run != 0 or wish.id > self._latest

    @property
    def stops(self) -> bool:
        """The next wish is to end the loop."""
        with self._interrupts.hold(), self._lock:
            return bool(self._wishes) and self._wishes[0].wish == "stop"

    def _wait_on(self, wish: Steer) -> None:
        with self._lock:
            waits = any(other is wish for other in self._wishes)
        if waits:
            self._tell(Steered(wish.id, "waiting"))

    def take(self, scale: Callable[[float], Steered], may_stop: bool = True, step: int = 0) -> None:
        """Do what is wished, on the learner's thread between two steps; comes back when the loop is to go on.

        ``scale`` multiplies the learning rates and tells what came of it. Where the loop may not be ended here, a
        wish to do so is left for the next call. ``step`` counts the steps: optimisers that take turns make one
        together. Raises Stopped, and what an interrupt raises.
        """
        if self._stepping and step and step == self._step and not self._wishes:
            return
        hold, self._stepping, self._step = self._stepping, False, step
        try:
            while True:
                wish = self._next()
                if wish is None:
                    if not hold:
                        break
                    self._wait()
                    continue
                if wish.wish == "stop":
                    if not may_stop:
                        self._put_back(wish)
                        return
                    self._tell(Steered(wish.id, "stopping"))
                    raise Stopped("the training loop was stopped by hand")
                if wish.wish == "step" and hold:
                    self._stepping = True
                    self._tell(Steered(wish.id, "stepping"))
                    break
                if wish.wish == "rate":
                    self._tell(scale(wish.rate))
                else:
                    hold = wish.wish in ("pause", "step")
            if self.held and not self._stepping:
                self._tell(Steered(self._run, "running"))
        except KeyboardInterrupt as error:
            # Code that catches it and goes on is held no longer.
            if self.held and not isinstance(error, Stopped):
                self._tell(Steered(self._run, "running"))
            raise
        finally:
            with self._interrupts.hold(), self._lock:
                self.held = False
                self._open(self._stepping or bool(self._wishes))

    def _next(self) -> Steer | None:
        with self._interrupts.hold(), self._lock:
            return self._wishes.popleft() if self._wishes else None

    def _put_back(self, wish: Steer) -> None:
        with self._interrupts.hold(), self._lock:
            self._wishes.appendleft(wish)

    def _wait(self) -> None:
        """Wait for what comes next; the first time say so."""
        with self._interrupts.hold(), self._lock:
            # A wish that came since the last look must not be slept through.
            began, self.held = not self.held, True
            waits = not self._wishes
        if began:
            self._tell(Steered(self._run, "paused"))
        if waits:
            self._attend()

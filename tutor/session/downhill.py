"""A descent as a screen drives it: the whole way down is asked for at once, keys choose how much of it is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from tutor.playground import descent as slopes
from tutor.protocol import commands, events
from tutor.protocol.playground import Descent
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState, cause_of_death

_STARTS = 40
"""Places to begin at, from one end of the picture to the other."""
_WIDEST, _NARROWEST = 1e4, 1e-3
_NO_WORKER = (Phase.LOADING, Phase.DEAD, Phase.UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Choice:
    """What the descent follows from."""

    name: str
    """Of a function in the list; empty for one that was typed."""
    expression: str
    start: float
    low: float
    high: float
    hint: str = ""
    rate: float = 0.1
    momentum: float = 0.0


class Downhill:
    """One function and one way down it. ``changed`` is called whenever there is something else to see."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._lost = False
        self.choice = _listed(slopes.SLOPES[0], 0.1, 0.0)
        self.descent: Descent | None = None
        self.step = 0
        """How many steps are seen."""
        self.problem = ""
        """Why the function cannot be used, or the worker is gone; in words."""
        self._unsubscribe = session.subscribe(self._hear)
        self._ask()

    def close(self) -> None:
        self._unsubscribe()

    @property
    def busy(self) -> bool:
        """The learner's own code runs, and the answer waits for its end."""
        return bool(self._session.state.running)

    @property
    def lost(self) -> bool:
        """The worker is gone, and nobody has begun again."""
        return self._lost

    @property
    def last(self) -> int:
        """The last step there is."""
        return len(self.descent.places) - 1 if self.descent else 0

    def go(self, steps: int) -> None:
        """Forward, or back where it is negative, as far as there are steps."""
        self.step = min(max(self.step + steps, 0), self.last)
        self._changed()

    def rate(self, by: int) -> None:
        self._change(replace(self.choice, rate=_next(slopes.RATES, self.choice.rate, by)))

    def momentum(self, by: int) -> None:
        self._change(replace(self.choice, momentum=_next(slopes.MOMENTA, self.choice.momentum, by)))

    def start(self, by: int) -> None:
        """Begin further to the right, or to the left."""
        c = self.choice
        start = round(min(max(c.start + by * (c.high - c.low) / _STARTS, c.low), c.high), 6)
        self.step = 0
        self._change(replace(c, start=start))

    def function(self, by: int) -> None:
        """Another one of the list, rate and momentum as they are."""
        names = [slope.name for slope in slopes.SLOPES]
        at = names.index(self.choice.name) + by if self.choice.name in names else 0
        self.step = 0
        self._change(_listed(slopes.SLOPES[at % len(names)], self.choice.rate, self.choice.momentum))

    def typed(self, expression: str) -> str:
        """Take a function of the learner's own; gives why it cannot be, in words."""
        problem = slopes.problem_of(expression)
        if not problem:
            self.step = 0
            hint = "A function of your own."
            self._change(replace(self.choice, name="", hint=hint, expression=expression.strip()))
        return problem

    def scale(self, factor: float) -> None:
        """See so many times as much of the axis; the middle stays where it is."""
        c = self.choice
        middle, half = (c.low + c.high) / 2, (c.high - c.low) / 2 * factor
        if _NARROWEST < half < _WIDEST:
            self._change(replace(c, low=middle - half, high=middle + half))

    def taken(self) -> tuple[str, str]:
        """The cells that make what is on the screen."""
        c = self.choice
        return slopes.taken(c.expression, c.start, c.rate, c.momentum, self.step)

    def restart(self) -> None:
        """Begin again after a worker was lost; ask for one where none is coming."""
        self._lost = False
        self.problem = ""
        if self._session.state.phase in (Phase.DEAD, Phase.UNAVAILABLE):
            self._session.restart(self._session.threads)
        self._ask()
        self._changed()

    def _change(self, choice: Choice) -> None:
        self.choice = choice
        self._ask()
        self._changed()

    def _ask(self) -> None:
        if self._session.state.phase in _NO_WORKER:
            return
        c = self.choice
        program = slopes.program(c.expression, c.start, c.rate, c.momentum)
        self._session.ask(commands.Descend(0, program, slopes.MOST_STEPS, c.low, c.high))

    def _hear(self, event: events.Event, _state: SessionState) -> None:
        match event:
            case events.Descended():
                self._take(event)
            case events.Ready() if not self._lost:
                self._ask()
            case events.Died():
                self._lost = True
                self.problem = f"Python is gone: {cause_of_death(event)}. x begins again."
            case events.Unavailable():
                self._lost = True
                self.problem = f"There is no Python to compute in: {event.reason}. x tries again."
            case events.Started() | events.Finished():
                pass
            case _:
                return
        self._changed()

    def _take(self, event: events.Descended) -> None:
        self.problem = event.problem
        if event.descent is not None and event.descent.places:
            self.descent = event.descent
            self.step = min(self.step, self.last)
        elif not self.problem:
            self.problem = "f has no slope where it begins: move the start with [ and ]."


def _listed(slope: slopes.Slope, rate: float, momentum: float) -> Choice:
    return Choice(slope.name, slope.expression, slope.start, slope.low, slope.high, slope.hint, rate, momentum)


def _next(values: tuple[float, ...], value: float, by: int) -> float:
    return values[min(max(values.index(value) + by, 0), len(values) - 1)]

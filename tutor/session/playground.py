"""The playground as a screen drives it: it asks the worker for a moment of training, shows it, asks for the next.

The worker trains only when asked, so nothing piles up, whatever is pressed is answered between two moments,
and a playground that nobody looks at costs nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import count

from tutor.playground import source
from tutor.playground.settings import Settings, begins_anew
from tutor.protocol import commands, events
from tutor.protocol.playground import Data, Look, Playing
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState, cause_of_death

SPEEDS = (1, 5, 25, 100, 0)
"""Steps a second; 0 is as many as there can be."""
_FRAME = 1 / 30
_LARGE_FRAME = 1 / 20
_LARGE = 4_000
"""Values of a map from which it is drawn less often, so that there is time for keys."""
_TRAINING = 0.7
"""Share of a frame that is training: the rest is for looking, for the way to the screen, for other commands."""
_MANY = 1_000_000

_RUNS = count(1)
"""Of this process: a worker may outlive the screen that began a run."""


class Playground:
    """One network. ``changed`` is called whenever there is something else to see."""

    def __init__(self, session: Session, settings: Settings, changed: Callable[[], None]) -> None:
        self._session = session
        self._changed = changed
        self._unsubscribe = session.subscribe(self._hear)
        self._run = 0
        self._timer: asyncio.TimerHandle | None = None
        self._asked_at = 0.0
        self._waiting = False
        self._look: Look | None = None
        self.settings = settings
        self.speed = 0
        self.running = False
        self.playing: Playing | None = None
        self.data: Data | None = None
        self.problem = ""
        """Why there is nothing to see, or nothing new; in words."""

    @property
    def phase(self) -> Phase:
        """What the worker is doing."""
        return self._session.state.phase

    def close(self) -> None:
        self._unsubscribe()
        self._stop_timer()

    @property
    def busy(self) -> bool:
        """The learner's own code runs, and the playground waits for its end."""
        return bool(self._session.state.running)

    def look(self, look: Look) -> None:
        """The maps that are wanted from now on."""
        if look == self._look:
            return
        first, self._look = self._look is None, look
        if first:
            self.begin()
        else:
            self._ask(0)

    def prepare(self, look: Look) -> None:
        """As :meth:`look`, for settings that are about to come."""
        self._look = look

    def begin(self) -> None:
        """A new model, the same settings."""
        self._run = next(_RUNS)
        self.problem = ""
        self._ask(0)

    def change(self, settings: Settings) -> None:
        """Other settings; what cannot change while it trains begins anew, and goes on running if it ran."""
        old, self.settings = self.settings, settings
        if begins_anew(old, settings):
            self.begin()
        elif old != settings:
            self._ask(0)
        self._changed()

    def run(self, running: bool) -> None:
        self.running = running and not self.problem
        self._stop_timer()
        if self.running:
            self._next()
        self._changed()

    def step(self) -> None:
        """One step; a training that runs is held."""
        self.running = False
        self._stop_timer()
        self._ask(1)
        self._changed()

    def faster(self, by: int) -> None:
        """The next speed in the list, or the one before."""
        at = SPEEDS.index(self.speed) + by
        self.speed = SPEEDS[min(max(at, 0), len(SPEEDS) - 1)]
        if self.running:
            self.run(True)
        self._changed()

    def taken(self) -> tuple[str, str]:
        """The cells that make what is on the screen."""
        done: Iterable[tuple[float, int]] = ()
        if self.playing is not None and self.playing.run == self._run:
            done = [(stretch.rate, stretch.steps) for stretch in self.playing.stretches]
        return source.taken(self.settings, done)

    @property
    def _frame(self) -> float:
        """Seconds between two pictures at the least."""
        large = self._look is not None and self._look.columns * self._look.rows > _LARGE
        return _LARGE_FRAME if large else _FRAME

    def _ask(self, steps: int) -> None:
        if self._look is None or self._session.state.phase in (Phase.LOADING, Phase.DEAD, Phase.UNAVAILABLE):
            return
        self._asked_at = asyncio.get_running_loop().time()
        self._waiting = True
        begun = self.playing is not None and self.playing.run == self._run
        program = "" if begun else source.program(self.settings)
        seconds = self._frame * _TRAINING
        self._session.ask(commands.Play(0, self._run, program, self._look, steps, seconds, self.settings.rate))

    def _next(self) -> None:
        """Ask for the next moment when it is due."""
        self._stop_timer()
        if not self.running or self._waiting:
            return
        between = max(self._frame, 1 / self.speed) if self.speed else self._frame
        steps = max(1, round(self.speed * between)) if self.speed else _MANY
        loop = asyncio.get_running_loop()
        self._timer = loop.call_at(max(loop.time(), self._asked_at + between), self._ask, steps)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hear(self, event: events.Event, _state: SessionState) -> None:
        match event:
            case events.Played():
                self._waiting = False
                self._take(event)
                self._next()
            case events.Ready() if not self.problem:
                self.begin()
            case events.Died():
                self._give_up(f"Python is gone: {cause_of_death(event)}. x begins the training again.")
            case events.Unavailable():
                self._give_up(f"There is no Python to train in: {event.reason}. x tries again.")
            case events.Broken():
                self._give_up("The tutor itself stumbled over this one. x begins the training again.")
            case events.Started() | events.Finished() | events.Loading():
                pass
            case _:
                return
        self._changed()

    def _take(self, event: events.Played) -> None:
        playing = event.playing
        if playing is None:
            self._give_up(f"That could not be run: {event.problem}")
            return
        if playing.run != self._run:
            return
        self.playing = playing
        self.data = playing.data or self.data
        if playing.sign is not None and playing.sign.kind == "diverged" and _is_lost(playing):
            self.running = False

    def _give_up(self, problem: str) -> None:
        self._waiting = False
        self.running = False
        self.problem = problem
        self._stop_timer()

    def restart(self) -> None:
        """Begin again after a worker was lost; ask for one where none is coming."""
        self.problem = ""
        if self._session.state.phase in (Phase.DEAD, Phase.UNAVAILABLE):
            self._session.restart(self._session.threads)
        self.begin()
        self._changed()


def _is_lost(playing: Playing) -> bool:
    """Not a number any more: no step leads back."""
    return playing.train_loss != playing.train_loss or playing.train_loss in (float("inf"), float("-inf"))

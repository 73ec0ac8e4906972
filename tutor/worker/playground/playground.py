"""Answers the playground's two questions between the learner's own runs."""

from __future__ import annotations

from tutor.protocol import commands, events
from tutor.protocol.playground import MOST_CELLS, Playing
from tutor.worker.boot import PRELOADED, preload
from tutor.worker.interrupts import Interrupts
from tutor.worker.limited import limited
from tutor.worker.playground.descending import Unusable, descend
from tutor.worker.playground.ground import Ground
from tutor.worker.playground.training import Training
from tutor.worker.probe.observer import Observer

_LONGEST = 2.0
"""Seconds that a typed function may take for all of its steps."""
_SLICE = 0.1
"""Seconds of training at most for one answer."""


class Playground:
    """At most one network at a time. Nothing of it is in the learner's namespace."""

    def __init__(self, observer: Observer, interrupts: Interrupts) -> None:
        self._observer = observer
        self._interrupts = interrupts
        self._ground = Ground()
        self._training: Training | None = None

    def play(self, command: commands.Play) -> events.Played:
        look = command.look
        if not (
            0 < look.columns * look.rows <= MOST_CELLS and 0 < look.tile_columns * look.tile_rows <= MOST_CELLS
        ):
            return events.Played(command.id, None, "a map of no size, or too large")
        try:
            with self._observer.paused(), self._ground.entered():
                return events.Played(command.id, self._played(command))
        except Exception as error:
            self._training = None
            return events.Played(command.id, None, f"{type(error).__name__}: {error}")

    def _played(self, command: commands.Play) -> Playing:
        training = self._training
        if training is None or training.run != command.run:
            training = self._training = Training(command.run, command.program)
        training.set_rate(command.rate)
        training.advance(command.steps, min(command.seconds, _SLICE))
        return training.look(command.look)

    def descend(self, command: commands.Descend) -> events.Descended:
        """What the learner typed is code of theirs: it can be stopped, and has a limit of time."""
        # What the first optimiser of a process imports may take longer than the function ever could.
        for module in PRELOADED:
            preload(module)
        found = []

        def go() -> None:
            found.append(descend(command.program, command.steps, command.low, command.high))

        try:
            with (
                self._observer.paused(),
                Ground().entered(),
                limited(self._interrupts, command.id, _LONGEST),
            ):
                self._interrupts.guard(command.id, go)
        except KeyboardInterrupt:
            return events.Descended(command.id, None, f"It took longer than {_LONGEST:.0f} seconds.")
        except Unusable as error:
            return events.Descended(command.id, None, str(error))
        except BaseException as error:
            return events.Descended(command.id, None, type(error).__name__)
        return events.Descended(command.id, found[0])

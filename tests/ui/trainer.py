"""A made-up worker for the playground."""

from __future__ import annotations

from typing import Any

from tests.fake import run_well
from tests.render.playground.played import descent, playing
from tutor.protocol import commands, events
from tutor.protocol.playground import Stretch


class Trainer:
    """Answers as the worker would: steps are counted, maps have the size that is asked for."""

    def __init__(self) -> None:
        self.steps = 0
        self.run = 0
        self.widths: tuple[int, ...] = (2, 4, 2)
        self.changes: dict[str, Any] = {}
        self.silent = False
        self.problem = ""

    def __call__(self, command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Descend):
            if self.problem:
                return [events.Descended(command.id, None, self.problem)]
            return [events.Descended(command.id, descent())]
        if not isinstance(command, commands.Play):
            return run_well(command)
        if self.silent:
            return []
        if command.run != self.run:
            self.run, self.steps = command.run, 0
        self.steps += min(command.steps, 40)
        made = playing(
            self.widths,
            command.look,
            run=command.run,
            step=self.steps,
            stretches=(Stretch(command.rate, self.steps),),
            **self.changes,
        )
        return [events.Played(command.id, made)]

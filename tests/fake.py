"""The one fake: a worker that answers as it is told to, in the same process."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tutor.protocol import commands, events
from tutor.protocol.devices import DeviceSnapshot

Answer = Callable[[commands.Command], list[events.Event]]

READY = events.Ready(1, 4242, "3.11.7", "/usr/bin/python3", "2.13.0")
DEVICES = DeviceSnapshot("2.13.0", 1, 2, (), "cpu", None)


class FakeClient:
    """Remembers commands. ``ready`` and ``tell`` make events; ``answer`` may make them for each command.

    Questions about what is being typed go to ``helper``: they come at any time.
    """

    def __init__(self, answer: Answer | None = None, *, ready: bool = True, helper: Answer | None = None) -> None:
        self.on_event: Callable[[events.Event], None] = lambda _event: None
        self.threads: int | None = 1
        self.commands: list[commands.Command] = []
        self.starts = 0
        self.closed = False
        self._answer = answer
        self._help = helper or no_help
        self._ready = ready

    def start(self) -> None:
        self.starts += 1
        if self._ready:
            asyncio.get_running_loop().call_soon(self.ready)

    def ready(self) -> None:
        """The worker has started."""
        self.tell(READY)
        self.tell(events.DevicesChanged(DEVICES))

    def tell(self, event: events.Event) -> None:
        self.on_event(event)

    def send(self, command: commands.Command) -> None:
        self.commands.append(command)
        asyncio.get_running_loop().call_soon(self._respond, command)

    def _respond(self, command: commands.Command) -> None:
        if isinstance(command, (commands.Complete, commands.Describe, commands.Align)):
            for event in self._help(command):
                self.tell(event)
        elif self._answer is not None:
            for event in self._answer(command):
                self.tell(event)

    def sent(self, kind: type[commands.Command]) -> list[commands.Command]:
        """Commands of one kind, in order."""
        return [command for command in self.commands if isinstance(command, kind)]

    def restart(self) -> None:
        self.start()

    def memory(self) -> int | None:
        return 123_000_000

    def close(self) -> None:
        self.closed = True


def no_help(command: commands.Command) -> list[events.Event]:
    """Nothing is known about what is being typed."""
    if isinstance(command, commands.Complete):
        return [events.Completed(command.id, command.cursor, command.cursor, (), 0)]
    if isinstance(command, commands.Describe):
        return [events.Described(command.id, None, command.full)]
    if isinstance(command, commands.Align):
        return [events.Aligned(command.id, (), 0)]
    return []


def run_well(command: commands.Command) -> list[events.Event]:
    """Every command that runs code starts and ends well, with the plainest answer there is."""
    number = command.id
    answer: list[events.Event]
    match command:
        case commands.Execute():
            answer = []
        case commands.Prepare():
            answer = [events.Prepared(number, (), (), "")]
        case commands.Predict():
            answer = [events.Predicted(number, "(3, 5)", "")]
        case commands.Check():
            answer = [events.Checked(number, (), "", "")]
        case _:
            return []
    return [events.Started(number), *answer, events.Finished(number, "ok", 0.001)]

"""What a pane may ask between two runs, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.protocol import commands, events
from tutor.worker.interrupts import Interrupts
from tutor.worker.playground.playground import Playground
from tutor.worker.probe.observer import Observer


class Looks:
    """Answers every command of the union :data:`~tutor.protocol.commands.Look`."""

    def __init__(self, observer: Observer, interrupts: Interrupts) -> None:
        self._observer = observer
        playground = Playground(observer, interrupts)
        self._by_kind: dict[type, Callable[[Any], events.Seen]] = {
            commands.Inspect: self._inspect,
            commands.LookAtModel: self._model,
            commands.Locate: self._locate,
            commands.Contrast: self._contrast,
            commands.LookAtGraph: self._graph,
            commands.LookAtLeaves: self._leaves,
            commands.Play: playground.play,
            commands.Descend: playground.descend,
        }

    def __contains__(self, command: commands.Command) -> bool:
        return type(command) in self._by_kind

    def answer(self, command: commands.Command) -> events.Seen:
        return self._by_kind[type(command)](command)

    def _inspect(self, command: commands.Inspect) -> events.Inspected:
        return events.Inspected(command.id, self._observer.detail(command))

    def _model(self, command: commands.LookAtModel) -> events.ModelSeen:
        return events.ModelSeen(command.id, *self._observer.model(command.path))

    def _locate(self, command: commands.Locate) -> events.Located:
        return events.Located(command.id, self._observer.storage(command.path))

    def _contrast(self, command: commands.Contrast) -> events.Contrasted:
        return events.Contrasted(command.id, self._observer.contrast(command.left, command.right))

    def _graph(self, command: commands.LookAtGraph) -> events.GraphSeen:
        return events.GraphSeen(command.id, *self._observer.graph(command.path, command.start))

    def _leaves(self, command: commands.LookAtLeaves) -> events.LeavesSeen:
        return events.LeavesSeen(command.id, self._observer.leaves())

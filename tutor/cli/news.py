"""What of an answer is new: ``tutor run`` asks after every cell, and tells only what it has not told."""

from __future__ import annotations

from dataclasses import replace

from tutor.protocol import events
from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.models import ModelSnapshot
from tutor.protocol.watches import WatchLine
from tutor.session.watches import follow


class News:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._watches: tuple[WatchLine, ...] = ()
        self._models: dict[str, ModelSnapshot] = {}

    def watches(self, event: events.Watched) -> list[WatchLine]:
        """The expressions whose value is not the one that was told, and those that have none for a new reason."""
        before = {line.row.expression: line.row for line in self._watches}
        self._watches = follow(self._watches, event)
        known = [(line, before.get(line.row.expression)) for line in self._watches]
        return [
            line
            for line, row in known
            if row is None or (row.status, row.type, row.mark) != (line.row.status, line.row.type, line.row.mark)
        ]

    def model(self, event: events.ModelSeen) -> ModelSnapshot | None:
        """The model, where something about its layers is new: not where only the cell or gradients are."""
        model = event.model
        if model is None:
            return None
        layers = tuple(replace(layer, gradient_bytes=0) for layer in model.layers)
        form = replace(model, layers=layers, cell=0)
        if self._models.get(model.path) == form:
            return None
        self._models[model.path] = form
        return model


def names_differ(storage: StorageSnapshot | None) -> bool:
    """Whether there is something to say about a storage: that several tensors lie on it."""
    return storage is not None and len(storage.tenants) > 1 and storage.itemsize > 0

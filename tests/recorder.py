"""Remembers what a session told, and waits for conditions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from tutor.protocol import events
from tutor.session.queue import Cell
from tutor.session.session import Session
from tutor.session.state import SessionState

E = TypeVar("E")


class Recorder:
    """Listens to one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.events: list[events.Event] = []
        self._changed = asyncio.Event()
        self.stop = session.subscribe(self._hear)

    def _hear(self, event: events.Event, _state: SessionState) -> None:
        self.events.append(event)
        self._changed.set()

    def of(self, kind: type[E]) -> list[E]:
        """Events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def output(self) -> str:
        """Everything printed, both streams."""
        return "".join(event.text for event in self.of(events.Output))

    async def until(self, condition: Callable[[], object], limit: float = 60.0) -> None:
        """Wait until ``condition()`` is true, looking after every event."""

        async def watch() -> None:
            while not condition():
                self._changed.clear()
                await self._changed.wait()

        await asyncio.wait_for(watch(), limit)

    async def begun(self, cell: Cell) -> None:
        """Wait until the cell's code runs."""
        await self.until(lambda: cell.id and self.session.state.running == cell.id)

    async def run(self, source: str, limit: float = 60.0) -> Cell:
        """Run a cell to its end."""
        cell = self.session.run(source)
        await asyncio.wait_for(cell.done.wait(), limit)
        return cell

    async def value(self, source: str) -> str:
        """What a cell displays."""
        count = len(self.of(events.Displayed))
        cell = await self.run(source)
        assert cell.status == "ok", self.of(events.Failed)[-1:]
        shown = self.of(events.Displayed)[count:]
        assert len(shown) == 1
        return shown[0].text

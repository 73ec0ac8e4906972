"""What waits for the worker, in order, and the one thing that it works at."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tutor.protocol import commands, events
from tutor.protocol.text import without_colour

_OUTPUT_KEPT = 100_000
"""Characters of a cell's output kept for `output` checks."""

_OUTPUTS_KEPT = 3
"""Cells whose output is kept: of a long session it would fill the memory."""


@dataclass(slots=True)
class Cell:
    """One piece of code the learner ran, or is waiting to run."""

    number: int
    source: str
    silent: bool = False
    id: int = 0
    """Id of its command once it was sent."""
    status: str = "queued"
    """``queued``, ``running``, then that of Finished, ``died`` with the worker or ``dropped`` before it ran."""
    seconds: float = 0.0
    output: str = ""
    displayed: str = ""
    """The value of its last expression, as text."""
    replayed: bool = False
    """Run again after its first worker was gone: what waits behind it is given up if it fails."""
    play: bool = False
    """Run in a copy of the session."""
    done: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def shown(self) -> str:
        """What it printed, then what it displayed."""
        return "\n".join(part for part in (self.output.rstrip("\n"), self.displayed) if part)


_DONE = asyncio.Event()
"""Of every cell that has ended: an event takes as much memory as the rest of the cell."""
_DONE.set()


@dataclass(slots=True)
class Job:
    """A command that is answered in its turn: a cell to run, or a question whose answer ``future`` waits for."""

    command: Callable[[int], commands.Command]
    cell: Cell | None = None
    future: asyncio.Future[events.Event | None] | None = None
    limit: float | None = None
    """Seconds after which it is interrupted."""

    def resolve(self, status: str, seconds: float = 0.0) -> None:
        """It is over; whoever waits for its end or its answer goes on."""
        if self.cell is not None:
            self.cell.status, self.cell.seconds = status, seconds
            self.cell.done.set()
            self.cell.done = _DONE
        if self.future is not None and not self.future.done():
            self.future.set_result(None)


class Queue:
    """Jobs in the order they were given; at most one is being worked at."""

    def __init__(self) -> None:
        self.waiting: deque[Job] = deque()
        self.held: deque[Job] = deque()
        """What the learner runs while ``holds`` is not 0."""
        self.holds = 0
        self.job: Job | None = None
        """What the worker works at."""
        self._recent: deque[Cell] = deque()

    def add(self, job: Job) -> None:
        held = self.holds and job.cell is not None and not job.cell.silent
        (self.held if held else self.waiting).append(job)

    def release(self) -> None:
        """End one hold; after the last what was held waits like the rest."""
        self.holds -= 1
        if not self.holds:
            self.waiting += self.held
            self.held.clear()

    def next(self) -> Job | None:
        """Begin the next one; None while another is not over, or if none waits."""
        if self.job is not None or not self.waiting:
            return None
        job = self.job = self.waiting.popleft()
        if job.cell is not None:
            self._recent.append(job.cell)
            while len(self._recent) > _OUTPUTS_KEPT:
                old = self._recent.popleft()
                old.output = old.displayed = ""
        return job

    def printed(self, output: events.Output) -> None:
        """Keep what the cell that runs prints."""
        cell = self.job.cell if self.job else None
        if cell is not None and output.stream == "stdout" and len(cell.output) < _OUTPUT_KEPT:
            cell.output += without_colour(output.text)

    def displayed(self, event: events.Displayed) -> None:
        """Keep the value of the cell that runs."""
        if self.job and self.job.cell is not None:
            self.job.cell.displayed = event.text[:_OUTPUT_KEPT]

    def answer(self, event: events.Event) -> None:
        """Hand an answer to whoever asked."""
        future = self.job.future if self.job else None
        if future is not None and not future.done():
            future.set_result(event)

    def end(self, status: str, seconds: float = 0.0) -> None:
        """What was worked at is over."""
        job, self.job = self.job, None
        if job is not None:
            job.resolve(status, seconds)

    def drop(self) -> None:
        """Give up whatever waits."""
        dropped = [*self.waiting, *self.held]
        self.waiting.clear()
        self.held.clear()
        for job in dropped:
            job.resolve("dropped")

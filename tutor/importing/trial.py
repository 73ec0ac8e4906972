"""Runs the cells of a tutorial in a worker, twice: do they run here, and do they show the same again?

The first time each cell runs once, in order. The second time they are taken as a learner's lesson is: what stands
before a step is run again aside as the step is entered. What does not do well both times is not run in the lesson.
That is in another process, with other addresses, another hash seed and another time of day: what shows one of them
does not show the same again.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from tutor.importing import offline
from tutor.importing.reasons import NEEDS_INPUT, why
from tutor.lesson.names import made, needed
from tutor.lesson.outputs import difference
from tutor.protocol import events
from tutor.session.client import ProcessClient
from tutor.session.queue import Cell
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState

LONGEST_OUTPUT = 6_000
"""Characters that a step can say it prints, as the lesson's model has it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. A lesson runs all its code again whenever a step is entered: together it must not take long."""

    cell: float = 10.0
    together: float = 10.0
    trying: float = 180.0
    proving: float = 240.0
    patience: float = 3.0
    """Given to code that was told to stop, before its process is ended."""


_USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one cell."""

    why: str = ""
    """Why it cannot be run in a lesson; empty where it can."""
    shown: str = ""
    """What it printed and displayed, if that is the same each time; else empty."""
    seconds: float = 0.0
    writes: tuple[str, ...] = ()
    """Names of the files it made."""


class CannotTry(Exception):
    """There is no Python to run anything; the message says why."""


Tell = Callable[[str], None]


async def tried(
    cells: list[str],
    *,
    python: str,
    setup: str = "",
    seed: int = 0,
    limits: Limits = _USUAL,
    tell: Tell = lambda _said: None,
) -> list[Outcome]:
    """One outcome for each of ``cells``. Raises CannotTry."""
    with tempfile.TemporaryDirectory(prefix="tutor-import-", ignore_cleanup_errors=True) as folder:
        async with _trial(python, folder, setup, seed, limits, turn=1) as trial:
            first = await trial.first(cells, tell)
        # What was written the first time is not there when a lesson begins.
        other = Path(folder) / "again"
        other.mkdir()
        async with _trial(python, str(other), setup, seed, limits, turn=2) as trial:
            return await trial.again(cells, first, tell)


@contextlib.asynccontextmanager
async def _trial(
    python: str, folder: str, setup: str, seed: int, limits: Limits, turn: int
) -> AsyncIterator[_Trial]:
    # A nursery of its own: workers forked from one have the same addresses and the same hashes.
    session = Session(ProcessClient(python, threads=1, environment=offline.environment(folder)))
    trial = _Trial(session, offline.code(folder, turn), Path(folder), setup, seed, limits)
    session.start()
    try:
        yield trial
    finally:
        session.close()


class _Trial:
    """One worker at a time, and what went well in it."""

    def __init__(
        self, session: Session, offline_code: str, folder: Path, setup: str, seed: int, limits: Limits
    ) -> None:
        self._session = session
        self._offline = offline_code
        self._folder = folder
        self._setup = setup
        self._seed = seed
        self._limits = limits
        self._kept: list[str] = []
        """Sources that a step after them may count on."""
        self._clean = False
        """Whether the worker holds what they leave, and nothing else."""
        self._failure: events.Failed | None = None
        self._asked = False
        self._died = ""
        session.subscribe(self._hear)

    def _hear(self, event: events.Event, state: SessionState) -> None:
        if isinstance(event, events.Failed):
            self._failure = event
        elif isinstance(event, events.Died):
            self._died = state.reason
        elif isinstance(event, events.InputRequested):
            self._asked = True
            asyncio.get_running_loop().call_soon(self._session.reply, None)

    async def first(self, cells: list[str], tell: Tell) -> list[Outcome]:
        """Run each once; what fails leaves nothing behind."""
        found: list[Outcome] = []
        lost: set[str] = set()
        spent, end = 0.0, time.monotonic() + self._limits.trying
        for number, source in enumerate(cells, 1):
            tell(f"trying cell {number} of {len(cells)}")
            if missing := _needed(source) & lost:
                found.append(_without(missing))
                lost |= _made(source) - self._made()
                continue
            if time.monotonic() > end:
                found.append(Outcome(f"not tried: the cells before it took {self._limits.trying:.0f} s"))
                continue
            files = self._files()
            outcome = await self._run(source, min(self._limits.cell, self._limits.together - spent))
            if not outcome.why:
                lost -= _made(source)
                spent += outcome.seconds
                outcome = replace(outcome, writes=tuple(sorted(self._files() - files)))
            else:
                lost |= _made(source) - self._made()
            found.append(outcome)
        return found

    async def again(self, cells: list[str], first: list[Outcome], tell: Tell) -> list[Outcome]:
        """Take those that went well as a lesson would be taken; the outcomes of both times, together."""
        found = list(first)
        last = -1
        lost: set[str] = set()
        end = time.monotonic() + self._limits.proving
        for number, source in enumerate(cells):
            if found[number].why:
                continue
            tell(f"proving cell {number + 1} of {len(cells)}")
            if time.monotonic() > end:
                found[number] = Outcome(f"not proved: the cells before it took {self._limits.proving:.0f} s")
                continue
            if not await self._entered():
                # What stood before went well, and not twice in one process.
                found[last] = Outcome("does not run a second time, as it must when a later step is entered")
                self._kept, self._clean = self._kept[:-1], False
                lost |= _made(cells[last]) - self._made()
            if missing := _needed(source) & lost:
                found[number] = _without(missing)
                continue
            outcome = await self._run(source, self._limits.cell)
            if outcome.why:
                found[number] = replace(outcome, why=f"ran once and not again: {outcome.why}")
                lost |= _made(source) - self._made()
                continue
            same = difference(found[number].shown, outcome.shown, exact=True) is None
            shown = outcome.shown if same and len(outcome.shown) <= LONGEST_OUTPUT else ""
            found[number] = replace(found[number], shown=shown)
            last = number
        return found

    def _made(self) -> set[str]:
        return set().union(_made(self._setup), *map(_made, self._kept))

    def _prelude(self) -> tuple[str, ...]:
        return tuple(source for source in (self._setup, *self._kept) if source.strip())

    async def _entered(self) -> bool:
        """Enter a step as a lesson does: everything before it runs again, aside. Whether that went well."""
        await self._ready()
        answer = await self._session.prepare(self._prelude(), "", self._seed)
        return answer is not None and not answer.problem

    async def _ready(self) -> None:
        """A worker that holds what the kept cells leave, and nothing of those that failed."""
        if self._clean:
            return
        if self._session.cells:
            self._session.restart(1)
        cell = self._session.run(self._offline, silent=True)
        await self._end(cell, 120.0)
        if cell.status != "ok":
            raise CannotTry(self._session.state.reason or "it did not start")
        await self._session.prepare(self._prelude(), "", self._seed)
        self._clean = True

    async def _run(self, source: str, limit: float) -> Outcome:
        """Run one cell after those that were kept, from the seed, and keep it if it goes well."""
        await self._ready()
        # With nothing to bring, this is the seed alone, as in a lesson.
        await self._session.prepare((), "", self._seed)
        self._failure, self._asked = None, False
        cell = self._session.run(source)
        in_time = await self._end(cell, limit)
        if cell.status == "ok" and not self._asked:
            self._kept.append(source)
            return Outcome("", cell.shown, cell.seconds)
        self._clean = False
        if self._asked:
            return Outcome(NEEDS_INPUT)
        if not in_time:
            return Outcome(self._too_long(limit))
        return Outcome(why(cell.status, self._failure, self._died))

    def _too_long(self, limit: float) -> str:
        if limit >= self._limits.cell:
            return f"takes too long: longer than {limit:.0f} s"
        return (
            f"takes too long: all cells together have {self._limits.together:.0f} s, and {limit:.0f} s were left"
        )

    async def _end(self, cell: Cell, limit: float) -> bool:
        """Wait for the end of a cell, or bring it about; whether it came by itself."""
        done = cell.done
        for seconds, what in ((max(limit, 0.1), self._session.interrupt), (self._limits.patience, None)):
            try:
                await asyncio.wait_for(self._over(done), seconds)
            except asyncio.TimeoutError:
                if what is not None:
                    what()
            else:
                return what is not None
        self._session.restart(1)
        return False

    async def _over(self, done: asyncio.Event) -> None:
        while not done.is_set():
            if self._session.state.phase is Phase.UNAVAILABLE:
                raise CannotTry(self._session.state.reason)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(done.wait(), 0.5)

    def _files(self) -> set[str]:
        return {path.name for path in self._folder.iterdir()}


def _needed(source: str) -> set[str]:
    try:
        return needed(source)
    except (SyntaxError, ValueError, RecursionError):
        return set()


def _made(source: str) -> set[str]:
    try:
        return made(source)
    except (SyntaxError, ValueError, RecursionError):
        return set()


def _without(names: set[str]) -> Outcome:
    return Outcome(f"needs {_listed(names)}, which a cell makes that cannot run")


def _listed(names: set[str]) -> str:
    listed = [f"`{name}`" for name in sorted(names)[:3]]
    return ", ".join(listed) + (f" and {len(names) - 3} more" if len(names) > 3 else "")

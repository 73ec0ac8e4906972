"""One worker that is made to do what a learner would do, again and again, each time as if for the first time."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from tutor.lesson.model import Explore, Judged, Lesson, Predict
from tutor.lesson.needs import needed_prelude
from tutor.lesson.state import prelude, setup_of, targets
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckResult
from tutor.session.client import ProcessClient
from tutor.session.referee import devices_of
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState
from tutor.session.steps import LIMIT, check_request, patience

T = TypeVar("T")

_GRACE = 3.0
"""Seconds that code which is told to stop may take to do so, before its process is ended."""

_START = 180.0
"""Seconds a worker may take to come: the first one waits for torch."""


class NoWorker(Exception):
    """No interpreter with torch can be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Ran:
    """How running a piece of code ended."""

    status: str = "ok"
    """``ok``, ``error``, ``timeout``, ``died``, ``exit``."""
    said: str = ""
    """What it raised, or what else became of it."""
    output: str = ""
    seconds: float = 0.0
    shown: str = ""
    """What it printed and displayed."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of some code at a step."""

    status: str
    """``pass``, ``fail``, ``broken`` (a check), ``setup`` or ``fault`` (the lesson's own code), ``lost``, ``died``
    (without a verdict, because it took too long or ended Python)."""
    said: str = ""
    """Why, in words."""
    ran: Ran = Ran()
    mistake: str = ""
    """The words for a mistake that was foreseen."""
    check: int | None = None
    """The check that is broken, from 0."""
    afresh: bool = False
    """Right only once it was run again by itself, after the set-up."""
    seconds: float = 0.0
    """What judging it took."""


@dataclass(slots=True)
class _Heard:
    error: str = ""
    died: str = ""
    """How Python ended, if it did."""
    gone: asyncio.Future[str] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Prover:
    """A session, and the verbs of a learner in it."""

    def __init__(
        self, python: str, threads: int = 1, *, longest: float = 2 * LIMIT, preloaded: bool = False
    ) -> None:
        """``longest``: seconds that a learner's code may run before it is taken for endless.

        ``preloaded``: see :class:`~tutor.session.client.ProcessClient`; worth it where many claims train.
        """
        # Workers end without Python's own farewell, and there are hundreds of them: what they leave goes with us.
        self._left = tempfile.TemporaryDirectory(prefix="tutor-lint-", ignore_cleanup_errors=True)
        place = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), self._left.name)
        client = ProcessClient(python, threads=threads, preloaded=preloaded, environment=place)
        self._session = Session(client)
        self._threads = threads
        self._longest = longest
        self._heard = _Heard()
        self._session.subscribe(self._hear)
        self._begun = self._used = False
        self.torch = ""
        """Its version, once it has started."""
        self.devices: tuple[str, ...] = ()
        """Accelerators that are here."""

    def begin(self) -> None:
        """Have the first worker made, and wait for nothing."""
        if not self._begun:
            self._begun = True
            self._session.start()

    async def start(self) -> None:
        """Wait for the first worker, if it is not there yet. Raises NoWorker."""
        if self.torch:
            return
        self.begin()
        await self._prepared((), "", 0, anew=True)
        ready = self._session.state.ready
        if ready is None or ready.torch is None:
            why = ready.problem if ready is not None else self._session.state.reason
            raise NoWorker(f"lessons are proved by running them, and this Python has no torch: {why}")
        self.torch = ready.torch
        self.devices = devices_of(self._session)

    def close(self) -> None:
        self._session.close()
        self._left.cleanup()

    def renew(self) -> None:
        """The next thing begins in a new process."""
        if self._used:
            self._session.restart(self._threads)
            self._used = False

    # What a learner does

    async def enter(self, lesson: Lesson, index: int, *, anew: bool = False, only_for: str | None = None) -> str:
        """Come to a step, with ``anew`` as if for the first time. What is wrong with the set-up, or nothing.

        ``only_for`` is code: of the steps before, only those are there that it, or the step, depends on.
        """
        step = lesson.steps[index]
        fresh = targets(step) if isinstance(step, (Judged, Explore)) else ()
        before = prelude(lesson, index) if only_for is None else needed_prelude(lesson, index, (only_for,))
        return await self._prepared(before, setup_of(step), lesson.seed, fresh, anew=anew)

    async def run(self, code: str, *, after: float | None = None, silent: bool = False) -> Ran:
        """Run code at the prompt, until it is taken for endless.

        ``after`` is what right code takes, in seconds: wrong code is not waited for much longer than that.
        """
        limit = self._longest if after is None else min(self._longest, 2.0 + 5 * after)
        self._used = True
        self._heard.error = ""
        cell = self._session.run(code, silent=silent)
        if await self._within(cell.done.wait(), limit) is None:
            self._session.interrupt()
            if await self._within(cell.done.wait(), _GRACE) is None:
                self._session.restart(self._threads)
            return Ran("timeout", f"it did not end within {limit:g} s", "", limit)
        words = {"died": "it ended Python itself", "exit": "it left Python", "dropped": "it was never run"}
        said = self._heard.error or words.get(cell.status, "")
        return Ran(cell.status, said, cell.output, cell.seconds, cell.shown)

    async def judge(
        self, lesson: Lesson, index: int, code: str, ran: Ran, *, mistakes: bool, asked: bool = True
    ) -> Outcome:
        """What the judge says of a learner who ran ``code``, with which it ended as ``ran`` says.

        Without ``mistakes`` nobody looks for the words of a mistake that was foreseen; that is cheaper.
        """
        step = lesson.steps[index]
        cells = (code,) if ran.status == "ok" and code.strip() else ()
        request = check_request(lesson, index, step, ran.output, cells, asked=asked)
        if not mistakes:
            request = replace(request, mistakes=())
        return await self._judged(request, patience(step), ran)

    async def predict(self, lesson: Lesson, index: int) -> tuple[str, str]:
        """The true answer to a prediction, and what is wrong with it."""
        step = lesson.steps[index]
        assert isinstance(step, Predict)  # noqa: S101 - whoever asks knows
        self._used = True
        answer = await self._within(
            self._session.predict(
                needed_prelude(lesson, index), step.setup, step.code, step.ask, lesson.seed, 2 * LIMIT + _GRACE
            ),
            4 * LIMIT,
        )
        if answer is None:
            self._session.restart(self._threads)
            return "", "its code could not be run to its end"
        return answer.answer, answer.problem

    async def _prepared(
        self, sources: tuple[str, ...], setup: str, seed: int, fresh: tuple[str, ...] = (), *, anew: bool = False
    ) -> str:
        self._used = self._used or bool(sources or setup)
        limit = _START if self._session.state.phase is Phase.LOADING else 3 * LIMIT
        asked = self._session.prepare(sources, setup, seed, fresh, anew=anew)
        prepared = await self._within(asked, limit)
        if prepared is None:
            self._session.restart(self._threads)
            return "the lesson's own code did not come to its end"
        return prepared.problem

    async def _judged(self, request: commands.Check, limit: float, ran: Ran) -> Outcome:
        began = asyncio.get_running_loop().time()
        self._heard.died = ""
        checked = await self._within(self._session.check(request, limit), limit + _GRACE)
        seconds = asyncio.get_running_loop().time() - began
        if checked is None:
            died = self._heard.died
            self._session.restart(self._threads)
            late = f"judging it did not come to an end within {limit:g} s"
            return Outcome("died" if died else "lost", f"judging it ended Python: {died}" if died else late, ran)
        status, said, check = _summed(checked)
        return Outcome(status, said, ran, checked.mistake, check, bool(checked.alone), seconds)

    async def _within(self, work: Awaitable[T], limit: float) -> T | None:
        """What ``work`` gives; None when it takes too long. Raises NoWorker when there is nobody to do it."""
        task = asyncio.ensure_future(work)
        try:
            awaited: set[asyncio.Future[Any]] = {task, self._heard.gone}
            await asyncio.wait(awaited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if self._heard.gone.done():
                raise NoWorker(self._heard.gone.result())
            return task.result() if task.done() else None
        finally:
            task.cancel()

    def _hear(self, event: events.Event, state: SessionState) -> None:
        if isinstance(event, events.Failed) and event.chain:
            last = event.chain[-1]
            self._heard.error = f"{last.type}: {last.message}".rstrip(": ")
        elif isinstance(event, events.Died):
            self._heard.died = state.reason or "it is not said how"
        elif isinstance(event, events.InputRequested):
            asyncio.get_running_loop().call_soon(self._session.reply, None)
        elif isinstance(event, events.Unavailable) and not self._heard.gone.done():
            self._heard.gone.set_result(f"no Python to run lessons with: {event.reason}")


def _summed(checked: events.Checked) -> tuple[str, str, int | None]:
    """Status, words, and the number of the check that is broken."""
    if checked.problem:
        return "fault", checked.problem, None
    if not checked.results:
        return "lost", "nothing was judged", None
    for number, result in enumerate(checked.results):
        if result.status == "broken":
            return "broken", f"“{result.label}”: {result.message}", number
    failed = next((result for result in checked.results if result.status != "pass"), None)
    return ("pass", "", None) if failed is None else ("fail", _words(failed), None)


def _words(result: CheckResult) -> str:
    return f"“{result.label}”: {result.message}" if result.message else f"“{result.label}”"

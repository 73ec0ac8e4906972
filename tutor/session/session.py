"""The verbs a UI may say, and the queue behind them.

A session outlives its workers: when one dies another is asked for at once, and whoever listens hears of
both. Code given while the worker loads or works waits its turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from tutor.protocol import commands, events
from tutor.protocol.snapshots import TensorDetail
from tutor.session import runs, travel
from tutor.session.assistant import Answer as Told
from tutor.session.assistant import Assistant
from tutor.session.client import Client
from tutor.session.queue import Cell, Job, Queue
from tutor.session.state import Phase, SessionState, answered, apply

_DEATHS_IN_A_ROW = 3
"""A worker that dies this often before it is ready is not asked for again by itself."""

_ALIVE = (Phase.READY, Phase.RUNNING, Phase.WAITING)
"""Phases in which there is a worker that can be asked something."""

_ANSWERS: dict[type[commands.Look], type[events.Seen]] = {
    commands.Inspect: events.Inspected,
    commands.LookAtModel: events.ModelSeen,
    commands.Locate: events.Located,
    commands.Contrast: events.Contrasted,
    commands.LookAtGraph: events.GraphSeen,
    commands.LookAtLeaves: events.LeavesSeen,
    commands.Play: events.Played,
    commands.Descend: events.Descended,
}

Listener = Callable[[events.Event, SessionState], None]
Answer = TypeVar("Answer", events.Prepared, events.Predicted, events.Checked, events.FreePlayed)


def _may_run_again(cell: Cell) -> bool:
    """It did well, or its turn never came when it was run again; never one that ended its worker, or play."""
    if cell.play:
        return False
    return cell.status == "ok" or (cell.replayed and cell.status == "dropped")


class Session:
    """One learner at work. Everything here runs in one asyncio loop."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._client.on_event = self._on_event
        self._listeners: list[Listener] = []
        self._queue = Queue()
        self._next_id = 1
        self._failed_starts = 0
        self._looks: dict[type[events.Seen], int] = {}
        self.state = SessionState()
        self.travel = travel.Travel()
        self._changed: tuple[TensorDetail, ...] = ()
        self.cells: list[Cell] = []
        self.next_number = 1
        """The number of the learner's next cell."""
        self._past: list[Cell] = []
        self.assistant = Assistant(client.send, lambda: self.state.phase in _ALIVE)
        self.size = (0, 0)
        """Columns and lines there are for output, as code that asks is told; 0 where that is not known."""

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` after every event; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def start(self) -> None:
        self._client.start()

    def close(self) -> None:
        self._queue.drop()
        self._client.close()

    @property
    def queued(self) -> list[Cell]:
        """Cells that wait for their turn."""
        waiting = [*self._queue.waiting, *self._queue.held]
        return [job.cell for job in waiting if job.cell is not None and not job.cell.silent]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """What the learner runs meanwhile waits until it is over: the variables it counts on are being made."""
        self._queue.holds += 1
        try:
            yield
        finally:
            self._queue.release()
            self._pump()

    @property
    def current(self) -> Cell | None:
        """The cell that runs now."""
        return self._queue.job.cell if self._queue.job else None

    def memory(self) -> int | None:
        """Resident bytes of the worker."""
        return self._client.memory()

    def run(self, source: str, *, silent: bool = False, name: str = "", replayed: bool = False) -> Cell:
        """Run code in the learner's namespace, after whatever was given before."""
        number = 0 if silent else self.next_number
        self.next_number += not silent
        cell = Cell(number, source, silent, replayed=replayed)
        self.cells.append(cell)
        label = name or f"<cell {number}>"
        self._enqueue(Job(lambda id_: commands.Execute(id_, source, label, silent, number, *self.size), cell))
        return cell

    def interrupt(self) -> bool:
        """Ask the running code to stop, and forget what waits behind it. False when nothing runs."""
        self._queue.drop()
        if self._queue.job is None or not self.state.running:
            return False
        self._client.send(commands.Interrupt(self.state.running))
        return True

    def reply(self, text: str | None) -> None:
        """Answer the question of ``input()``; None is end of file."""
        question = self.state.question
        if question is not None:
            self.state = answered(self.state)
            self._client.send(commands.Reply(question.id, text))
            self._tell(events.Started(question.id))

    def replayable(self) -> tuple[list[Cell], float]:
        """Cells that ended well in workers that are gone, and the seconds they took."""
        return list(self._past), sum(cell.seconds for cell in self._past)

    def replay(self) -> int:
        """Run those cells again, in order, up to the first that fails; gives how many there are."""
        past, self._past = self._past, []
        for cell in past:
            self.run(cell.source, replayed=True)
        return len(past)

    def _bury(self) -> None:
        """The namespace is gone, and what made it can be run again."""
        self._past += [cell for cell in self.cells if not cell.silent and _may_run_again(cell)]
        self.cells = []
        self.next_number = 1
        self.travel = travel.Travel()

    @property
    def threads(self) -> int | None:
        """CPU threads inside one torch operation; None is torch's own default."""
        return self._client.threads

    def restart(self, threads: int | None) -> None:
        """A new worker with an empty namespace; what ran or waited is given up."""
        self._client.threads = threads
        self._queue.drop()
        self._queue.end("died")
        self._bury()
        self._failed_starts = 0
        self.state = SessionState(
            stage="worker",
            devices=self.state.devices,
            watching=self.state.watching,
            runs=runs.gone(self.state.runs),
        )
        self._client.restart()
        self._tell(events.Loading("worker"))

    @property
    def view(self) -> SessionState:
        """What the panes show: how things are now, or were after the run the person went back to."""
        return self.travel.shown or self.state

    def go_back(self, runs: int) -> bool:
        """Show how things were so many runs earlier (negative: later). False when there is no such moment."""
        there = travel.go(self.travel, runs)
        moved, self.travel = there.back != self.travel.back, there
        return moved

    def look(self, look: commands.Look) -> None:
        """Ask for what a pane shows; the answer follows, at once or when the running code ends.

        ``look.id`` is set here. Of two looks of one kind only the later one's answer is told. About a past
        moment nobody is asked: what was kept is the answer.
        """
        if self.travel.back:
            if isinstance(look, commands.Inspect):
                self.travel = travel.recall(self.travel, look.path)
                self._tell(events.Inspected(0, self.view.detail))
            return
        self.ask(look)

    def ask(self, look: commands.Look) -> None:
        """The same about what has no past: the playground."""
        number = self._take_id()
        self._looks[_ANSWERS[type(look)]] = number
        self._client.send(replace(look, id=number))

    def steer(self, wish: str, rate: float = 0.0) -> bool:
        """Hold, step or change the training loop that runs (:class:`commands.Steer`). False when nothing runs."""
        if not self.state.running:
            return False
        self._client.send(commands.Steer(self.state.running, wish, rate))
        return True

    def choose_layer(self, path: str) -> None:
        """Have the histogram of this layer taken in the loop that runs (:class:`commands.ChooseLayer`)."""
        if self.state.running:
            self._client.send(commands.ChooseLayer(self.state.running, path))

    def rename_run(self, number: int, name: str) -> None:
        """Call a training run that is kept by another name."""
        self.state = replace(self.state, runs=runs.rename(self.state.runs, number, name))

    def watch(self, expression: str, keep: bool = True) -> None:
        """Evaluate ``expression`` after each run from now on, or no longer; an empty one not to be kept is all."""
        self.state = apply(self.state, events.WatchAsked(0, expression, keep))
        self._send_watches()
        self._tell(events.WatchAsked(0, expression, keep))

    def _send_watches(self) -> None:
        if self.state.phase in _ALIVE:
            self._client.send(commands.Watch(self._take_id(), self.state.watching))

    async def prepare(
        self,
        prelude: tuple[str, ...],
        setup: str,
        seed: int,
        fresh: tuple[str, ...] = (),
        *,
        anew: bool = False,
    ) -> events.Prepared | None:
        """None when the worker died or the set-up was interrupted; so for the verbs below."""
        return await self._ask(
            events.Prepared, lambda number: commands.Prepare(number, prelude, setup, seed, fresh, anew=anew)
        )

    async def predict(
        self, prelude: tuple[str, ...], setup: str, code: str, ask: str, seed: int, limit: float
    ) -> events.Predicted | None:
        return await self._ask(
            events.Predicted, lambda number: commands.Predict(number, prelude, setup, code, ask, seed), limit
        )

    async def check(self, request: commands.Check, limit: float) -> events.Checked | None:
        """Judge; ``limit`` in seconds, after which the judging is interrupted."""

        return await self._ask(events.Checked, lambda number: replace(request, id=number), limit)

    async def free_play(self, verb: str, bring: tuple[str, ...] = ()) -> events.FreePlayed | None:
        """Play in a copy, or go back: see :class:`~tutor.protocol.commands.FreePlay`."""
        return await self._ask(events.FreePlayed, lambda number: commands.FreePlay(number, verb, bring))

    async def _ask(
        self, kind: type[Answer], command: Callable[[int], commands.Command], limit: float | None = None
    ) -> Answer | None:
        future: asyncio.Future[events.Event | None] = asyncio.get_running_loop().create_future()
        self._enqueue(Job(command, future=future, limit=limit))
        answer = await future
        return answer if isinstance(answer, kind) else None

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _enqueue(self, job: Job) -> None:
        self._queue.add(job)
        self._pump()

    def _pump(self) -> None:
        if self.state.phase is not Phase.READY or (job := self._queue.next()) is None:
            return
        number = self._take_id()
        if job.cell is not None:
            job.cell.id, job.cell.status = number, "running"
            job.cell.play = self.state.playing
        self._client.send(job.command(number))
        if job.limit is not None:
            asyncio.get_running_loop().call_later(job.limit, self._overdue, number)

    def _overdue(self, number: int) -> None:
        if self.state.running == number:
            self._client.send(commands.Interrupt(number))

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Seen) and event.id != self._looks.get(type(event)):
            return
        if isinstance(event, Told) and not self.assistant.wants(event):
            return
        self.state = apply(self.state, event)
        if isinstance(event, (events.TrainingChanged, events.TrainingMoved)) and self.state.training is not None:
            kept = runs.follow(self.state.runs, self.state.training)
            self.state = replace(self.state, runs=kept)
        self._remember(event)
        self._account(event)
        self._tell(event)
        if isinstance(event, events.Died):
            self._replace_worker()
        self._pump()

    def _remember(self, event: events.Event) -> None:
        """What can be gone back to."""
        match event:
            case events.Started():
                self.travel = travel.now(self.travel)
                self._changed = ()
            case events.NamespaceChanged():
                self._changed = event.details
            case events.Inspected() | events.ModelSeen() if not self.state.running:
                self.travel = travel.amend(self.travel, self.state)
            case events.Finished() if self.current and not self.current.silent:
                self.travel = travel.record(self.travel, self.current.number, self.state, self._changed)
            case _:
                pass

    def _account(self, event: events.Event) -> None:
        match event:
            case events.Ready():
                self._failed_starts = 0
                self.assistant.reset()
                if self.state.watching:
                    self._send_watches()
            case events.WatchAsked():
                self._send_watches()
            case events.Output():
                self._queue.printed(event)
            case events.Displayed():
                self._queue.displayed(event)
            case events.Prepared() | events.Predicted() | events.Checked() | events.FreePlayed():
                self._queue.answer(event)
            case events.Finished():
                if self.current and self.current.replayed and event.status != "ok":
                    self._queue.drop()
                self._queue.end(event.status, event.seconds)
            case events.Died() | events.Unavailable():
                self._queue.end("died")
                self._bury()
            case _:
                pass

    def _replace_worker(self) -> None:
        # What waited was written for a namespace that is gone.
        self._queue.drop()
        self._failed_starts += 1
        if self._failed_starts < _DEATHS_IN_A_ROW:
            self._client.start()

    def _tell(self, event: events.Event) -> None:
        for listener in tuple(self._listeners):
            listener(event, self.state)

"""Free play: a copy of the session to try things in, of which nothing counts but what is brought back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tutor.lesson.model import Lesson
from tutor.progress import Progress
from tutor.protocol.freeplay import PlayName
from tutor.session.queue import Cell
from tutor.session.resuming import Resuming
from tutor.session.session import Session
from tutor.texts import _, mark, retold

_TOO_MUCH = mark("Your tensors hold {need} GB, too much to copy: {room} GB are free.")
"""What the worker says where it makes no copy."""
_QUICK = 2.0
"""Seconds of code that is run again without asking, to have in the copy what cannot be copied."""


@dataclass(frozen=True, slots=True)
class Begun:
    """How free play began."""

    problem: str = ""
    """Why it did not; empty when it did."""
    missing: tuple[PlayName, ...] = ()
    """What is not in the copy, and why."""
    again: bool = False
    """The copy was made by running all code again."""


class Playing(Resuming):
    """Lets the learner leave the lesson's variables for a copy of them, and come back."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        super().__init__(lesson, progress, session, on_change)
        self._played: list[Cell] = []
        self._made_again = False

    @property
    def playing(self) -> bool:
        """Whether what is run has only a copy of the lesson's variables."""
        return self._session.state.playing

    async def begin_play(self) -> Begun:
        """Put the lesson's variables away, and go on with a copy of them."""
        with self._session.holding():
            return await self._copy()

    async def _copy(self) -> Begun:
        ran = list(self._session.cells)
        answer = await self._session.free_play("copy")
        if answer is None or answer.problem:
            stopped = _("Copying your variables was stopped.")
            return Begun(stopped if answer is None else retold(answer.problem, _TOO_MUCH))
        self._played, self._made_again = [], False
        missing = answer.names
        if missing and _can_run_again(ran):
            self._made_again = await self._session.free_play("empty") is not None
            if self._made_again:
                await self._do_again(self._journal())
                missing = ()
        self._on_change()
        return Begun(missing=missing, again=self._made_again)

    def play_finished(self, cell: Cell) -> None:
        """The learner ran something in free play: it is kept only if something is brought back."""
        if cell.status in ("ok", "error"):
            self._played.append(cell)

    async def played_names(self) -> tuple[PlayName, ...]:
        """What the play made or changed."""
        answer = await self._session.free_play("names")
        return answer.names if answer is not None else ()

    async def end_play(self, bring: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Back to the lesson's variables, as they were but for the names to bring; those that were brought."""
        answer = await self._session.free_play("leave", bring)
        brought = tuple(name.name for name in answer.names) if answer is not None else ()
        if brought:
            step = self.view.step.id
            self._progress.mark(self.lesson.id, step, "play again" if self._made_again else "play")
            for cell in self._played:
                self._progress.add_cell(self.lesson.id, step, cell.source, "played")
            self._progress.add_cell(self.lesson.id, step, ", ".join(brought), "brought")
        self._played = []
        self._on_change()
        return brought


def _can_run_again(cells: list[Cell]) -> bool:
    """Whether it is quick, asks nobody, and makes what it made: a loop that was stopped would not stop there."""
    ended = all(cell.status in ("ok", "error") for cell in cells)
    return ended and sum(cell.seconds for cell in cells) < _QUICK and not any("input(" in c.source for c in cells)

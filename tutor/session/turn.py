"""One step at a time: what there is to see of it, and what is remembered of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from tutor.lesson.model import Lesson
from tutor.progress import Progress
from tutor.progress.answers import own_answer
from tutor.session.session import Session
from tutor.session.steps import StepView
from tutor.texts import _


class Turn:
    """The current step of a lesson. ``on_change`` is called after every change of ``view``."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        self.lesson = lesson
        """As this machine takes it: with the twins of steps that need a device it lacks."""
        self._progress = progress
        self._session = session
        self._on_change = on_change
        self._since = monotonic()
        self.view = StepView(lesson.steps[0], 0, len(lesson.steps), "open")

    @property
    def done(self) -> int:
        """Steps that are behind the learner."""
        statuses = self._progress.steps(self.lesson.id)
        return sum(1 for step in self.lesson.steps if (s := statuses.get(step.id)) and s.status != "seen")

    def status_of(self, index: int) -> str:
        """``open``, ``done`` or ``shown``."""
        state = self._progress.steps(self.lesson.id).get(self.lesson.steps[index].id)
        return "open" if state is None or state.status == "seen" else state.status

    def _accepted(self, index: int) -> str:
        """The learner's own code that was right at a step; empty where there is none."""
        state = self._progress.steps(self.lesson.id).get(self.lesson.steps[index].id)
        return state.accepted if state is not None and state.status == "done" else ""

    @property
    def _without_torch(self) -> str:
        """What to do about a Python that has no torch; empty where it has."""
        ready = self._session.state.ready
        if ready is None or ready.torch is not None:
            return ""
        return _(
            "This Python has no torch, so nothing can be run or judged. Install it with "
            "`{command}`, then open the lesson again."
        ).format(command=f"{ready.executable} -m pip install torch")

    # What is kept

    @property
    def bookmarked(self) -> frozenset[str]:
        """Ids of the steps with a bookmark."""
        return frozenset(mark.step for mark in self._progress.bookmarks() if mark.lesson == self.lesson.id)

    def toggle_bookmark(self) -> bool:
        """Set or take away the bookmark of the step; whether there is one now."""
        there = self._progress.toggle_bookmark(self.lesson.id, self.view.step.id)
        self._on_change()
        return there

    def _record(self, answer: str, verdict: str) -> int:
        """Keep an attempt, with the time it took; how many there have been at this step."""
        now = monotonic()
        seconds, self._since = now - self._since, now
        return self._progress.record_attempt(self.lesson.id, self.view.step.id, answer, verdict, seconds)

    def _own_answer(self, alone: str = "") -> str:
        """The learner's code at this step so far, or of ``alone``, where only that counts."""
        if alone:
            return own_answer([alone])
        step = self.view.step.id
        cells = self._progress.cells(self.lesson.id)
        return own_answer(cell.source for cell in cells if cell.step_id == step and cell.status == "ok")

    def _complete(self, status: str, accepted: str | None = None) -> None:
        """``accepted`` is the learner's code that was right; None is all they ran at the step."""
        if self.view.status == "open":
            self._progress.complete_step(self.lesson.id, self.view.step.id, status, accepted)
            self._set(status=status, own=self._accepted(self.view.index))

    # The view

    def _say(self, message: str, mood: str) -> None:
        self._set(message=message, mood=mood, said=self.view.said + 1, recalled=False)

    def _set(self, **changes: object) -> None:
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]
        self._on_change()

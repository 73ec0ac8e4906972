"""Leads a learner through one lesson: which step, what state it needs, what counts as done.

Knows the lesson, the progress file and the session, and nothing of how any of it looks: what there is to
see is one frozen :class:`StepView`, replaced whenever something changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from tutor.lesson.model import Choice, Explore, Judged, Lesson, Parsons, Predict, Read, Run
from tutor.lesson.state import fitted, result_of, solution_of, starter_of
from tutor.progress import Progress
from tutor.session.playing import Playing
from tutor.session.queue import Cell
from tutor.session.referee import devices_of
from tutor.session.refusal import Refusal
from tutor.session.session import Session
from tutor.session.steps import (
    Answer,
    StepView,
    mixed_lines,
    ran_words,
    shuffled,
    what_is_missing,
)
from tutor.texts import _


class Player(Playing):
    """One lesson being taken. ``on_change`` is called after every change of ``view``."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        super().__init__(lesson, progress, session, on_change)
        self._whole = lesson
        self._asked_solution = self._told_goal = False
        self._afresh = False
        """Whether the step that is entered next is the first in a new Python."""

    async def open(self, step: str | None = None) -> int:
        """Begin, or go on where the learner stopped: the same step, the same variables.

        Returns how many of the learner's cells ran again.
        """
        wanted = step or self._progress.resume(self.lesson.id)
        index = next((n for n, s in enumerate(self.lesson.steps) if s.id == wanted), 0)
        self.view = StepView(
            self.lesson.steps[index], index, len(self.lesson.steps), self.status_of(index), busy=_("getting ready")
        )
        self._on_change()
        with self._session.holding():
            ran, whole = await self._rebuild(index) if step is None else (0, False)
            self._afresh = step is not None
            await self.enter(index, as_it_was=whole)
        return ran

    async def revive(self) -> None:
        """After a new worker: the state the current step needs, made by the lesson alone."""
        await self._prepare(self.view.index, afresh=True)

    def forget(self) -> None:
        """The learner asked for a fresh start: what ran so far is not to run again when the lesson is reopened."""
        self._progress.forget_cells(self.lesson.id)

    async def enter(self, index: int, *, as_it_was: bool = False) -> None:
        """Show a step and make sure that what it needs is there, or (``as_it_was``) leave all variables alone."""
        self._fit()
        step = self.lesson.steps[index]
        self._asked_solution = self._told_goal = False
        self._answers = ()
        self._since = monotonic()
        self._truth = ""
        self._submitted = None
        self._progress.enter_step(self.lesson.id, step.id)
        self.refusal = None
        status, own = self.status_of(index), self._accepted(index)
        self.view = StepView(step, index, len(self.lesson.steps), status, busy=_("preparing"), own=own)
        self._on_change()
        if not as_it_was:
            afresh, self._afresh = self._afresh, False
            await self._prepare(index, afresh=afresh)
        if self.view.index != index:
            return
        if self._fit() and self.lesson.steps[index] is not step:
            # Only a worker knows the devices of this machine, and the first one has just come.
            await self.enter(index)
            return
        if self._without_torch:
            self._set(busy="", message=self._without_torch, mood="bad")
            return
        await self._pose(index)
        if self.view.index == index:
            self._set(busy="")

    def _fit(self) -> bool:
        """Take the lesson as this machine can; True if that is another one than before."""
        before, self.lesson = self.lesson, fitted(self._whole, devices_of(self._session))
        return self.lesson is not before

    async def _pose(self, index: int) -> None:
        """What there is to answer."""
        step = self.view.step
        key = f"{self.lesson.id}#{step.id}"
        if isinstance(step, Predict):
            await self._predict(step, index)
        elif isinstance(step, Choice):
            self._answers = shuffled([Answer(o.text, o.feedback, o.correct) for o in step.options], key)
            self._offer()
        elif isinstance(step, (Judged, Explore)):
            if isinstance(step, Parsons):
                self._set(lines=mixed_lines(step, key))
            await self._check(index, entering=True)

    async def next(self) -> bool:
        """Go on if the step is done, check it if it can be; True when the lesson is over."""
        step = self.view.step
        if isinstance(step, Explore) and self._falls_short and not self._told_goal:
            self._told_goal = True
            self._say(_("The goal is not reached yet. Play on, or go on all the same: F8 again."), "info")
            return False
        if isinstance(step, (Read, Explore)):
            # Going on is enough; nothing that was run was judged.
            self._complete("done", "")
        if self._without_torch and self.view.status == "open":
            self._say(self._without_torch, "bad")
            return False
        if isinstance(step, Parsons) and not self.view.lines:
            self._say(_("One moment: the lines are on their way."), "info")
            return False
        if isinstance(step, Judged) and self.view.status == "open":
            # Success stops here: the lesson's own solution is worth a look.
            await self._attempt()
            return False
        if self.view.status == "open":
            # Whoever chose a wrong answer reads why, and that they may choose again.
            if self.view.chosen is None and (missing := what_is_missing(step)):
                self._say(missing, "info")
            return False
        if self.view.index + 1 == self.view.total:
            self._progress.finish_lesson(self.lesson.id)
            return True
        await self.enter(self.view.index + 1)
        return False

    @property
    def _falls_short(self) -> bool:
        """Whether something was tried at an open step, and not all of its checks pass."""
        view = self.view
        return view.status == "open" and view.tried and any(result.status != "pass" for result in view.results)

    async def back(self) -> None:
        if self.view.index:
            await self.enter(self.view.index - 1)

    def hint(self) -> str:
        """One more rung of the ladder; gives why there is none, which is no word on the answer."""
        step = self.view.step
        hints = step.hints if isinstance(step, (Judged, Explore)) else ()
        if not hints:
            return _("This step has no hints.")
        shown = len(self.view.hints)
        if shown == len(hints):
            return _("That was the last hint. Esc s shows the solution, after asking.")
        self._progress.record_hint(self.lesson.id, step.id)
        self._set(hints=hints[: shown + 1])
        return ""

    async def skip(self) -> bool:
        """Go on without an answer: the step counts as shown, what it makes is there; True when the lesson is over.

        Its solution is not put on the screen.
        """
        if self._without_torch:
            self._say(self._without_torch, "bad")
            return False
        step = self.view.step
        if self.view.status == "open" and not isinstance(step, (Read, Explore)):
            self._complete("shown")
            if made := result_of(step):
                self._session.run(made, silent=True)
        return await self.next()

    async def reset_step(self) -> None:
        """Begin this step anew, with the variables there were when it was entered."""
        self._progress.clear_step(self.lesson.id, self.view.step.id)
        await self._begin_anew(self.view.index)

    async def reset_lesson(self) -> None:
        """As if the lesson had never been opened."""
        self._progress.clear_lesson(self.lesson.id)
        await self._begin_anew(0)

    async def _begin_anew(self, index: int) -> None:
        self._session.restart(self._session.threads)
        with self._session.holding():
            await self._rebuild(index)
            await self.enter(index)

    async def solution(self) -> None:
        """Show the solution, run it so that later steps work, and mark the step as shown. Asks first."""
        step = self.view.step
        if isinstance(step, Read) or (isinstance(step, Explore) and not step.solution.strip()):
            self._say(_("There is nothing to solve in this step: F8 goes on."), "info")
            return
        if self.view.status != "open":
            self._say(_("This step is behind you: F8 goes on, Esc Z begins it anew."), "info")
            return
        if not self._asked_solution:
            self._asked_solution = True
            self._say(
                _("This shows the solution and marks the step as shown, not done. Esc s again does it."),
                "info",
            )
            return
        if self._without_torch:
            self._say(self._without_torch, "bad")
            return
        self._complete("shown")
        if isinstance(step, (Judged, Explore)):
            self._session.run(solution_of(step))
            self._say(_("Shown in the prompt. Read it, then go on."), "info")
        elif isinstance(step, Run):
            self._session.run(step.code)
        else:
            right = self._right
            after = step.after if isinstance(step, Predict) else ""
            feedback = after if right is None else self._answers[right].explained(after)
            self._set(right=right, message=feedback, mood="info")
            if isinstance(step, Predict):
                self._session.run(step.code)

    def shown_code(self) -> tuple[str, bool]:
        """What "run the shown code" means here: the code, and whether it is to be edited instead of run."""
        step = self.view.step
        if isinstance(step, (Read, Explore)):
            return step.example or "", False
        if isinstance(step, Run):
            return step.code, False
        return starter_of(step), True

    async def cell_finished(self, cell: Cell) -> None:
        """The learner ran something: remember it, and see whether the step is done now."""
        step = self.view.step
        index = self.view.index
        if cell.status in ("ok", "error"):
            self._progress.add_cell(self.lesson.id, step.id, cell.source, cell.status)
        if self.view.status != "open" or cell.status == "died":
            return
        if isinstance(step, Run):
            if cell.status == "ok" and await self._is_as_good(step, index, cell.source):
                self._complete("done")
                self._say(*ran_words(step, cell.source, cell.shown))
        elif isinstance(step, (Judged, Explore)):
            self._set(tried=True)
            asked = cell is self._submitted
            if asked and cell.status == "error":
                told = _("That raised an error, which stands at the prompt. Read its last line.")
                # What the checks found before says nothing of this answer.
                self._set(results=tuple(replace(r, status="pending", parts=()) for r in self.view.results))
                self.refusal = Refusal(self.lesson, index, cell.source, (), told)
                self._refuse(told, cell.source, "error")
            else:
                await self._check(index, cell.output, asked=asked, handed_in=cell.source if asked else None)

"""Leads a learner through one lesson: which step, what state it needs, what counts as done.

Knows the lesson, the progress file and the session, and nothing of how any of it looks: what there is to
see is one frozen :class:`StepView`, replaced whenever something changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from tutor.lesson.model import Choice, Exercise, Lesson, Predict, Read, Run
from tutor.lesson.state import prelude, setup_of, targets
from tutor.progress import Progress
from tutor.progress.answers import own_answer
from tutor.protocol.snapshots import CheckResult
from tutor.session.session import Cell, Session
from tutor.session.sources import same_code
from tutor.session.steps import Answer, StepView, check_request, shuffled, what_is_missing

_LIMIT = 10.0
"""Seconds a check or a prediction may take."""

_MENTION_HINT_AFTER = 3
"""Wrong attempts after which a hint is mentioned, never given."""


class Player:
    """One lesson being taken. ``on_change`` is called after every change of ``view``."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        self.lesson = lesson
        self._progress = progress
        self._session = session
        self._on_change = on_change
        self._answers: tuple[Answer, ...] = ()
        self._asked_skip = False
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

    async def open(self, step: str | None = None) -> int:
        """Begin, or go on where the learner stopped: the same step, the same variables.

        Returns how many of the learner's cells ran again.
        """
        wanted = step or self._progress.resume(self.lesson.id)
        index = next((n for n, s in enumerate(self.lesson.steps) if s.id == wanted), 0)
        self.view = StepView(
            self.lesson.steps[index], index, len(self.lesson.steps), self.status_of(index), busy="getting ready"
        )
        self._on_change()
        ran = await self._rebuild(index) if step is None else 0
        await self.enter(index)
        return ran

    async def revive(self) -> None:
        """After a new worker: the state the current step needs, made by the lesson alone."""
        await self._prepare(self.view.index)

    def forget(self) -> None:
        """The learner asked for a fresh start: what ran so far is not to run again when the lesson is reopened."""
        self._progress.forget_cells(self.lesson.id)

    @property
    def _without_torch(self) -> str:
        """What to do about a Python that has no torch; empty where it has."""
        ready = self._session.state.ready
        if ready is None or ready.torch is not None:
            return ""
        return (
            f"This Python has no torch, so nothing can be run or judged. Install it with "
            f"`{ready.executable} -m pip install torch`, then open the lesson again."
        )

    async def enter(self, index: int) -> None:
        """Show a step and make sure that what it needs is there."""
        step = self.lesson.steps[index]
        self._asked_skip = False
        self._answers = ()
        self._since = monotonic()
        self._progress.enter_step(self.lesson.id, step.id)
        self.view = StepView(step, index, len(self.lesson.steps), self.status_of(index), busy="preparing")
        self._on_change()
        await self._prepare(index)
        if self._without_torch:
            self._set(busy="", message=self._without_torch, mood="bad")
            return
        if isinstance(step, Predict):
            await self._predict(step, index)
        elif isinstance(step, Choice):
            self._answers = shuffled(
                [Answer(o.text, o.feedback, o.correct) for o in step.options], f"{self.lesson.id}#{step.id}"
            )
            self._offer()
        elif isinstance(step, Exercise):
            await self._check(step, index, entering=True)
        if self.view.index == index:
            self._set(busy="")

    async def next(self) -> bool:
        """Go on if the step is done, check it if it can be; True when the lesson is over."""
        step = self.view.step
        if isinstance(step, Read):
            self._complete("done")
        if self._without_torch and self.view.status == "open":
            self._say(self._without_torch, "bad")
            return False
        if isinstance(step, Exercise) and self.view.status == "open":
            await self._attempt(step)
        if self.view.status == "open":
            self._say(what_is_missing(step), "info") if not isinstance(step, Exercise) else None
            return False
        if self.view.index + 1 == self.view.total:
            self._progress.finish_lesson(self.lesson.id)
            return True
        await self.enter(self.view.index + 1)
        return False

    async def back(self) -> None:
        if self.view.index:
            await self.enter(self.view.index - 1)

    def hint(self) -> None:
        """One more rung of the ladder."""
        step = self.view.step
        if not isinstance(step, Exercise):
            self._say("This step has no hints.", "info")
            return
        shown = len(self.view.hints)
        if shown == len(step.hints):
            self._say("That was the last hint. Esc s shows the solution, after asking.", "info")
            return
        self._progress.record_hint(self.lesson.id, step.id)
        self._set(hints=step.hints[: shown + 1])

    async def answer(self, number: int) -> None:
        """Commit to the option ``number`` (from 0) of a prediction or a choice."""
        if not 0 <= number < len(self._answers) or self.view.status != "open":
            return
        answer = self._answers[number]
        step = self.view.step
        self._record(answer.text, "pass" if answer.right else "fail")
        if isinstance(step, Predict):
            # A prediction is a commitment: right or wrong, it is now run and compared.
            self._complete("done")
            mood = "good" if answer.right else "bad"
            self._set(chosen=number, right=self._right, message=answer.verdict(step.after), mood=mood)
            self._session.run(step.code)
        elif answer.right:
            self._complete("done")
            self._set(chosen=number, right=number, message=answer.verdict(""), mood="good")
        else:
            self._set(chosen=number, message=answer.verdict("") + " Choose again.", mood="bad")

    async def skip(self) -> None:
        """Show the solution, run it so that later steps work, and mark the step as shown. Asks first."""
        step = self.view.step
        if self.view.status != "open" or isinstance(step, Read):
            await self.next()
            return
        if not self._asked_skip:
            self._asked_skip = True
            self._say("This shows the solution and marks the step as shown, not done. Again to do it.", "info")
            return
        if self._without_torch:
            self._say(self._without_torch, "bad")
            return
        self._complete("shown")
        if isinstance(step, Exercise):
            self._session.run(step.solution)
            self._say("Shown in the prompt. Read it, then go on.", "info")
        elif isinstance(step, Run):
            self._session.run(step.code)
        else:
            right = self._right
            after = step.after if isinstance(step, Predict) else ""
            feedback = "" if right is None else self._answers[right].explained(after)
            self._set(right=right, message=feedback, mood="info")
            if isinstance(step, Predict):
                self._session.run(step.code)

    def shown_code(self) -> tuple[str, bool]:
        """What "run the shown code" means here: the code, and whether it is to be edited instead of run."""
        step = self.view.step
        if isinstance(step, Read):
            return step.example or "", False
        if isinstance(step, Run):
            return step.code, False
        if isinstance(step, Exercise):
            return step.starter, True
        return "", False

    async def cell_finished(self, cell: Cell) -> None:
        """The learner ran something: remember it, and see whether the step is done now."""
        step = self.view.step
        index = self.view.index
        if cell.status in ("ok", "error"):
            self._progress.add_cell(self.lesson.id, step.id, cell.source, cell.status)
        if self.view.status != "open" or cell.status == "died":
            return
        if isinstance(step, Run) and cell.status == "ok" and same_code(cell.source, step.code):
            self._complete("done")
            self._say(step.after or "Done. F8 goes on.", "good")
        elif isinstance(step, Exercise):
            self._set(tried=True)
            await self._check(step, index, cell.output)

    # The state a step needs

    async def _rebuild(self, index: int) -> int:
        """Replay what the learner ran, step by step, each after its own set-up; how many cells that were."""
        cells = self._progress.cells(self.lesson.id)
        ran = 0
        for number, step in enumerate(self.lesson.steps[: index + 1]):
            mine = [cell for cell in cells if cell.step_id == step.id]
            if mine:
                await self._prepare(number)
            for kept in mine:
                cell = self._session.run(kept.source, silent=True)
                await cell.done.wait()
                ran += cell.status == "ok"
        return ran

    async def _prepare(self, index: int) -> None:
        step = self.lesson.steps[index]
        setup = setup_of(step)
        fresh = targets(step) if isinstance(step, Exercise) and self.status_of(index) == "open" else ()
        answer = await self._session.prepare(prelude(self.lesson, index), setup, self.lesson.seed, fresh)
        if answer is None or self.view.index != index or self._without_torch:
            return
        if answer.problem:
            self._say(f"This step could not be set up: {answer.problem}. That is the lesson's fault.", "bad")
        elif answer.repaired:
            names = ", ".join(f"`{name}`" for name in answer.repaired)
            self._say(f"This step needs its own {names}: set again.", "info")

    # Judging

    async def _predict(self, step: Predict, index: int) -> None:
        answer = await self._session.predict(
            prelude(self.lesson, index), step.setup, step.code, step.ask, self.lesson.seed, _LIMIT
        )
        if answer is None or self.view.index != index:
            return
        if answer.problem:
            self._complete("shown")
            self._say(f"{answer.problem}. That is the lesson's fault: go on.", "bad")
            return
        wrong = [Answer(d.answer, d.feedback, right=False) for d in step.distractors if d.answer != answer.answer]
        key = f"{self.lesson.id}#{step.id}"
        self._answers = shuffled([Answer(answer.answer, "", right=True), *wrong], key)
        self._offer()

    def _offer(self) -> None:
        """Show the answers; where the step is behind the learner, the right one is marked."""
        right = None if self.view.status == "open" else self._right
        self._set(options=tuple(answer.text for answer in self._answers), right=right)

    @property
    def _right(self) -> int | None:
        return next((number for number, answer in enumerate(self._answers) if answer.right), None)

    async def _attempt(self, step: Exercise) -> None:
        """The learner asked: check, count it, say what is wrong."""
        self._set(tried=True)
        await self._check(step, self.view.index, asked=True)

    async def _check(
        self, step: Exercise, index: int, output: str = "", *, asked: bool = False, entering: bool = False
    ) -> None:
        request = check_request(self.lesson, index, step, output or self._last_output())
        checked = await self._session.check(request, _LIMIT)
        if self.view.index != index or self.view.status != "open":
            return
        if checked is None:
            if not entering:
                self._record(self._own_answer(), "timeout")
            self._say("Judging took too long and was stopped.", "bad")
            return
        if checked.problem or any(result.status == "broken" for result in checked.results):
            self._complete("shown")
            self._say(f"This step cannot be judged: {checked.problem or 'a check is broken'}. Go on.", "bad")
            return
        self._set(results=checked.results)
        if entering:
            # Nothing is done by being looked at.
            return
        if all(result.status == "pass" for result in checked.results):
            self._record(self._own_answer(), "pass")
            self._complete("done")
            self._say("Right. Compare with the lesson's own solution below, then F8.", "good")
        elif asked:
            self._refuse(step, checked.results, checked.mistake)

    def _refuse(self, step: Exercise, results: tuple[CheckResult, ...], mistake: str) -> None:
        failed = next(result for result in results if result.status != "pass")
        attempts = self._record(self._own_answer(), failed.status)
        message = mistake or failed.feedback or failed.message
        if attempts >= _MENTION_HINT_AFTER and len(self.view.hints) < len(step.hints):
            message += "  (F4 has a hint.)"
        self._say(message, "bad")

    def _last_output(self) -> str:
        mine = [cell for cell in self._session.cells if not cell.silent]
        return mine[-1].output if mine else ""

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

    def _own_answer(self) -> str:
        """The learner's code at this step so far."""
        step = self.view.step.id
        cells = self._progress.cells(self.lesson.id)
        return own_answer(cell.source for cell in cells if cell.step_id == step and cell.status == "ok")

    # The view

    def _complete(self, status: str) -> None:
        if self.view.status == "open":
            self._progress.complete_step(self.lesson.id, self.view.step.id, status)
            self._set(status=status)

    def _say(self, message: str, mood: str) -> None:
        self._set(message=message, mood=mood)

    def _set(self, **changes: object) -> None:
        self.view = replace(self.view, **changes)  # type: ignore[arg-type]
        self._on_change()

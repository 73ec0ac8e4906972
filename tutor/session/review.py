"""Asks due steps again, one after the other, and remembers how well each was known.

Like :class:`tutor.session.player.Player` it knows nothing of how things look; unlike it, it changes nothing of
what was done in the lessons: each question has a fresh namespace, and only the schedule learns of the answer.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from tutor.lesson.model import Choice, Exercise, Predict
from tutor.lesson.needs import needed_prelude
from tutor.lesson.state import fitted, prelude, setup_of, targets
from tutor.progress import Progress
from tutor.progress.reviews import Grade, Reviews
from tutor.protocol import events
from tutor.session.queue import Cell
from tutor.session.referee import TOLD, devices_of
from tutor.session.review_items import Question, later_grade
from tutor.session.session import Session
from tutor.session.steps import LIMIT, Answer, StepView, check_request, patience, shuffled
from tutor.texts import _, mark, retold

_CANNOT = mark("This question cannot be asked: {why}. That is the lesson's fault.")


@dataclass(frozen=True, slots=True)
class ReviewView:
    """What there is to see of the current question."""

    step: StepView
    question: Question
    number: int
    total: int
    phase: str = "asking"
    """``asking``, ``answered`` (to be graded), ``broken`` (cannot be asked) or ``over``."""
    repeated: bool = False
    """Whether it was missed in this sitting and comes once more."""
    suggested: Grade = Grade.GOOD
    outlook: dict[Grade, float] = field(default_factory=dict)
    """When it comes again for each grade, in seconds since 1970, UTC; empty where nothing is to be graded."""


class Reviewer:
    """One sitting. ``on_change`` is called after every change of ``view``."""

    def __init__(
        self,
        questions: Sequence[Question],
        progress: Progress,
        session: Session,
        on_change: Callable[[], None],
        now: Callable[[], float] = time.time,
    ) -> None:
        self._queue = [(question, False) for question in questions]
        self._reviews = Reviews(progress.database)
        self._session = session
        self._on_change = on_change
        self._now = now
        self._answers: tuple[Answer, ...] = ()
        self._given = ""
        self._cells: list[str] = []
        self._missed = 0
        self._asked_at = now()
        self._used = False
        self.grades: Counter[Grade] = Counter()
        """How often each grade was given, at the first asking of each question."""
        self.view = self._blank(0)

    @property
    def over(self) -> bool:
        return self.view.phase == "over"

    def _blank(self, number: int) -> ReviewView:
        asked, repeated = self._queue[number]
        question = replace(asked, lesson=fitted(asked.lesson, devices_of(self._session)))
        step = StepView(question.step, number, len(self._queue), "open", busy=_("preparing"))
        return ReviewView(step, question, number, len(self._queue), repeated=repeated)

    async def begin(self) -> None:
        await self._ask(0)

    async def _ask(self, number: int) -> None:
        self._answers, self._given, self._missed, self._asked_at = (), "", 0, self._now()
        self._cells = []
        self.view = self._blank(number)
        self._on_change()
        if self._used:
            self._session.restart(self._session.threads)
        self._used = True
        ready = await self._prepare()
        if ready and self._blank(number).question.lesson is not self.view.question.lesson:
            # Only a worker knows the devices of this machine, and the first one has just come.
            self.view = self._blank(number)
            self._on_change()
            ready = await self._prepare()
        step = self.view.question.step
        if ready and self._current(number):
            if isinstance(step, Predict):
                await self._find_truth(step, number)
            elif isinstance(step, Choice):
                self._offer([Answer(o.text, o.feedback, o.correct) for o in step.options])
            elif isinstance(step, Exercise):
                await self._check(entering=True)
        if self._current(number):
            self._show(busy="")

    async def revive(self) -> None:
        """After a new worker: what the question needs is there again."""
        await self._prepare()

    async def _prepare(self) -> bool:
        """Whether the question can be asked."""
        question, number = self.view.question, self.view.number
        step, lesson = question.step, question.lesson
        fresh = targets(step) if isinstance(step, Exercise) else ()
        answer = await self._session.prepare(prelude(lesson, question.index), setup_of(step), lesson.seed, fresh)
        ready = self._session.state.ready
        if not self._current(number):
            return False
        if ready is not None and ready.torch is None:
            words = _("This Python has no torch: `{python} -m pip install torch` puts it there.")
            self._give_way(words.format(python=ready.executable))
        elif answer is None:
            self._give_way(_("What this question needs could not be set up."))
        elif answer.problem:
            self._give_way(_(_CANNOT).format(why=answer.problem))
        else:
            return True
        return False

    async def _find_truth(self, step: Predict, number: int) -> None:
        question = self.view.question
        before = needed_prelude(question.lesson, question.index)
        found = await self._session.predict(
            before, step.setup, step.code, step.ask, question.lesson.seed, 2 * LIMIT
        )
        if not self._current(number):
            return
        if found is None or found.problem:
            why = found.problem if found else _("finding the answer took too long")
            self._give_way(_(_CANNOT).format(why=why))
            return
        wrong = [Answer(d.answer, d.feedback, right=False) for d in step.distractors if d.answer != found.answer]
        self._offer([Answer(found.answer, "", right=True), *wrong])

    def _offer(self, answers: list[Answer]) -> None:
        """In another order each time: it is not the place of an answer that is to be remembered."""
        question = self.view.question
        key = f"{question.lesson.id}#{question.step.id} {question.times} {self.view.repeated}"
        self._answers = shuffled(answers, key)
        self._show(options=tuple(answer.text for answer in self._answers))

    # Answers

    async def answer(self, number: int) -> None:
        """Commit to the option ``number`` (from 0) of a prediction or a choice."""
        if self.view.phase != "asking" or not 0 <= number < len(self._answers):
            return
        answer, step = self._answers[number], self.view.question.step
        self._given = answer.text
        said = answer.verdict(step.after if isinstance(step, Predict) else "")
        right = self._answers[self._right]
        if not answer.right and isinstance(step, Choice):
            said += " " + _("It is: {answer}").format(answer=f"{right.text}. {right.feedback}")
        self._show(chosen=number, right=self._right, message=said, mood="good" if answer.right else "bad")
        self._answered(Grade.GOOD if answer.right else Grade.AGAIN)
        if isinstance(step, Predict):
            self._session.run(step.code)

    @property
    def _right(self) -> int:
        return next(number for number, answer in enumerate(self._answers) if answer.right)

    async def cell_finished(self, cell: Cell) -> None:
        """The learner ran something; it may be the answer."""
        if isinstance(self.view.question.step, Exercise) and self.view.phase == "asking" and cell.status != "died":
            self._given = cell.source
            if cell.status == "ok":
                self._cells.append(cell.source)
            self._show(tried=True)
            await self._check(output=cell.output)

    async def check(self) -> None:
        """The learner says that this is the answer."""
        if self.view.phase != "asking":
            return
        if isinstance(self.view.question.step, Exercise):
            self._show(tried=True)
            await self._check(asked=True)
        else:
            self._show(message=_("Press the number of your answer; F3 if you do not know."), mood="info")

    async def _check(self, output: str = "", *, asked: bool = False, entering: bool = False) -> None:
        question, number = self.view.question, self.view.number
        step = question.step
        if not isinstance(step, Exercise):
            return
        said, cells = output or self._last_output(), tuple(self._cells)
        request = check_request(question.lesson, question.index, step, said, cells, asked=asked)
        checked = await self._session.check(request, patience(step))
        if not self._current(number) or self.view.phase != "asking":
            return
        if checked is None:
            self._show(message=_("Judging took too long and was stopped."), mood="bad")
        elif checked.problem or any(result.status == "broken" for result in checked.results):
            why = checked.problem or _("a check is broken")
            self._give_way(_("This question cannot be judged: {why}.").format(why=why))
        elif entering or any(result.status != "pass" for result in checked.results):
            self._show(results=checked.results)
            if asked:
                self._refuse(checked)
        else:
            self._show(results=checked.results, message=_("Right. The lesson's solution is below."), mood="good")
            self._answered(later_grade(self._missed))

    def _refuse(self, checked: events.Checked) -> None:
        self._missed += 1
        failed = next(result for result in checked.results if result.status != "pass")
        self._show(message=checked.mistake or failed.feedback or retold(failed.message, *TOLD), mood="bad")

    def _last_output(self) -> str:
        mine = [cell for cell in self._session.cells if not cell.silent]
        return mine[-1].output if mine else ""

    def hint(self) -> None:
        """One more rung of the ladder; it was not known well, then."""
        step = self.view.question.step
        shown = self.view.step.hints
        if isinstance(step, Exercise) and self.view.phase == "asking" and len(shown) < len(step.hints):
            self._missed = max(self._missed, 1)
            self._show(hints=step.hints[: len(shown) + 1])

    async def give_up(self) -> None:
        """Show the answer."""
        if self.view.phase != "asking" or self.view.step.busy:
            return
        step = self.view.question.step
        if self._answers:
            right = self._answers[self._right]
            said = right.explained(step.after if isinstance(step, Predict) else "")
            self._show(right=self._right, message=said or _("Look at the marked answer."), mood="info")
        else:
            self._show(message=_("The lesson's solution is below."), mood="info")
        # Who gives up has said how well it was known.
        self._answered(Grade.AGAIN, asks=False)
        if isinstance(step, Predict):
            self._session.run(step.code)

    # Grades

    def _answered(self, suggested: Grade, *, asks: bool = True) -> None:
        """``asks``: whether the learner is to say how well it was known."""
        question = self.view.question
        outlook = self._reviews.outlook(question.lesson.id, question.step.id, self._now()) if asks else {}
        # To whoever shows steps, what is answered is done: the truth may be seen.
        step = replace(self.view.step, status="done")
        self.view = replace(self.view, step=step, phase="answered", suggested=suggested, outlook=outlook)
        self._on_change()

    async def grade(self, grade: Grade | None = None) -> None:
        """Remember how well it was known (None: as suggested), and go on. What was missed comes once more."""
        if self.view.phase not in ("answered", "broken"):
            return
        if self.view.phase == "answered":
            self._keep(grade or self.view.suggested)
        if self.view.number + 1 == len(self._queue):
            self.view = replace(self.view, phase="over")
            self._on_change()
        else:
            await self._ask(self.view.number + 1)

    def _keep(self, grade: Grade) -> None:
        question = self.view.question
        now = self._now()
        self._reviews.grade(
            question.lesson.id, question.step.id, grade, now, self._given, max(0.0, now - self._asked_at)
        )
        if not self.view.repeated:
            self.grades[grade] += 1
            if grade is Grade.AGAIN:
                self._queue.append((replace(question, times=question.times + 1), True))

    # The view

    def _current(self, number: int) -> bool:
        return self.view.number == number and not self.over

    def _give_way(self, message: str) -> None:
        self._show(message=f"{message} {_('Enter goes on.')}", mood="bad", busy="")
        self.view = replace(self.view, phase="broken")
        self._on_change()

    def _show(self, **changes: object) -> None:
        self.view = replace(self.view, step=replace(self.view.step, **changes))  # type: ignore[arg-type]
        self._on_change()

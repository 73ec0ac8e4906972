"""Answers that are chosen or typed: predictions, which are run once they are made, and choices."""

from __future__ import annotations

from collections.abc import Callable

from tutor.lesson.model import Lesson, Predict
from tutor.lesson.needs import needed_prelude
from tutor.progress import Progress
from tutor.session.marks import all_right, marks, unreadable
from tutor.session.session import Session
from tutor.session.steps import LIMIT, Answer, shuffled
from tutor.session.turn import Turn
from tutor.texts import _


class Answering(Turn):
    """Offers answers and takes one."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        super().__init__(lesson, progress, session, on_change)
        self._answers: tuple[Answer, ...] = ()
        self._truth = ""

    async def answer(self, number: int) -> None:
        """Commit to the option ``number`` (from 0) of a prediction or a choice."""
        if not 0 <= number < len(self._answers) or self.view.status != "open":
            return
        answer = self._answers[number]
        step = self.view.step
        self._record(answer.text, "pass" if answer.right else "fail")
        if isinstance(step, Predict):
            self._commit(step, answer, chosen=number)
        elif answer.right:
            self._complete("done")
            self._set(chosen=number, right=number, message=answer.verdict(""), mood="good")
        else:
            self._set(
                chosen=number,
                ruled_out=tuple(dict.fromkeys((*self.view.ruled_out, number))),
                message=answer.verdict("") + " " + _("Choose again, by its number."),
                mood="bad",
            )

    async def answer_text(self, text: str) -> None:
        """Commit to a prediction that was typed."""
        step = self.view.step
        if not isinstance(step, Predict) or not self.view.typed or self.view.status != "open" or not text.strip():
            return
        if unread := unreadable(step.ask, text, self._truth):
            self._say(unread, "info")
            return
        right = all_right(marks(step.ask, text, self._truth))
        self._record(text, "pass" if right else "fail")
        self._commit(step, Answer(text, "", right), chosen=None)

    def _commit(self, step: Predict, answer: Answer, chosen: int | None) -> None:
        """A prediction is a commitment: right or wrong, it is now run and compared."""
        self._complete("done")
        self._compare(step, answer, chosen)
        self._session.run(step.code)

    def _compare(self, step: Predict, answer: Answer, chosen: int | None, *, recalled: bool = False) -> None:
        self._set(
            chosen=chosen,
            right=self._right,
            marks=marks(step.ask, answer.text, self._truth),
            message=answer.verdict(step.after),
            mood="good" if answer.right else "bad",
            recalled=recalled,
        )

    def _recall(self, step: Predict) -> bool:
        """Say of a prediction made before what was said then; whether there is one."""
        tried = self._progress.attempts(self.lesson.id, step.id)
        if self.view.status != "done" or not tried:
            return False
        text, right = tried[-1].answer, tried[-1].verdict == "pass"
        chosen = next((number for number, answer in enumerate(self._answers) if answer.text == text), None)
        if chosen is None and self._answers:
            # The lesson has other answers by now.
            return False
        answer = Answer(text, "", right) if chosen is None else self._answers[chosen]
        self._compare(step, answer, chosen, recalled=True)
        return True

    async def _predict(self, step: Predict, index: int) -> None:
        answer = await self._session.predict(
            needed_prelude(self.lesson, index), step.setup, step.code, step.ask, self.lesson.seed, 2 * LIMIT
        )
        if self.view.index != index:
            return
        if answer is None or answer.problem:
            self._complete("shown")
            why = answer.problem if answer is not None else _("the prediction's code could not be run")
            self._say(_("{why}. That is the lesson's fault: go on.").format(why=why), "bad")
            return
        self._truth = answer.answer
        if not step.distractors:
            self._set(typed=True)
            if self.view.status != "open" and not self._recall(step):
                self._say(_("It is `{answer}`.").format(answer=self._truth), "info")
            return
        wrong = [Answer(d.answer, d.feedback, right=False) for d in step.distractors if d.answer != answer.answer]
        key = f"{self.lesson.id}#{step.id}"
        self._answers = shuffled([Answer(answer.answer, "", right=True), *wrong], key)
        self._offer()
        self._recall(step)

    def _offer(self) -> None:
        """Show the answers; where the step is behind the learner, the right one is marked."""
        right = None if self.view.status == "open" else self._right
        self._set(options=tuple(answer.text for answer in self._answers), right=right)

    @property
    def _right(self) -> int | None:
        return next((number for number, answer in enumerate(self._answers) if answer.right), None)

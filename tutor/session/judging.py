"""Steps that are judged: when they are, what is said of it, and what counts as done."""

from __future__ import annotations

from collections.abc import Callable

from tutor.lesson.model import Explore, Lesson, Run
from tutor.progress import Progress
from tutor.session.answering import Answering
from tutor.session.queue import Cell
from tutor.session.referee import Referee, Verdict
from tutor.session.refusal import Refusal
from tutor.session.session import Session
from tutor.session.sources import same_code
from tutor.session.steps import right_words, same_effect, trains
from tutor.texts import _

_MENTION_HINT_AFTER = 3
"""Wrong attempts after which a hint is mentioned, never given."""


class Judging(Answering):
    """Has the current step judged."""

    def __init__(
        self, lesson: Lesson, progress: Progress, session: Session, on_change: Callable[[], None]
    ) -> None:
        super().__init__(lesson, progress, session, on_change)
        self._referee = Referee(session, progress)
        self._submitted: Cell | None = None
        self.refusal: Refusal | None = None
        """The last answer at this step that was not taken, and why."""
        self._refused_with = ""
        """What was said of the last answer that was handed in and not taken."""

    def submit(self, code: str) -> Cell | None:
        """Run what was not typed at the prompt (gaps filled, lines in order, a file), then judge it.

        None, and nothing is run, where there is nothing left to judge.
        """
        if self._without_torch:
            self._say(self._without_torch, "bad")
        elif self.view.status == "open":
            self._submitted = self._session.run(code)
            return self._submitted
        return None

    async def _is_as_good(self, step: Run, index: int, source: str) -> bool:
        """The code itself, or code that leaves the same under the same names."""
        if same_code(source, step.code):
            return True
        names = same_effect(step.code, source)
        return bool(names) and await self._referee.same(self.lesson, index, step.code, names)

    async def _attempt(self) -> None:
        """The learner asked: check, count it, say what is wrong."""
        seeds = trains(self.view.step)
        self._set(
            tried=True,
            busy=_("running your code again under {n} seeds").format(n=seeds) if seeds else _("judging"),
        )
        await self._check(self.view.index, asked=True)
        self._set(busy="")

    async def _check(
        self,
        index: int,
        output: str = "",
        *,
        asked: bool = False,
        entering: bool = False,
        handed_in: str | None = None,
    ) -> None:
        """``handed_in`` is code that was put together in the lesson; None is what was run at the prompt."""
        verdict = await self._referee.judge(self.lesson, index, output, asked=asked)
        if self.view.index != index or self.view.status != "open":
            return
        if verdict.results and not verdict.problem:
            self._set(results=verdict.results)
        if verdict.problem:
            if verdict.fault and not isinstance(self.view.step, Explore):
                self._complete("shown")
                self.refusal = self._told(verdict, verdict.problem, self._own_answer())
            self._refused_with = verdict.problem
            self._say(verdict.problem, "bad")
        elif entering:
            # Nothing is done by being looked at.
            return
        elif verdict.passed:
            own = self._own_answer(verdict.alone or verdict.enough)
            self._record(own if handed_in is None else handed_in, "pass")
            self._complete("done", own)
            self.refusal = None
            self._say(right_words(self.view.step, own, afresh=verdict.afresh), "good")
        else:
            # Also where nobody asked: the rules on the screen are those of this try.
            answer = self._own_answer() if handed_in is None else handed_in
            self.refusal = self._told(verdict, verdict.said, answer)
            if asked:
                self._refuse(verdict.said, answer, verdict.status)
            elif self.view.message == self._refused_with != "" and not self._still_so(verdict):
                # It was said of what is no more; what holds now stands with the rules.
                self._set(message="", mood="info")

    def _still_so(self, verdict: Verdict) -> bool:
        """Whether what was said when an answer was not taken is what ``verdict`` says too."""
        return bool(verdict.said) and self._refused_with.startswith(verdict.said)

    def _told(self, verdict: Verdict, said: str, answer: str) -> Refusal:
        return Refusal(self.lesson, self.view.index, answer, verdict.results, said, verdict.fault)

    def _refuse(self, message: str, answer: str, status: str) -> None:
        attempts = self._record(answer, status)
        hints = len(getattr(self.view.step, "hints", ()))
        if attempts >= _MENTION_HINT_AFTER and len(self.view.hints) < hints:
            message += "  " + _("(F4 has a hint.)")
        self._refused_with = message
        self._say(message, "bad")

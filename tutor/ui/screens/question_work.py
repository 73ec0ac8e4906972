"""What a lesson's screen does about questions: who has the keyboard, and what comes from the lesson's pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.session.steps import StepView
from tutor.texts import _
from tutor.ui.screens.choosing import ChoosingScreen
from tutor.ui.screens.pane_work import is_shown
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.session.player import Player


class QuestionWork(ChoosingScreen):
    """Mixin of a lesson's screen."""

    if TYPE_CHECKING:
        player: Player

        def held_up(self) -> bool: ...

    def lend_keyboard(self, view: StepView) -> None:
        """The keyboard goes to a question before its answers are there: a number pressed early is no code."""
        pane, prompt = self.query_one(LessonPane), self.query_one(Prompt)
        if prompt.has_focus_within and (prompt.source or prompt.asks):
            return  # somebody types: what was begun there is ended there
        if view.answering:
            pane.focus_work()
        else:
            pane.focus()

    async def on_lesson_pane_answered(self, event: LessonPane.Answered) -> None:
        if self.held_up():
            return
        self.query_one(Transcript).follow()
        await self.player.answer(event.number)
        if self.player.view.status != "open":
            self.query_one(Prompt).focus()

    async def on_lesson_pane_typed(self, event: LessonPane.Typed) -> None:
        if self.held_up():
            return
        self.query_one(Transcript).follow()
        await self.player.answer_text(event.text)
        if self.player.view.status != "open":
            self.query_one(Prompt).focus()

    def on_lesson_pane_put_together(self, event: LessonPane.PutTogether) -> None:
        if self.held_up():
            return
        self.query_one(Transcript).follow()
        self.player.submit(event.code)

    def panes_in_turn(self) -> tuple[str, ...]:
        # From what is worked on in the lesson the prompt is one key away, as the lesson is from the prompt.
        covered = self.has_class("-narrow") and self.has_class("-inspecting")
        works = self.player.view.answering and not covered
        return ("lesson", "prompt", "inspector", "transcript") if works else self.PANES

    def _focus_into(self, name: str) -> None:
        if name == "lesson" and self.player.view.answering:
            self.query_one(LessonPane).focus_work()
        else:
            super()._focus_into(name)

    @property
    def takes_digits(self) -> bool:
        return self.player.view.choosing

    def do_letter(self, letter: str) -> bool:
        view = self.player.view
        if view.choosing and letter.isdigit() and is_shown(self.query_one(LessonPane)):
            if view.options:
                self.post_message(LessonPane.Answered(int(letter) - 1))
            else:
                self.say(_("The answers are on their way. One moment."))
            return True
        return super().do_letter(letter)

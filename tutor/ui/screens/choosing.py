"""What the keyboard means while an answer is to be chosen."""

from __future__ import annotations

from textual import events

from tutor.ui.screens.work import WorkScreen
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt


class ChoosingScreen(WorkScreen):
    """A work screen with a lesson's text and, at times, answers to choose from."""

    def on_key(self, event: events.Key) -> None:
        """Whoever types while an answer is to be chosen means Python, but for the numbers of the answers."""
        answers = self.query_one(LessonPane).answers
        character = event.character or ""
        if answers.has_focus and event.is_printable and not character.isdigit():
            event.stop()
            event.prevent_default()
            self.query_one(Prompt).take(character)

"""What the keyboard means while an answer is to be chosen."""

from __future__ import annotations

from textual import events

from tutor.ui.screens.work import WorkScreen
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt


class ChoosingScreen(WorkScreen):
    """A work screen with a lesson's text and, at times, answers to choose from."""

    _begun = False
    """Whether Python is being typed that the answers got the first keys of."""

    @property
    def reads(self) -> bool:
        """The keyboard is in the lesson."""
        return self.query_one(LessonPane).has_focus_within

    def share_room(self) -> None:
        """Where rows are few, the lesson has most of them while the keyboard is in it."""
        # A class of the screen has the styles of everything looked up again: only where it means something.
        cramped = self.has_class("-narrow") and self.has_class("-short")
        self.set_class(cramped and self.reads, "-reading")

    def on_descendant_focus(self) -> None:
        if self.query_one(LessonPane).answers.has_focus:
            self._begun = False
        self.share_room()

    def on_resize(self) -> None:
        self.call_after_refresh(self.share_room)

    def on_key(self, event: events.Key) -> None:
        """Whoever types while an answer is to be chosen means Python, but for the numbers of the answers."""
        answers = self.query_one(LessonPane).answers
        character = event.character or ""
        # Keys may be on their way to the answers while the prompt gets the focus.
        late = self._begun and (answers.has_focus or self.query_one(Prompt).has_focus_within)
        if event.is_printable and (late or (answers.has_focus and not character.isdigit())):
            self._begun = True
            event.stop()
            event.prevent_default()
            self.query_one(Prompt).take(character)

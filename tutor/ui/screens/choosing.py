"""What the keyboard means in the text of a lesson, and while an answer is to be chosen."""

from __future__ import annotations

from textual import events

from tutor.ui.screens.work import WorkScreen
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt


class ChoosingScreen(WorkScreen):
    """A work screen with a lesson's text and, at times, answers to choose from."""

    _begun = False
    """Whether Python is being typed that the lesson got the first keys of."""

    @property
    def reads(self) -> bool:
        """The keyboard is in the lesson."""
        return self.query_one(LessonPane).has_focus_within

    def share_room(self) -> None:
        """Where rows are few, the lesson has most of them while the keyboard is in it."""
        # A class of the screen has the styles of everything looked up again: only where it means something.
        cramped = self.has_class("-narrow") and self.has_class("-short")
        self.set_class(cramped and self.reads, "-reading")

    @property
    def takes_digits(self) -> bool:
        """Whether a digit typed in the lesson is the number of an answer."""
        return bool(self.query_one(LessonPane).answers.display)

    @property
    def takes_code(self) -> bool:
        """Whether what is typed in the lesson is code for the prompt."""
        return True

    def on_descendant_focus(self) -> None:
        if self.query_one(LessonPane).has_focus_within:
            self._begun = False
        self.share_room()

    def on_resize(self) -> None:
        self.call_after_refresh(self.share_room)

    def on_key(self, event: events.Key) -> None:
        """Whoever types where only text is to be read means Python, but for the numbers of answers."""
        reads = self.query_one(LessonPane).has_focus_within
        character = event.character or ""
        # Keys may be on their way to the lesson while the prompt gets the focus.
        late = self._begun and (reads or self.query_one(Prompt).has_focus_within)
        begins = reads and self.takes_code and begins_code(character)
        if event.is_printable and (late or (begins and not (character.isdigit() and self.takes_digits))):
            self._begun = True
            event.stop()
            event.prevent_default()
            self.query_one(Prompt).take(character)


def begins_code(character: str) -> bool:
    """Whether a line of Python, or a magic, may begin with it. The other letters of actions lead nowhere else."""
    return character.isalnum() or character in tuple("_([{'\"#@+-~*%!")

"""More about an error: the whole explanation, and the way to the lesson that teaches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.explain import Explanation
from tutor.render.prose import prose
from tutor.texts import _, plural

if TYPE_CHECKING:
    from tutor.lesson.model import Lesson
    from tutor.ui.app import TutorApp


class ExplainedScreen(ModalScreen[None]):
    """Enter opens the lesson, if there is one; Esc goes back."""

    BINDINGS = [("enter", "open_lesson", "Open the lesson"), ("escape,q,e", "dismiss", "Close")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, explanation: Explanation) -> None:
        super().__init__()
        self._explanation = explanation

    @property
    def _app(self) -> TutorApp:
        return cast("TutorApp", self.app)

    @property
    def _lesson(self) -> Lesson | None:
        return None if self._taught_here else self._app.lesson_among(self._explanation.topic.lesson_among)

    @property
    def _taught_here(self) -> bool:
        """Whether the lesson that teaches it is the one that is open."""
        from tutor.ui.screens.lesson import LessonScreen

        there = [screen.lesson.id for screen in self._app.screen_stack if isinstance(screen, LessonScreen)]
        return self._explanation.topic.lesson_among(there) is not None

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help", classes="-small") as scroll:
            scroll.border_title = _("Why it failed")
            scroll.border_subtitle = _("Enter opens the lesson, Esc closes") if self._lesson else _("Esc closes")
            yield Static(self._text())

    def _text(self) -> Text:
        told = self._explanation
        text = prose(told.headline)
        for heading, part in (
            (_("The rule"), told.why),
            (_("What to do"), told.fix),
            (_("What does not help"), told.caution),
        ):
            if part:
                text.append(f"\n\n{heading}\n", style="bold").append_text(prose(part))
        text.append(f"\n\n{_('Where to learn it')}\n", style="bold")
        lesson = self._lesson
        if self._taught_here:
            return text.append(_("This lesson teaches it."))
        if lesson is None:
            return text.append(
                _("The lesson “{lesson}” will teach this; it is not in this course yet.").format(
                    lesson=told.topic.title
                )
            )
        about = plural("{lesson}, about {n} minute.", "{lesson}, about {n} minutes.", lesson.minutes)
        text.append(about.format(lesson=lesson.title, n=lesson.minutes) + " ")
        return text.append(_("Enter opens it in a fresh Python: the variables you have now will be gone."))

    def action_open_lesson(self) -> None:
        lesson = self._lesson
        if lesson is not None:
            self.dismiss()
            self._app.change_to_lesson(lesson)

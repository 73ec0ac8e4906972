"""A lesson is over: what was learned, what was done, and where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.progress.outcome import Outcome
from tutor.render.outcome import finished_lesson
from tutor.texts import _

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


class FinishedScreen(ModalScreen[bool]):
    """Enter opens the next lesson, F2 goes home, r asks from memory, Esc stays.

    Dismissed with True where the list of steps is wanted.
    """

    BINDINGS = [
        ("enter,f8", "next_lesson", "Next lesson"),
        ("f2,m", "home", "Home"),
        ("r", "from_memory", "From memory"),
        ("f3,o", "dismiss(True)", "Steps"),
        ("escape,q", "dismiss(False)", "Stay"),
    ]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self._outcome = outcome

    @property
    def _tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    def compose(self) -> ComposeResult:
        enter = _("Enter: next lesson") if self._outcome.next else _("Enter: list of lessons")
        memory = _("r: from memory") + "   " if self._outcome.lesson.recall else ""
        with VerticalScroll(id="help", classes="-small") as box:
            box.border_title = _("The end of the lesson")
            box.border_subtitle = f"{enter}   {memory}{_('F2: lessons')}   {_('Esc: stay')}"
            yield Static(finished_lesson(self._outcome))

    def action_home(self) -> None:
        self.dismiss(False)
        self.app.pop_screen()

    def action_next_lesson(self) -> None:
        if self._outcome.next is None:
            self.action_home()
            return
        self.dismiss(False)
        self._tutor.change_to_listed(self._outcome.next.id)

    def action_from_memory(self) -> None:
        if self._outcome.lesson.recall:
            self.dismiss(False)
            self._tutor.open_recall(self._outcome.lesson)

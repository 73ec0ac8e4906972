"""A lesson is over: what was learned, what was done, and where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.progress.outcome import Outcome
from tutor.render.outcome import finished_lesson
from tutor.texts import _

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


LIST: Final = -1
"""What the screen is dismissed with where the list of steps is wanted."""


class FinishedScreen(ModalScreen["int | None"]):
    """Enter opens the next lesson, F2 goes home, r asks from memory, Esc stays.

    While steps are open Enter leads to the first of them, and n to the next lesson.
    Dismissed with the index of the step to go to, :data:`LIST`, or None.
    """

    BINDINGS = [
        ("enter,f8", "go_on", "Go on"),
        ("n", "next_lesson", "Next lesson"),
        ("f2,m", "home", "Home"),
        ("r", "from_memory", "From memory"),
        ("f3,o", f"dismiss({LIST})", "Steps"),
        ("escape,q", "dismiss(None)", "Stay"),
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
        if self._outcome.left:
            enter = _("Enter: step {number}").format(number=self._outcome.left[0] + 1)
            enter += "   " + _("n: next lesson") if self._outcome.next else ""
        # What is open comes before what was learned; and the border has no room for both.
        memory = _("r: from memory") + "   " if self._outcome.lesson.recall and not self._outcome.left else ""
        with VerticalScroll(id="help", classes="-small") as box:
            box.border_title = _("The end of the lesson")
            box.border_subtitle = f"{enter}   {memory}{_('F2: lessons')}   {_('Esc: stay')}"
            yield Static(finished_lesson(self._outcome))

    def action_home(self) -> None:
        self.dismiss(None)
        self.app.pop_screen()

    def action_go_on(self) -> None:
        if self._outcome.left:
            self.dismiss(self._outcome.left[0])
        else:
            self.action_next_lesson()

    def action_next_lesson(self) -> None:
        if self._outcome.next is None:
            self.action_home()
            return
        self.dismiss(None)
        self._tutor.change_to_listed(self._outcome.next.id)

    def action_from_memory(self) -> None:
        if self._outcome.lesson.recall:
            self.dismiss(None)
            self._tutor.open_recall(self._outcome.lesson)

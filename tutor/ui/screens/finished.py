"""A lesson is over: what was done, and where to go."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.lesson.model import Lesson
from tutor.session.player import Player
from tutor.texts import _


class FinishedScreen(ModalScreen[None]):
    """Enter goes home, Esc stays."""

    BINDINGS = [("enter,f8,f2", "home", "Home"), ("escape,q", "dismiss", "Stay")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, lesson: Lesson, player: Player) -> None:
        super().__init__()
        self._lesson = lesson
        self._player = player

    def compose(self) -> ComposeResult:
        statuses = [self._player.status_of(index) for index in range(len(self._lesson.steps))]
        shown = statuses.count("shown")
        text = Text.assemble((_("{lesson}: finished.").format(lesson=self._lesson.title) + "\n\n", "bold green"))
        done = _("{done} of {total} steps done").format(done=statuses.count("done"), total=len(statuses))
        text.append(f"{done}, {_('{n} shown').format(n=shown)}.\n" if shown else f"{done}.\n")
        if shown:
            text.append(_("Steps whose solution was shown are worth another try: F3 lists them.") + "\n")
        text.append("\n" + _("You can now:") + "\n", style="bold")
        for objective in self._lesson.objectives:
            text.append(f"  ✓ {objective}\n")
        text.append("\n" + _("Enter goes to the list of lessons, Esc stays here."), style="dim")
        with Vertical(id="help", classes="-small"):
            yield Static(text)

    def action_home(self) -> None:
        self.dismiss()
        self.app.pop_screen()

"""A lesson is over: what was done, and where to go."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.lesson.model import Lesson
from tutor.session.player import Player


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
        text = Text.assemble((f"{self._lesson.title}: finished.\n\n", "bold green"))
        text.append(f"{statuses.count('done')} of {len(statuses)} steps done")
        text.append(f", {shown} shown.\n" if shown else ".\n")
        if shown:
            text.append("Steps whose solution was shown are worth another try: F3 lists them.\n")
        text.append("\nYou can now:\n", style="bold")
        for objective in self._lesson.objectives:
            text.append(f"  ✓ {objective}\n")
        text.append("\nEnter goes to the list of lessons, Esc stays here.", style="dim")
        with Vertical(id="help", classes="-small"):
            yield Static(text)

    def action_home(self) -> None:
        self.dismiss()
        self.app.pop_screen()

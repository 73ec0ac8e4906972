"""A review is over: how it went, and when the next is due."""

from __future__ import annotations

import time
from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.progress.reviews import Grade
from tutor.render.reviews import summary
from tutor.session.review_items import Outlook


class ReviewedScreen(ModalScreen[None]):
    """Enter goes home, or on with what is still due."""

    BINDINGS = [("enter,f8,f2,escape,q", "home", "Home"), ("m", "more", "More")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, grades: Mapping[Grade, int], outlook: Outlook) -> None:
        super().__init__()
        self._grades = grades
        self._outlook = outlook

    def compose(self) -> ComposeResult:
        with Vertical(id="help", classes="-small"):
            yield Static(summary(self._grades, len(self._outlook.due), self._outlook.next, time.time()))

    def action_home(self) -> None:
        self.dismiss()
        self.app.pop_screen()

    def action_more(self) -> None:
        if self._outlook.due:
            from tutor.ui.app import TutorApp

            app = self.app
            self.action_home()
            if isinstance(app, TutorApp):
                app.open_review()

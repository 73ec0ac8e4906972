"""The steps of a lesson, to see and to jump to."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Key
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tutor.lesson.model import Lesson
from tutor.lesson.state import title_of
from tutor.session.player import Player
from tutor.texts import _, mark

_MARKS = {mark("open"): ("·", "dim"), mark("done"): ("✓", "green"), mark("shown"): ("○", "yellow")}


class OverviewScreen(ModalScreen["int | None"]):
    """Dismissed with the index of the chosen step, or None."""

    BINDINGS = [("escape,f3,q", "dismiss(None)", "Close")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, lesson: Lesson, player: Player) -> None:
        super().__init__()
        self._lesson = lesson
        self._player = player
        self._typed = ""

    def compose(self) -> ComposeResult:
        options = []
        bookmarked = self._player.bookmarked
        for index, step in enumerate(self._lesson.steps):
            sign, style = _MARKS[self._player.status_of(index)]
            title = title_of(step)
            row = Text.assemble((f"{sign} ", style), f"{index + 1:>2}  {title}")
            if step.id in bookmarked:
                row.append("  ★ " + _("bookmark"), style="yellow")
            options.append(Option(row))
        steps = OptionList(*options, id="help", markup=False)
        steps.border_title = Content(self._lesson.title)
        steps.border_subtitle = f"{self._counts()}   {_('Enter jumps, Esc closes')}"
        steps.highlighted = self._player.view.index
        yield steps

    def _counts(self) -> str:
        """The marks and what they mean."""
        statuses = [self._player.status_of(index) for index in range(len(self._lesson.steps))]
        return "  ".join(f"{sign} {statuses.count(name)} {_(name)}" for name, (sign, _style) in _MARKS.items())

    def on_key(self, event: Key) -> None:
        """The number of a step leads to it: 1, and 12 when 2 follows."""
        digit = event.character if event.character and event.character in "0123456789" else ""
        total = len(self._lesson.steps)
        self._typed = next((n for n in (self._typed + digit, digit) if digit and 0 < int(n) <= total), "")
        if self._typed:
            event.stop()
            self.query_one(OptionList).highlighted = int(self._typed) - 1

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

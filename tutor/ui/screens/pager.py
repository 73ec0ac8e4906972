"""Long text on the whole screen, with search."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tutor.ui.widgets.lines import Line
from tutor.ui.widgets.pages import Pages

_KEYS = "/ searches   n N next, previous   g G ends   q goes back"


class Pager(ModalScreen[None]):
    """Closed by q or Esc; ``/`` searches, ``n`` and ``N`` go from place to place."""

    CSS_PATH = "../styles/pager.tcss"
    BINDINGS = [
        ("escape,q", "back", "Back"),
        ("slash,ctrl+f", "search", "Search"),
        ("n", "step(1)", "Next"),
        ("N", "step(-1)", "Previous"),
    ]

    def __init__(self, title: str, lines: Iterable[Line | str]) -> None:
        super().__init__()
        self._title = title
        self._lines = list(lines)

    def compose(self) -> ComposeResult:
        yield Static(f" {self._title}", id="pager-title", markup=False)
        yield Pages(self._lines)
        yield Static(f" {_KEYS}", id="pager-keys", markup=False)
        yield Input(placeholder="search for", id="pager-search")

    def on_mount(self) -> None:
        self.query_one(Input).display = False
        self.query_one(Pages).focus()

    def action_back(self) -> None:
        if self.query_one(Input).has_focus:
            self._leave_search()
        else:
            self.dismiss()

    def action_search(self) -> None:
        field = self.query_one(Input)
        field.display = True
        field.value = ""
        field.focus()

    def action_step(self, places: int) -> None:
        self._say(self.query_one(Pages).step(places))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave_search()
        self._say(self.query_one(Pages).search(event.value))

    def _leave_search(self) -> None:
        self.query_one(Input).display = False
        self.query_one(Pages).focus()

    def _say(self, found: str) -> None:
        self.query_one("#pager-keys", Static).update(f" {found}   {_KEYS}" if found else f" {_KEYS}")

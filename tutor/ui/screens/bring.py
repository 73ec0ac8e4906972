"""Leaving free play: which of its variables are to come along."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.protocol.freeplay import PlayName
from tutor.texts import _, mark

_WHAT = mark("Back to the lesson, whose variables are as they were. What you choose here comes along.")
_KEYS = mark("Space chooses, a all or none, Enter goes back, Esc plays on.")
_HOW = (mark("new"), mark("changed"))
"""What became of a name."""


class BringScreen(ModalScreen["tuple[str, ...] | None"]):
    """Dismissed with the chosen names; with None to play on."""

    BINDINGS = [
        # The list has the focus and would take it for Enter.
        Binding("space", "choose", "Choose", priority=True),
        ("a", "choose_all", "All or none"),
        ("escape,q,L", "dismiss(None)", "Play on"),
    ]
    CSS_PATH = "../styles/bring.tcss"

    def __init__(self, names: Sequence[PlayName]) -> None:
        super().__init__()
        self._names = names
        self._chosen: set[str] = set()

    def compose(self) -> ComposeResult:
        with Vertical(id="bring") as box:
            box.border_title = _("Free play: bring variables back?")
            yield Static(_(_WHAT), markup=False)
            yield OptionList(*(Option(self._row(name)) for name in self._names), id="bring-names", markup=False)
            yield Static(_(_KEYS), id="bring-keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).highlighted = 0

    def _row(self, name: PlayName) -> Text:
        chosen = name.name in self._chosen
        row = Text("[x] " if chosen else "[ ] ", style="bold" if chosen else "", no_wrap=True, overflow="ellipsis")
        wide = min(max(len(one.name) for one in self._names), 24)
        row.append(name.name.ljust(wide))
        wide = max(len(_(how)) for how in _HOW)
        return row.append(f"  {_(name.how):<{wide}}  {name.kind}", style="dim" if not chosen else "")

    def _show(self) -> None:
        names = self.query_one(OptionList)
        for number, name in enumerate(self._names):
            names.replace_option_prompt_at_index(number, self._row(name))

    def action_choose(self) -> None:
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self._chosen ^= {self._names[highlighted].name}
            self._show()

    def action_choose_all(self) -> None:
        every = {name.name for name in self._names}
        self._chosen = set() if self._chosen == every else every
        self._show()

    def on_option_list_option_selected(self) -> None:
        self.dismiss(tuple(name.name for name in self._names if name.name in self._chosen))

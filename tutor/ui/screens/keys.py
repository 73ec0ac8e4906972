"""The keys of one screen, from its registry."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.texts import _
from tutor.ui.editor_keys import EditorKey
from tutor.ui.screens.help import key_table


class KeysScreen(ModalScreen[None]):
    """Closed by Esc, F1 or q."""

    BINDINGS = [("escape,f1,q,question_mark", "dismiss", "Close")]
    CSS_PATH = "../styles/help.tcss"

    def __init__(self, title: str, keys: Iterable[EditorKey], words: str) -> None:
        super().__init__()
        self._title = title
        self._keys = tuple(keys)
        self._words = words

    def compose(self) -> ComposeResult:
        with VerticalScroll(id="help") as scroll:
            scroll.border_title = _(self._title)
            scroll.border_subtitle = _("Esc closes")
            yield Static(key_table([(key.shown, key.help) for key in self._keys]))
            yield Static(f"\n{_(self._words)}", markup=False)

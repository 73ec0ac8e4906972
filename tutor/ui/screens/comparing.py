"""Two names are asked for, and the tensors behind them compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from tutor.protocol import commands, events
from tutor.render.comparison import comparison
from tutor.render.look import Look
from tutor.session.state import SessionState

if TYPE_CHECKING:
    from tutor.session.session import Session

_HELP = "Type two names; Right takes what is offered. %compare a b at the prompt does the same."


class CompareScreen(ModalScreen[tuple[str, str]]):
    """Gives back the two names, to be offered next time."""

    BINDINGS = [("escape", "leave", "Close"), ("pagedown", "page(1)", "Down"), ("pageup", "page(-1)", "Up")]
    CSS_PATH = ["../styles/help.tcss", "../styles/comparing.tcss"]

    def __init__(self, session: Session, names: Sequence[str], before: tuple[str, str]) -> None:
        super().__init__()
        self._session = session
        self._names = list(names)
        self._before = before
        self._answer: events.Contrasted | None = session.state.comparison
        self._asked = ("", "")
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        suggester = SuggestFromList(self._names, case_sensitive=True)
        with Vertical(id="help") as box:
            box.border_title = "Compare two tensors"
            box.border_subtitle = "Enter compares, Tab: other name, PgDn reads on, Esc closes"
            with Horizontal(id="compare-names"):
                for side, value in zip(("left", "right"), self._before, strict=True):
                    yield Input(value, placeholder="name", suggester=suggester, id=f"compare-{side}", compact=True)
            with VerticalScroll(id="compare-scroll", can_focus=False):
                yield Static(_HELP, id="compare-picture", markup=False)

    def on_mount(self) -> None:
        self._unsubscribe = self._session.subscribe(self._hear)
        fields = list(self.query(Input))
        (fields[0] if not fields[0].value else fields[1]).focus()
        if all(field.value for field in fields):
            self._ask()

    def on_unmount(self) -> None:
        self._unsubscribe()

    @property
    def _chosen(self) -> tuple[str, str]:
        left, right = (field.value.strip() for field in self.query(Input))
        return left, right

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        left, right = self._chosen
        if left and right:
            self._ask()
        else:
            self.query_one("#compare-left" if not left else "#compare-right").focus()

    def _ask(self) -> None:
        self._asked = self._chosen
        unknown = [name for name in self._asked if name not in self._names]
        if unknown:
            known = ", ".join(self._names[:12]) or "none yet"
            self._say(f"{' and '.join(unknown)} is no tensor with a name. There are: {known}.")
            return
        self._session.look(commands.Contrast(0, *self._asked))
        if self._session.state.running:
            self._say("Your code is running; the answer comes when it is done.")

    def _hear(self, event: events.Event, _state: SessionState) -> None:
        if isinstance(event, events.Contrasted):
            self._answer = event
            self._draw()

    def on_resize(self) -> None:
        if self._asked != ("", ""):
            self.call_after_refresh(self._draw)

    def _draw(self) -> None:
        if self._answer is None or self._asked == ("", ""):
            return
        found = self._answer.comparison
        if found is None:
            self._say("One of the two is gone.")
        elif (found.left.path, found.right.path) == self._asked:
            width = self.query_one("#compare-scroll").scrollable_content_region.width
            self.query_one("#compare-picture", Static).update(comparison(found, Look(max(width - 1, 24))))

    def _say(self, text: str) -> None:
        self.query_one("#compare-picture", Static).update(text)

    def action_page(self, pages: int) -> None:
        scroll = self.query_one("#compare-scroll")
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)

    def action_leave(self) -> None:
        self.dismiss(self._chosen)

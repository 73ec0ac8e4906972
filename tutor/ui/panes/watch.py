"""Expressions that are evaluated after each run."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input, Static

from tutor.protocol.watches import WatchLine, WatchRow
from tutor.render.look import Look
from tutor.render.watches import watches
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Canvas, Pane

_NOTHING = """\
Nothing is watched yet.

An expression typed above is evaluated after each run, without a graph and without side effects: its value, how \
it changed, and the course of a number stand here.

Try:  x.mean(0)      model[0].weight.grad.norm()
At the prompt:  %watch x.mean(0)   %unwatch"""


class WatchPane(Pane):
    """The watched expressions with their values."""

    NAME = "watch"
    TITLE = "Watch"
    BINDINGS = [
        Binding("up", "move(-1)", "Expression above", show=False),
        Binding("down", "move(1)", "Expression below", show=False),
        Binding("delete,minus,backspace", "remove", "Watch it no longer", show=False),
        Binding("enter", "edit", "Edit it", show=False),
    ]

    class Changed(Message):
        """The person wants an expression watched, or no longer."""

        def __init__(self, expression: str, keep: bool) -> None:
            super().__init__()
            self.expression = expression
            self.keep = keep

    def __init__(self) -> None:
        super().__init__()
        self._watching: tuple[str, ...] = ()
        self._lines: tuple[WatchLine, ...] = ()
        self._cursor = 0

    def compose(self) -> ComposeResult:
        yield Input(
            id="watch-input", placeholder="expression, Enter watches it", compact=True, select_on_focus=False
        )
        with Canvas(id="watch-canvas"):
            yield Static(_NOTHING, id="watch-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._draw()

    def show(self, state: SessionState) -> bool:
        if state.watches is not self._lines or state.watching != self._watching:
            grown = len(state.watching) > len(self._watching)
            self._watching, self._lines = state.watching, state.watches
            self._cursor = len(self._watching) - 1 if grown else min(self._cursor, max(len(self._watching) - 1, 0))
            self._draw()
            return grown
        return False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if event.value.strip():
            self.post_message(self.Changed(event.value, keep=True))
            event.input.value = ""

    def action_move(self, rows: int) -> None:
        self.query_one(Canvas).focus()
        self._cursor = min(max(self._cursor + rows, 0), max(len(self._watching) - 1, 0))
        self._draw()

    def action_remove(self) -> None:
        if self._watching:
            self.post_message(self.Changed(self._watching[self._cursor], keep=False))

    def action_edit(self) -> None:
        """Put the chosen expression back into the input; Enter there gives one that was stopped another try."""
        field = self.query_one(Input)
        if self._watching:
            expression = self._watching[self._cursor]
            self.post_message(self.Changed(expression, keep=False))
            field.value = expression
            field.cursor_position = len(expression)
        field.focus()

    def picture(self) -> Text:
        return watches(self._told(), -1, REPORT) if self._watching else super().picture()

    def _draw(self) -> None:
        picture = self.query_one("#watch-picture", Static)
        if not self._watching:
            picture.update(_NOTHING)
            return
        room = self.query_one(Canvas).scrollable_content_region
        look = Look(width=max(room.width, 24), height=max(room.height, 4))
        picture.update(watches(self._told(), self._cursor, look))

    def _told(self) -> list[WatchLine]:
        known = {line.row.expression: line for line in self._lines}
        return [known.get(text) or _waiting(text) for text in self._watching]


def _waiting(expression: str) -> WatchLine:
    return WatchLine(WatchRow(expression, "waiting", "its value comes when the running code has ended"), "new")

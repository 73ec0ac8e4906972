"""How the operands of what is being typed meet, drawn in full; after an error, those that did not."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tutor.protocol.events import Aligned
from tutor.render.alignment import alignment
from tutor.render.look import Look
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Canvas, Pane
from tutor.ui.widgets.keys import OwnKeys

_NOTHING = """\
Nothing to line up yet.

While you type an operation on tensors you have made, its shapes are lined up here before it runs: \
which axes are stretched, which do not fit, and what comes out.

Try:  a = torch.ones(3, 1)
      b = torch.ones(4)
      a + b        (do not press Enter yet)"""


_OLD = 2
"""Runs from which what is drawn is not of the last statement: its own run is the first."""


class AlignPane(OwnKeys, Pane):
    """The last statement whose shapes were known."""

    NAME = "align"
    TITLE = "Align"
    BINDINGS = [
        Binding("left_square_bracket", "step(-1)", "Previous operation", show=False),
        Binding("right_square_bracket", "step(1)", "Next operation", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._shown: Aligned | None = None
        self._chosen = 0
        self._runs = 0
        """Runs that have begun since it was drawn."""
        self._running = False

    def compose(self) -> ComposeResult:
        with Canvas(id="align-scroll"):
            yield Static(_NOTHING, id="align-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._draw()

    def show(self, state: SessionState) -> bool:
        if state.alignment is not self._shown:
            self._shown = state.alignment
            self._chosen = self._shown.chosen if self._shown else 0
            # What an error left here is of the run that is still going on.
            self._runs = int(self._shown is not None and self._shown.id == state.running)
            self._draw()
        begun = bool(state.running) and not self._running
        self._running = bool(state.running)
        if begun:
            self._runs += 1
            if self._runs == _OLD:
                self._draw()
        return False

    def action_step(self, places: int) -> None:
        """Draw another operation of the same statement."""
        if self._shown is not None:
            self._chosen = (self._chosen + places) % len(self._shown.steps)
            self._draw()

    def picture(self) -> Text:
        if self._shown is None:
            return super().picture()
        return alignment(self._shown.steps, self._chosen, REPORT)

    def _draw(self) -> None:
        picture = self.query_one("#align-picture", Static)
        if self._shown is None:
            picture.update(_NOTHING)
            return
        room = self.query_one(Canvas).scrollable_content_region
        drawn = alignment(self._shown.steps, self._chosen, Look(width=max(room.width - 1, 24)))
        old = Text("of an earlier statement:\n", style="dim") if self._runs >= _OLD else Text()
        picture.update(old.append_text(drawn))

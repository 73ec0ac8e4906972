"""What the last backward() left behind: live while a loop runs, and between runs leaf by leaf with the reasons."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tutor.protocol.commands import LookAtLeaves
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.graphs import LeafTable
from tutor.render.leaves import table
from tutor.render.look import Look
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Asks, Canvas, Pane
from tutor.ui.widgets.keys import OwnKeys

_NO_GRADIENTS = """\
No gradients yet.

After a call of backward() this pane shows .grad of every leaf, and why it is None where it is.

Try:  import torch
      x = torch.tensor(2.0, requires_grad=True)
      y = x**2 + 2*x + 1
      y.backward()

Esc G shows the graph it walks."""


class GradientPane(OwnKeys, Pane):
    """What the last backward() left behind: live while a loop runs, and between runs leaf by leaf."""

    NAME = "gradients"
    TITLE = "Gradients"
    BINDINGS = [
        Binding("up", "move(-1)", "Leaf above", show=False),
        Binding("down", "move(1)", "Leaf below", show=False),
        Binding("pageup", "move(-10)", "Ten up", show=False),
        Binding("pagedown", "move(10)", "Ten down", show=False),
        Binding("home", "move(-100000)", "First leaf", show=False),
        Binding("end", "move(100000)", "Last leaf", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: GradientSnapshot | None = None
        self._leaves: LeafTable | None = None
        self._cursor = 0
        self._stale = True
        self._running = False
        self._past = False

    def compose(self) -> ComposeResult:
        with Canvas(id="gradient-scroll"):
            yield Static(_NO_GRADIENTS, id="gradient-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._ask()  # when it is shown, it may have no size yet
        self._draw()

    def on_show(self) -> None:
        self._ask()

    def show(self, state: SessionState) -> bool:
        self._past = bool(state.moment)
        if not self._past:
            self._stale = self._stale or (self._running and not state.running)
            self._running = bool(state.running)
        news = state.gradients is not self._snapshot
        if news or state.leaves is not self._leaves:
            self._snapshot, self._leaves = state.gradients, state.leaves
            self._draw()
        self._ask()
        return news and self._snapshot is not None

    def _ask(self) -> None:
        """Only while it is in sight, and between runs: what changed since backward() no event tells."""
        if self._stale and self.display and self.size.width and not self._running and not self._past:
            self._stale = False
            self.post_message(Asks(LookAtLeaves(0)))

    def action_move(self, rows: int) -> None:
        if self._leaves is not None:
            self._cursor = min(max(self._cursor + rows, 0), len(self._leaves.rows) - 1)
            self._draw()

    def picture(self) -> Text:
        """Every leaf and the graph, where there is one: more than fits the pane."""
        if self._snapshot is None and self._leaves is None:
            return super().picture()
        return table(self._snapshot, self._leaves, self._cursor, REPORT)

    def _look(self) -> Look:
        room = self.query_one(Canvas).scrollable_content_region
        return Look(width=max(room.width, 24), height=max(room.height, 6))

    def _draw(self) -> None:
        picture = self.query_one("#gradient-picture", Static)
        if self._snapshot is None and self._leaves is None:
            picture.update(_NO_GRADIENTS)
            return
        picture.update(table(self._snapshot, self._leaves, self._cursor, self._look()))

"""What the last backward() left behind, live while a loop runs."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.protocol.snapshots import GradientSnapshot
from tutor.render.gradients import gradients
from tutor.render.look import Look
from tutor.session.state import SessionState
from tutor.ui.panes.pane import Canvas, Pane

_NO_GRADIENTS = """\
No gradients yet.

After a call of backward() this pane shows the graph that was walked, the gradient at every node, \
and .grad of every leaf.

Try:  import torch
      x = torch.tensor(2.0, requires_grad=True)
      y = x**2 + 2*x + 1
      y.backward()"""


class GradientPane(Pane):
    """What the last backward() left behind, live while a loop runs."""

    NAME = "gradients"
    TITLE = "Gradients"

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: GradientSnapshot | None = None

    def compose(self) -> ComposeResult:
        with Canvas(id="gradient-scroll"):
            yield Static(_NO_GRADIENTS, id="gradient-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._draw()

    def show(self, state: SessionState) -> bool:
        if state.gradients is self._snapshot:
            return False
        self._snapshot = state.gradients
        self._draw()
        return self._snapshot is not None

    def _draw(self) -> None:
        picture = self.query_one("#gradient-picture", Static)
        if self._snapshot is None:
            picture.update(_NO_GRADIENTS)
            return
        room = self.query_one(Canvas).scrollable_content_region
        width, height = max(room.width - 1, 24), max(room.height, 6)
        picture.update(gradients(self._snapshot, Look(width=width, height=height)))

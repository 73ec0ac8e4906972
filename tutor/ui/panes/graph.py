"""The autograd graph behind a tensor, and the way a gradient takes through it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.session.state import SessionState
from tutor.ui.panes.pane import Canvas, Pane

_NOTHING = """\
No graph yet.

Try:  import torch
      x = torch.tensor(2.0, requires_grad=True)
      y = x**2 + 2*x + 1"""


class GraphPane(Pane):
    """The autograd graph behind a tensor, and the way a gradient takes through it."""

    NAME = "graph"
    TITLE = "Graph"

    def compose(self) -> ComposeResult:
        with Canvas(id="graph-canvas"):
            yield Static(_NOTHING, id="graph-picture", markup=False)

    def show(self, state: SessionState) -> bool:  # noqa: ARG002 - nothing to draw yet
        return False

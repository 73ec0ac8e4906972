"""A training loop: its losses, its layers, its learning rates."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Static

from tutor.protocol.training import TrainingSnapshot
from tutor.render.look import Look
from tutor.render.training import training
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Canvas
from tutor.ui.panes.steers import Steers

_NOTHING = """\
No training yet.

A loop that calls backward() and steps an optimiser is drawn here while it runs: nothing need be added to it. \
(Gradients of torch.func.grad pass by unseen: it calls no backward().)

Try:  import torch
      from torch import nn
      model, x = nn.Linear(3, 1), torch.randn(64, 3)
      opt = torch.optim.SGD(model.parameters(), lr=0.1)
      for _ in range(2000):
          opt.zero_grad()
          loss = (model(x) - x.sum(1, keepdim=True)).pow(2).mean()
          loss.backward()
          opt.step()"""


class TrainingPane(Steers):
    """A training loop: its losses, its layers, its learning rates."""

    NAME = "training"
    TITLE = "Training"
    BINDINGS = [
        Binding("up", "move(-1)", "Layer above", show=False),
        Binding("down", "move(1)", "Layer below", show=False),
        Binding("l", "scale", "Linear or logarithmic losses", show=False),
    ]

    class Chosen(Message):
        """The person looks at another layer: its gradient is to be sampled while the loop runs."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def __init__(self) -> None:
        super().__init__()
        self._snapshot: TrainingSnapshot | None = None
        self._chosen = ""
        """Path of the layer the person chose; empty follows the worker."""
        self._log: bool | None = None
        self._told = 0
        """The run that has been news."""

    def compose(self) -> ComposeResult:
        with Canvas(id="training-canvas"):
            yield Static(_NOTHING, id="training-picture", markup=False)
        yield from self.compose_steering()

    def on_canvas_resized(self) -> None:
        self._draw()

    def show(self, state: SessionState) -> bool:
        self.show_steering(state)
        if state.training is self._snapshot:
            return False
        self._snapshot = state.training
        self._draw()
        if self._snapshot is None or self._snapshot.run == self._told:
            return False
        self._told = self._snapshot.run
        if self._chosen:
            self.post_message(self.Chosen(self._chosen))
        return not state.moment

    def action_move(self, rows: int) -> None:
        """Choose another layer."""
        if self._snapshot is None or not self._snapshot.layers:
            return
        paths = [layer.path for layer in self._snapshot.layers]
        current = self._chosen if self._chosen in paths else self._snapshot.chosen
        place = paths.index(current) if current in paths else 0
        self._chosen = paths[min(max(place + rows, 0), len(paths) - 1)]
        self.post_message(self.Chosen(self._chosen))
        self._draw()

    def action_scale(self) -> None:
        """Logarithmic, linear, and as it suits the losses."""
        self._log = {None: True, True: False, False: None}[self._log]
        self._draw()

    def picture(self) -> Text:
        if self._snapshot is None or not self.query_one(Canvas).display:
            return super().picture()
        return training(self._snapshot, REPORT, self._chosen, self._log)

    def _draw(self) -> None:
        picture = self.query_one("#training-picture", Static)
        if self._snapshot is None:
            picture.update(_NOTHING)
            return
        room = self.query_one(Canvas).scrollable_content_region
        look = Look(width=max(room.width - 1, 24), height=max(room.height, 6))
        picture.update(training(self._snapshot, look, self._chosen, self._log))

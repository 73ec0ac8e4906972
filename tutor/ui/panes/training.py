"""A training loop: its losses, its layers, its learning rates."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from tutor.session.state import SessionState
from tutor.ui.panes.pane import Canvas
from tutor.ui.panes.steers import Steers

_NOTHING = """\
No training yet.

A loop that calls backward() and steps an optimiser is drawn here while it runs."""


class TrainingPane(Steers):
    """A training loop: its losses, its layers, its learning rates."""

    NAME = "training"
    TITLE = "Training"

    def compose(self) -> ComposeResult:
        with Canvas(id="training-canvas"):
            yield Static(_NOTHING, id="training-picture", markup=False)
        yield from self.compose_steering()

    def show(self, state: SessionState) -> bool:
        self.show_steering(state)
        return False

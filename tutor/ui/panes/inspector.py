"""The panes behind their tabs: one at a time, or the tensors and one more where the screen is wide."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from tutor.session.state import SessionState
from tutor.ui.panes.flow import FlowPane
from tutor.ui.panes.gradients import GradientPane
from tutor.ui.panes.pane import Pane
from tutor.ui.panes.tensors import TensorPane

PANES: tuple[type[Pane], ...] = (TensorPane, FlowPane, GradientPane)
"""In the order of their tabs."""


class Inspector(Vertical):
    """Shows the state to every pane; news brings a pane to the front."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._chosen = PANES[0].NAME
        self._beside = PANES[-1].NAME

    def compose(self) -> ComposeResult:
        for kind in PANES:
            yield kind()

    def on_mount(self) -> None:
        self.choose(self._chosen)

    def choose(self, name: str) -> None:
        """Bring the pane called ``name`` to the front."""
        self._chosen = name
        if name != TensorPane.NAME:
            self._beside = name
        for pane in self.query(Pane):
            pane.set_class(name == pane.NAME, "-chosen")
            pane.set_class(pane.NAME in (TensorPane.NAME, self._beside), "-beside")
        tabs = [Content.styled(kind.TITLE, "bold" if name == kind.NAME else "") for kind in PANES]
        self.border_title = Content(" │ ").join(tabs).markup

    def show(self, state: SessionState) -> None:
        """Show what is true now."""
        news = [pane.NAME for pane in self.query(Pane) if pane.show(state)]
        if news:
            self.choose(news[-1])

"""The panes behind their tabs: one at a time, or the tensors and one more where the screen is wide."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.timer import Timer

from tutor.session.state import SessionState
from tutor.ui.panes.alignment import AlignPane
from tutor.ui.panes.flow import FlowPane
from tutor.ui.panes.gradients import GradientPane
from tutor.ui.panes.graph import GraphPane
from tutor.ui.panes.memory import MemoryPane
from tutor.ui.panes.model import ModelPane
from tutor.ui.panes.pane import Pane
from tutor.ui.panes.tabs import MORE, SEPARATOR, in_view
from tutor.ui.panes.tensors import TensorPane
from tutor.ui.panes.training import TrainingPane
from tutor.ui.panes.watch import WatchPane

PANES: tuple[type[Pane], ...] = (
    *(TensorPane, FlowPane, AlignPane, MemoryPane),
    *(GraphPane, GradientPane, TrainingPane, ModelPane, WatchPane),
)
"""In the order of their tabs."""

_BESIDE_TITLE = 6
"""Cells of the border's line that the title cannot have: corners, a stroke and a blank at each end."""

_LOOP_SHOWS = 0.5
"""Seconds after its first backward() within which a training loop is known to be one."""


class Inspector(Vertical):
    """Shows the state to every pane; news brings a pane to the front."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._panes = [kind() for kind in PANES]
        self._moment = ""
        self._chosen = PANES[0].NAME
        self._beside = GradientPane.NAME
        self._soon: Timer | None = None
        self._held = ""

    def compose(self) -> ComposeResult:
        yield from self._panes

    def on_mount(self) -> None:
        self.choose(self._chosen)

    def hold(self, name: str) -> None:
        """Bring a pane to the front, where news do not take its place; an empty name lets them again."""
        if name:
            self.choose(name)
        self._held = name

    def choose(self, name: str) -> None:
        """Bring the pane called ``name`` to the front."""
        self._held = ""
        self._chosen = name
        if name != TensorPane.NAME:
            self._beside = name
        for pane in self._panes:
            pane.set_class(name == pane.NAME, "-chosen")
            pane.set_class(pane.NAME in (TensorPane.NAME, self._beside), "-beside")
        self._title()

    def on_resize(self) -> None:
        self._title()

    def _title(self) -> None:
        titles = [kind.TITLE for kind in PANES]
        chosen = [kind.NAME for kind in PANES].index(self._chosen)
        # Where all tabs do not fit, the moment is what must be read.
        moment = f" {self._moment} " if self._moment else ""
        room = self.outer_size.width - _BESIDE_TITLE - (len(moment) + 1 if moment else 0)
        shown = in_view(titles, chosen, room)
        tabs = [Content.styled(titles[n], "bold" if n == chosen else "") for n in shown]
        title = Content(SEPARATOR).join(tabs)
        if shown.start > 0:
            title = Content.assemble(f"{MORE[0]} ", title)
        if shown.stop < len(titles):
            title = Content.assemble(title, f" {MORE[1]}")
        if moment:
            title = Content.assemble(Content.styled(moment, "bold $text-warning on $warning-muted"), " ", title)
        self.border_title = title.markup

    def shows(self, name: str) -> bool:
        """Whether the pane in front is called ``name``."""
        return self._chosen == name

    @property
    def chosen(self) -> Pane:
        """The pane in front."""
        return next(pane for pane in self._panes if self._chosen == pane.NAME)

    def show(self, state: SessionState) -> None:
        """Show what is true now."""
        if state.moment != self._moment:
            self._moment = state.moment
            self.set_class(bool(state.moment), "-past")
            self._title()
        news = [pane.NAME for pane in self._panes if pane.show(state)]
        if state.training is not None and state.training.state in ("running", "paused"):
            # The loop is the news; each backward() in it is not.
            news = [name for name in news if name != GradientPane.NAME]
        if news and not state.moment:
            # Whoever looks at a pane that has news of its own wants to see them there.
            name = ([name for name in news if name in (self._chosen, self._beside)] or news)[-1]
            if name == GradientPane.NAME and state.running:
                self._gradients_soon()
            else:
                self._bring(name)
        elif self._soon is not None and not state.running:
            self._bring(GradientPane.NAME)

    def _gradients_soon(self) -> None:
        """A backward() while code runs may be the first of a training loop, whose own pane follows at once."""
        if self._soon is None:
            self._soon = self.set_timer(_LOOP_SHOWS, lambda: self._bring(GradientPane.NAME))

    def _bring(self, name: str) -> None:
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        if not self._held:
            self.choose(name)

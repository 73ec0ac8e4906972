"""What the Training pane has besides its drawing: keys that steer the loop, and the runs that are kept."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tutor.render.steering import steering_line
from tutor.session.state import SessionState
from tutor.ui.panes.pane import Pane
from tutor.ui.panes.training_runs import RunsView
from tutor.ui.widgets.keys import OwnKeys


class Steers(OwnKeys, Pane):
    """Base of the pane: ``compose`` yields ``compose_steering()`` last, ``show`` calls ``show_steering()``.

    The drawing stands in ``#training-canvas``.
    """

    BINDINGS = [
        Binding("space", "screen.pause_training", "Pause, go on", show=False),
        Binding("full_stop,s", "screen.step_training", "One step", show=False),
        Binding("plus,equals_sign", "screen.raise_rate", "Learning rate ×2", show=False),
        Binding("minus", "screen.lower_rate", "Learning rate ÷2", show=False),
        Binding("x", "screen.end_training", "End the loop", show=False),
        Binding("k", "runs", "Kept runs", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._steered = SessionState()

    def compose_steering(self) -> ComposeResult:
        yield Static(id="training-keys", classes="keys", markup=False)
        runs = RunsView()
        runs.display = False
        yield runs

    def show_steering(self, state: SessionState) -> None:
        """What can be done with the loop now, and the runs there are."""
        self._steered = state
        self._name_keys()
        runs = self.query_one(RunsView)
        if runs.display or not runs.has(state.runs):
            runs.show(state.runs)

    def on_resize(self) -> None:
        self._name_keys()

    def on_descendant_focus(self) -> None:
        self._name_keys()

    def on_descendant_blur(self) -> None:
        self.call_after_refresh(self._name_keys)

    def _name_keys(self) -> None:
        state, keys = self._steered, self.query_one("#training-keys", Static)
        steerable = bool(state.running and not state.moment)
        width, here = max(self.size.width, 24), self.has_focus_within
        line = steering_line(steerable, state.held, len(state.runs.kept), width, here)
        # Among the runs only what steers a loop is worth a line.
        keys.display = steerable or not self.query_one(RunsView).display
        if str(keys.content) != line:
            keys.update(line)
            keys.set_class(bool(state.held), "-held")

    def action_runs(self) -> None:
        """From the drawing to the runs, and back."""
        self.show_runs(not self.query_one(RunsView).display)

    def show_runs(self, shown: bool = True) -> None:
        """Show the runs in place of the drawing, or the drawing again."""
        runs, drawing = self.query_one(RunsView), self.query_one("#training-canvas")
        runs.display, drawing.display = shown, not shown
        self._name_keys()
        runs.draw()
        self.call_after_refresh(runs.take_focus if shown else drawing.focus)

    def picture(self) -> Text:
        """What it shows, whole, without its line of keys."""
        runs = self.query_one(RunsView)
        place = runs if runs.display else self.query_one("#training-canvas")
        shown = [part.content for part in place.query(Static) if part.display and not part.has_class("keys")]
        return Text("\n").join(part if isinstance(part, Text) else Text(str(part)) for part in shown)

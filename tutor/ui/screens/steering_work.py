"""Steering the training loop that runs, and its files, from wherever the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.steering import NOTHING_RUNS
from tutor.ui.panes.inspector import Inspector
from tutor.ui.panes.training import TrainingPane
from tutor.ui.panes.training_runs import RunsView

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object

_FACTOR = 2.0


class SteeringWork(_Base):
    """Mixin of a work screen."""

    session: Session

    if TYPE_CHECKING:

        def say(self, text: str) -> None: ...

        def _show_pane(self, name: str) -> None: ...

    def action_pause_training(self) -> None:
        self._steer("resume" if self.session.state.held else "pause")

    def action_step_training(self) -> None:
        self._steer("step")

    def action_raise_rate(self) -> None:
        self._steer("rate", _FACTOR)

    def action_lower_rate(self) -> None:
        self._steer("rate", 1 / _FACTOR)

    def action_end_training(self) -> None:
        self._steer("stop")

    def action_kept_runs(self) -> None:
        self._show_pane("training")
        self.query_one(TrainingPane).show_runs()

    def on_training_pane_chosen(self, event: TrainingPane.Chosen) -> None:
        self.session.choose_layer(event.path)

    def on_runs_view_named(self, event: RunsView.Named) -> None:
        self.session.rename_run(event.number, event.name)
        self.query_one(Inspector).show(self.session.view)

    def on_runs_view_said(self, event: RunsView.Said) -> None:
        self.say(event.words)

    def _steer(self, wish: str, rate: float = 0.0) -> None:
        if not self.session.steer(wish, rate):
            self.say(NOTHING_RUNS)

"""One model of the namespace, layer by layer."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tutor.protocol.commands import LookAtModel
from tutor.protocol.events import ModelSeen
from tutor.protocol.models import ModelSnapshot
from tutor.render.look import Look
from tutor.render.model import beginning, model, paths, visible
from tutor.session.state import SessionState
from tutor.ui.panes.pane import LOOKING, REPORT, Asks, Canvas, Pane
from tutor.ui.widgets.keys import OwnKeys

_NO_MODEL = """\
No model yet.

Every nn.Module you make appears here: its layers, their parameters and memory, and after a call the shapes \
that went through them.

Try:  from torch import nn
      model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
      model(torch.randn(5, 4))"""

_NOT_THEN = """\
Nothing is known of a model {}.

A model is remembered for the runs after which this pane was shown. > goes towards now."""


class ModelPane(OwnKeys, Pane):
    """One model of the namespace: the tree of its layers, and the chosen layer in full."""

    NAME = "model"
    TITLE = "Model"
    BINDINGS = [
        Binding("up", "move(-1)", "Layer above", show=False),
        Binding("down", "move(1)", "Layer below", show=False),
        Binding("pageup", "move(-10)", "Ten up", show=False),
        Binding("pagedown", "move(10)", "Ten down", show=False),
        Binding("home", "move(-100000)", "First layer", show=False),
        Binding("end", "move(100000)", "Last layer", show=False),
        Binding("enter,space", "fold", "Fold or unfold", show=False),
        Binding("left", "fold(True)", "Fold", show=False),
        Binding("right", "fold(False)", "Unfold", show=False),
        Binding("left_square_bracket", "other(-1)", "Previous model", show=False),
        Binding("right_square_bracket", "other(1)", "Next model", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._seen: ModelSeen | None = None
        self._path = ""
        """The model the person chose; empty follows the one that changed last."""
        self._folds: dict[str, frozenset[str]] = {}
        self._cursor = 0
        self._stale = True
        self._running = False
        self._moment = ""

    def compose(self) -> ComposeResult:
        with Canvas(id="model-canvas"):
            yield Static(_NO_MODEL, id="model-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._draw()

    def on_show(self) -> None:
        self._ask()

    def show(self, state: SessionState) -> bool:
        # A run may have changed anything; while nobody looks, nobody asks.
        if not state.moment:
            self._stale = self._stale or self._running != bool(state.running)
            self._running = bool(state.running)
        if state.model is not self._seen or state.moment != self._moment:
            self._seen, self._moment = state.model, state.moment
            self._draw()
        if not state.moment:
            self._ask()
        return False

    def _ask(self) -> None:
        if self._stale and self.display and not self._running and not self._moment:
            self._stale = False
            self.post_message(Asks(LookAtModel(0, self._path)))
            if self._seen is None:
                self.query_one("#model-picture", Static).update(LOOKING)

    @property
    def _model(self) -> ModelSnapshot | None:
        return self._seen.model if self._seen is not None else None

    def _folded(self, snapshot: ModelSnapshot) -> frozenset[str]:
        if snapshot.path not in self._folds:
            self._folds[snapshot.path] = beginning(snapshot)
        return self._folds[snapshot.path]

    def action_move(self, rows: int) -> None:
        snapshot = self._model
        if snapshot is not None:
            last = len(visible(snapshot, self._folded(snapshot))) - 1
            self._cursor = min(max(self._cursor + rows, 0), last)
            self._draw()

    def action_fold(self, close: bool | None = None) -> None:
        """Fold or unfold the chosen layer; folding what has nothing to fold goes to the layer around it."""
        snapshot = self._model
        if snapshot is None:
            return
        folded = self._folded(snapshot)
        shown = visible(snapshot, folded)
        number = shown[min(self._cursor, len(shown) - 1)]
        path, layer = paths(snapshot)[number], snapshot.layers[number]
        if close is None:
            close = path not in folded
        if close and (path in folded or not layer.below):
            depths = [snapshot.layers[place].depth for place in shown]
            self._cursor = next((place for place in range(self._cursor, 0, -1) if depths[place] < layer.depth), 0)
        elif layer.below:
            self._folds[snapshot.path] = folded | {path} if close else folded - {path}
        self._draw()

    def action_other(self, step: int) -> None:
        """The next model of the namespace; it stays chosen until it is gone."""
        if self._seen is None or not self._seen.names:
            return
        names = self._seen.names
        current = self._seen.model.path if self._seen.model is not None else names[0]
        place = names.index(current) if current in names else 0
        self._path, self._cursor, self._stale = names[(place + step) % len(names)], 0, True
        self._ask()

    def picture(self) -> Text:
        snapshot = self._model
        if snapshot is None:
            return super().picture()
        return model(snapshot, (), self._folded(snapshot), self._cursor, REPORT)

    def _draw(self) -> None:
        picture = self.query_one("#model-picture", Static)
        snapshot = self._model
        if snapshot is None or self._seen is None:
            asked = self._seen is None and not self._stale
            picture.update(_NOT_THEN.format(self._moment) if self._moment else LOOKING if asked else _NO_MODEL)
            return
        room = self.query_one(Canvas).scrollable_content_region
        look = Look(width=max(room.width, 24), height=max(room.height, 8))
        picture.update(model(snapshot, self._seen.names, self._folded(snapshot), self._cursor, look))

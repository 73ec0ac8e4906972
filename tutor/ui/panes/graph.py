"""The autograd graph behind a tensor, and the way a gradient takes through it."""

from __future__ import annotations

from dataclasses import replace

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer
from textual.widgets import Static

from tutor.protocol.commands import LookAtGraph
from tutor.protocol.events import GraphSeen
from tutor.protocol.gradients import GradientSnapshot
from tutor.protocol.graphs import GraphView
from tutor.render.autograd.drawing import Place, graph
from tutor.render.autograd.tree import Folds, beginning, opened, rows_of, sound
from tutor.render.autograd.words import why_no_pass
from tutor.render.look import Look
from tutor.session.state import SessionState
from tutor.ui.panes.pane import LOOKING, REPORT, Asks, Canvas, Pane
from tutor.ui.widgets.keys import OwnKeys

_NOTHING = """\
No graph yet.

Every operation on a tensor that requires a gradient is recorded. This pane shows the record behind a result: \
what backward() will walk, and what it left at each node.

Try:  import torch
      x = torch.tensor(2.0, requires_grad=True)
      y = x**2 + 2*x + 1
      y.backward()"""

_NOT_THEN = """\
Nothing is known of a graph {}.

A graph is looked at as it is now. > goes towards now."""

_STEP = 0.7
"""Seconds a step is shown while the pass plays."""


class GraphPane(OwnKeys, Pane):
    """The autograd graph behind a tensor, and the way a gradient takes through it."""

    NAME = "graph"
    TITLE = "Graph"
    BINDINGS = [
        Binding("up", "move(-1)", "Row above", show=False),
        Binding("down", "move(1)", "Row below", show=False),
        Binding("pageup", "move(-10)", "Ten up", show=False),
        Binding("pagedown", "move(10)", "Ten down", show=False),
        Binding("home", "move(-100000)", "Root", show=False),
        Binding("end", "move(100000)", "Last row", show=False),
        Binding("enter", "enter", "Fold, unfold, or go there", show=False),
        Binding("left", "fold(True)", "Fold", show=False),
        Binding("right", "fold(False)", "Unfold", show=False),
        Binding("left_square_bracket", "other(-1)", "Previous tensor", show=False),
        Binding("right_square_bracket", "other(1)", "Next tensor", show=False),
        Binding("full_stop", "step(1)", "Next step of backward", show=False),
        Binding("comma", "step(-1)", "Step before", show=False),
        Binding("space", "play", "Play backward", show=False),
        Binding("0", "whole", "Everything again", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._answer: GraphSeen | None = None
        """As it came."""
        self._seen: GraphSeen | None = None
        """The same, made sound."""
        self._gradients: GradientSnapshot | None = None
        self._path = ""
        """The tensor the person chose; empty follows the newest."""
        self._start = 0
        self._folds: Folds = frozenset()
        self._cursor = 0
        self._step: int | None = None
        self._said = ""
        self._stale = True
        self._running = False
        self._moment = ""
        self._player: Timer | None = None

    def compose(self) -> ComposeResult:
        with Canvas(id="graph-canvas"):
            yield Static(_NOTHING, id="graph-picture", markup=False)

    def on_canvas_resized(self) -> None:
        self._ask()  # when it is shown, it may have no size yet
        self._draw()

    def on_show(self) -> None:
        self._ask()

    def on_hide(self) -> None:
        self._stop()

    def show(self, state: SessionState) -> bool:
        if not state.moment:
            # A run may have made any graph; what was chosen before it is chosen no longer.
            if self._running and not state.running:
                self._stale, self._path, self._start = True, "", 0
            self._running = bool(state.running)
        if state.graph is not self._answer or state.moment != self._moment:
            self._answer = state.graph
            self._take(state.graph, state.moment)
        if not state.moment:
            self._ask()
        news, self._gradients = state.gradients is not self._gradients, state.gradients
        return news and state.gradients is not None and self.display

    def _take(self, seen: GraphSeen | None, moment: str) -> None:
        if seen is not None and seen.view is not None:
            seen = replace(seen, view=sound(seen.view))
        self._seen, self._moment, self._said = seen, moment, ""
        self._stop()
        self._cursor, self._step = 0, None
        self._folds = beginning(seen.view) if seen is not None and seen.view is not None else frozenset()
        self._draw()

    def _ask(self) -> None:
        if self._stale and self.display and self.size.width and not self._running and not self._moment:
            self._stale = False
            self.post_message(Asks(LookAtGraph(0, self._path, self._start)))
            if self._seen is None:
                self.query_one("#graph-picture", Static).update(LOOKING)

    @property
    def _view(self) -> GraphView | None:
        return self._seen.view if self._seen is not None and self._seen.view and self._seen.view.nodes else None

    def action_move(self, rows: int) -> None:
        view = self._view
        if view is not None:
            self._cursor = min(max(self._cursor + rows, 0), len(rows_of(view, self._folds)) - 1)
            self._draw()

    def action_enter(self) -> None:
        """Fold or unfold; from an edge to the node it leads to; on from where the view ends."""
        view = self._view
        if view is None:
            return
        row = rows_of(view, self._folds)[self._cursor]
        if row.again:
            self._go_to(view, row.node)
        elif view.beyond[row.node] and row.node:
            self._start, self._stale, self._path = view.places[row.node], True, view.path
            self._ask()
        else:
            self.action_fold()

    def action_fold(self, close: bool | None = None) -> None:
        """Fold or unfold the chosen node; folding what has nothing to fold goes to the node above it."""
        view = self._view
        if view is None:
            return
        rows = rows_of(view, self._folds)
        row = rows[self._cursor]
        place, inputs = view.places[row.node], view.nodes[row.node].inputs
        folded = place in self._folds or not inputs or row.again
        if close is None:
            close = not folded
        if close and folded:
            self._cursor = max(row.above, 0)
        elif inputs and not row.again:
            self._folds = self._folds | {place} if close else self._folds - {place}
        self._draw()

    def _go_to(self, view: GraphView, node: int) -> None:
        """Put the cursor on the row where a node is drawn, unfolding what hides it."""
        self._folds = opened(view, self._folds, node)
        rows = rows_of(view, self._folds)
        self._cursor = next(i for i, row in enumerate(rows) if row.node == node and not row.again)
        self._draw()

    def action_other(self, places: int) -> None:
        """The graph of another tensor."""
        names = self._seen.names if self._seen is not None else ()
        if not names:
            return
        current = self._seen.view.path if self._seen is not None and self._seen.view is not None else ""
        at = names.index(current) + places if current in names else 0
        self._path, self._start, self._stale = names[at % len(names)], 0, True
        self._ask()

    def action_step(self, places: int) -> None:
        """Replay the recorded pass: one node on, or back."""
        self._stop()
        self._go(places)

    def _go(self, places: int) -> None:
        view = self._view
        if view is None:
            return
        if not view.order:
            self._said = why_no_pass(view)
            self._draw()
            return
        before = (0 if places > 0 else len(view.order)) if self._step is None else self._step
        self._step = min(max(before + places, 0), len(view.order))
        self._go_to(view, view.order[self._step - 1] if self._step else 0)

    def action_play(self) -> None:
        """Replay by itself, or stop; one step where animations are switched off."""
        if self._player is not None:
            self._stop()
            return
        view = self._view
        if view is not None and self._step == len(view.order):
            self._step = None
        self._go(1)
        if view is not None and view.order and self.app.animation_level != "none":
            self._player = self.set_interval(_STEP, self._play_on)

    def _play_on(self) -> None:
        view = self._view
        if view is None or self._step is None or self._step >= len(view.order):
            self._stop()
        else:
            self._go(1)

    def action_whole(self) -> None:
        """All that the pass left, and the graph from its root."""
        self._stop()
        self._step = None
        if self._start:
            self._start, self._stale = 0, True
            self._ask()
        self._draw()

    def _stop(self) -> None:
        if self._player is not None:
            self._player.stop()
            self._player = None

    def picture(self) -> Text:
        view = self._view
        if view is None or self._seen is None:
            return super().picture()
        return graph(view, (), Place(self._folds, self._cursor, self._step), REPORT)

    def _draw(self) -> None:
        picture = self.query_one("#graph-picture", Static)
        if self._seen is None or self._seen.view is None:
            asked = self._seen is None and not self._stale
            picture.update(_NOT_THEN.format(self._moment) if self._moment else LOOKING if asked else _NOTHING)
            return
        room = self.query_one(Canvas).scrollable_content_region
        look = Look(width=max(room.width, 24), height=max(room.height, 8))
        place = Place(self._folds, self._cursor, self._step)
        picture.update(graph(self._seen.view, self._seen.names, place, look, self._said))

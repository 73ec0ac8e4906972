"""The storage under a tensor: slots, strides, and who else looks at them."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.timer import Timer
from textual.widgets import Static

from tutor.protocol.commands import Locate
from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.snapshots import TensorFacts
from tutor.render.look import Look
from tutor.render.memory import last_position, memory, moved
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Asks, Canvas, Pane
from tutor.ui.widgets.keys import OwnKeys

_NO_TENSORS = """\
No tensors yet.

This pane shows where a tensor's elements lie in memory: how strides lead from an index to a slot, \
and which names see the same slots.

Try:  import torch
      x = torch.arange(6).view(2, 3)
      y = x.t()"""
_KEYS = "arrows: index   . ,: next, back   Space: play   [ ]: tensor   0: start"
_STEP = 0.4
"""Seconds an element is shown while the walk plays."""


class Board(Canvas, inherit_bindings=False):
    """The drawing; arrows move the cursor in it, so only pages scroll."""

    BINDINGS = [
        Binding("pageup", "page_up", "Up", show=False),
        Binding("pagedown", "page_down", "Down", show=False),
    ]


class MemoryPane(OwnKeys, Pane):
    """One tensor's storage, and a cursor that walks its elements in index order."""

    NAME = "memory"
    TITLE = "Memory"
    BINDINGS = [
        Binding("left_square_bracket", "tensor(-1)", "Previous tensor", show=False),
        Binding("right_square_bracket", "tensor(1)", "Next tensor", show=False),
        Binding("full_stop", "step(1)", "Next element", show=False),
        Binding("comma", "step(-1)", "Element before", show=False),
        Binding("space", "play", "Play", show=False),
        Binding("0", "home", "Start", show=False),
        Binding("left", "move(-1, -1)", "Left", show=False),
        Binding("right", "move(-1, 1)", "Right", show=False),
        Binding("up", "move(-2, -1)", "Up", show=False),
        Binding("down", "move(-2, 1)", "Down", show=False),
        Binding("less_than_sign", "move(0, -1)", "First axis back", show=False),
        Binding("greater_than_sign", "move(0, 1)", "First axis on", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[TensorFacts, ...] = ()
        self._storage: StorageSnapshot | None = None
        self._path = ""
        self._position = 0
        self._ran = False
        self._walk: Timer | None = None

    def compose(self) -> ComposeResult:
        with Board(id="memory-scroll"):
            yield Static(_NO_TENSORS, id="memory-picture", markup=False)

    def on_canvas_resized(self) -> None:
        if self._storage is None:
            self._ask()
        self._draw()

    def on_show(self) -> None:
        self._ask()

    def on_hide(self) -> None:
        self._stop()

    def show(self, state: SessionState) -> bool:
        if state.tensors is not self._facts:
            self._facts = state.tensors
            self._choose_changed()
            self._ask()
        # A run that changes values in place may leave every fact as it was.
        elif self._ran and not state.running:
            self._ask()
        self._ran = bool(state.running)
        if state.storage is not self._storage:
            self._take(state.storage)
        return False

    def _take(self, storage: StorageSnapshot | None) -> None:
        # The answer may be about a tensor that is no longer the chosen one, or that is gone.
        if storage is not None and storage.tenants and storage.tenants[0].path == self._path:
            self._storage = storage
            self._position = min(self._position, max(last_position(storage), 0))
            self._draw()
        elif storage is None and not self._facts:
            self._storage = None
            self._draw()

    def _choose_changed(self) -> None:
        """The newest tensor that the last run made or changed; of those, one that shares its storage."""
        paths = [facts.path for facts in self._facts]
        changed = [facts for facts in self._facts if facts.change in ("new", "rebound")]
        sharing = [facts.path for facts in changed if facts.shares]
        before = self._path
        if changed:
            self._path = sharing[-1] if sharing else changed[-1].path
        elif self._path not in paths:
            self._path = paths[-1] if paths else ""
        if self._path != before:
            self._position = 0
            self._stop()

    def _ask(self) -> None:
        """Only while it is in sight: looking costs the worker a little."""
        if self._path and self.display and self.size.width:
            self.post_message(Asks(Locate(0, self._path)))

    def action_tensor(self, places: int) -> None:
        """Show the storage of another tensor."""
        paths = [facts.path for facts in self._facts]
        if not paths:
            return
        at = paths.index(self._path) if self._path in paths else 0
        self._path, self._position = paths[(at + places) % len(paths)], 0
        self._stop()
        self._ask()

    def action_step(self, places: int) -> None:
        """Go on in index order; behind the last element comes the first."""
        self._stop()
        self._walk_on(places)

    def action_home(self) -> None:
        self._stop()
        self._position = 0
        self._draw()

    def action_move(self, axis: int, places: int) -> None:
        """One index of the cursor up or down."""
        if self._storage is not None:
            self._stop()
            self._position = moved(self._storage, self._position, axis, places)
            self._draw()

    def action_play(self) -> None:
        """Walk through the elements by itself, or stop; one step where animations are switched off."""
        if self._walk is not None:
            self._stop()
        elif self.app.animation_level == "none":
            self._walk_on(1)
        else:
            self._walk_on(1)
            self._walk = self.set_interval(_STEP, self._play_on)

    def _play_on(self) -> None:
        if self._storage is not None and self._position >= last_position(self._storage):
            self._stop()
        else:
            self._walk_on(1)

    def _walk_on(self, places: int) -> None:
        if self._storage is not None:
            count = max(last_position(self._storage) + 1, 1)
            self._position = (self._position + places) % count
            self._draw()

    def _stop(self) -> None:
        if self._walk is not None:
            self._walk.stop()
            self._walk = None

    def picture(self) -> Text:
        if self._storage is None or not self._facts:
            return super().picture()
        return memory(self._storage, self._position, REPORT)

    def _draw(self) -> None:
        picture = self.query_one("#memory-picture", Static)
        if self._storage is None or not self._facts:
            picture.update("" if self._facts else _NO_TENSORS)
            return
        room = self.query_one(Board).scrollable_content_region
        drawn = memory(self._storage, self._position, Look(width=max(room.width - 1, 24)))
        picture.update(drawn.append(f"\n{_KEYS}", style="dim"))

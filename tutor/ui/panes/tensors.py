"""All tensors of the namespace, and a drawing of the chosen one."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.widgets import Static

from tutor.protocol.snapshots import TensorFacts
from tutor.session.state import SessionState
from tutor.texts import _, mark
from tutor.ui.panes.pane import Pane
from tutor.ui.panes.tensor_drawing import TensorDrawing
from tutor.ui.panes.tensor_list import TensorList

_NO_TENSORS = mark("""\
No tensors yet.

Every tensor you make at the prompt appears here with its shape and a drawing of its values.

Try:  import torch
      x = torch.arange(6.).reshape(2, 3)""")

_LOW = 20
"""Rows below which the list gives its own to the drawing that is being moved in."""


class TensorPane(Pane):
    """All tensors of the namespace, and a drawing of the chosen one."""

    NAME = "tensors"
    TITLE = "Tensors"

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[TensorFacts, ...] = ()
        self._more = 0
        self._path = ""
        self.wanted = ""
        """The tensor to draw while it is there, whatever else has changed; empty: what the last run made."""

    def compose(self) -> ComposeResult:
        yield Static(_(_NO_TENSORS), id="tensors-empty", markup=False)
        yield TensorList(id="tensor-list")
        yield TensorDrawing(id="tensor-drawing")

    def on_mount(self) -> None:
        self._arrange()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.height < _LOW, "-low")

    def on_descendant_focus(self) -> None:
        self.set_class(self.query_one(TensorDrawing).has_focus, "-drawing")

    def on_descendant_blur(self) -> None:
        self.remove_class("-drawing")

    def show(self, state: SessionState) -> bool:
        self._show_all(state.tensors, state.more_tensors)
        self.query_one(TensorDrawing).show(state.detail)
        return False

    def picture(self) -> Text:
        return self.query_one(TensorDrawing).picture() if self._facts else super().picture()

    def _show_all(self, facts: tuple[TensorFacts, ...], more: int) -> None:
        """Show these tensors; what the last run changed is chosen, the newest first."""
        if facts == self._facts and more == self._more:
            return
        self._facts, self._more = facts, more
        paths = [fact.path for fact in facts]
        changed = _newest(facts)
        if self.wanted in paths:
            self._path = self.wanted
        elif changed:
            self._path = changed
        elif self._path not in paths:
            self._path = paths[-1] if paths else ""
        at = paths.index(self._path) if self._path else 0
        self._arrange()
        self.query_one(TensorList).show(facts, more, at)
        self.query_one(TensorDrawing).choose(facts[at] if facts else None)

    def on_tensor_list_chosen(self, event: TensorList.Chosen) -> None:
        event.stop()
        self._path = event.facts.path
        self.query_one(TensorDrawing).choose(event.facts)

    def on_tensor_list_entered(self, event: TensorList.Entered) -> None:
        event.stop()
        self.query_one(TensorDrawing).focus()

    def on_tensor_drawing_left(self, event: TensorDrawing.Left) -> None:
        event.stop()
        rows = self.query_one(TensorList)
        # Where the pane is low the list is hidden until the drawing has lost the focus.
        self.remove_class("-drawing")
        self.call_after_refresh(rows.focus)

    def _arrange(self) -> None:
        self.set_class(not self._facts, "-empty")


def _newest(facts: tuple[TensorFacts, ...]) -> str:
    """The latest name that the last run gave; where it only wrote in place, the latest tensor whose own memory
    it is, not a view of one; empty if nothing changed."""
    made = [fact.path for fact in facts if fact.change in ("new", "rebound")]
    written = [fact.path for fact in facts if fact.change and not fact.view_of and not fact.same_as]
    changed = [fact.path for fact in facts if fact.change]
    return next((paths[-1] for paths in (made, written, changed) if paths), "")

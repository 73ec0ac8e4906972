"""All tensors of the namespace, and a drawing of the chosen one."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.protocol.commands import Inspect
from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.render.drawings import drawing
from tutor.render.look import Look
from tutor.render.tensors import tensor_rows
from tutor.session.state import SessionState
from tutor.ui.panes.pane import Asks, Canvas, Pane

_NO_TENSORS = """\
No tensors yet.

Every tensor you make at the prompt appears here with its shape and a drawing of its values.

Try:  import torch
      x = torch.arange(6.).reshape(2, 3)"""


class TensorPane(Pane):
    """All tensors of the namespace, and a drawing of the chosen one."""

    NAME = "tensors"
    TITLE = "Tensors"
    BINDINGS = [
        Binding("left_square_bracket", "slice(-1)", "Previous slice", show=False),
        Binding("right_square_bracket", "slice(1)", "Next slice", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._facts: tuple[TensorFacts, ...] = ()
        self._more = 0
        self._detail: TensorDetail | None = None
        self._path = ""
        self._index: tuple[int, ...] = ()

    def compose(self) -> ComposeResult:
        yield Static(_NO_TENSORS, id="tensors-empty", markup=False)
        yield OptionList(id="tensor-list", markup=False)
        with Canvas(id="tensor-drawing-scroll", can_focus=False):
            yield Static(id="tensor-drawing", markup=False)

    def on_mount(self) -> None:
        self._arrange()

    def on_canvas_resized(self) -> None:
        self._fill()
        self._draw()

    def show(self, state: SessionState) -> bool:
        self._show_all(state.tensors, state.more_tensors)
        self._show_detail(state.detail)
        return False

    def _show_all(self, facts: tuple[TensorFacts, ...], more: int) -> None:
        """Show these tensors; what the last run changed is chosen, the newest first."""
        if facts == self._facts and more == self._more:
            return
        self._facts, self._more = facts, more
        changed = [fact.path for fact in facts if fact.change]
        paths = [fact.path for fact in facts]
        if changed:
            self._path, self._index = changed[-1], ()
        elif self._path not in paths:
            self._path, self._index = (paths[-1] if paths else ""), ()
        self._arrange()
        self._fill()
        if self._path:
            self._ask()

    def _show_detail(self, detail: TensorDetail | None) -> None:
        if detail is not self._detail:
            self._detail = detail
            self._draw()

    def action_slice(self, step: int) -> None:
        """Show the next slice along the first axis of a tensor with three axes or more."""
        facts = next((fact for fact in self._facts if fact.path == self._path), None)
        if facts is None or len(facts.shape) < 3 or not facts.shape[0]:
            return
        current = self._index[0] if self._index else 0
        self._index = ((current + step) % facts.shape[0],)
        self._ask()

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self._facts):
            path = self._facts[event.option_index].path
            if path != self._path:
                self._path, self._index = path, ()
                self._ask()

    def _ask(self) -> None:
        self.post_message(Asks(Inspect(0, self._path, self._index)))

    def _arrange(self) -> None:
        empty = not self._facts
        self.query_one("#tensors-empty").display = empty
        self.query_one("#tensor-list").display = not empty
        self.query_one("#tensor-drawing-scroll").display = not empty

    def _fill(self) -> None:
        rows = self.query_one("#tensor-list", OptionList)
        width = max(rows.scrollable_content_region.width - 2, 24)
        options = [Option(row) for row in tensor_rows(self._facts, Look(width=width))]
        if self._more:
            options.append(Option(f"… and {self._more} more", disabled=True))
        with self.prevent(OptionList.OptionHighlighted):
            rows.clear_options()
            rows.add_options(options)
            paths = [fact.path for fact in self._facts]
            rows.highlighted = paths.index(self._path) if self._path in paths else None

    def _draw(self) -> None:
        picture = self.query_one("#tensor-drawing", Static)
        if self._detail is None:
            picture.update("")
            return
        scroll = self.query_one("#tensor-drawing-scroll")
        width = max(scroll.scrollable_content_region.width - 1, 24)
        height = max(scroll.scrollable_content_region.height, 6)
        picture.update(drawing(self._detail, Look(width=width, height=height), self._index))

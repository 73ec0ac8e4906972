"""The operations of the last run: a list, and the chosen one drawn below it."""

from __future__ import annotations

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.protocol.flow import Flow
from tutor.render.flow import (
    Row,
    at_first,
    flow_text,
    folded_at_first,
    note_text,
    row_text,
    rows,
    step_text,
    update_text,
)
from tutor.render.look import Look
from tutor.session.state import SessionState
from tutor.ui.panes.pane import REPORT, Canvas, Pane

_NO_FLOW = """\
No operations yet.

After each run this pane shows the tensor operations it did, one by one: what went in, where each axis went, \
and what came out.

Try:  import torch
      x, w = torch.randn(3, 4), torch.randn(4, 5)
      h = torch.relu(x @ w)"""


class FlowPane(Pane):
    """The operations of the last run: a list, and the chosen one drawn below it."""

    NAME = "flow"
    TITLE = "Flow"
    BINDINGS = [
        Binding("plus", "fold(False)", "Unfold all", show=False),
        Binding("minus", "fold(True)", "Fold all", show=False),
        Binding("full_stop", "turn(1)", "Further down in the drawing", show=False),
        Binding("comma", "turn(-1)", "Further up in the drawing", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._flow: Flow | None = None
        self._folded: frozenset[int] = frozenset()
        self._rows: tuple[Row, ...] = ()
        self._at = 0

    def compose(self) -> ComposeResult:
        yield Static(_NO_FLOW, id="flow-empty", markup=False)
        yield OptionList(id="flow-list", markup=False)
        with Canvas(id="flow-drawing-scroll", can_focus=False):
            yield Static(id="flow-drawing", markup=False)

    def on_mount(self) -> None:
        self._arrange()

    def on_canvas_resized(self) -> None:
        self._fill()
        self._draw()

    def show(self, state: SessionState) -> bool:
        if state.flow is self._flow:
            return False
        self._flow = state.flow
        self._folded = folded_at_first(state.flow) if state.flow is not None else frozenset()
        self._rows = rows(state.flow, self._folded) if state.flow is not None else ()
        self._at = at_first(self._rows)
        self._arrange()
        self._fill()
        self._draw()
        return False

    def action_fold(self, all_of_them: bool) -> None:
        """Fold every module call, or unfold every one."""
        if self._flow is not None:
            self._refold(frozenset(call.number for call in self._flow.calls) if all_of_them else frozenset())

    def action_turn(self, pages: int) -> None:
        """Scroll the drawing, which does not take the focus from the list, by most of its height."""
        canvas = self.query_one(Canvas)
        canvas.scroll_relative(y=pages * max(canvas.size.height - 1, 1), animate=False)

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index != self._at and event.option_index < len(self._rows):
            self._at = event.option_index
            self._draw()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Enter on a module call folds or unfolds it."""
        event.stop()
        if event.option_index < len(self._rows):
            row = self._rows[event.option_index]
            if row.step is None and row.call is not None:
                self._refold(self._folded ^ {row.call.number})

    def _refold(self, folded: frozenset[int]) -> None:
        if self._flow is None:
            return
        current = self._rows[self._at] if self._at < len(self._rows) else None
        self._folded = folded
        self._rows = rows(self._flow, folded)
        same = [n for n, row in enumerate(self._rows) if current is not None and _key(row) == _key(current)]
        self._at = same[0] if same else min(self._at, max(len(self._rows) - 1, 0))
        self._fill()
        self._draw()

    def _arrange(self) -> None:
        empty = self._flow is None
        self.query_one("#flow-empty").display = empty
        self.query_one("#flow-list").display = bool(self._rows)
        self.query_one("#flow-drawing-scroll").display = not empty

    def _fill(self) -> None:
        listed = self.query_one("#flow-list", OptionList)
        look = Look(max(listed.scrollable_content_region.width - 2, 24))
        with self.prevent(OptionList.OptionHighlighted):
            listed.clear_options()
            listed.add_options([Option(row_text(row, look)) for row in self._rows])
            listed.highlighted = self._at if self._rows else None

    def picture(self) -> Text:
        """Every operation of the run, not only the chosen one."""
        return flow_text(self._flow, REPORT) if self._flow is not None else super().picture()

    def _draw(self) -> None:
        picture = self.query_one("#flow-drawing", Static)
        if self._flow is None:
            picture.update("")
            return
        region = self.query_one("#flow-drawing-scroll").scrollable_content_region
        look = Look(max(region.width - 1, 24), max(region.height, 6))
        row = self._rows[self._at] if self._at < len(self._rows) else None
        if row is None:
            picture.update(note_text(self._flow, look))
        elif row.step is not None:
            text = step_text(self._flow, row.step.number, look)
            note = note_text(self._flow, look)
            picture.update(text.append("\n\n").append_text(note) if note.plain else text)
        elif row.call is not None and row.call.optimizer and not row.open:
            picture.update(update_text(row, look))
        else:
            picture.update(flow_text(self._flow, look, {step.number for step in row.holds}))
        self.query_one("#flow-drawing-scroll").scroll_home(animate=False)


def _key(row: Row) -> tuple[int, int]:
    return (row.step.number if row.step else 0, row.call.number if row.step is None and row.call else 0)

"""The panes that draw what the session holds: tensors and gradients."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tutor.protocol.snapshots import GradientSnapshot, TensorDetail, TensorFacts
from tutor.render.drawings import drawing
from tutor.render.gradients import gradients
from tutor.render.look import Look
from tutor.render.tensors import tensor_rows
from tutor.session.state import SessionState

_NO_TENSORS = """\
No tensors yet.

Every tensor you make at the prompt appears here with its shape and a drawing of its values.

Try:  import torch
      x = torch.arange(6.).reshape(2, 3)"""

_NO_GRADIENTS = """\
No gradients yet.

After a call of backward() this pane shows the graph that was walked, the gradient at every node, \
and .grad of every leaf.

Try:  import torch
      x = torch.tensor(2.0, requires_grad=True)
      y = x**2 + 2*x + 1
      y.backward()"""


class Canvas(VerticalScroll):
    """A place for a drawing, which says when it has another size: first when it is laid out at all."""

    class Resized(Message):
        """The drawing should be made anew."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class TensorPane(Vertical):
    """All tensors of the namespace, and a drawing of the chosen one."""

    class Chosen(Message):
        """A tensor is to be drawn; ``index`` picks the slice along leading axes."""

        def __init__(self, path: str, index: tuple[int, ...]) -> None:
            super().__init__()
            self.path = path
            self.index = index

    BINDINGS = [
        Binding("left_square_bracket", "slice(-1)", "Previous slice", show=False),
        Binding("right_square_bracket", "slice(1)", "Next slice", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(id="tensors")
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

    def show(self, facts: tuple[TensorFacts, ...], more: int) -> None:
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
            self.post_message(self.Chosen(self._path, self._index))

    def show_detail(self, detail: TensorDetail | None) -> None:
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
        self.post_message(self.Chosen(self._path, self._index))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        event.stop()
        if event.option_index < len(self._facts):
            path = self._facts[event.option_index].path
            if path != self._path:
                self._path, self._index = path, ()
                self.post_message(self.Chosen(path, ()))

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


class GradientPane(VerticalScroll):
    """What the last backward() left behind, live while a loop runs."""

    def __init__(self) -> None:
        super().__init__(id="gradients")
        self._snapshot: GradientSnapshot | None = None

    def compose(self) -> ComposeResult:
        yield Static(_NO_GRADIENTS, id="gradient-picture", markup=False)

    def on_resize(self) -> None:
        self._draw()

    def show(self, snapshot: GradientSnapshot | None) -> None:
        if snapshot is not self._snapshot:
            self._snapshot = snapshot
            self._draw()

    def _draw(self) -> None:
        picture = self.query_one("#gradient-picture", Static)
        if self._snapshot is None:
            picture.update(_NO_GRADIENTS)
            return
        width = max(self.scrollable_content_region.width - 1, 24)
        height = max(self.scrollable_content_region.height, 6)
        picture.update(gradients(self._snapshot, Look(width=width, height=height)))


class Inspector(Vertical):
    """The two panes: one at a time behind tabs, or both where the screen is wide."""

    def __init__(self) -> None:
        super().__init__(id="inspector")
        self._gradients_seen: GradientSnapshot | None = None

    def compose(self) -> ComposeResult:
        yield TensorPane()
        yield GradientPane()

    def on_mount(self) -> None:
        self.border_title = "Tensors │ Gradients"
        self.choose("tensors")

    def choose(self, pane: str) -> None:
        """Bring ``tensors`` or ``gradients`` to the front."""
        self.set_class(pane == "gradients", "-gradients")
        self.border_title = "Tensors │ [b]Gradients[/b]" if pane == "gradients" else "[b]Tensors[/b] │ Gradients"

    def show(self, state: SessionState) -> None:
        """Show what is true now; new gradients come to the front by themselves."""
        self.query_one(TensorPane).show(state.tensors, state.more_tensors)
        self.query_one(TensorPane).show_detail(state.detail)
        self.query_one(GradientPane).show(state.gradients)
        if state.gradients is not None and state.gradients is not self._gradients_seen:
            self.choose("gradients")
        self._gradients_seen = state.gradients

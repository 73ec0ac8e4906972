"""Every tensor on a line of its own; only the lines in view are made, however many there are."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.protocol.snapshots import TensorFacts
from tutor.render.look import Look
from tutor.render.tensors import RowWidths, row_widths, tensor_row
from tutor.ui.widgets.keys import OwnKeys

_MEASURED = 200
"""Tensors that decide how wide the columns are; of others a longer name is cut."""
_NARROWEST = 24


class TensorList(OwnKeys, ScrollView, can_focus=True):
    """One tensor is chosen; it is always in view."""

    class Chosen(Message):
        """Another tensor is to be drawn."""

        def __init__(self, facts: TensorFacts) -> None:
            super().__init__()
            self.facts = facts

    class Entered(Message):
        """The person wants into the drawing."""

    COMPONENT_CLASSES = {"tensor-list--chosen"}
    DEFAULT_CSS = """
    TensorList {
        overflow-x: hidden;
        overflow-y: auto;
        background: transparent;
        & > .tensor-list--chosen { background: $panel-lighten-2; }
        &:focus > .tensor-list--chosen { background: $primary 45%; }
    }
    """
    BINDINGS = [
        Binding("up,k", "step(-1)", "Tensor above", show=False),
        Binding("down,j", "step(1)", "Tensor below", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "go(0)", "First tensor", show=False),
        Binding("end", "go(-1)", "Last tensor", show=False),
        Binding("enter", "enter", "Into the drawing", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._facts: tuple[TensorFacts, ...] = ()
        self._more = 0
        self._widths: RowWidths | None = None
        self.at = 0
        """Which is chosen."""

    @property
    def chosen(self) -> TensorFacts | None:
        return self._facts[self.at] if self.at < len(self._facts) else None

    def show(self, facts: tuple[TensorFacts, ...], more: int, at: int) -> None:
        """Show these, with the one ``at`` chosen; ``more`` were left out."""
        changed = len(facts) != len(self._facts) or bool(more) != bool(self._more)
        self._facts, self._more, self.at, self._widths = facts, more, at, None
        self.virtual_size = Size(self.size.width, len(facts) + bool(more))
        self.refresh(layout=changed)
        self.call_after_refresh(self._scroll_to_chosen)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return len(self._facts) + bool(self._more)

    def on_resize(self, _event: events.Resize) -> None:
        self._widths = None
        self._scroll_to_chosen()

    def _scroll_to_chosen(self) -> None:
        self.scroll_to_region(Region(0, self.at, 1, 1), animate=False, force=True)

    def render_line(self, y: int) -> Strip:
        place, width = y + self.scroll_offset.y, self.size.width
        base = self.rich_style
        if place == len(self._facts) and self._more:
            return Strip([Segment(f"  … and {self._more:,} more", base)]).adjust_cell_length(width, base)
        if place >= len(self._facts):
            return Strip.blank(width, base)
        look = Look(max(width - 1, _NARROWEST))
        if self._widths is None:
            step = max(1, len(self._facts) // _MEASURED)
            self._widths = row_widths(self._facts[::step], look)
        if place == self.at:
            base += Style(bgcolor=self.get_component_rich_style("tensor-list--chosen").bgcolor)
        text = tensor_row(self._facts[place], look, self._widths)
        strip = Strip(text.render(self.app.console), text.cell_len).apply_style(base)
        return strip.adjust_cell_length(width, base)

    def action_step(self, step: int) -> None:
        self.action_go(min(max(self.at + step, 0), max(0, len(self._facts) - 1)))

    def action_page(self, pages: int) -> None:
        self.action_step(pages * max(1, self.size.height - 1))

    def action_go(self, at: int) -> None:
        at = at if at >= 0 else len(self._facts) - 1
        if not 0 <= at < len(self._facts) or at == self.at:
            return
        self.at = at
        self._scroll_to_chosen()
        self.refresh()
        self.post_message(self.Chosen(self._facts[at]))

    def action_enter(self) -> None:
        self.post_message(self.Entered())

    def on_click(self, event: events.Click) -> None:
        inside = event.get_content_offset(self)
        if inside is not None:
            self.action_go(inside.y + int(self.scroll_offset.y))

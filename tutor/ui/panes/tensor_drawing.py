"""The drawing of one tensor, with a cursor: painted line by line, so that it can follow a running loop."""

from __future__ import annotations

from dataclasses import replace

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tutor.protocol.commands import Inspect
from tutor.protocol.snapshots import Stats, TensorDetail, TensorFacts
from tutor.render.drawings import Drawn, drawing, drawn
from tutor.render.drawings.element import known_at
from tutor.render.drawings.patch import value_at
from tutor.render.lines import Line
from tutor.render.look import Look
from tutor.ui.editor_keys import bindings
from tutor.ui.panes import sight as sights
from tutor.ui.panes.pane import REPORT, Asks
from tutor.ui.panes.sight import Sight
from tutor.ui.panes.strips import strip_of
from tutor.ui.panes.tensor_keys import TENSOR_KEYS
from tutor.ui.widgets.keys import OwnKeys

_NARROWEST, _LOWEST = 24, 5
_HINTS = 9
"""Rows from which one says what the keys do."""


class TensorDrawing(OwnKeys, ScrollView, can_focus=True):
    """Keeps what is looked at in one tensor; what it needs for that it asks of the worker."""

    class Left(Message):
        """The person wants to choose another tensor."""

    DEFAULT_CSS = "TensorDrawing { overflow-x: hidden; overflow-y: auto; background: transparent; }"
    BINDINGS = [*bindings(TENSOR_KEYS)]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.sight = Sight()
        self._facts: TensorFacts | None = None
        self._detail: TensorDetail | None = None
        self._exact: Stats | None = None
        self._asked_missing = False
        self._said = ""
        self._drawn = Drawn([])
        self._made: dict[int, Segment] = {}
        self._base = Style.null()

    # What is shown

    def choose(self, facts: TensorFacts | None) -> None:
        """Show this tensor; where one looks is kept while its path and its shape stay."""
        before, self._facts = self._facts, facts
        self._exact, self._said = None, ""
        if facts is None:
            self._detail = None
            self._draw()
            return
        if before is None or (before.path, before.shape) != (facts.path, facts.shape):
            self.sight = Sight()
            self._drawn = replace(self._drawn, grid=None)
        self._ask()

    def show(self, detail: TensorDetail | None) -> None:
        """Draw what the worker said."""
        if detail is self._detail:
            return
        self._detail = detail
        if detail is not None:
            self._exact = detail.stats if detail.stats is not None and detail.stats.exact else self._exact
            if self._asked_missing:
                self._asked_missing = False
                self._go_to_missing(detail)
        self._draw()

    def picture(self) -> Text:
        """All of the drawing, with no line left out for want of room, and without the cursor."""
        if self._detail is None:
            return Text()
        detail = self._detail if self._exact is None else replace(self._detail, stats=self._exact)
        view = self.sight.view if self._facts is not None and _is_of(detail, self._facts) else Sight().view
        return drawing(detail, REPORT, replace(view, cursor=None))

    def on_resize(self, _event: events.Resize) -> None:
        self._draw()

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self._draw()

    def _draw(self) -> None:
        lines: list[Line] = []
        detail = self._detail
        if detail is not None and self.size.width:
            if self._exact is not None:
                detail = replace(detail, stats=self._exact)
            hint = self.has_focus and (self.size.height >= _HINTS or self._said)
            look = Look(max(self.size.width - 1, _NARROWEST), max(self.size.height - bool(hint), _LOWEST))
            # Until the worker has answered, what is drawn may be another tensor than the chosen one.
            chosen = self._facts is not None and _is_of(detail, self._facts)
            sight, shape = self.sight if chosen else Sight(), detail.facts.shape
            if self.has_focus and chosen and shape and 0 not in shape:
                sight = sights.with_cursor(sight, shape)
            view = sight.view if self.has_focus else replace(sight.view, cursor=None)
            self._drawn = drawn(detail, look, view)
            if not chosen:
                self._drawn = replace(self._drawn, grid=None)
            lines = self._drawn.lines
            if hint:
                lines = [*lines, Line(self._hint(detail.facts), look.palette.dim)]
        self._drawn = replace(self._drawn, lines=lines)
        self._made.clear()
        self.virtual_size = Size(self.size.width, len(lines))
        self.refresh()

    def _hint(self, facts: TensorFacts) -> str:
        """What the keys do here, in as few words as a narrow pane has room for."""
        if self._said:
            return self._said
        view, shape = self.sight.view, facts.shape
        lead = sights.leading(shape, view)
        if not shape:
            return "Enter list"
        words = ["Enter opens" if self._drawn.tiles else "+ - 0 zoom"]
        if lead:
            words.append(f"[ ] axis {min(view.axis, lead - 1)}" + (" < > other axis" if lead > 1 else ""))
        if facts.nans or facts.infs:
            words.append(". next NaN")
        if self._drawn.tiles or "complex" in facts.dtype:
            words.append("Space other way")
        elif sights.mergeable(shape):
            words.append("Space slices" if view.merged else "Space colours")
        if self._detail and self._detail.stats and not (self._exact or self._detail.stats.exact):
            words.append("X exact")
        if not self._drawn.tiles:
            words.append("Enter back")
        return "  ".join(words)

    def render_line(self, y: int) -> Strip:
        line = y + self.scroll_offset.y
        width = self.size.width
        base = self.rich_style
        if base != self._base:
            self._base = base
            self._made.clear()
        if line >= len(self._drawn.lines):
            return Strip.blank(width, base)
        return strip_of(self._drawn.lines[line], width, base, self._made)

    # What the person does

    def action_move(self, down: int, across: int) -> None:
        grid, facts = self._drawn.grid, self._facts
        if grid is None or facts is None:
            return
        before = self.sight
        self._look(sights.moved(before, facts.shape, grid, self._drawn.tiles, down, across))
        place = None if self.sight.view.cursor is None or self._drawn.grid is None else self._drawn.grid
        if place is not None and self.sight.view.cursor is not None:
            row = place.top + place.cell(self.sight.view.cursor)[0] * place.height
            self.scroll_to_region(Region(0, row, 1, place.height), animate=False)

    def action_zoom(self, direction: int) -> None:
        if self._facts is not None:
            self._look(sights.zoomed(self.sight, self._facts.shape, self._drawn.grid, direction))

    def action_slice(self, step: int) -> None:
        if self._facts is not None:
            self._look(sights.sliced(self.sight, self._facts.shape, step))

    def action_axis(self, step: int) -> None:
        if self._facts is not None:
            self._look(sights.turned(self.sight, self._facts.shape, step))

    def action_other_way(self) -> None:
        if self._facts is not None:
            self._look(sights.other_way(self.sight, self._facts.shape, "complex" in self._facts.dtype))

    def action_open(self) -> None:
        sight = None if self._facts is None else sights.opened(self.sight, self._facts.shape)
        if sight is None:
            self.post_message(self.Left())
        else:
            self._look(sight)

    def action_next_missing(self) -> None:
        if self._facts is None:
            return
        self._asked_missing = True
        self._ask(after=self.sight.view.cursor or ())

    def action_exact(self) -> None:
        if self._facts is not None:
            self._said = "every element is being looked at …"
            self._draw()
            self._ask(exact=True)

    def on_click(self, event: events.Click) -> None:
        grid, facts = self._drawn.grid, self._facts
        inside = event.get_content_offset(self)
        if grid is None or facts is None or inside is None:
            return
        element = grid.at(inside.y + self.scroll_offset.y, inside.x)
        if element is None:
            return
        cursor = sights.with_cursor(self.sight, facts.shape).view.cursor or ()
        lead = len(facts.shape) - 4
        if self._drawn.tiles:
            place = (*cursor[:lead], element[1], element[0], *cursor[lead + 2 :])
        else:
            place = (*cursor[: len(cursor) - len(element)], *element)
        self._look(replace(self.sight, view=replace(self.sight.view, cursor=place)))

    def _look(self, sight: Sight) -> None:
        """Look there: at once with what is known, and again when the worker has said more."""
        before, self.sight = self.sight, sight
        self._said = ""
        self._draw()
        cursor = None if self._drawn.tiles else sight.view.cursor
        unknown = cursor is not None and self._detail is not None and known_at(self._detail, cursor) is None
        if unknown or (before.window, before.view.index) != (sight.window, sight.view.index):
            self._ask()

    def _go_to_missing(self, detail: TensorDetail) -> None:
        found, grid = detail.found, self._drawn.grid
        if found is None:
            self._said = "no NaN, no infinity"
            return
        shape = detail.facts.shape
        self._said = ""
        if len(shape) <= 2 and detail.sample is not None and value_at(detail.sample, found) is not None:
            self.sight = replace(self.sight, view=replace(self.sight.view, cursor=found))
            return
        room = (8, 16) if grid is None or self._drawn.tiles else (len(grid.rows), len(grid.columns))
        self.sight = sights.around(self.sight, shape, found, room)
        self._ask()

    def _ask(self, *, exact: bool = False, after: tuple[int, ...] | None = None) -> None:
        if self._facts is not None:
            sight = self.sight
            look = Inspect(0, self._facts.path, sight.view.index, sight.window, exact, after, sight.view.cursor)
            # Straight to the screen: what is posted on behalf of the pane would not bubble past the pane.
            self.screen.post_message(Asks(look))


def _is_of(detail: TensorDetail, facts: TensorFacts) -> bool:
    return (detail.facts.path, detail.facts.shape) == (facts.path, facts.shape)

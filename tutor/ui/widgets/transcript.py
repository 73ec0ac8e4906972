"""The transcript: what was run and what came of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from time import monotonic
from typing import Any, cast

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tutor.ui.actions import UNFOLD, key_text
from tutor.ui.editor_keys import CELL_KEYS, bindings
from tutor.ui.widgets.cell_keys import CellKeys
from tutor.ui.widgets.finished_rows import FinishedRows
from tutor.ui.widgets.folds import Fold, Folds
from tutor.ui.widgets.keys import OwnKeys
from tutor.ui.widgets.lines import Cell, Framed, Line, PictureRow, SourceLine
from tutor.ui.widgets.painter import Painter
from tutor.ui.widgets.ring import LIMIT, Ring
from tutor.ui.widgets.typewriter import Typewriter

_FRAME = 0.04
"""Seconds between repaints while output streams in."""
_AT_ONCE = 4
"""Repaints that need not wait: a cell and its result are on the screen as soon as they are known."""
_MARKS = {"info": "· ", "good": "✓ ", "warn": "! ", "bad": "✗ ", "hint": "! "}
_NEWS = " ▼ new output "
_ROWS_PAINTED = 150
"""More than any screen shows at once; a row takes kilobytes with what Textual keeps in it."""
_STYLES_WRITTEN = 2_000
_BLANK = object()
"""The content of a line below the last one."""


def _forget_styles() -> None:
    """Textual keeps how 16,384 styles are written, and for the mouse every piece of every row is one of its own.

    They came to 15 MB in ten minutes.
    """
    written = cast("Any", Strip.render_ansi)
    if written.cache_info().currsize > _STYLES_WRITTEN:
        written.cache_clear()


class Transcript(CellKeys, OwnKeys, ScrollView, can_focus=True):
    """Keeps the last lines, wraps them to its width, and follows the end unless the person scrolled up.

    Adding lines costs next to nothing: they are measured at the next repaint, and only the rows in view
    are parsed and drawn.
    """

    class FoldClicked(Message):
        """The whole of some folded output is asked for."""

        def __init__(self, fold: Fold) -> None:
            super().__init__()
            self.fold = fold

    COMPONENT_CLASSES = {
        "transcript--accent",
        "transcript--muted",
        "transcript--stderr",
        "transcript--good",
        "transcript--warn",
        "transcript--bad",
        "transcript--news",
        "transcript--cell",
    }
    DEFAULT_CSS = """
    Transcript {
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        background: transparent;
        & > .transcript--accent { color: $accent; text-style: bold; }
        & > .transcript--muted { color: $text-muted; }
        & > .transcript--stderr { color: $text-warning 75%; }
        & > .transcript--good { color: $text-success; }
        & > .transcript--warn { color: $text-warning; }
        & > .transcript--bad { color: $text-error; }
        & > .transcript--cell { background: $primary 25%; }
        & > .transcript--news { background: $accent; color: $background; text-style: bold; }
    }
    """
    BINDINGS = [
        Binding("up,k", "scroll_by(-1)", "Line up", show=False),
        Binding("down,j", "scroll_by(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home,g", "go_to_start", "First line", show=False),
        Binding("end,G", "go_to_end", "Last line", show=False),
        *bindings(CELL_KEYS),
    ]

    def __init__(self, *, limit: int = LIMIT, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self._ring = Ring(limit)
        self._typewriter = Typewriter(self._ring)
        self._folds = Folds(self._ring, key_text(UNFOLD))
        self._last_source: int | None = None
        self._following = True
        self._news = False
        self._placing = False
        self._waiting = False
        self._painted = deque([0.0] * _AT_ONCE, maxlen=_AT_ONCE)
        self._strips: LRUCache[int, Strip] = LRUCache(_ROWS_PAINTED)
        self._finished = FinishedRows(_ROWS_PAINTED)
        self._painter = Painter(self)

    # What may be added

    def add_source(self, number: int, source: str) -> None:
        """Echo a cell: ``[3]`` in the gutter, Python in colours."""
        self._typewriter.end_line()
        self._typewriter.reset_colours()
        cell = Cell(source.strip("\n"))
        gutter = f"[{number}] "
        for index in range(len(cell.lines)):
            self._last_source = self._ring.append(SourceLine(cell, index, gutter))
            gutter = " " * len(gutter)
        self._add_cell(number, source.strip("\n"), len(cell.lines))
        self._folds.begin()
        self._changed()

    def add_picture(self, rows: Iterable[Text]) -> None:
        """Rows that are cut where they do not fit."""
        self._typewriter.end_line()
        self._ring.extend(PictureRow(row) for row in rows)
        self._changed()

    def add_lines(self, lines: Iterable[Text]) -> None:
        """Prepared lines: tracebacks, values, drawings."""
        self._typewriter.end_line()
        for text in lines:
            self._ring.extend(Line(line, "text", Style.null()) for line in text.split("\n", allow_blank=True))
        self._changed()

    def write(self, text: str, stream: str) -> None:
        """Output of the learner's program, as :func:`tutor.protocol.text.styled` lets it through.

        A last line without line end goes on with the next call; carriage returns and backspaces overwrite.
        """
        self._typewriter.write(text, stream)
        if self._typewriter.moves:
            self._strips.clear()
        self._changed()

    def note(self, text: str, kind: str = "info") -> None:
        """A remark of the tutor's own; ``kind`` is ``info``, ``good``, ``warn``, ``bad`` or ``hint``."""
        self._typewriter.end_line()
        gutter = _MARKS[kind]
        for line in text.split("\n"):
            self._ring.append(Framed(line, kind, gutter, words=True))
            gutter = " " * len(gutter)
        self._changed()

    def fold(self) -> None:
        """Fold what came since the last source, picture or fold, if it is long."""
        self._typewriter.end_line()
        if self._folds.fold() is not None:
            self._strips.clear()
            self._changed()

    def end_output(self) -> None:
        """What came so far is not folded with what comes."""
        self._folds.begin()

    @property
    def room(self) -> tuple[int, int]:
        """Columns and rows there are for output."""
        return self.scrollable_content_region.width, self.size.height

    @property
    def latest_fold(self) -> Fold | None:
        """The newest output that was folded and is still there as a whole."""
        return self._folds.latest

    def mark_time(self, text: str) -> None:
        """Put ``text``, the time it took, at the right end of the last cell's source."""
        if self._last_source is None or self._last_source < self._ring.dropped:
            return
        line = self._ring[self._last_source - self._ring.dropped]
        assert isinstance(line, Framed)  # noqa: S101 - add_source made it
        line.aside = text
        self._ring.changed(self._last_source)
        self._strips.clear()
        self._changed()

    def follow(self) -> None:
        """Go on at the end, wherever the person scrolled to."""
        self._following = True
        self._changed()

    def clear(self) -> None:
        """Forget everything."""
        self._typewriter.end_line()
        self._ring.clear()
        self.cleared = self.cleared or bool(self.places)
        self.places.clear()
        self.let_go()
        self._folds.clear()
        self._last_source = None
        self._following = True
        self._strips.clear()
        self._changed()

    def text(self) -> str:
        """Everything that is kept, without colours and as it was before wrapping."""
        self._ring.trim()
        return "\n".join(
            (line.gutter + line.plain()).rstrip() for line in map(self._ring.__getitem__, range(len(self._ring)))
        )

    # From lines to rows, a few times a second

    def _changed(self) -> None:
        if self._waiting or not self.is_mounted:
            return
        self._waiting = True
        wait = self._painted[0] + _AT_ONCE * _FRAME - monotonic()
        if wait > 0:
            self.set_timer(wait, self._update)
        else:
            self.call_later(self._update)

    def on_mount(self) -> None:
        self._changed()

    def on_resize(self) -> None:
        self._update()

    def flush(self) -> None:
        """Show now what was added, if the time for it has come."""
        if self._waiting and self._painted[0] + _AT_ONCE * _FRAME <= monotonic():
            self._update()

    def _update(self) -> None:
        """Measure what is new, keep the place, repaint."""
        self._waiting = False
        self._painted.append(monotonic())
        _forget_styles()
        width = self.scrollable_content_region.width
        if width <= 0:
            return
        ring = self._ring
        top = self.scroll_offset.y - self._notice_rows
        anchor, anchored_row, first, end = self._anchor(top), top + ring.first_row, ring.first_row, ring.end_row
        rewrapped = width != ring.width
        ring.layout(width)
        if rewrapped:
            self._strips.clear()
            self.screen.clear_selection()
            anchored_row, first = ring.row_of(anchor), ring.first_row
        self._news = not self._following and (self._news or (not rewrapped and ring.end_row > end))
        size = Size(width, ring.rows + self._notice_rows)
        if size != self.virtual_size:
            # Assigned as usual it would lay the whole screen out again, at 12 ms each; only the scrollbar changes.
            self.set_reactive(Widget.virtual_size, size)
            self._scroll_update(size)
        if self._following:
            self._place(self.max_scroll_y)
        elif rewrapped or ring.first_row != first:
            self._place(anchored_row - ring.first_row + self._notice_rows)
        self.refresh()

    def _anchor(self, top: int) -> int:
        """Serial number of the line in the first row in view."""
        return self._ring.dropped + self._ring.locate(self._ring.first_row + top)[0]

    @property
    def _notice_rows(self) -> int:
        return 1 if self._ring.dropped else 0

    def _place(self, y: int) -> None:
        self._placing = True
        # Forced: the scrollbar, without which Textual does not scroll, comes with the next layout.
        self.scroll_to(y=max(0, y), animate=False, force=True)
        self._placing = False

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if not self._placing:
            self._following = new_value >= self.max_scroll_y
            self._news = self._news and not self._following

    # Painting

    def render_lines(self, crop: Region) -> list[Strip]:
        return self._finished.lines(crop, self._finished_content, super().render_lines)

    def _finished_content(self, y: int) -> tuple[int, object] | None:
        """Row and content of line ``y``; None where more than a row of the transcript is drawn."""
        if self.text_selection is not None or (self._news and y == self.size.height - 1):
            return None
        y += self.scroll_offset.y - self._notice_rows
        row = self._ring.first_row + y
        if y < 0 or (row < self._ring.end_row and row not in self._strips):
            return None
        return (row, self._strips[row]) if row < self._ring.end_row else (-1, _BLANK)

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        strip = self._content_strip(self.scroll_offset.y + y, width)
        if self._news and y == self.size.height - 1:
            news = self._painter.text(_NEWS, "news")
            return Strip.join([strip.crop(0, max(0, width - len(_NEWS))), self._painter.strip(news, len(_NEWS))])
        return strip

    def _content_strip(self, y: int, width: int) -> Strip:
        notice = self._notice_rows
        if y < notice:
            words = f"{_MARKS['info']}{self._ring.dropped:,} earlier lines were dropped"
            return self._painter.strip(self._painter.text(words, "muted"), width)
        row = self._ring.first_row + y - notice
        if row >= self._ring.end_row:
            return Strip.blank(width, self._painter.style(""))
        return self._row_strip(row, width).apply_offsets(0, row)

    def _row_strip(self, row: int, width: int) -> Strip:
        selection = self.text_selection
        span = selection.get_span(row) if selection is not None else None
        if span is None and row in self._strips:
            return self._strips[row]
        index, part = self._ring.locate(row)
        chosen = self._is_chosen(self._ring.dropped + index)
        text = self._painter.row(self._ring[index], part, width, chosen=chosen)
        if span is not None:
            end = len(text) if span[1] == -1 else span[1]
            text.stylize(self.screen.get_component_rich_style("screen--selection"), span[0], end)
        strip = self._painter.strip(text, width, chosen=chosen)
        unfinished = self._typewriter.is_open and index == len(self._ring) - 1
        if span is None and not unfinished:
            self._strips[row] = strip
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter = Painter(self)
        self._strips.clear()
        self._finished.clear()

    def _cells_changed(self) -> None:
        self._strips.clear()
        self.refresh()

    # Selecting with the mouse

    @property
    def allow_select(self) -> bool:
        return True

    def selection_updated(self, _selection: Selection | None) -> None:
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is selected: lines as they were before wrapping, code without its gutter."""
        ring = self._ring
        if not ring.rows:
            return None
        start = selection.start.transpose if selection.start is not None else (ring.first_row, 0)
        end = selection.end.transpose if selection.end is not None else (ring.end_row, 0)
        return ring.extract(start, end), "\n"

    # Keys

    def action_scroll_by(self, rows: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + rows, animate=False)

    def action_page(self, pages: int) -> None:
        self.action_scroll_by(pages * max(1, self.size.height - 1))

    def action_go_to_start(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_go_to_end(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)

    def on_click(self, event: events.Click) -> None:
        if self._news and event.y == self.size.height - 1 and event.x >= self.size.width - len(_NEWS):
            self.action_go_to_end()
            return
        row = self._ring.first_row + self.scroll_offset.y + event.y - self._notice_rows
        line = self._ring[self._ring.locate(row)[0]] if self._ring.first_row <= row < self._ring.end_row else None
        if isinstance(line, Fold):
            self.post_message(self.FoldClicked(line))

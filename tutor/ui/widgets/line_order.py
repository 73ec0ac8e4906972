"""Lines of code to put in order by keys alone."""

from __future__ import annotations

from textual.binding import Binding
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from tutor.render.look import Look
from tutor.render.puzzles import line_order
from tutor.texts import mark
from tutor.ui.widgets.keys import OwnKeys

_DEEPEST = 6

KEYS_TEXT = mark("↑↓ choose, Enter picks up, →← indent, Del leaves out, F8 checks")


class LineOrder(OwnKeys, Static, can_focus=True):
    """Arrows choose a line; Enter picks it up, arrows then move it; right and left indent it."""

    BINDINGS = [
        Binding("up", "go(-1)", "Up", show=False),
        Binding("down", "go(1)", "Down", show=False),
        Binding("alt+up,shift+up", "move(-1)", "Move up", show=False),
        Binding("alt+down,shift+down", "move(1)", "Move down", show=False),
        Binding("enter,space", "pick", "Pick up, put down", show=False),
        Binding("right", "indent(1)", "Indent", show=False),
        Binding("left", "indent(-1)", "Less indented", show=False),
        Binding("delete,backspace", "leave_out", "Leave out, take back", show=False),
    ]

    def __init__(self, name: str) -> None:
        super().__init__(id=name, markup=False)
        self._given: tuple[str, ...] = ()
        self._lines: list[tuple[str, int, bool]] = []
        self._chosen = 0
        self._picked = False
        self._open = False

    def load(self, lines: tuple[str, ...], *, is_open: bool = True) -> None:
        """Show these lines, as they come; those shown already stay where the learner put them."""
        if lines != self._given:
            self._given = lines
            self._lines = [(line, 0, True) for line in lines]
            self._chosen, self._picked = 0, False
        self._open = is_open
        self._draw()

    @property
    def code(self) -> str:
        """The lines in use, as they stand."""
        return "\n".join("    " * depth + line for line, depth, used in self._lines if used)

    def _draw(self) -> None:
        look = Look(width=max(self.scrollable_content_region.width, 24))
        chosen = self._chosen if self._open and self.has_focus else None
        self.update(line_order(self._lines, chosen, self._picked, look))
        if chosen is not None and isinstance(self.parent, Widget):
            # Its own line and one beside it, not the whole of it: what is asked stands above.
            row = Region(0, self.virtual_region.y + chosen - 1, 1, 3)
            self.parent.scroll_to_region(row, animate=False)

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._picked = False
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_go(self, places: int) -> None:
        """Choose the line above or below, or move the one that is picked up."""
        if self._picked:
            self.action_move(places)
            return
        self._chosen = min(max(self._chosen + places, 0), len(self._lines) - 1)
        self._draw()

    def action_move(self, places: int) -> None:
        """Change places with the line above or below."""
        there = self._chosen + places
        if self._open and 0 <= there < len(self._lines):
            lines = self._lines
            lines[self._chosen], lines[there] = lines[there], lines[self._chosen]
            self._chosen = there
        self._draw()

    def action_pick(self) -> None:
        """Pick the line up, or put it down where it is."""
        self._picked = self._open and not self._picked
        self._draw()

    def action_indent(self, levels: int) -> None:
        """One level more or less."""
        line, depth, used = self._lines[self._chosen]
        if self._open:
            self._lines[self._chosen] = (line, min(max(depth + levels, 0), _DEEPEST), used)
        self._draw()

    def action_leave_out(self) -> None:
        """A line that belongs nowhere is left out, and can be taken back."""
        line, depth, used = self._lines[self._chosen]
        if self._open:
            self._lines[self._chosen] = (line, depth, not used)
        self._draw()

"""A drawing of lines that is made anew many times a second."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tutor.render.lines import Line
from tutor.ui.panes.strips import strip_of


class Picture(Widget):
    """Shows lines as they are, cut to its size."""

    class Resized(Message):
        """There is another room for the drawing."""

    def __init__(self, id: str) -> None:  # noqa: A002 - as every widget has it
        super().__init__(id=id)
        self._lines: list[Line] = []
        self._made: dict[int, Segment] = {}
        self._base: Style | None = None

    def draw(self, lines: list[Line]) -> None:
        """Show these from now on."""
        self._lines, self._made, self._base = lines, {}, None
        self.refresh()

    def on_resize(self) -> None:
        self.post_message(self.Resized())

    def render_line(self, y: int) -> Strip:
        line = self._lines[y] if y < len(self._lines) else Line()
        if self._base is None:
            # To work it out takes longer than a line of the drawing.
            self._base = self.rich_style
        return strip_of(line, self.size.width, self._base, self._made)

    @property
    def room(self) -> tuple[int, int]:
        """Columns and lines there are."""
        return self.content_region.width, self.content_region.height

"""A transcript that is complete: to be read and searched."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text

from tutor.ui.widgets.lines import Line
from tutor.ui.widgets.painter import Painter
from tutor.ui.widgets.transcript import Transcript

_FOUND = Style(reverse=True)


class _Highlighter(Painter):
    """Marks every occurrence of ``sought``."""

    sought = ""
    exact = False

    def row(self, line: Line, part: int, width: int, *, chosen: bool = False) -> Text:
        text = super().row(line, part, width, chosen=chosen)
        if self.sought:
            text.highlight_words([self.sought], _FOUND, case_sensitive=self.exact)
        return text


class Pages(Transcript):
    """Shows the lines it was given, from the first."""

    def __init__(self, lines: list[Line | str]) -> None:
        super().__init__(limit=max(1, len(lines)))
        self._ring.extend(lines)
        self._following = False
        self._sought = ""
        self._exact = False
        self._found: list[int] = []
        self._at = -1
        self._painter = self._highlighter()

    def search(self, sought: str) -> str:
        """Go to the next line with ``sought`` from the top of the view on; says how many there are.

        Capital letters matter where ``sought`` has any.
        """
        self._sought, self._exact = sought, sought != sought.lower()
        self._painter = self._highlighter()
        self._strips.clear()
        self._found = [place for place in range(len(self._ring)) if self._has(place)] if sought else []
        top = self._ring.locate(self._ring.first_row + self.scroll_offset.y)[0]
        self._at = next((n for n, place in enumerate(self._found) if place >= top), 0) - 1
        self.refresh()
        return self.step(1)

    def step(self, places: int) -> str:
        """Go on by so many lines that were found, around the ends; says where one is."""
        if not self._sought:
            return ""
        if not self._found:
            return f"{self._sought}: not found"
        self._at = (self._at + places) % len(self._found)
        row = self._ring.row_of(self._found[self._at]) - self._ring.first_row
        self.scroll_to(y=max(0, row - self.size.height // 3), animate=False)
        return f"{self._sought}: line {self._at + 1} of {len(self._found)}"

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._painter = self._highlighter()

    def _has(self, place: int) -> bool:
        text = self._ring[place].plain()
        return self._sought in (text if self._exact else text.lower())

    def _highlighter(self) -> Painter:
        painter = _Highlighter(self)
        painter.sought, painter.exact = self._sought, self._exact
        return painter

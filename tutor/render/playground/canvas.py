"""Lines of Braille dots, two by four a cell, each cell in the style of the last thing drawn there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import Line
from tutor.render.palette import NONE

if TYPE_CHECKING:
    from rich.style import Style

# Bit of each dot in a Braille character (Unicode 2800), by column and by row from the top.
_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Canvas:
    """``columns`` by ``rows`` cells; dots are counted from the upper left."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._bits = [[0] * columns for _ in range(rows)]
        self._styles: list[list[Style]] = [[NONE] * columns for _ in range(rows)]
        self._texts: dict[tuple[int, int], str] = {}

    @property
    def width(self) -> int:
        """Dots across."""
        return 2 * self.columns

    @property
    def height(self) -> int:
        """Dots down."""
        return 4 * self.rows

    def dot(self, x: int, y: int, style: Style) -> None:
        """Outside the canvas nothing is drawn."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._bits[y // 4][x // 2] |= _DOTS[x % 2][y % 4]
            self._styles[y // 4][x // 2] = style

    def line(self, start: tuple[int, int], end: tuple[int, int], style: Style, dash: int = 0) -> None:
        """A straight line; ``dash`` dots on, as many off."""
        (x0, y0), (x1, y1) = start, end
        steps = max(abs(x1 - x0), abs(y1 - y0))
        if steps > 4 * (self.width + self.height):
            return
        for step in range(steps + 1):
            if dash and step // dash % 2:
                continue
            part = step / steps if steps else 0
            self.dot(round(x0 + (x1 - x0) * part), round(y0 + (y1 - y0) * part), style)

    def text(self, column: int, row: int, text: str, style: Style) -> None:
        """Characters, over whatever dots there are."""
        for at, character in enumerate(text, column):
            if 0 <= at < self.columns and 0 <= row < self.rows:
                self._texts[row, at] = character
                self._styles[row][at] = style

    def row(self, number: int) -> Line:
        """One line of the canvas."""
        line = Line()
        run, style = "", NONE
        for column, bits in enumerate(self._bits[number]):
            character = self._texts.get((number, column)) or (chr(0x2800 + bits) if bits else " ")
            own = self._styles[number][column] if character != " " else style
            if own is not style:
                line.add(run, style)
                run, style = "", own
            run += character
        return line.add(run, style)

    def lines(self) -> list[Line]:
        return [self.row(number) for number in range(self.rows)]

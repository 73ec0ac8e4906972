"""The last lines of a transcript and the rows they take. No widgets here.

Appending touches a list and nothing else; rows are counted when someone looks. Rows are numbered from the
first line ever measured at this width, so a row keeps its number while lines drop off at the top.

A line of output that begins without colours is kept as the bare string it is: the garbage collector does
not look at strings, and stopping for 50 ms a second to look at ten thousand lines is felt in every key.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from rich.style import Style

from tutor.ui.widgets.lines import Line, count, starts

LIMIT = 10_000
PLAIN_STREAM = "stdout"
"""The stream that bare strings are from."""
_SLACK = 2_000
"""Lines over the limit that may wait to be dropped together: deleting from the front moves the whole list."""


class Ring:
    """At most ``limit`` lines. Serial numbers of lines count from 0 and stay what they are."""

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._lines: list[Line | str] = []
        self.dropped = 0
        """Lines that are no longer kept; also the serial number of the first that is kept."""
        self.width = 0
        self.first_row = 0
        self._ends: list[int] = []

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, index: int) -> Line:
        """The line at ``index``, counted from the first that is kept."""
        line = self._lines[index]
        return line if isinstance(line, Line) else Line(line, PLAIN_STREAM, Style.null())

    def append(self, line: Line | str) -> int:
        """Add a line; gives its serial number."""
        self._lines.append(line)
        if len(self._lines) > self.limit + _SLACK:
            self.trim()
        return self.dropped + len(self._lines) - 1

    def extend(self, lines: Iterable[Line | str]) -> None:
        self._lines.extend(lines)
        if len(self._lines) > self.limit + _SLACK:
            self.trim()

    def set_last(self, line: Line | str) -> None:
        """Put ``line``, which may be the same one changed, in the place of the last."""
        self._lines[-1] = line
        if len(self._ends) == len(self._lines):
            self._ends.pop()

    def put(self, index: int, line: Line | str) -> None:
        """Put ``line``, which may be the same one changed, at ``index``, counted from the first that is kept."""
        self._lines[index] = line
        # Counted again when someone looks: this is done near the end, and often.
        del self._ends[index:]

    def changed(self, serial: int) -> None:
        """The line with this number has changed: its rows are counted again, and those after it if it must be."""
        index = serial - self.dropped
        if not 0 <= index < len(self._ends):
            return
        before = self._ends[index - 1] if index else self.first_row
        if self._ends[index] - before != count(self[index], self.width):
            del self._ends[index:]

    def since(self, serial: int) -> list[Line | str]:
        """The lines from this number on, as they are kept."""
        return self._lines[max(0, serial - self.dropped) :]

    def replace(self, first: int, end: int, line: Line) -> None:
        """Put one line in the place of those from number ``first`` to before ``end``; later numbers shift."""
        place = first - self.dropped
        self._lines[place : end - self.dropped] = [line]
        del self._ends[place:]

    def clear(self) -> None:
        """Forget every line; numbers begin anew."""
        self.dropped = 0
        self.first_row = 0
        self._lines.clear()
        self._ends.clear()

    def trim(self) -> None:
        """Drop what is over the limit."""
        over = len(self._lines) - self.limit
        if over <= 0:
            return
        measured = min(over, len(self._ends))
        if measured:
            self.first_row = self._ends[measured - 1]
        del self._ends[:measured]
        del self._lines[:over]
        self.dropped += over

    def layout(self, width: int) -> None:
        """Count the rows of what was added since the last time; of everything when ``width`` is new."""
        self.trim()
        if width != self.width:
            self.width = width
            self.first_row = 0
            self._ends.clear()
        row = self.end_row
        add = self._ends.append
        for line in self._lines[len(self._ends) :]:
            row += count(line, width)
            add(row)

    @property
    def end_row(self) -> int:
        """The number after the last measured row."""
        return self._ends[-1] if self._ends else self.first_row

    @property
    def rows(self) -> int:
        return self.end_row - self.first_row

    def locate(self, row: int) -> tuple[int, int]:
        """Index of the line that ``row`` belongs to, and which of its rows it is; nearest one if out of range."""
        row = max(self.first_row, min(row, self.end_row - 1))
        index = bisect_right(self._ends, row)
        return index, row - (self._ends[index - 1] if index else self.first_row)

    def row_of(self, serial: int) -> int:
        """The first row of the line with this number; of the nearest kept and measured one otherwise."""
        index = max(0, min(serial - self.dropped, len(self._ends)))
        return self._ends[index - 1] if index else self.first_row

    def extract(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """The text between two places, each a row and the characters to its left with the gutter.

        Lines come as they were before wrapping, without their gutters. There must be rows.
        """
        first, begin = self._character(*start)
        last, stop = self._character(*end)
        lines = [self[index].plain() for index in range(first, last + 1)]
        lines[-1] = lines[-1][:stop]
        lines[0] = lines[0][begin:]
        return "\n".join(lines)

    def _character(self, row: int, x: int) -> tuple[int, int]:
        """Index of the line at ``row``, and of the character of it that has ``x`` characters to its left."""
        if row < self.first_row:
            return 0, 0
        if row >= self.end_row:
            return len(self._ends) - 1, len(self[len(self._ends) - 1].plain())
        index, part = self.locate(row)
        line = self[index]
        places = [*starts(line, self.width), len(line.plain())]
        return index, min(places[part] + max(0, x - len(line.gutter)), places[part + 1])

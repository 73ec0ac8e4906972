"""Logical lines of a transcript, and where each breaks into rows. No widgets here."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from rich.cells import cell_len, split_graphemes
from rich.style import Style
from rich.text import Span, Text

from tutor.render.code import python_source
from tutor.render.look import Look
from tutor.ui.widgets.ansi import runs, styled_text, visible

_HIGHLIGHT_UP_TO = 50_000
"""Characters of one cell; longer ones stay plain, so that showing them stays instant."""
_ANY_WIDTH = 1 << 30


@lru_cache(maxsize=4_096)
def _one(style: Style | str) -> Style | str:
    """The same object for equal styles: thousands of lines are written in a few dozen of them."""
    return style


class Packed:
    """A Text as it is kept by the thousand: a third of its memory."""

    __slots__ = ("_marks", "_style", "plain")

    def __init__(self, text: Text) -> None:
        self.plain = text.plain
        self._style = _one(text.style)
        self._marks: tuple[Any, ...] = tuple(
            part for start, end, style in text.spans for part in (start, end, _one(style))
        )

    @property
    def spans(self) -> list[Span]:
        marks = iter(self._marks)
        return [Span(*span) for span in zip(marks, marks, marks)]  # noqa: B905 - three of one iterator

    def text(self) -> Text:
        return Text(self.plain, self._style, spans=self.spans)


class Line:
    """One line of output: ``raw`` text that may hold SGR sequences and begins in ``style``, or a ready Text."""

    __slots__ = ("hidden", "kind", "raw", "style")

    gutter: str = ""
    """Stands before the first row; later rows are indented as far."""
    aside: str = ""
    """Stands at the right end of the last row."""
    words: bool = False
    """Rows end between words, not anywhere."""
    cropped: bool = False
    """One row whatever the width: what does not fit is not shown."""

    def __init__(self, raw: str | Text, kind: str, style: Style, hidden: int = 0) -> None:
        self.raw = Packed(raw) if isinstance(raw, Text) else raw
        self.kind = kind
        self.style = style
        self.hidden = hidden

    def text(self) -> Text:
        """The line with its colours, without gutter and aside."""
        text = self.raw.text() if isinstance(self.raw, Packed) else styled_text(runs(self.raw, self.style))
        return text.append(self._rest())

    def plain(self) -> str:
        """The characters of :meth:`text`."""
        text = self.raw.plain if isinstance(self.raw, Packed) else visible(self.raw)
        return text + self._rest()

    @property
    def is_bare(self) -> bool:
        """Whether ``raw`` says everything about the line but where it is from."""
        return not self.style and not self.hidden

    def _rest(self) -> str:
        return f" … {self.hidden:,} more characters" if self.hidden else ""


class PictureRow(Line):
    """A row of a picture, which makes no sense on two."""

    __slots__ = ()

    cropped = True

    def __init__(self, row: Text) -> None:
        super().__init__(row, "text", Style.null())


class EditedLine(Line):
    """A line that is being overwritten through carriage returns and backspaces: one cell a character."""

    __slots__ = ("cells",)

    def __init__(self, line: Line) -> None:
        super().__init__("", line.kind, line.style, line.hidden)
        if isinstance(line.raw, str):
            self.cells = [(character, style) for run, style in runs(line.raw, line.style) for character in run]
            return
        self.cells = [(character, Style.null()) for character in line.raw.plain]
        for span in line.raw.spans:
            if isinstance(span.style, Style):
                for place in range(span.start, span.end):
                    self.cells[place] = (self.cells[place][0], span.style)

    def text(self) -> Text:
        pieces = (
            ("".join(character for character, _ in group), style)
            for style, group in groupby(self.cells, key=itemgetter(1))
        )
        return styled_text(pieces).append(self._rest())

    def plain(self) -> str:
        return visible("".join(character for character, _ in self.cells)) + self._rest()

    def settled(self) -> Line:
        """The same line, to be kept."""
        hidden, self.hidden = self.hidden, 0
        return Line(self.text(), self.kind, Style.null(), hidden)


class Framed(Line):
    """A line behind a gutter, perhaps with an aside."""

    __slots__ = ("aside", "gutter", "words")

    def __init__(self, raw: str | Text, kind: str, gutter: str, *, words: bool = False) -> None:
        super().__init__(raw, kind, Style.null())
        self.gutter = gutter
        self.aside = ""
        self.words = words


class Cell:
    """The source of one cell; highlighted as a whole, when a line of it is shown."""

    __slots__ = ("lines",)

    def __init__(self, source: str) -> None:
        self.lines = tuple(visible(line) for line in source.replace("\r\n", "\n").split("\n"))

    def highlighted(self, index: int) -> Text:
        """One line in colours; plain where the highlighter and we do not agree on the characters."""
        coloured = _coloured(self.lines)
        if index < len(coloured) and coloured[index].plain == self.lines[index]:
            return coloured[index].copy()
        return Text(self.lines[index])


@lru_cache(maxsize=64)
def _coloured(lines: tuple[str, ...]) -> list[Text]:
    source = "\n".join(lines)
    return python_source(source, Look(_ANY_WIDTH), "", "") if len(source) <= _HIGHLIGHT_UP_TO else []


class SourceLine(Framed):
    """One line of a cell."""

    __slots__ = ("cell", "index")

    def __init__(self, cell: Cell, index: int, gutter: str) -> None:
        super().__init__(cell.lines[index], "source", gutter)
        self.cell = cell
        self.index = index

    def text(self) -> Text:
        return self.cell.highlighted(self.index)


def count(line: Line | str, width: int) -> int:
    """How many rows ``line`` takes at ``width`` cells: ``len(starts(line, width))``, most often without work."""
    if isinstance(line, Line):
        return len(starts(line, width))
    length = len(line)
    if line.isprintable():
        if length * 2 <= width:
            return 1
        if line.isascii():
            return -(-length // width) or 1
    return len(_starts(visible(line), max(1, width), words=False))


def starts(line: Line, width: int) -> list[int]:
    """Where in ``line.plain()`` each of its rows begins; the last may be empty and hold the aside alone."""
    if line.cropped:
        return [0]
    plain = line.plain()
    room = max(1, width - cell_len(line.gutter))
    found = _starts(plain, room, words=line.words or line.kind in _SENTENCES)
    if line.aside and cell_len(plain[found[-1] :]) + 2 + cell_len(line.aside) > room:
        found.append(len(plain))
    return found


_SENTENCES = ("stderr", "text")
"""Kinds of lines that people wrote: warnings, values, sources. What a program prints keeps its columns."""


def _starts(plain: str, room: int, *, words: bool) -> list[int]:
    if len(plain) * 2 <= room:
        return [0]
    if plain.isascii():
        return _ascii_words(plain, room) if words else list(range(0, len(plain), room)) or [0]
    found = [0]
    used = 0
    space = 0
    for start, end, cells in split_graphemes(plain)[0]:
        if used + cells > room and used:
            begin = space if words and space > found[-1] else start
            used = cell_len(plain[begin:start])
            found.append(begin)
        used += cells
        if plain[start] == " ":
            space = end
    return found


def _ascii_words(plain: str, room: int) -> list[int]:
    """The same for one cell a character; what is longer than a row ends anywhere."""
    found = [0]
    while len(plain) - found[-1] > room:
        start = found[-1]
        space = plain.rfind(" ", start, start + room)
        found.append(space + 1 if space >= 0 else start + room)
    return found

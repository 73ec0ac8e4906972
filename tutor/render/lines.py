"""Lines of styled pieces, and the one way they become a Text that is never too wide."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Span, Text

from tutor.render.palette import NONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.render.look import Look

Piece = tuple[str, Style]


class Line:
    """One line under construction: pieces of text with a style each, and its width in cells."""

    __slots__ = ("cells", "pieces")

    def __init__(self, text: str = "", style: Style = NONE) -> None:
        self.pieces: list[Piece] = []
        self.cells = 0
        self.add(text, style)

    def add(self, text: str, style: Style = NONE) -> Line:
        """Append ``text``, which must be clean (see :func:`clean`); gives the line itself, to go on with."""
        if text:
            self.pieces.append((text, style))
            self.cells += cell_len(text)
        return self

    def extend(self, pieces: Iterable[Piece]) -> Line:
        for text, style in pieces:
            self.add(text, style)
        return self

    def pad(self, cells: int) -> Line:
        """Fill with spaces up to ``cells``; at least one space follows a line that is already longer."""
        missing = cells - self.cells
        return self.add(" " * missing) if missing > 0 else self

    def clip(self, width: int, ellipsis: str) -> Line:
        """This line, or when it is wider than ``width`` as much of it as fits, and the ellipsis."""
        if self.cells <= width:
            return self
        short = Line()
        for text, style in self.pieces:
            room = width - short.cells
            if cell_len(text) < room:
                short.add(text, style)
                continue
            short.add(take(text, room - 1), style)
            break
        return short.add(ellipsis[: width - short.cells], NONE)


def clean(text: str, look: Look) -> str:
    """``text`` on one line and measurable: every character is 0, 1 or 2 cells by itself.

    Line breaks and tabs become a space; other control characters, joiners and variation selectors
    (terminals disagree about the width of what they join) are dropped. Without Unicode, what is not
    ASCII is written as its escape.
    """
    if not (text.isascii() and text.isprintable()):
        text = "".join(_character(c) for c in text)
        if not look.unicode:
            text = text.encode("ascii", "backslashreplace").decode("ascii")
    return text


def _character(character: str) -> str:
    if character in "\n\r\t\u2028\u2029":
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co") or "\ufe00" <= character <= "\ufe0f":
        return ""
    return character


def take(text: str, cells: int) -> str:
    """The longest beginning of ``text`` that is at most ``cells`` wide."""
    if cell_len(text) <= cells:
        return text
    used = 0
    for position, character in enumerate(text):
        used += cell_len(character)
        if used > cells:
            return text[:position]
    return text


def fit(text: str, cells: int, look: Look) -> str:
    """``text``, cut with an ellipsis when it is wider than ``cells``."""
    if cell_len(text) <= cells:
        return text
    return take(text, cells - 1) + look.glyphs.ellipsis if cells > 0 else ""


def wrap(text: str, width: int) -> list[str]:
    """``text`` broken at spaces (inside a word only where it must) into lines at most ``width`` cells wide."""
    lines: list[str] = []
    current: str | None = None
    for word in text.split(" "):
        joined = word if current is None else f"{current} {word}"
        if cell_len(joined) <= width:
            current = joined
            continue
        if current is not None:
            lines.append(current)
        *full, current = chop(word, width)
        lines.extend(full)
    return lines if current is None else [*lines, current]


def chop(text: str, width: int) -> list[str]:
    """``text`` cut into pieces at most ``width`` cells wide; at least one piece, which may be empty."""
    pieces = []
    while cell_len(text) > width:
        head = take(text, width) or text[0]
        pieces.append(head)
        text = text[len(head) :]
    return [*pieces, text]


def sentence(text: str, style: Style, look: Look, indent: int = 0) -> list[Line]:
    """Words of ours as lines of one style, wrapped to the width with an indent."""
    return [Line(" " * indent).add(part, style) for part in wrap(text, max(1, look.width - indent))]


def to_text(lines: Iterable[Line], look: Look) -> Text:
    """The lines as one Text that never wraps and is never wider than the look."""
    parts: list[str] = []
    spans: list[Span] = []
    position = 0
    for number, line in enumerate(lines):
        if number:
            parts.append("\n")
            position += 1
        for text, style in line.clip(look.width, look.glyphs.ellipsis).pieces:
            parts.append(text)
            end = position + len(text)
            if style is not NONE:
                spans.append(Span(position, end, style))
            position = end
    return Text("".join(parts), spans=spans, no_wrap=True, overflow="crop")

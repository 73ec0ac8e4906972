"""A place in a lesson where something was found, and an entry of a list that was filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text

from tutor.lesson.search import spans
from tutor.lesson.state import title_of
from tutor.texts import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.lesson.search import Place

__all__ = ["found_place", "with_marks"]

_MARK = Style(color="#101418", bgcolor="#e6dc5c", bold=True)
_QUIET = Style(dim=True)
_BEFORE = 24
"""Cells of a long line before the first mark."""


def found_place(place: Place, words: Sequence[str], width: int) -> Text:
    """Two rows of at most ``width`` cells: lesson and step; the line, around the first word that was found."""
    where = Text(place.lesson.title, no_wrap=True, overflow="ellipsis")
    if place.step is not None and place.index is not None:
        where.append(" · ", _QUIET).append(f"{place.index + 1} {title_of(place.step)}", Style(bold=True))
    where.append(f"  {_(place.kind)}", _QUIET)
    where.truncate(max(width, 8), overflow="ellipsis")
    return where.append("\n").append_text(_excerpt(place.text, words, width))


def _excerpt(text: str, words: Sequence[str], width: int) -> Text:
    room = max(width - 2, 8)
    line = with_marks(text, words)
    first, end = min(spans(text, words), default=(0, 0))
    if line.cell_len > room and (first > _BEFORE or end >= room):
        # A word is not cut where it can be helped, and no room is left empty behind a late one.
        start = min(first - _BEFORE // 2, max(0, len(text) - room + 2))
        gap = text.find(" ", max(start, 0))
        start = gap + 1 if 0 <= gap < first else max(start, 0)
        line = Text.assemble(("… ", _QUIET), line[start:])
    line.truncate(room, overflow="ellipsis")
    return Text("  ").append_text(line)


def with_marks(text: str, words: Sequence[str]) -> Text:
    """``text`` with the words that were searched for marked."""
    line = Text(text)
    for start, end in spans(text, words):
        line.stylize(_MARK, start, end)
    return line

"""Searching what was run before, as one types. No widgets here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from rich.text import Text

_FOUND = Style(color="#101418", bgcolor="#e6dc5c", bold=True)
_QUIET = Style(dim=True)
_BAD = Style(color="#ff8f80")


@dataclass(frozen=True, slots=True)
class Find:
    """An entry that holds what is searched for."""

    back: int
    """Steps back from the draft; 1 is the newest entry."""
    entry: str


class Search:
    """What was found of ``query``, newest first and every entry once, and a place among the finds.

    Capital letters count only if the query has any.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        newest: dict[str, int] = {}
        for back, entry in enumerate(reversed(entries), 1):
            newest.setdefault(entry, back)
        self._all = [Find(back, entry) for entry, back in newest.items()]
        self._lower = {find.back: find.entry.lower() for find in self._all}
        self.query = ""
        self.finds = self._all
        self.at = 0
        self._place = 1
        """Steps back to what was found last."""

    @property
    def found(self) -> Find | None:
        """The one at the place; None when nothing was found."""
        return self.finds[self.at] if self.finds else None

    def look_for(self, query: str) -> None:
        """Search for something else; while it is typed, from what was found last towards older ones."""
        if not query:
            self._place = 1
        elif self.found:
            self._place = self.found.back
        if query.startswith(self.query) and _minds_case(query) == _minds_case(self.query):
            among = self.finds
        else:
            among = self._all
        if _minds_case(query):
            self.finds = [find for find in among if query in find.entry]
        else:
            self.finds = [find for find in among if query in self._lower[find.back]]
        self.query = query
        self.at = next((n for n, find in enumerate(self.finds) if find.back >= self._place), 0)

    def step(self, direction: int) -> None:
        """To the next older (1) or newer (-1) find, as far as there is one."""
        self.at = max(0, min(self.at + direction, len(self.finds) - 1))


def _minds_case(query: str) -> bool:
    return query != query.lower()


def matching_line(entry: str, query: str) -> tuple[str, int, int]:
    """The first line of ``entry`` that holds ``query``, and where in it."""
    pattern = re.compile(re.escape(query), 0 if _minds_case(query) else re.IGNORECASE)
    for line in entry.split("\n"):
        if found := pattern.search(line):
            return line, found.start(), found.end()
    return entry.partition("\n")[0], 0, 0


def search_rows(search: Search, width: int) -> Text:
    """Two rows of ``width`` cells: what is searched for and how much there is of it; what was found."""
    text = Text(no_wrap=True, overflow="crop")
    count = f"{search.at + 1:,} of {len(search.finds):,}" if search.finds else "not found"
    room = max(1, width - len("search ▏") - len(count) - 3)
    text.append("search ▏", _QUIET)
    if search.query:
        text.append(search.query[-room:])
    text.append(" ", Style(reverse=True))
    hint = "" if search.query else " part of an earlier cell"
    text.append(hint[:room], _QUIET)
    text.pad_right(width - text.cell_len - len(count))
    text.append(count, _QUIET if search.finds else _BAD)
    text.append("\n")
    text.append_text(_found_row(search, width))
    return text


def _found_row(search: Search, width: int) -> Text:
    find = search.found
    if find is None:
        return Text("Backspace widens it, Esc leaves it"[:width], _QUIET)
    line, start, end = matching_line(find.entry, search.query)
    lines = find.entry.count("\n") + 1
    more = f"  ⏎ {lines} lines" if lines > 1 else ""
    row = Text(line.expandtabs(1) if "\t" in line else line)
    row.stylize(_FOUND, start, end)
    room = max(1, width - len(more))
    # What was found is in sight, at the end if the line is too long.
    hidden = max(0, min(start, end - room + 1))
    row = row[hidden:]
    row.truncate(room, overflow="ellipsis")
    return row.append(more, _QUIET)

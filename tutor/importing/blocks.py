"""What every reader makes of a tutorial: headings, text and code, each with its place in the file."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Union

from tutor.protocol.text import plain


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands. Both count from 1; 0 is unknown or none."""

    line: int = 0
    """Of the file, or of the cell where there is one."""
    cell: int = 0

    def of(self, file: str) -> str:
        """As a report names it: ``file:line`` or ``file: cell n``."""
        return f"{file}: cell {self.cell}" if self.cell else f"{file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Heading:
    """One line; ``level`` 1 is the highest."""

    text: str
    level: int
    place: Place


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Code:
    """Python that may be run. ``recorded`` is what the tutorial says it shows, None where it does not."""

    source: str
    place: Place
    recorded: str | None = None


Block = Union[Heading, Prose, Code]  # noqa: UP007 - isinstance and 3.10


@dataclass(frozen=True, slots=True)
class Note:
    """Something the importer could not take as it is."""

    place: Place
    why: str
    kept_as_text: bool = True


class NotATutorial(Exception):
    """The file cannot be imported; the message says why, and what to do. ``notes`` are about its cells."""

    def __init__(self, message: str, notes: tuple[Note, ...] = ()) -> None:
        super().__init__(message)
        self.notes = notes


@dataclass(slots=True)
class Tutorial:
    """What was read. Every text is fit for a terminal and for YAML (:func:`cleaned`)."""

    blocks: list[Block] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    title: str = ""
    """Where the file names one outside its headings."""

    def add(self, other: Tutorial) -> None:
        """Go on with what another part of the file holds."""
        self.blocks += other.blocks
        self.notes += other.notes


_RETURNS = re.compile(r"\r\n?")
_NOT_CHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]|[\U0001fffe\U0001ffff\U0010fffe\U0010ffff]")


def cleaned(text: str) -> str:
    """``text`` without what no terminal may see, and with plain ends of lines."""
    return _NOT_CHARACTERS.sub("", plain(_RETURNS.sub("\n", text)))


def fenced(code: str, language: str = "python") -> str:
    """``code`` as a fence of Markdown that nothing in it can end."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    body = code.strip("\n")
    return f"{fence}{language}\n{body}\n{fence}"

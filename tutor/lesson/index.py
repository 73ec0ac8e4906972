"""What was read of a folder's lessons the last time, so that a thousand of them open at once.

One file a folder, in the cache. It is believed of a lesson as long as the files of the lesson are those it was
made from, by name, size and time of change; and it is data like any other: decoded strictly, cleaned, and thrown
away whole when anything in it is odd.
"""

from __future__ import annotations

import functools
import hashlib
import os
import time
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from tutor import __version__
from tutor.lesson.entry import Entry
from tutor.lesson.fields import Data
from tutor.lesson.problems import Problem
from tutor.lesson.writing import write_whole
from tutor.paths import cache_dir
from tutor.protocol.text import plain

_MAX_BYTES = 50_000_000
_COUNTED = (".yaml", ".yml", ".py")
"""Files that decide what a lesson is; the data beside it does not."""

_SETTLED = 2.0
"""Seconds after which a change gives a file another time on every file system."""

Place = Annotated[int, Meta(ge=1)]


class Told(Data, frozen=True, array_like=True):
    """A problem, without its file: that is the lesson's."""

    line: Place
    column: Place
    message: str
    path: str = ""


class Row(Data, frozen=True, array_like=True, gc=False):
    """One lesson folder: the state of its files, and the lesson or what is wrong with it."""

    stamp: str
    entry: Entry | None
    problems: tuple[Told, ...] = ()


class _File(Data, frozen=True):
    made_by: str
    folder: str
    rows: dict[str, Row]


class Index:
    """The rows of one folder; ``variant`` tells apart what is read of the same files in several ways."""

    def __init__(self, folder: Path, variant: str = "") -> None:
        self._folder = str(folder.absolute())
        self._made_by = f"{_maker()} {variant}".strip()
        name = hashlib.sha256(f"{self._folder}\0{variant}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._file = cache_dir() / "lessons" / f"{name}.json"
        self._old = self._read()
        self._new: dict[str, Row] = {}

    def get(self, name: str, stamp: str) -> Row | None:
        """What is known of the lesson in the folder ``name``, if its files are still the same."""
        row = self._old.get(name)
        if row is None or not stamp or row.stamp != stamp:
            return None
        self._new[name] = row
        return row

    def put(self, name: str, stamp: str, entry: Entry | None, problems: list[Problem]) -> None:
        """Note what was read just now."""
        if stamp:
            told = tuple(Told(line=p.line, column=p.column, message=p.message, path=p.path) for p in problems)
            self._new[name] = Row(stamp=stamp, entry=entry, problems=told)

    def save(self) -> None:
        """Write it, if anything is new. A cache that cannot be written is none; nobody needs to know."""
        if self._new == self._old:
            return
        data = msgspec.json.encode(_File(made_by=self._made_by, folder=self._folder, rows=self._new))
        write_whole(self._file, data)

    def _read(self) -> dict[str, Row]:
        try:
            with self._file.open("rb") as stream:
                data = stream.read(_MAX_BYTES + 1)
            text = data.decode("utf-8")
            # Nothing that is kept here has a control character, so nothing of it is ever escaped.
            if len(data) > _MAX_BYTES or "\\u" in text or plain(text) != text:
                return {}
            found = msgspec.json.decode(data, type=_File)
        except (OSError, ValueError, RecursionError):
            return {}
        return found.rows if (found.made_by, found.folder) == (self._made_by, self._folder) else {}


def stamp_of(folder: Path) -> str:
    """The state of the files that make a lesson; empty where that cannot be told, or may change unseen."""
    parts = []
    newest = 0
    try:
        with os.scandir(folder) as inside:
            for item in inside:
                if item.name.endswith(_COUNTED):
                    state = item.stat()
                    newest = max(newest, state.st_mtime_ns)
                    parts.append(f"{item.name}:{state.st_size}:{state.st_mtime_ns}:{state.st_ino}")
    except OSError:
        return ""
    if not parts or abs(time.time() - newest / 1e9) < _SETTLED:
        return ""
    return hashlib.sha256("\n".join(sorted(parts)).encode("utf-8", "surrogateescape")).hexdigest()


@functools.cache
def _maker() -> str:
    """The tutor that reads: one whose rules for lessons were changed does not believe what it said before."""
    newest = max((file.stat().st_mtime_ns for file in Path(__file__).parent.glob("*.py")), default=0)
    return f"{__version__} {newest}"

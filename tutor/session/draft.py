"""A lesson that is being written: what it was when it could last be read, and what is wrong with it now.

Where the interface speaks another language, the lesson's translation into it is read as well: who translates sees
every save as its author does.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

from tutor.lesson import helpers
from tutor.lesson.loader import FILE_NAME, load_lesson
from tutor.lesson.model import Lesson, Read
from tutor.lesson.problems import LessonError, Problem
from tutor.lesson.translation import overlay_name, translate
from tutor.texts import _, candidates

_EVERY = 0.3
"""Seconds between two looks at the files. An editor may write in several goes, or move a new file over the
old one: a change counts when the files have stood still from one look to the next."""

_Sign = tuple[tuple[int, int, int] | None, ...]
"""Of each file when it was written, its size, and which file it is; None for one that is not there."""


class Draft:
    """``lesson`` stays as it was while the file has ``problems``."""

    def __init__(self, file: Path) -> None:
        self.file = file / FILE_NAME if file.is_dir() else file
        self.lesson: Lesson | None = None
        self.problems: list[Problem] = []
        self.saved: datetime | None = None
        """When it was written, or what stands beside it, by this machine's clock; None while there is no file."""
        self._seen: _Sign = ()
        self.read()

    def read(self) -> None:
        """Read the file as it is now."""
        self._seen = self._sign()
        written = [sign[0] for sign in self._seen if sign] if self._seen[0] else []
        self.saved = datetime.fromtimestamp(max(written) / 1e9).astimezone() if written else None
        try:
            lesson = load_lesson(self.file)
            # The lesson can be shown, though its translation cannot.
            self.lesson = self.lesson or lesson
            self.lesson, self.problems = _translated(lesson), []
        except LessonError as error:
            self.problems = error.problems

    async def saves(self) -> AsyncIterator[None]:
        """Comes round after every save, once the file was read again."""
        before = self._seen
        while True:
            await asyncio.sleep(_EVERY)
            now = self._sign()
            if now != self._seen and now == before:
                await asyncio.to_thread(self.read)
                yield
            before = now

    def _sign(self) -> _Sign:
        beside = (helpers.FILE_NAME, *(overlay_name(language) for language in candidates()))
        return tuple(_sign_of(file) for file in (self.file, *map(self.file.with_name, beside)))


def _translated(lesson: Lesson) -> Lesson:
    """The lesson in the learner's language where that is beside it. Raises LessonError."""
    translation = translate(lesson, candidates())
    return translation.lesson if translation else lesson


def _sign_of(file: Path) -> tuple[int, int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def stand_in(file: Path) -> Lesson:
    """What is shown as long as the file could never be read."""
    text = _("`{file}` cannot be read yet: what is wrong stands above. Once it is put right and saved, it opens.")
    return Lesson(
        schema=1,
        id="not-yet",
        title=file.parent.name or file.name,
        track="preview",
        objectives=("write a lesson",),
        minutes=1,
        difficulty=1,
        steps=(Read(id="not-yet", text=text.format(file=file.name)),),
        file=file,
    )

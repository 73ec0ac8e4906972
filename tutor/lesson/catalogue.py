"""All lessons of a folder. A broken one becomes problems; the others load."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

from tutor.lesson.loader import FILE_NAME, load_lesson, position_of
from tutor.lesson.model import Lesson
from tutor.lesson.problems import LessonError, Problem, did_you_mean

_NEAR = 0.4
"""How alike a name must be to be offered; low, for somebody looks for something that is there."""

_NUMBERED = re.compile(r"[0-9]+-.")


class NotFound(Exception):
    """No lesson or step of that name; the message names the nearest one."""


class Catalogue:
    """Lessons in the order of their folders' names (``01-what-a-tensor-is/lesson.yaml``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lessons: list[Lesson] = []
        self.problems: list[Problem] = []
        self._folders: dict[str, Lesson] = {}
        self._broken: dict[str, Problem] = {}

    @property
    def tracks(self) -> list[str]:
        """Tracks in the order in which their first lessons come."""
        return list(dict.fromkeys(lesson.track for lesson in self.lessons))

    def load_all(self) -> Catalogue:
        """Load every lesson now; returns itself."""
        for _ in self.loading():
            pass
        return self

    async def load(self) -> None:
        """Load every lesson, letting other things happen between two of them."""
        for _ in self.loading():
            await asyncio.sleep(0)

    def loading(self) -> Iterator[Path]:
        """Load one lesson file at a time; yields each when it is done, whatever became of it."""
        for file in self._files():
            self._add(file)
            yield file

    def find(self, name: str) -> tuple[Lesson, str | None]:
        """The lesson, and the id of the step, that ``LESSON`` or ``LESSON#STEP`` names.

        A lesson is named by its id, its folder, or the beginning of either if only one lesson has it; a step by
        its id or its number from 1. Raises NotFound.
        """
        wanted, _, step = name.strip().partition("#")
        lesson = self._find_lesson(wanted)
        return lesson, find_step(lesson, step) if step else None

    def _find_lesson(self, wanted: str) -> Lesson:
        names = {**self._folders, **{lesson.id: lesson for lesson in self.lessons}}
        key = wanted.casefold()
        for name, lesson in names.items():
            if name.casefold() == key:
                return lesson
        if broken := self._broken_named(key):
            raise NotFound(f"the lesson `{wanted}` cannot be used: {broken}")
        begins = {lesson.id: lesson for name, lesson in names.items() if key and name.casefold().startswith(key)}
        if len(begins) == 1:
            return next(iter(begins.values()))
        if begins:
            raise NotFound(f"several lessons begin with `{wanted}`: {', '.join(begins)}")
        hint = did_you_mean(wanted, names, _NEAR) or "."
        raise NotFound(f"there is no lesson `{wanted}`{hint} `tutor list` shows all of them.")

    def _broken_named(self, key: str) -> Problem | None:
        """The first problem of a broken lesson whose folder has this name, with or without its number."""
        for folder, problem in self._broken.items():
            if key in (folder.casefold(), folder.casefold().lstrip("0123456789").removeprefix("-")):
                return problem
        return None

    def _files(self) -> list[Path]:
        try:
            folders = sorted(path for path in self.folder.iterdir() if path.is_dir())
        except OSError as error:
            self.problems.append(Problem(self.folder, 1, 1, f"no lessons can be read here: {error.strerror}"))
            return []
        files = [
            folder / FILE_NAME
            for folder in folders
            # A folder with a number is meant to be a lesson, even if its file is missing.
            if (folder / FILE_NAME).is_file() or _NUMBERED.match(folder.name)
        ]
        if not files:
            expected = f"expected folders such as 01-first/{FILE_NAME}"
            self.problems.append(Problem(self.folder, 1, 1, f"there are no lessons here; {expected}"))
        return files

    def _add(self, file: Path) -> None:
        try:
            lesson = load_lesson(file)
        except LessonError as error:
            self._refuse(file, error.problems)
            return
        other = next((other for other in self.lessons if other.id == lesson.id), None)
        if other is not None:
            message = f"the id `{lesson.id}` is taken by {other.file}"
            self._refuse(file, [Problem(file, *position_of(file, "id"), message, "id")])
            return
        self.lessons.append(lesson)
        self._folders[file.parent.name] = lesson

    def _refuse(self, file: Path, problems: list[Problem]) -> None:
        self.problems += problems
        self._broken[file.parent.name] = problems[0]


def find_step(lesson: Lesson, wanted: str) -> str:
    """The id of the step with this id or number (from 1). Raises NotFound."""
    ids = [step.id for step in lesson.steps]
    if wanted.casefold() in ids:
        return wanted.casefold()
    if wanted.isdecimal() and len(wanted) < 5 and 1 <= int(wanted) <= len(ids):
        return ids[int(wanted) - 1]
    hint = did_you_mean(wanted, ids, _NEAR) or f": {', '.join(ids)}."
    raise NotFound(f"{lesson.id} has no step `{wanted}` among its {len(ids)} steps{hint}")

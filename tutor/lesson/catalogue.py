"""All lessons of a folder. A broken one becomes problems; the others load."""

from __future__ import annotations

import asyncio
import difflib
from pathlib import Path

from tutor.lesson.loader import load_lesson
from tutor.lesson.model import Lesson
from tutor.lesson.problems import LessonError, Problem


class NotFound(Exception):
    """No lesson or step of that name; the message names the nearest one."""


class Catalogue:
    """Lessons in the order of their folders' names (``01-what-a-tensor-is/lesson.yaml``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lessons: list[Lesson] = []
        self.problems: list[Problem] = []
        self._folders: dict[str, Lesson] = {}

    @property
    def tracks(self) -> list[str]:
        """Tracks in the order in which their first lessons come."""
        return list(dict.fromkeys(lesson.track for lesson in self.lessons))

    def load_all(self) -> Catalogue:
        """Load every lesson now; returns itself."""
        for file in self._files():
            self._add(file)
        return self

    async def load(self) -> None:
        """Load every lesson, letting other things happen between two of them."""
        for file in self._files():
            self._add(file)
            await asyncio.sleep(0)

    def find(self, name: str) -> tuple[Lesson, str | None]:
        """The lesson, and the id of the step, that ``LESSON`` or ``LESSON#STEP`` names.

        A lesson is named by its id, its folder, or the beginning of either if only one lesson has it; a step by
        its id or its number from 1. Raises NotFound.
        """
        wanted, _, step = name.partition("#")
        lesson = self._find_lesson(wanted)
        return lesson, _find_step(lesson, step) if step else None

    def _find_lesson(self, wanted: str) -> Lesson:
        names = {lesson.id: lesson for lesson in self.lessons} | self._folders
        if wanted in names:
            return names[wanted]
        beginning = {lesson.id: lesson for name, lesson in names.items() if wanted and name.startswith(wanted)}
        if len(beginning) == 1:
            return next(iter(beginning.values()))
        if beginning:
            raise NotFound(f"several lessons begin with {wanted!r}: {', '.join(beginning)}")
        ids = [lesson.id for lesson in self.lessons]
        broken = [problem for problem in self.problems if wanted and wanted in str(problem.file.parent.name)]
        if broken:
            raise NotFound(f"the lesson {wanted!r} cannot be used: {broken[0]}")
        close = difflib.get_close_matches(wanted, ids, 1, cutoff=0.4)
        hint = f"Did you mean {close[0]!r}? " if close else ""
        raise NotFound(f"there is no lesson {wanted!r}. {hint}`tutor list` shows all of them.")

    def _files(self) -> list[Path]:
        if not self.folder.is_dir():
            self.problems.append(Problem(self.folder, 1, 1, "there is no such folder"))
            return []
        return sorted(self.folder.glob("*/lesson.yaml"))

    def _add(self, file: Path) -> None:
        try:
            lesson = load_lesson(file)
        except LessonError as error:
            self.problems.extend(error.problems)
            return
        if any(other.id == lesson.id for other in self.lessons):
            self.problems.append(Problem(file, 1, 1, f"another lesson has the id `{lesson.id}`"))
            return
        self.lessons.append(lesson)
        self._folders[file.parent.name] = lesson


def _find_step(lesson: Lesson, wanted: str) -> str:
    ids = [step.id for step in lesson.steps]
    if wanted in ids:
        return wanted
    if wanted.isdigit() and 1 <= int(wanted) <= len(ids):
        return ids[int(wanted) - 1]
    close = difflib.get_close_matches(wanted, ids, 1, cutoff=0.4)
    hint = f"Did you mean {close[0]!r}?" if close else f"Its steps are {', '.join(ids)}."
    raise NotFound(f"{lesson.id} has no step {wanted!r}; it has {len(ids)} steps. {hint}")

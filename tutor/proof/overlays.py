"""A lesson's translations: what is wrong with them, where they are behind it, and how much is done."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.loader import FILE_NAME
from tutor.lesson.model import Lesson
from tutor.lesson.problems import Problem
from tutor.lesson.translation import OVERLAY_NAME, proved
from tutor.proof.findings import Finding, from_problem


def translations(lesson: Lesson) -> list[Finding]:
    """What is wrong with the overlays beside a lesson, where they are behind it, and how much is done."""
    good, wrong = proved(lesson)
    behind = [problem for translation in good for problem in translation.warnings]
    ids = {one.id for one in (*lesson.steps, *lesson.recall)}

    def step_of(problem: Problem) -> str:
        return next((name for name in problem.path.split(".")[1:2] if name in ids), "")

    return [
        *(from_problem(problem, lesson.id, step_of(problem)) for problem in wrong),
        *(from_problem(problem, lesson.id, step_of(problem), "warning") for problem in behind),
        *(Finding(one.file, 1, 1, lesson.id, "", 1, "note", one.coverage) for one in good),
    ]


def translated(path: Path) -> Path:
    """The file of the lesson that ``path`` translates; ``path`` itself when it is no translation."""
    original = path.with_name(FILE_NAME)
    return original if OVERLAY_NAME.fullmatch(path.name) and original.is_file() else path

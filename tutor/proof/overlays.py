"""A lesson's translations: what is wrong with them, where they are behind it, and how much is done."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.loader import FILE_NAME
from tutor.lesson.model import Lesson
from tutor.lesson.translation import OVERLAY_NAME, proved
from tutor.proof.findings import Finding, Level


def translations(lesson: Lesson) -> list[Finding]:
    """What there is to say of every overlay beside the lesson."""
    good, wrong = proved(lesson)
    found = [
        _finding(lesson, problem.file, problem.line, problem.column, "error", problem.message) for problem in wrong
    ]
    for overlay in good:
        found += [_finding(lesson, p.file, p.line, p.column, "warning", p.message) for p in overlay.warnings]
        found.append(_finding(lesson, overlay.file, 1, 1, "note", overlay.coverage))
    return found


def translated(path: Path) -> Path:
    """The file of the lesson that ``path`` translates; ``path`` itself when it is no translation."""
    original = path.with_name(FILE_NAME)
    return original if OVERLAY_NAME.fullmatch(path.name) and original.is_file() else path


def _finding(lesson: Lesson, file: Path, line: int, column: int, level: Level, message: str) -> Finding:
    return Finding(file, line, column, lesson.id, "", 1, level, message)

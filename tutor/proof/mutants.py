"""Wrong solutions made from the right one."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.lesson.model import Lesson


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong solution."""

    name: str
    code: str
    what: str
    """How it differs from the solution, in plain English."""


def mutants(lesson: Lesson, index: int) -> list[Mutant]:  # noqa: ARG001
    """Of the solution of a step that is judged."""
    return []

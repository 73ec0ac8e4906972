"""The sample lesson, and ways to spoil it."""

from __future__ import annotations

from pathlib import Path

from tutor.lesson.loader import parse_lesson
from tutor.lesson.problems import LessonError, Problem

FILE = Path(__file__).parent / "data" / "01-broadcasting" / "lesson.yaml"
TEXT = FILE.read_text(encoding="utf-8")

HEAD = """\
schema: 1
id: small
title: Small
track: tensors
objectives: [one]
minutes: 5
difficulty: 1
steps:
"""


def with_step(step: str) -> str:
    """A lesson whose only step is this mapping, written without its indent."""
    first, *rest = step.strip("\n").split("\n")
    return HEAD + f"  - {first}\n" + "".join(f"    {line}\n" for line in rest)


def problems(text: str) -> list[Problem]:
    """What is wrong with a lesson; empty when nothing is."""
    try:
        parse_lesson(text, Path("lesson.yaml"))
    except LessonError as error:
        return error.problems
    return []


def changed(old: str, new: str) -> str:
    """The sample with one text, which occurs once, replaced."""
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def the_problem(text: str) -> Problem:
    """The one thing that is wrong."""
    found = problems(text)
    assert len(found) == 1, found
    return found[0]


def place_of(text: str, needle: str) -> tuple[int, int]:
    """Line and column of the first occurrence."""
    before = text[: text.index(needle)]
    return before.count("\n") + 1, len(before) - before.rfind("\n")

"""A lesson as a list shows it: what can be said of it without its steps' texts and code."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from tutor.lesson.fields import Data, LessonKey, Line, Slug
from tutor.lesson.model import Lesson


class StepLine(Data, frozen=True, array_like=True, gc=False):
    """One step. Without a pattern: an index has tens of thousands, only shown and compared."""

    id: Annotated[str, Meta(max_length=60)]
    title: Annotated[str, Meta(max_length=300)] = ""


class Entry(Data, frozen=True, array_like=True, gc=False):
    """One lesson. ``id`` and ``pack`` are those of :class:`~tutor.lesson.model.Lesson`."""

    id: LessonKey
    title: Line
    track: Slug
    objectives: tuple[Line, ...]
    minutes: Annotated[int, Meta(ge=1, le=120)]
    difficulty: Annotated[int, Meta(ge=1, le=3)]
    steps: Annotated[tuple[StepLine, ...], Meta(min_length=1)]
    prerequisites: tuple[LessonKey, ...] = ()
    pack: str = ""
    coverage: Annotated[str, Meta(max_length=60)] = ""
    """How many of its steps are in the learner's language; empty where none is."""


def entry_of(lesson: Lesson, coverage: str = "") -> Entry:
    """The lesson in short."""
    return Entry(
        id=lesson.id,
        title=lesson.title,
        track=lesson.track,
        objectives=lesson.objectives,
        minutes=lesson.minutes,
        difficulty=lesson.difficulty,
        steps=tuple(StepLine(id=step.id, title=step.title or "") for step in lesson.steps),
        prerequisites=lesson.prerequisites,
        pack=lesson.pack,
        coverage=coverage,
    )

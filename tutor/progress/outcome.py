"""What came of a lesson: what was done, how long it took, what to look at again, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tutor.lesson.entry import Entry
from tutor.lesson.model import Lesson, Step
from tutor.lesson.order import next_lesson
from tutor.progress.store import LessonSummary, Progress
from tutor.texts import _, plural

_PAUSE = 600.0
"""Seconds between two steps that count at most; the rest was a pause."""
_STUCK = 3
"""Attempts from which a step is worth another look."""


@dataclass(frozen=True, slots=True)
class Again:
    """A step that is worth another try, and why."""

    index: int
    step: Step
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All there is to say when a lesson is over."""

    lesson: Lesson
    done: int
    shown: int
    hints: int
    seconds: float | None
    """Time spent, without pauses; None where it is not known."""
    again: tuple[Again, ...]
    left: tuple[int, ...]
    """Indices of the steps that are neither done nor shown: the end can be reached without them."""
    next: Entry | None

    @property
    def total(self) -> int:
        return len(self.lesson.steps)


def outcome(lesson: Lesson, lessons: Sequence[Entry], progress: Progress) -> Outcome:
    """What came of ``lesson``, which is one of ``lessons``."""
    steps = progress.steps(lesson.id)
    summaries = progress.summary()
    states = [(index, step, steps.get(step.id)) for index, step in enumerate(lesson.steps)]
    again = []
    for index, step, state in states:
        if state is not None and (why := _why(state.status, state.attempts, state.hints)):
            again.append(Again(index, step, why))
    known = [state for _, _, state in states if state is not None]
    mine = summaries.get(lesson.id)
    moments = [state.completed for state in known if state.completed is not None]
    return Outcome(
        lesson,
        sum(state.status == "done" for state in known),
        sum(state.status == "shown" for state in known),
        sum(state.hints for state in known),
        time_spent([*([mine.started] if mine else []), *moments]),
        tuple(again),
        tuple(index for index, _step, state in states if state is None or state.status not in ("done", "shown")),
        next_lesson(lessons, finished(lessons, summaries), lesson.id),
    )


def finished(lessons: Sequence[Entry], summaries: dict[str, LessonSummary]) -> set[str]:
    """Ids of the lessons of which every step is done or shown."""
    return {
        lesson.id
        for lesson in lessons
        if (one := summaries.get(lesson.id)) is not None and one.done + one.shown >= len(lesson.steps)
    }


def time_spent(moments: Sequence[float]) -> float | None:
    """Seconds from the first moment to the last, with no gap counting for more than ten minutes."""
    if len(moments) < 2:
        return None
    return sum(min(later - earlier, _PAUSE) for earlier, later in pairwise(sorted(moments)))


def _why(status: str, attempts: int, hints: int) -> str:
    if status == "shown":
        return _("its solution was shown")
    if attempts >= _STUCK:
        return plural("{n} attempt", "{n} attempts", attempts).format(n=attempts)
    return plural("{n} hint", "{n} hints", hints).format(n=hints) if hints else ""

"""Which steps are asked again, and which of them now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from tutor.lesson.model import Choice, Exercise, Lesson, Predict, Step
from tutor.lesson.state import from_memory
from tutor.progress import Progress
from tutor.progress.reviews import Grade, Met, Reviews

SITTING = 20
"""Questions at a time; who wants more opens the review again."""
_SHORT = 4
"""Lines of code in the longest solution that is asked for again."""
_SOME = 2
"""Wrong answers after which an exercise was still known, if not well."""


@dataclass(frozen=True, slots=True)
class Question:
    """A step that is asked again."""

    lesson: Lesson
    index: int
    times: int = 0
    """How often it was asked before."""

    @property
    def step(self) -> Step:
        return self.lesson.steps[self.index]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is due, and when the first of the rest will be (seconds since 1970, UTC; None if there is none)."""

    due: tuple[Question, ...]
    next: float | None


def is_asked_again(step: Step) -> bool:
    """Whether the step asks something that can be asked again in a minute or two, on any machine."""
    if step.twin is not None and not is_asked_again(step.twin):
        return False
    if isinstance(step, Exercise):
        return sum(bool(line.strip()) for line in step.solution.splitlines()) <= _SHORT
    return isinstance(step, Choice) or (isinstance(step, Predict) and bool(step.distractors))


def known_lessons(progress: Progress) -> set[str]:
    """Ids of the lessons of which anything may be asked: only these need to be read."""
    reviews = Reviews(progress.database)
    return {one.lesson for one in reviews.new()} | {one.lesson for one in reviews.scheduled()}


def outlook(lessons: Iterable[Lesson], progress: Progress, now: float) -> Outlook:
    """What is due of these lessons at ``now``. What was met since the last look is put into the schedule."""
    lessons = list(lessons)
    places = {
        (lesson.id, step.id): (lesson, index)
        for lesson in lessons
        for index, step in enumerate(lesson.steps)
        if is_asked_again(step)
    }
    places |= recall_places(lessons)
    reviews = Reviews(progress.database)
    _begin_recall(lessons, progress, reviews)
    met = [one for one in reviews.new() if (one.lesson, one.step) in places]
    reviews.begin((one, first_grade(one, _step(*places[one.lesson, one.step]))) for one in met)
    # What is no longer among the lessons is kept: they may be opened again from elsewhere.
    known = [one for one in reviews.scheduled() if (one.lesson, one.step) in places]
    due = tuple(Question(*places[one.lesson, one.step], one.times) for one in known if one.due <= now)
    return Outlook(due, next((one.due for one in known if one.due > now), None))


def recall_places(lessons: Iterable[Lesson]) -> dict[tuple[str, str], tuple[Lesson, int]]:
    """The questions that lessons ask from memory, by lesson and id."""
    memories = [from_memory(lesson) for lesson in lessons if lesson.recall]
    return {
        (memory.id, step.id): (memory, index) for memory in memories for index, step in enumerate(memory.steps)
    }


def recall_of(lesson: Lesson) -> list[Question]:
    """All that a lesson asks from memory."""
    memory = from_memory(lesson)
    return [Question(memory, index) for index in range(len(memory.steps))]


def _begin_recall(lessons: Iterable[Lesson], progress: Progress, reviews: Reviews) -> None:
    """Put the questions of lessons that were finished into the schedule. They were never asked: they come soon."""
    asking = [lesson for lesson in lessons if lesson.recall]
    summaries = progress.summary() if asking else {}
    known = {(one.lesson, one.step) for one in reviews.scheduled()} if asking else set()
    reviews.begin(
        (Met(lesson.id, question.id, "done", 0, summary.finished, 0, None), Grade.HARD)
        for lesson in asking
        if (summary := summaries.get(lesson.id)) is not None and summary.finished is not None
        for question in lesson.recall
        if (lesson.id, question.id) not in known
    )


def sitting(found: Outlook) -> list[Question]:
    """What is asked in one go."""
    return list(islice(found.due, SITTING))


def first_grade(met: Met, step: Step) -> Grade:
    """How well a step was known when it was first met."""
    if met.status != "done":
        return Grade.AGAIN
    if met.missed and (not isinstance(step, Exercise) or met.missed > _SOME):
        return Grade.AGAIN
    return Grade.HARD if met.missed or met.hints else Grade.GOOD


def later_grade(missed: int) -> Grade:
    """How well an exercise was known that took so many wrong answers before the right one."""
    if missed > _SOME:
        return Grade.AGAIN
    return Grade.HARD if missed else Grade.GOOD


def _step(lesson: Lesson, index: int) -> Step:
    return lesson.steps[index]

"""Which steps are asked again."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Exercise
from tutor.progress import Progress
from tutor.progress.reviews import Grade, Met
from tutor.session.review_items import SITTING, first_grade, is_asked_again, outlook, sitting

LESSONS = Path(__file__).parent.parent / "ui" / "lessons"
KINDS = Path(__file__).parent.parent / "kinds" / "lessons"
DAY = 86_400.0


def test_what_asks_something_is_asked_again_and_long_code_is_not() -> None:
    (lesson,) = Catalogue(LESSONS).load_all().lessons
    assert [step.id for step in lesson.steps if is_asked_again(step)] == ["guess", "pick", "centre"]
    every = next(lesson for lesson in Catalogue(KINDS).load_all().lessons if lesson.id == "every-kind")
    assert [step.id for step in every.steps if is_asked_again(step)] == ["guessing", "picking", "centring"]
    long = Exercise(id="long", text="x", solution="a = 1\n" * 5, hints=("h",), checks=())
    assert not is_asked_again(long)


@pytest.mark.parametrize(
    ("kind", "status", "missed", "hints", "grade"),
    [
        (1, "done", 0, 0, Grade.GOOD),
        (2, "done", 0, 0, Grade.GOOD),
        (2, "done", 1, 0, Grade.AGAIN),
        (3, "done", 1, 0, Grade.AGAIN),
        (4, "done", 0, 1, Grade.HARD),
        (4, "done", 2, 0, Grade.HARD),
        (4, "done", 3, 0, Grade.AGAIN),
        (4, "shown", 0, 0, Grade.AGAIN),
        (4, "seen", 1, 0, Grade.AGAIN),
    ],
)
def test_how_well_it_was_known_follows_from_what_was_tried(
    kind: int, status: str, missed: int, hints: int, grade: Grade
) -> None:
    step = Catalogue(LESSONS).load_all().lessons[0].steps[kind]
    assert first_grade(Met("broadcasting", step.id, status, hints, 0.0, missed, None), step) is grade


def test_what_was_done_or_missed_is_due_a_day_or_more_later() -> None:
    lessons = Catalogue(LESSONS).load_all().lessons
    with closing(Progress()) as progress:
        assert outlook(lessons, progress, time.time()).due == ()
        assert outlook(lessons, progress, time.time()).next is None
        for step in ("first", "runit", "pick"):
            progress.complete_step("broadcasting", step, "done")
        progress.record_attempt("broadcasting", "guess", "(3, 1)", "fail")
        progress.complete_step("another-lesson", "pick", "done")
        now = time.time()
        soon = outlook(lessons, progress, now)
        assert soon.due == ()
        assert soon.next is not None
        assert 0.5 * DAY < soon.next - now < 1.5 * DAY
        later = outlook(lessons, progress, now + 60 * DAY)
        assert [question.step.id for question in later.due] == ["guess", "pick"]
        assert later.next is None
        assert outlook([], progress, now + 60 * DAY).due == ()
        many = outlook(lessons * 30, progress, now + 60 * DAY)
        assert len(sitting(many)) <= SITTING

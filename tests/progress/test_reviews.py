"""When something comes again, and that two tutors at once lose no answer."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tutor.progress import Progress
from tutor.progress.exchange import decode, export
from tutor.progress.merge import merge
from tutor.progress.reviews import Grade, Met, Reviews

DAY = 86_400.0
NOW = 1_700_000_000.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Progress]:
    with closing(Progress(tmp_path)) as progress:
        yield progress


def met(step: str, at: float = NOW) -> Met:
    return Met("shapes", step, "done", 0, at, 0, None)


def test_what_was_met_and_is_in_no_schedule_yet(store: Progress) -> None:
    before = time.time()
    for step in ("read", "tried", "missed", "done", "shown"):
        store.enter_step("shapes", step)
    store.record_attempt("shapes", "missed", "x", "fail")
    store.record_attempt("shapes", "missed", "y", "error")
    store.record_attempt("shapes", "done", "z", "fail")
    store.record_attempt("shapes", "done", "z", "pass")
    store.record_hint("shapes", "done")
    store.complete_step("shapes", "done", "done")
    store.complete_step("shapes", "shown", "shown")
    reviews = Reviews(store.database)
    found = {one.step: one for one in reviews.new()}
    assert set(found) == {"missed", "done", "shown"}
    assert (found["missed"].status, found["missed"].missed) == ("seen", 2)
    assert (found["done"].missed, found["done"].hints) == (1, 1)
    assert before <= found["done"].at <= time.time()
    assert before <= (found["missed"].tried or 0) <= time.time()
    reviews.begin([(one, Grade.GOOD) for one in found.values()])
    assert reviews.new() == []
    assert {one.step for one in reviews.scheduled()} == set(found)


def test_the_better_it_was_known_the_later_it_comes(store: Progress) -> None:
    reviews = Reviews(store.database)
    reviews.begin([(met(grade.name), grade) for grade in Grade])
    due = {one.step: one.due for one in reviews.scheduled()}
    assert due["AGAIN"] >= NOW + DAY
    assert due["AGAIN"] <= due["HARD"] < due["GOOD"] < due["EASY"]
    assert [one.due for one in reviews.scheduled()] == sorted(due.values())


def test_each_time_it_is_known_the_time_grows_and_forgetting_brings_it_back(store: Progress) -> None:
    reviews = Reviews(store.database)
    reviews.begin([(met("one"), Grade.GOOD)])
    now, spans = NOW, []
    for _ in range(4):
        now = reviews.scheduled()[0].due
        spans.append(reviews.grade("shapes", "one", Grade.GOOD, now) - now)
    assert spans == sorted(spans)
    assert spans[-1] > 30 * DAY
    now += spans[-1]
    expected = reviews.outlook("shapes", "one", now)
    assert reviews.grade("shapes", "one", Grade.AGAIN, now, "(3,)", 4.0) == expected[Grade.AGAIN]
    assert expected[Grade.AGAIN] - now < spans[-1] / 4
    (last,) = reviews.scheduled()
    assert last.times == 5
    assert [(tried.answer, tried.verdict) for tried in store.attempts("shapes", "one")][-1] == ("(3,)", "fail")


def test_the_outlook_is_what_each_grade_does_and_changes_nothing(store: Progress) -> None:
    reviews = Reviews(store.database)
    reviews.begin([(met(grade.name), Grade.GOOD) for grade in Grade])
    now = NOW + 5 * DAY
    for grade in Grade:
        expected = reviews.outlook("shapes", grade.name, now)[grade]
        assert reviews.grade("shapes", grade.name, grade, now) == expected


def test_a_clock_that_was_put_back_does_no_harm(store: Progress) -> None:
    reviews = Reviews(store.database)
    reviews.begin([(met("one"), Grade.GOOD)])
    assert reviews.grade("shapes", "one", Grade.GOOD, NOW - 400 * DAY) >= NOW + DAY


def test_steps_of_files_without_times_are_due_at_once(store: Progress) -> None:
    reviews = Reviews(store.database)
    reviews.begin([(met("old", 0.0), Grade.GOOD)])
    assert reviews.scheduled()[0].due < NOW


def test_the_schedule_goes_along_and_the_later_answer_wins(tmp_path: Path) -> None:
    with closing(Progress(tmp_path / "a")) as here, closing(Progress(tmp_path / "b")) as there:
        for progress in (here, there):
            Reviews(progress.database).begin([(met("one"), Grade.GOOD), (met("two"), Grade.GOOD)])
        Reviews(here.database).grade("shapes", "one", Grade.EASY, NOW + 3 * DAY)
        due = Reviews(there.database).grade("shapes", "one", Grade.GOOD, NOW + 4 * DAY)
        merge(here.database, decode(export(there.database)))
        assert {one.step: one.due for one in Reviews(here.database).scheduled()}["one"] == due
        merge(there.database, decode(export(here.database)))
        assert Reviews(there.database).scheduled() == Reviews(here.database).scheduled()


def test_a_cleared_lesson_is_asked_no_more(store: Progress) -> None:
    Reviews(store.database).begin([(met("one"), Grade.GOOD)])
    store.clear_lesson("shapes")
    assert Reviews(store.database).scheduled() == []


_GRADER = """
import sys
from pathlib import Path
from tutor.progress import Progress
from tutor.progress.reviews import Grade, Met, Reviews
progress = Progress(Path(sys.argv[1]))
reviews = Reviews(progress.database)
reviews.begin([(Met("shapes", "one", "done", 0, 0.0, 0, None), Grade.GOOD)])
for number in range(25):
    reviews.grade("shapes", "one", Grade.GOOD, 1e9 + number)
print(progress.notice)
"""


def test_two_tutors_that_ask_at_once_lose_no_answer(tmp_path: Path) -> None:
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-c", _GRADER, str(tmp_path)]
    both = [subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate(timeout=60)[0].strip() for one in both] == ["", ""]
    with closing(Progress(tmp_path)) as progress:
        assert [one.times for one in Reviews(progress.database).scheduled()] == [50]
        assert len(progress.attempts("shapes", "one")) == 50

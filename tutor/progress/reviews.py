"""When a step is to be asked again: the schedule of FSRS, kept beside the rest of the progress.

FSRS models how well something is remembered by a stability (days until it is recalled with a chance of 90 %) and a
difficulty from 1 to 10; each answer changes both. See the ``fsrs`` package, which is loaded when first needed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from enum import IntEnum
from typing import TYPE_CHECKING

from tutor.database import Database, storable

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

_LONGEST = 365
"""Days between two times of asking."""

_NEW = """
SELECT steps.lesson, steps.step, status, hints, coalesce(completed, finished, started, 0.0),
       coalesce(sum(verdict != 'pass'), 0) AS missed, max(at)
FROM steps
LEFT JOIN attempts ON attempts.lesson = steps.lesson AND attempts.step = steps.step
LEFT JOIN lessons ON lessons.id = steps.lesson
WHERE NOT EXISTS (SELECT 1 FROM reviews WHERE reviews.lesson = steps.lesson AND reviews.step = steps.step)
GROUP BY steps.lesson, steps.step HAVING status != 'seen' OR missed > 0
"""
_BEGIN = """
INSERT OR IGNORE INTO reviews (lesson, step, stability, difficulty, due, reviewed, times, missed)
VALUES (?, ?, ?, ?, ?, ?, 0, 0)
"""
_UPDATE = """
UPDATE reviews SET stability = ?, difficulty = ?, due = ?, reviewed = ?, times = times + 1, missed = missed + ?
WHERE lesson = ? AND step = ?
"""
_ATTEMPT = "INSERT INTO attempts (lesson, step, at, answer, verdict, seconds) VALUES (?, ?, ?, ?, ?, ?)"


class Grade(IntEnum):
    """How well something was remembered; the numbers are those of FSRS."""

    AGAIN = 1
    HARD = 2
    GOOD = 3
    EASY = 4


@dataclass(frozen=True, slots=True)
class Met:
    """A step that was done, shown or missed and is in no schedule yet. Times are seconds since 1970, UTC."""

    lesson: str
    step: str
    status: str
    hints: int
    at: float
    """When it was done; for steps of old files the lesson's time, or 0."""
    missed: int
    """Attempts that were not right."""
    tried: float | None
    """When it was last tried, if that is known."""


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is to be asked at ``due``, in seconds since 1970, UTC."""

    lesson: str
    step: str
    due: float
    times: int
    """How often it was asked already."""


class Reviews:
    """The schedule in a progress file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def new(self) -> list[Met]:
        """What might be put into the schedule."""
        return [Met(*row) for row in self._database.read(_NEW)]

    def begin(self, starts: Iterable[tuple[Met, Grade]]) -> None:
        """Put steps into the schedule, with how well each was known when it was met."""
        rows = []
        for met, grade in starts:
            card = _reviewed(None, grade, (met.at if met.status != "seen" else met.tried) or met.at)
            rows.append((_BEGIN, (met.lesson, met.step, *_columns(card))))
        if rows:
            self._database.write(*rows)

    def scheduled(self) -> list[Due]:
        """Everything in the schedule, what has been waiting longest first."""
        return [
            Due(*row)
            for row in self._database.read(
                "SELECT lesson, step, due, times FROM reviews ORDER BY due, lesson, step"
            )
        ]

    def outlook(self, lesson: str, step: str, now: float) -> dict[Grade, float]:
        """When the step would be due next, for each grade given now."""
        card = self._database.change(lambda db: _card(db, lesson, step))
        return {grade: _reviewed(card, grade, now).due.timestamp() for grade in Grade}

    def grade(
        self, lesson: str, step: str, grade: Grade, now: float, answer: str = "", seconds: float | None = None
    ) -> float:
        """Remember how well the step was known now; when it is due next.

        Another tutor may have asked the same meanwhile: then both answers count, one after the other.
        """

        def work(db: sqlite3.Connection) -> float:
            card = _reviewed(_card(db, lesson, step), grade, now)
            missed = grade is Grade.AGAIN
            db.execute(_UPDATE, (*_columns(card), missed, lesson, step))
            verdict = "fail" if missed else "pass"
            db.execute(_ATTEMPT, (lesson, step, now, storable(answer), verdict, seconds))
            return card.due.timestamp()

        return self._database.change(work)


def _card(db: sqlite3.Connection, lesson: str, step: str) -> Card | None:
    query = "SELECT stability, difficulty, due, reviewed FROM reviews WHERE lesson = ? AND step = ?"
    row = db.execute(query, (lesson, step)).fetchone()
    if row is None:
        return None
    from fsrs import Card, State

    stability, difficulty, due, reviewed = row
    # The number of a card is nothing to us, and giving one saves the wait for an unused one.
    return Card(1, State.Review, None, stability, difficulty, _moment(due), _moment(reviewed))


def _reviewed(card: Card | None, grade: Grade, now: float) -> Card:
    """The card after a grade; None is a step that is met for the first time."""
    from fsrs import Card, Rating

    moment = _moment(now)
    before = card or Card(1, due=moment)
    if before.last_review is not None and before.last_review > moment:
        # A clock that was put back must not make time run backwards.
        moment = before.last_review
    return _scheduler().review_card(before, Rating(int(grade)), moment)[0]


def _scheduler() -> Scheduler:
    """Whole days only: steps of minutes would ask again in the sitting, which the sitting does by itself."""
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=_LONGEST, enable_fuzzing=False)


def _columns(card: Card) -> tuple[float | None, float | None, float, float]:
    """Stability, difficulty, due and reviewed."""
    reviewed = card.last_review or card.due
    return card.stability, card.difficulty, card.due.timestamp(), reviewed.timestamp()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, timezone.utc)

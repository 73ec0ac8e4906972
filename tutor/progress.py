"""What the learner has done, in one SQLite file; :mod:`tutor.database` says how it is kept safe."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tutor.database import Database, Schema, storable
from tutor.paths import data_dir

FILE_NAME = "progress.sqlite3"

_MIGRATIONS: tuple[tuple[str, ...], ...] = (
    (
        """CREATE TABLE lessons (
            id TEXT PRIMARY KEY,
            step TEXT NOT NULL,
            started REAL NOT NULL,
            finished REAL,
            visit INTEGER NOT NULL
        )""",
        """CREATE TABLE steps (
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            status TEXT NOT NULL DEFAULT 'seen',
            attempts INTEGER NOT NULL DEFAULT 0,
            hints INTEGER NOT NULL DEFAULT 0,
            answer TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (lesson, step)
        )""",
        """CREATE TABLE cells (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            source TEXT NOT NULL,
            status TEXT NOT NULL
        )""",
        "CREATE INDEX cells_of_lesson ON cells (lesson, number)",
    ),
    ("CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL)",),
)
"""Statements that lead from each version of the file (``PRAGMA user_version``) to the next."""

_ADD_STEP = "INSERT OR IGNORE INTO steps (lesson, step) VALUES (?, ?)"
_ENTER = """
INSERT INTO lessons (id, step, started, visit) VALUES (?, ?, ?, (SELECT coalesce(max(visit), 0) + 1 FROM lessons))
ON CONFLICT (id) DO UPDATE SET step = excluded.step, visit = excluded.visit
"""
_SUMMARY = """
SELECT lessons.id, coalesce(sum(status = 'done'), 0), coalesce(sum(status = 'shown'), 0), lessons.step,
       coalesce(sum(attempts), 0), coalesce(sum(hints), 0), started, finished
FROM lessons LEFT JOIN steps ON steps.lesson = lessons.id GROUP BY lessons.id
"""

_SCHEMA = Schema(
    "progress",
    _MIGRATIONS,
    (
        _SUMMARY,
        "SELECT lesson, step, source, status, number FROM cells LIMIT 1",
        "SELECT key, value FROM settings LIMIT 1",
    ),
)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step: ``seen``, ``done``, or ``shown`` when the learner asked for the solution."""

    status: str
    attempts: int
    hints: int
    answer: str
    """The last one given."""


@dataclass(frozen=True, slots=True)
class KeptCell:
    """Code the learner ran in a lesson, to be run again when it is reopened."""

    step_id: str
    source: str
    status: str
    """``ok`` or ``error``."""


@dataclass(frozen=True, slots=True)
class LessonSummary:
    """What was done of one lesson. Times are seconds since 1970, UTC."""

    done: int
    shown: int
    current: str
    """Id of the step the learner was at."""
    attempts: int
    hints: int
    started: float
    finished: float | None


class Progress:
    """The progress file of this user; ``notice`` is a sentence for the learner when something was amiss."""

    def __init__(self, folder: Path | None = None) -> None:
        self.file = (folder or data_dir()) / FILE_NAME
        self._database = Database(self.file, _SCHEMA)

    @property
    def notice(self) -> str:
        return self._database.notice

    def close(self) -> None:
        self._database.close()

    def enter_step(self, lesson: str, step: str) -> None:
        """The learner is at this step now."""
        self._database.write((_ENTER, (lesson, step, time.time())), (_ADD_STEP, (lesson, step)))

    def resume(self, lesson: str) -> str | None:
        """Id of the step to go on with; None for a lesson never opened."""
        rows = self._database.read("SELECT step FROM lessons WHERE id = ?", lesson)
        return rows[0][0] if rows else None

    def last_lesson(self) -> str | None:
        """Id of the lesson entered last."""
        rows = self._database.read("SELECT id FROM lessons ORDER BY visit DESC LIMIT 1")
        return rows[0][0] if rows else None

    def record_attempt(self, lesson: str, step: str, answer: str) -> int:
        """Count one attempt, and keep what was answered; returns how many there have been."""
        update = "UPDATE steps SET attempts = attempts + 1, answer = ? WHERE lesson = ? AND step = ?"
        self._database.write((_ADD_STEP, (lesson, step)), (update, (storable(answer), lesson, step)))
        found = self.steps(lesson).get(step)
        return found.attempts if found else 1

    def record_hint(self, lesson: str, step: str) -> int:
        """Count one hint taken; returns how many there have been."""
        update = "UPDATE steps SET hints = hints + 1 WHERE lesson = ? AND step = ?"
        self._database.write((_ADD_STEP, (lesson, step)), (update, (lesson, step)))
        found = self.steps(lesson).get(step)
        return found.hints if found else 1

    def complete_step(self, lesson: str, step: str, status: str) -> None:
        """``done``, or ``shown``; a step once done stays done."""
        update = "UPDATE steps SET status = ? WHERE lesson = ? AND step = ? AND status != 'done'"
        self._database.write((_ADD_STEP, (lesson, step)), (update, (status, lesson, step)))

    def finish_lesson(self, lesson: str) -> None:
        """The learner is through; the first time counts."""
        update = "UPDATE lessons SET finished = coalesce(finished, ?) WHERE id = ?"
        self._database.write((update, (time.time(), lesson)))

    def steps(self, lesson: str) -> dict[str, StepProgress]:
        """Every step of the lesson that was entered, by id."""
        rows = self._database.read(
            "SELECT step, status, attempts, hints, answer FROM steps WHERE lesson = ?", lesson
        )
        return {row[0]: StepProgress(*row[1:]) for row in rows}

    def add_cell(self, lesson: str, step: str, source: str, status: str) -> None:
        """Remember code that ran, with how it ended (``ok`` or ``error``)."""
        values = (lesson, step, storable(source), status)
        self._database.write(("INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, ?, ?)", values))

    def cells(self, lesson: str) -> list[KeptCell]:
        """Code that ran in the lesson, in order."""
        rows = self._database.read(
            "SELECT step, source, status FROM cells WHERE lesson = ? ORDER BY number", lesson
        )
        return [KeptCell(*row) for row in rows]

    def forget_cells(self, lesson: str) -> None:
        """After a restart asked for by the learner, the variables are not to come back."""
        self._database.write(("DELETE FROM cells WHERE lesson = ?", (lesson,)))

    def clear_lesson(self, lesson: str) -> None:
        """As if the lesson had never been opened."""
        self._database.write(
            ("DELETE FROM cells WHERE lesson = ?", (lesson,)),
            ("DELETE FROM steps WHERE lesson = ?", (lesson,)),
            ("DELETE FROM lessons WHERE id = ?", (lesson,)),
        )

    def summary(self) -> dict[str, LessonSummary]:
        """Every lesson that was opened, by id."""
        return {row[0]: LessonSummary(*row[1:]) for row in self._database.read(_SUMMARY)}

    def setting(self, key: str) -> str:
        """What the learner chose; empty when nothing was."""
        rows = self._database.read("SELECT value FROM settings WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def set_setting(self, key: str, value: str) -> None:
        """Keep a choice."""
        statement = "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)"
        self._database.write((statement, (key, storable(value))))

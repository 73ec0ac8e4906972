"""What the learner has done, in one SQLite file.

A file that cannot be read is never thrown away: it is kept under another name, a new one is begun, and
``Progress.notice`` says so. Where nothing can be written, progress is kept in memory and that is said.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path

from tutor.paths import data_dir

_VERSION = 1

_SCHEMA = """
CREATE TABLE lessons (
    id TEXT PRIMARY KEY,
    step TEXT NOT NULL,
    opened REAL NOT NULL
);
CREATE TABLE steps (
    lesson TEXT NOT NULL,
    step TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'seen',
    attempts INTEGER NOT NULL DEFAULT 0,
    hints INTEGER NOT NULL DEFAULT 0,
    answer TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (lesson, step)
);
CREATE TABLE cells (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    lesson TEXT NOT NULL,
    step TEXT NOT NULL,
    source TEXT NOT NULL,
    status TEXT NOT NULL
);
CREATE INDEX cells_of_lesson ON cells (lesson, number);
"""

_ADD_STEP = "INSERT OR IGNORE INTO steps (lesson, step) VALUES (?, ?)"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step: ``seen``, ``done``, or ``shown`` when the learner asked for the solution."""

    status: str
    attempts: int
    hints: int
    answer: str


@dataclass(frozen=True, slots=True)
class KeptCell:
    """Code the learner ran in a lesson, to be run again when it is reopened."""

    step_id: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class LessonSummary:
    done: int
    shown: int
    current: str
    """Id of the step the learner was at."""


class Progress:
    """The progress file of this user; ``notice`` is a sentence for the learner when something was amiss."""

    def __init__(self, folder: Path | None = None) -> None:
        self.notice = ""
        folder = folder or data_dir()
        self.file = folder / "progress.sqlite3"
        self._db = self._open(folder)

    def close(self) -> None:
        self._db.close()

    def enter_step(self, lesson: str, step: str) -> None:
        """The learner is at this step now."""
        self._write(
            (
                "INSERT OR REPLACE INTO lessons (id, step, opened) VALUES (?, ?, ?)",
                (lesson, step, time.time()),
            ),
            (_ADD_STEP, (lesson, step)),
        )

    def resume(self, lesson: str) -> str | None:
        """Id of the step to go on with; None for a lesson never opened."""
        row = self._db.execute("SELECT step FROM lessons WHERE id = ?", (lesson,)).fetchone()
        return str(row[0]) if row else None

    def last_lesson(self) -> str | None:
        """Id of the lesson opened last."""
        row = self._db.execute("SELECT id FROM lessons ORDER BY opened DESC LIMIT 1").fetchone()
        return str(row[0]) if row else None

    def record_attempt(self, lesson: str, step: str, answer: str) -> int:
        """Count one attempt; returns how many there have been."""
        return self._count(lesson, step, "attempts", answer)

    def record_hint(self, lesson: str, step: str) -> int:
        """Count one hint taken; returns how many there have been."""
        return self._count(lesson, step, "hints", None)

    def _count(self, lesson: str, step: str, column: str, answer: str | None) -> int:
        assert column in ("attempts", "hints")  # noqa: S101 - becomes part of the statement
        count = f"UPDATE steps SET {column} = {column} + 1, answer = coalesce(?, answer) "  # noqa: S608 - two fixed words
        self._write(
            (_ADD_STEP, (lesson, step)), (f"{count} WHERE lesson = ? AND step = ?", (answer, lesson, step))
        )
        progress = self.steps(lesson)[step]
        return progress.attempts if column == "attempts" else progress.hints

    def complete_step(self, lesson: str, step: str, status: str) -> None:
        """``done``, or ``shown``; a step once done stays done."""
        self._write(
            (_ADD_STEP, (lesson, step)),
            (
                "UPDATE steps SET status = ? WHERE lesson = ? AND step = ? AND status != 'done'",
                (status, lesson, step),
            ),
        )

    def steps(self, lesson: str) -> dict[str, StepProgress]:
        """Every step of the lesson that was entered, by id."""
        rows = self._db.execute(
            "SELECT step, status, attempts, hints, answer FROM steps WHERE lesson = ?", (lesson,)
        )
        return {str(row[0]): StepProgress(*row[1:]) for row in rows}

    def add_cell(self, lesson: str, step: str, source: str, status: str) -> None:
        """Remember code that ran, with how it ended (``ok`` or ``error``)."""
        values = (lesson, step, source, status)
        self._write(("INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, ?, ?)", values))

    def cells(self, lesson: str) -> list[KeptCell]:
        """Code that ran in the lesson, in order."""
        rows = self._db.execute(
            "SELECT step, source, status FROM cells WHERE lesson = ? ORDER BY number", (lesson,)
        )
        return [KeptCell(*row) for row in rows]

    def forget_cells(self, lesson: str) -> None:
        """After a restart asked for by the learner, the variables are not to come back."""
        self._write(("DELETE FROM cells WHERE lesson = ?", (lesson,)))

    def summary(self) -> dict[str, LessonSummary]:
        """Every lesson that was opened, by id."""
        rows = self._db.execute(
            "SELECT lessons.id, sum(status = 'done'), sum(status = 'shown'), lessons.step "
            "FROM lessons LEFT JOIN steps ON steps.lesson = lessons.id GROUP BY lessons.id"
        )
        return {str(row[0]): LessonSummary(row[1] or 0, row[2] or 0, row[3]) for row in rows}

    def _write(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """All in one transaction; if the disk refuses, the learner is told and goes on in memory."""
        try:
            self._run(statements)
        except sqlite3.OperationalError as error:
            self.notice = f"Progress cannot be saved ({error}); until you leave it is kept in memory."
            memory = _prepared(":memory:")
            with contextlib.suppress(sqlite3.Error):
                self._db.backup(memory)
            self._db = memory
            self._run(statements)

    def _run(self, statements: tuple[tuple[str, tuple[object, ...]], ...]) -> None:
        with self._db as db:
            for statement, values in statements:
                db.execute(statement, values)

    def _open(self, folder: Path) -> sqlite3.Connection:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return _prepared(self.file)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError) and "unable to open" in str(error):
                    raise
                self._set_aside()
                return _prepared(self.file)
        except (OSError, sqlite3.Error) as error:
            self.notice = f"Progress cannot be kept in {folder} ({error}); until you leave it is kept in memory."
            return _prepared(":memory:")

    def _set_aside(self) -> None:
        number = 1
        while (aside := self.file.with_name(f"{self.file.name}.unreadable-{number}")).exists():
            number += 1
        self.file.rename(aside)
        self.notice = f"Your progress file could not be read. It is kept as {aside}, and a new one has begun."


def _connect(file: Path | str) -> sqlite3.Connection:
    # Two tutors may be open at once: each waits for the other's short writes.
    return sqlite3.connect(file, timeout=5)


def _prepared(file: Path | str) -> sqlite3.Connection:
    db = _connect(file)
    try:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            with db:
                db.executescript(f"{_SCHEMA} PRAGMA user_version = {_VERSION};")
        elif version != _VERSION:
            raise sqlite3.DatabaseError(f"it is of version {version}")
        db.execute("SELECT count(*) FROM steps").fetchone()
    except BaseException:
        db.close()
        raise
    return db

"""What the learner has done, in one SQLite file.

A file that cannot be read is never thrown away: it is kept under another name, a new one is begun, and
``Progress.notice`` says so. Where nothing can be written, progress is kept in memory and that is said.
Several tutors may use the file at once.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tutor.paths import data_dir

FILE_NAME = "progress.sqlite3"

_WAIT = 2.0
"""Seconds to wait for another tutor's write, which takes a millisecond."""

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

Statement = tuple[str, tuple[Any, ...]]


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


class _Unreadable(Exception):
    """The file is not a progress file of this tutor."""


class Progress:
    """The progress file of this user; ``notice`` is a sentence for the learner when something was amiss."""

    def __init__(self, folder: Path | None = None) -> None:
        self.notice = ""
        folder = folder or data_dir()
        self.file = folder / FILE_NAME
        self._db = self._open(folder)

    def close(self) -> None:
        self._db.close()

    def enter_step(self, lesson: str, step: str) -> None:
        """The learner is at this step now."""
        self._write((_ENTER, (lesson, step, time.time())), (_ADD_STEP, (lesson, step)))

    def resume(self, lesson: str) -> str | None:
        """Id of the step to go on with; None for a lesson never opened."""
        rows = self._read("SELECT step FROM lessons WHERE id = ?", lesson)
        return rows[0][0] if rows else None

    def last_lesson(self) -> str | None:
        """Id of the lesson entered last."""
        rows = self._read("SELECT id FROM lessons ORDER BY visit DESC LIMIT 1")
        return rows[0][0] if rows else None

    def record_attempt(self, lesson: str, step: str, answer: str) -> int:
        """Count one attempt, and keep what was answered; returns how many there have been."""
        update = "UPDATE steps SET attempts = attempts + 1, answer = ? WHERE lesson = ? AND step = ?"
        self._write((_ADD_STEP, (lesson, step)), (update, (_storable(answer), lesson, step)))
        found = self.steps(lesson).get(step)
        return found.attempts if found else 1

    def record_hint(self, lesson: str, step: str) -> int:
        """Count one hint taken; returns how many there have been."""
        update = "UPDATE steps SET hints = hints + 1 WHERE lesson = ? AND step = ?"
        self._write((_ADD_STEP, (lesson, step)), (update, (lesson, step)))
        found = self.steps(lesson).get(step)
        return found.hints if found else 1

    def complete_step(self, lesson: str, step: str, status: str) -> None:
        """``done``, or ``shown``; a step once done stays done."""
        update = "UPDATE steps SET status = ? WHERE lesson = ? AND step = ? AND status != 'done'"
        self._write((_ADD_STEP, (lesson, step)), (update, (status, lesson, step)))

    def finish_lesson(self, lesson: str) -> None:
        """The learner is through; the first time counts."""
        update = "UPDATE lessons SET finished = coalesce(finished, ?) WHERE id = ?"
        self._write((update, (time.time(), lesson)))

    def steps(self, lesson: str) -> dict[str, StepProgress]:
        """Every step of the lesson that was entered, by id."""
        rows = self._read("SELECT step, status, attempts, hints, answer FROM steps WHERE lesson = ?", lesson)
        return {row[0]: StepProgress(*row[1:]) for row in rows}

    def add_cell(self, lesson: str, step: str, source: str, status: str) -> None:
        """Remember code that ran, with how it ended (``ok`` or ``error``)."""
        values = (lesson, step, _storable(source), status)
        self._write(("INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, ?, ?)", values))

    def cells(self, lesson: str) -> list[KeptCell]:
        """Code that ran in the lesson, in order."""
        rows = self._read("SELECT step, source, status FROM cells WHERE lesson = ? ORDER BY number", lesson)
        return [KeptCell(*row) for row in rows]

    def forget_cells(self, lesson: str) -> None:
        """After a restart asked for by the learner, the variables are not to come back."""
        self._write(("DELETE FROM cells WHERE lesson = ?", (lesson,)))

    def clear_lesson(self, lesson: str) -> None:
        """As if the lesson had never been opened."""
        self._write(
            ("DELETE FROM cells WHERE lesson = ?", (lesson,)),
            ("DELETE FROM steps WHERE lesson = ?", (lesson,)),
            ("DELETE FROM lessons WHERE id = ?", (lesson,)),
        )

    def summary(self) -> dict[str, LessonSummary]:
        """Every lesson that was opened, by id."""
        return {row[0]: LessonSummary(*row[1:]) for row in self._read(_SUMMARY)}

    def setting(self, key: str) -> str:
        """What the learner chose; empty when nothing was."""
        rows = self._read("SELECT value FROM settings WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def set_setting(self, key: str, value: str) -> None:
        """Keep a choice."""
        self._write(("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", (key, _storable(value))))

    # The file

    def _read(self, query: str, *values: str) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            return self._db.execute(query, values).fetchall()

    def _write(self, *statements: Statement) -> None:
        """All in one transaction; if the disk refuses, the learner is told and goes on in memory."""
        try:
            _run(self._db, statements)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            _run(self._db, statements)

    def _go_on_in_memory(self, error: sqlite3.Error) -> None:
        self.notice = f"Progress cannot be saved in {self.file} ({error}); until you leave it is kept in memory."
        memory = _connect(":memory:")
        try:
            # What can still be read goes along.
            self._db.backup(memory)
            _check(memory)
        except (sqlite3.Error, _Unreadable):
            memory.close()
            memory = _prepared(":memory:")
        self._db.close()
        self._db = memory

    def _open(self, folder: Path) -> sqlite3.Connection:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return _prepared(self.file)
            except _Unreadable:
                return self._begin_anew()
        except (OSError, sqlite3.Error, _Unreadable) as error:
            self.notice = f"Progress cannot be kept in {folder} ({error}); until you leave it is kept in memory."
            return _prepared(":memory:")

    def _begin_anew(self) -> sqlite3.Connection:
        """Set the file aside, unless another tutor has just done so."""
        with contextlib.closing(_connect(self.file.with_suffix(".lock"))) as lock:
            # SQLite's lock ends with the process that holds it, on every system.
            lock.execute("BEGIN EXCLUSIVE")
            try:
                return _prepared(self.file)
            except _Unreadable as reason:
                aside = _set_aside(self.file)
                what = f"Your progress file could not be read ({reason})"
                self.notice = f"{what}; it is kept as {aside}, and a new one has begun."
                return _prepared(self.file)


def _set_aside(file: Path) -> Path:
    """Rename the file and what SQLite keeps beside it; the new name of the file."""
    number = 1
    while (aside := file.with_name(f"{file.name}.unreadable-{number}")).exists():
        number += 1
    # The logs first: a new file, which may appear as soon as the name is free, must not meet the old one's.
    for suffix in ("-wal", "-shm", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            file.with_name(file.name + suffix).rename(aside.with_name(aside.name + suffix))
    return file.rename(aside)


def _storable(text: str) -> str:
    """Lone surrogates have no UTF-8 form: they become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _connect(file: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    return db


def _prepared(file: Path | str) -> sqlite3.Connection:
    """A connection to a file of this version. Raises _Unreadable, or sqlite3.OperationalError."""
    if Path(file).is_dir() or (Path(file).exists() and not os.access(file, os.R_OK)):
        raise _Unreadable("it is not a file that can be opened")
    db = _connect(file)
    try:
        _migrate(db)
        _check(db)
        # The UI waits for commits; with a write-ahead log these wait for no disk: 0.013 ms, not 0.7 to 10.
        with contextlib.suppress(sqlite3.OperationalError):
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
    except (sqlite3.Error, _Unreadable) as error:
        db.close()
        # Operational errors are the disk's or another tutor's doing; any other says that the content is wrong.
        if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
            raise _Unreadable(str(error)) from error
        raise
    return db


def _migrate(db: sqlite3.Connection) -> None:
    newest = len(_MIGRATIONS)
    if db.execute("PRAGMA user_version").fetchone()[0] == newest:
        return
    with _transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if not 0 <= version <= newest:
            raise _Unreadable(f"it is of version {version}, from a newer tutor")
        if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise _Unreadable("it is a database of something else")
        for statements in _MIGRATIONS[version:]:
            for statement in statements:
                db.execute(statement)
        # Before anything is kept: a file of something else that has our number is left as it was.
        _check(db)
        db.execute(f"PRAGMA user_version = {newest}")


def _check(db: sqlite3.Connection) -> None:
    """Raises _Unreadable, or sqlite3.DatabaseError, unless everything that will be asked for can be read."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _Unreadable(verdict)
    try:
        db.execute(_SUMMARY).fetchone()
        db.execute("SELECT lesson, step, source, status, number FROM cells LIMIT 1").fetchone()
        db.execute("SELECT key, value FROM settings LIMIT 1").fetchone()
    except sqlite3.OperationalError as error:
        if "no such" in str(error):
            raise _Unreadable(str(error)) from error
        raise


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _run(db: sqlite3.Connection, statements: tuple[Statement, ...]) -> None:
    with _transaction(db):
        for statement, values in statements:
            db.execute(statement, values)

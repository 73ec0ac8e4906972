"""One SQLite file of the learner's, kept safe.

A file that cannot be read is never thrown away: it is kept under another name, a new one is begun, and
``Database.notice`` says so. Where nothing can be written, everything is kept in memory and that is said.
Several tutors may use the file at once.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_WAIT = 10.0
"""Seconds to wait for other tutors' writes, each a millisecond: nobody queues for SQLite's lock, so on a loaded
machine one may be late many times."""

Statement = tuple[str, tuple[Any, ...]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Schema:
    """What is in the file."""

    name: str
    """What a person is told it is: ``progress``."""
    migrations: tuple[tuple[str, ...], ...]
    """Statements that lead from each version of the file (``PRAGMA user_version``) to the next."""
    probes: tuple[str, ...]
    """Queries of every table and column that will be asked for."""


class _Unreadable(Exception):
    """The file is not one of this kind, or not of this tutor."""


class Database:
    """A file and its schema; ``notice`` is a sentence for the learner when something was amiss."""

    def __init__(self, file: Path, schema: Schema) -> None:
        self.notice = ""
        self.file = file
        self._schema = schema
        self._name = schema.name.capitalize()
        self.connection = self._open()

    def close(self) -> None:
        self.connection.close()

    def read(self, query: str, *values: Any) -> list[Any]:
        """Every row of the answer."""
        try:
            return self.connection.execute(query, values).fetchall()
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            return self.connection.execute(query, values).fetchall()

    def write(self, *statements: Statement) -> None:
        """All in one transaction; if the disk refuses, the learner is told and goes on in memory."""
        try:
            _run(self.connection, statements)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            _run(self.connection, statements)

    def change(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What ``work`` gives back. It reads and then writes as one: no other tutor writes in between.

        If the disk refuses it is called again, in memory.
        """
        try:
            with _transaction(self.connection):
                return work(self.connection)
        except sqlite3.Error as error:
            self._go_on_in_memory(error)
            with _transaction(self.connection):
                return work(self.connection)

    def _go_on_in_memory(self, error: sqlite3.Error) -> None:
        self.notice = (
            f"{self._name} cannot be saved in {self.file} ({error}); until you leave it is kept in memory."
        )
        memory = _connect(":memory:")
        try:
            # What can still be read goes along.
            self.connection.backup(memory)
            _check(memory, self._schema)
        except (sqlite3.Error, _Unreadable):
            memory.close()
            memory = _prepared(":memory:", self._schema)
        self.connection.close()
        self.connection = memory

    def _open(self) -> sqlite3.Connection:
        folder = self.file.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            try:
                return _prepared(self.file, self._schema)
            except _Unreadable:
                return self._begin_anew()
        except (OSError, sqlite3.Error, _Unreadable) as error:
            self.notice = (
                f"{self._name} cannot be kept in {folder} ({error}); until you leave it is kept in memory."
            )
            return _prepared(":memory:", self._schema)

    def _begin_anew(self) -> sqlite3.Connection:
        """Set the file aside, unless another tutor has just done so."""
        with contextlib.closing(_connect(self.file.with_suffix(".lock"))) as lock:
            # SQLite's lock ends with the process that holds it, on every system.
            lock.execute("BEGIN EXCLUSIVE")
            try:
                return _prepared(self.file, self._schema)
            except _Unreadable as reason:
                aside = _set_aside(self.file)
                what = f"Your {self._schema.name} file could not be read ({reason})"
                self.notice = f"{what}; it is kept as {aside}, and a new one has begun."
                return _prepared(self.file, self._schema)


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


def storable(text: str) -> str:
    """Lone surrogates have no UTF-8 form: they become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _connect(file: Path | str) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=_WAIT, isolation_level=None)
    db.text_factory = lambda data: data.decode("utf-8", "replace")
    return db


def _prepared(file: Path | str, schema: Schema) -> sqlite3.Connection:
    """A connection to a file of this version. Raises _Unreadable, or sqlite3.OperationalError."""
    if Path(file).is_dir() or (Path(file).exists() and not os.access(file, os.R_OK)):
        raise _Unreadable("it is not a file that can be opened")
    db = _connect(file)
    try:
        _migrate(db, schema)
        _check(db, schema)
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


def _migrate(db: sqlite3.Connection, schema: Schema) -> None:
    newest = len(schema.migrations)
    if db.execute("PRAGMA user_version").fetchone()[0] == newest:
        return
    with _transaction(db):
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if not 0 <= version <= newest:
            raise _Unreadable(f"it is of version {version}, from a newer tutor")
        if version == 0 and db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise _Unreadable("it is a database of something else")
        with _ours():
            for statements in schema.migrations[version:]:
                for statement in statements:
                    db.execute(statement)
        # Before anything is kept: a file of something else that has our number is left as it was.
        _check(db, schema)
        db.execute(f"PRAGMA user_version = {newest}")


def _check(db: sqlite3.Connection, schema: Schema) -> None:
    """Raises _Unreadable, or sqlite3.DatabaseError, unless everything that will be asked for can be read."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise _Unreadable(verdict)
    with _ours():
        for probe in schema.probes:
            db.execute(probe).fetchone()


@contextlib.contextmanager
def _ours() -> Iterator[None]:
    """Tables that are not as an older tutor left them make the file one of something else."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if any(words in str(error) for words in ("no such", "already exists", "duplicate column")):
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

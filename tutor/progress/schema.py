"""The tables of the progress file, and how files of older tutors become like them."""

from __future__ import annotations

from tutor.database import Schema

FILE_NAME = "progress.sqlite3"

MIGRATIONS: tuple[tuple[str, ...], ...] = (
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
    (
        "ALTER TABLE steps ADD COLUMN accepted TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE steps ADD COLUMN completed REAL",
        """CREATE TABLE attempts (
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            at REAL NOT NULL,
            answer TEXT NOT NULL,
            verdict TEXT NOT NULL,
            seconds REAL
        )""",
        "CREATE INDEX attempts_of_step ON attempts (lesson, step, number)",
        """CREATE TABLE bookmarks (
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            made REAL NOT NULL,
            PRIMARY KEY (lesson, step)
        )""",
    ),
    (
        """CREATE TABLE reviews (
            lesson TEXT NOT NULL,
            step TEXT NOT NULL,
            stability REAL NOT NULL,
            difficulty REAL NOT NULL,
            due REAL NOT NULL,
            reviewed REAL NOT NULL,
            times INTEGER NOT NULL,
            missed INTEGER NOT NULL,
            PRIMARY KEY (lesson, step)
        )""",
    ),
)
"""Statements that lead from each version of the file (``PRAGMA user_version``) to the next. Another tutor, of an
older version, may have the file open meanwhile: what it writes must still fit."""

OF_A_LESSON = ("cells", "steps", "attempts", "bookmarks", "reviews")
"""Tables with a row for a step of a lesson, or several."""

OF_A_TRY = ("cells", "steps", "attempts")
"""Those that tell what was done at a step."""

SUMMARY = """
SELECT lessons.id, coalesce(sum(status = 'done'), 0), coalesce(sum(status = 'shown'), 0), lessons.step,
       coalesce(sum(attempts), 0), coalesce(sum(hints), 0), started, finished
FROM lessons LEFT JOIN steps ON steps.lesson = lessons.id GROUP BY lessons.id
"""

SCHEMA = Schema(
    "progress",
    MIGRATIONS,
    (
        SUMMARY,
        "SELECT lesson, step, source, status, number FROM cells LIMIT 1",
        "SELECT key, value FROM settings LIMIT 1",
        "SELECT answer, accepted, completed FROM steps LIMIT 1",
        "SELECT number, lesson, step, at, answer, verdict, seconds FROM attempts LIMIT 1",
        "SELECT lesson, step, made FROM bookmarks LIMIT 1",
        "SELECT lesson, step, stability, difficulty, due, reviewed, times, missed FROM reviews LIMIT 1",
    ),
)

"""The progress file of one user: where the learner is, what was done, tried, answered and marked."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from tutor.database import Database, Statement, storable
from tutor.paths import data_dir
from tutor.progress.answers import own_answer
from tutor.progress.schema import FILE_NAME, OF_A_LESSON, OF_A_TRY, SCHEMA, SUMMARY

_ADD_STEP = "INSERT OR IGNORE INTO steps (lesson, step) VALUES (?, ?)"
_ENTER = """
INSERT INTO lessons (id, step, started, visit) VALUES (?, ?, ?, (SELECT coalesce(max(visit), 0) + 1 FROM lessons))
ON CONFLICT (id) DO UPDATE SET step = excluded.step, visit = excluded.visit
"""
_ATTEMPT = "INSERT INTO attempts (lesson, step, at, answer, verdict, seconds) VALUES (?, ?, ?, ?, ?, ?)"
_COUNT = "UPDATE steps SET attempts = attempts + 1, answer = ? WHERE lesson = ? AND step = ?"
_MARK = "INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, '', ?)"
_LAST_MARK = """
DELETE FROM cells WHERE status IN ('entered', 'revisited')
AND number = (SELECT max(number) FROM cells WHERE lesson = ?)
"""
"""A step that was only looked at leaves no mark."""
_COMPLETE = """
UPDATE steps SET status = ?1, completed = ?2, accepted = ?3
WHERE lesson = ?4 AND step = ?5 AND status != 'done'
"""


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step: ``seen``, ``done``, or ``shown`` when the learner asked for the solution."""

    status: str
    attempts: int
    hints: int
    answer: str
    """The last one given."""
    accepted: str = ""
    """The learner's own code that was judged right; empty where there is none."""
    completed: float | None = None
    """Seconds since 1970, UTC; None where it is not done, or was done before this was kept."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer that was judged. It stays on this machine: no export has it."""

    answer: str
    verdict: str
    """``pass``, ``fail``, ``error`` or ``timeout``."""
    seconds: float | None
    """From the step's being shown, or the attempt before, to this one; None if unknown."""
    at: float
    """Seconds since 1970, UTC."""


@dataclass(frozen=True, slots=True)
class Bookmark:
    """A step the learner wants to find again."""

    lesson: str
    step: str


@dataclass(frozen=True, slots=True)
class KeptCell:
    """Code the learner ran in a lesson, to be run again when it is reopened."""

    step_id: str
    source: str
    status: str
    """``ok`` or ``error``; more in :meth:`Progress.journal`."""


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
        self.database = Database(self.file, SCHEMA)

    @property
    def notice(self) -> str:
        return self.database.notice

    def close(self) -> None:
        self.database.close()

    def enter_step(self, lesson: str, step: str) -> None:
        """The learner is at this step now."""
        self.database.write((_ENTER, (lesson, step, time.time())), (_ADD_STEP, (lesson, step)))

    def resume(self, lesson: str) -> str | None:
        """Id of the step to go on with; None for a lesson never opened."""
        rows = self.database.read("SELECT step FROM lessons WHERE id = ?", lesson)
        return rows[0][0] if rows else None

    def last_lesson(self) -> str | None:
        """Id of the lesson entered last."""
        rows = self.database.read("SELECT id FROM lessons ORDER BY visit DESC LIMIT 1")
        return rows[0][0] if rows else None

    def record_attempt(
        self, lesson: str, step: str, answer: str, verdict: str = "fail", seconds: float | None = None
    ) -> int:
        """Count one attempt, and keep what was answered and how it was judged; how many there have been."""
        answer = storable(answer)
        self.database.write(
            (_ADD_STEP, (lesson, step)),
            (_COUNT, (answer, lesson, step)),
            (_ATTEMPT, (lesson, step, time.time(), answer, verdict, seconds)),
        )
        found = self.steps(lesson).get(step)
        return found.attempts if found else 1

    def attempts(self, lesson: str, step: str) -> list[Attempt]:
        """Every attempt at a step, oldest first."""
        query = "SELECT answer, verdict, seconds, at FROM attempts WHERE lesson = ? AND step = ? ORDER BY number"
        return [Attempt(*row) for row in self.database.read(query, lesson, step)]

    def record_hint(self, lesson: str, step: str) -> int:
        """Count one hint taken; returns how many there have been."""
        update = "UPDATE steps SET hints = hints + 1 WHERE lesson = ? AND step = ?"
        self.database.write((_ADD_STEP, (lesson, step)), (update, (lesson, step)))
        found = self.steps(lesson).get(step)
        return found.hints if found else 1

    def complete_step(self, lesson: str, step: str, status: str, accepted: str | None = None) -> None:
        """``done``, or ``shown``; a step once done stays done.

        ``accepted`` is the learner's own code that was right; None is what they ran at the step until it was done.
        """
        if status != "done":
            accepted = ""
        elif accepted is None:
            mine = "SELECT source FROM cells WHERE lesson = ? AND step = ? AND status = 'ok' ORDER BY number"
            accepted = own_answer(row[0] for row in self.database.read(mine, lesson, step))
        self.database.write(
            (_ADD_STEP, (lesson, step)), (_COMPLETE, (status, time.time(), storable(accepted), lesson, step))
        )

    def finish_lesson(self, lesson: str) -> None:
        """The learner is through; the first time counts."""
        update = "UPDATE lessons SET finished = coalesce(finished, ?) WHERE id = ?"
        self.database.write((update, (time.time(), lesson)))

    def steps(self, lesson: str) -> dict[str, StepProgress]:
        """Every step of the lesson that was entered, by id."""
        rows = self.database.read(
            "SELECT step, status, attempts, hints, answer, accepted, completed FROM steps WHERE lesson = ?",
            lesson,
        )
        return {row[0]: StepProgress(*row[1:]) for row in rows}

    def all_steps(self) -> dict[tuple[str, str], tuple[bool, int]]:
        """Of every step that was entered, by lesson and step: whether it is done or shown, and its hints taken."""
        rows = self.database.read("SELECT lesson, step, status != 'seen', hints FROM steps")
        return {(lesson, step): (bool(behind), hints) for lesson, step, behind, hints in rows}

    def add_cell(self, lesson: str, step: str, source: str, status: str) -> None:
        """Remember code that ran, with how it ended (``ok`` or ``error``)."""
        values = (lesson, step, storable(source), status)
        self.database.write(("INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, ?, ?)", values))

    def cells(self, lesson: str) -> list[KeptCell]:
        """Code that ran in the lesson, in order."""
        return [kept for kept in self.journal(lesson) if kept.status in ("ok", "error")]

    def mark(self, lesson: str, step: str, status: str) -> None:
        """Remember that the step was set up, among the code that ran before and after: see :meth:`journal`."""
        self.database.write((_LAST_MARK, (lesson,)), (_MARK, (lesson, step, status)))

    def journal(self, lesson: str) -> list[KeptCell]:
        """What made the variables, in order: code that ran, and between it what has no code, as ``status`` says.

        ``entered`` and ``revisited``: the step was set up, when it was open, or behind the learner; ``afresh``: in
        a new Python. ``played``: code of free play, after ``play`` (in a copy) or ``play again`` (of what all the
        code made again), until ``brought`` says in ``source`` which names were brought back from it.
        """
        rows = self.database.read(
            "SELECT step, source, status FROM cells WHERE lesson = ? ORDER BY number", lesson
        )
        return [KeptCell(*row) for row in rows]

    def forget_cells(self, lesson: str) -> None:
        """After a restart asked for by the learner, the variables are not to come back."""
        self.database.write(("DELETE FROM cells WHERE lesson = ?", (lesson,)))

    def clear_step(self, lesson: str, step: str) -> None:
        """As if nothing had been tried at the step; a bookmark stays, and so does what review knows of it."""
        where = " WHERE lesson = ? AND step = ?"
        self.database.write(
            *((f"DELETE FROM {table}{where}", (lesson, step)) for table in OF_A_TRY)  # noqa: S608 - our own names
        )

    def clear_lesson(self, lesson: str) -> None:
        """As if the lesson had never been opened."""
        self.database.write(
            *_emptied(" WHERE lesson = ?", (lesson,)), ("DELETE FROM lessons WHERE id = ?", (lesson,))
        )

    def clear(self) -> None:
        """As if no lesson had ever been opened; what the learner chose is kept."""
        self.database.write(*_emptied("", ()), ("DELETE FROM lessons", ()))

    def toggle_bookmark(self, lesson: str, step: str) -> bool:
        """Set a bookmark on the step, or take it away; whether there is one now."""
        bookmarked = Bookmark(lesson, step) in self.bookmarks()
        if bookmarked:
            self.database.write(("DELETE FROM bookmarks WHERE lesson = ? AND step = ?", (lesson, step)))
        else:
            add = "INSERT OR IGNORE INTO bookmarks (lesson, step, made) VALUES (?, ?, ?)"
            self.database.write((add, (lesson, step, time.time())))
        return not bookmarked

    def bookmarks(self) -> list[Bookmark]:
        """Every bookmark, in the order in which they were made."""
        rows = self.database.read("SELECT lesson, step FROM bookmarks ORDER BY made, lesson, step")
        return [Bookmark(*row) for row in rows]

    def summary(self) -> dict[str, LessonSummary]:
        """Every lesson that was opened, by id."""
        return {row[0]: LessonSummary(*row[1:]) for row in self.database.read(SUMMARY)}

    def setting(self, key: str) -> str:
        """What the learner chose; empty when nothing was."""
        rows = self.database.read("SELECT value FROM settings WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def set_setting(self, key: str, value: str) -> None:
        """Keep a choice."""
        statement = "INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)"
        self.database.write((statement, (key, storable(value))))


def _emptied(where: str, values: tuple[str, ...]) -> list[Statement]:
    return [(f"DELETE FROM {table}{where}", values) for table in OF_A_LESSON]  # noqa: S608 - names of our own

"""What an exported file holds, merged into what is here; :mod:`tutor.progress.exchange` says by which rules."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace

import msgspec

from tutor.database import Database, storable
from tutor.progress.exchange import Export, LessonRecord, Merged

_RANK = "CASE {} WHEN 'done' THEN 2 WHEN 'shown' THEN 1 ELSE 0 END"
_FURTHER = f"{_RANK.format('excluded.status')} > {_RANK.format('steps.status')}"
_STEP = f"""
INSERT INTO steps (lesson, step, status, attempts, hints, answer, accepted, completed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (lesson, step) DO UPDATE SET
    attempts = max(attempts, excluded.attempts),
    hints = max(hints, excluded.hints),
    answer = iif(answer = '', excluded.answer, answer),
    accepted = iif(accepted = '', excluded.accepted, accepted),
    completed = iif({_FURTHER}, excluded.completed, coalesce(completed, excluded.completed)),
    status = iif({_FURTHER}, excluded.status, status)
"""  # noqa: S608 - columns of our own
_BOOKMARK = "INSERT OR IGNORE INTO bookmarks (lesson, step, made) VALUES (?, ?, ?)"
_REVIEW = """
INSERT INTO reviews (lesson, step, stability, difficulty, due, reviewed, times, missed)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (lesson, step) DO UPDATE SET
    stability = excluded.stability, difficulty = excluded.difficulty, due = excluded.due,
    reviewed = excluded.reviewed, times = excluded.times, missed = excluded.missed
WHERE excluded.reviewed > reviews.reviewed
"""
_LESSON = """
INSERT INTO lessons (id, step, started, finished, visit) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET
    started = min(started, excluded.started),
    finished = coalesce(min(finished, excluded.finished), finished, excluded.finished)
"""
_SETTING = "INSERT OR IGNORE INTO settings (key, value) VALUES (?, ?)"


def merge(database: Database, export: Export) -> Merged:
    """Take over what is missing or further there, in one transaction; what that changed."""
    return database.change(lambda db: _merge(db, export))


def _merge(db: sqlite3.Connection, export: Export) -> Merged:
    merged = Merged()
    # What was opened elsewhere was opened before what is open here.
    (first,) = db.execute("SELECT coalesce(min(visit), 1) FROM lessons").fetchone()
    for visit, lesson in enumerate(export.lessons, first - len(export.lessons)):
        before = _state(db, lesson.id)
        _merge_steps(db, lesson)
        if lesson.step is not None:
            values = (lesson.id, lesson.step, lesson.started, lesson.finished, visit)
            db.execute(_LESSON, values)
        merged = _counted(merged, before, _state(db, lesson.id))
        merged = _merge_cells(db, lesson, merged)
    db.executemany(_SETTING, [(storable(key), storable(value)) for key, value in export.settings.items()])
    return merged


def _merge_steps(db: sqlite3.Connection, lesson: LessonRecord) -> None:
    for step in lesson.steps:
        if step.bookmarked is not None:
            db.execute(_BOOKMARK, (lesson.id, step.id, step.bookmarked))
        if step.review is not None:
            db.execute(_REVIEW, (lesson.id, step.id, *msgspec.structs.astuple(step.review)))
        texts = (storable(step.answer), storable(step.accepted))
        db.execute(_STEP, (lesson.id, step.id, step.status, step.attempts, step.hints, *texts, step.completed))


def _merge_cells(db: sqlite3.Connection, lesson: LessonRecord, merged: Merged) -> Merged:
    """Code runs in order, so two orders cannot be mixed: the longer one is taken if it begins like the other."""
    mine = "SELECT step, source, status FROM cells WHERE lesson = ? AND status IN ('ok', 'error') ORDER BY number"
    rows = db.execute(mine, (lesson.id,))
    here = [tuple(row) for row in rows]
    there = [(cell.step, storable(cell.source), cell.status) for cell in lesson.cells]
    if there[: len(here)] == here:
        new = there[len(here) :]
        add = "INSERT INTO cells (lesson, step, source, status) VALUES (?, ?, ?, ?)"
        db.executemany(add, [(lesson.id, *cell) for cell in new])
        return replace(merged, cells=merged.cells + len(new))
    if here[: len(there)] == there:
        return merged
    return replace(merged, kept=(*merged.kept, lesson.id))


@dataclass(frozen=True, slots=True)
class _State:
    """What a merge may change of one lesson."""

    opened: bool
    statuses: dict[str, str]
    answers: int
    bookmarks: int


def _state(db: sqlite3.Connection, lesson: str) -> _State:
    def count(query: str) -> int:
        (number,) = db.execute(query, (lesson,)).fetchone()
        return int(number)

    statuses = dict(db.execute("SELECT step, status FROM steps WHERE lesson = ?", (lesson,)).fetchall())
    return _State(
        bool(count("SELECT count(*) FROM lessons WHERE id = ?")),
        {step: status for step, status in statuses.items() if status != "seen"},
        count("SELECT count(*) FROM steps WHERE lesson = ? AND answer || accepted != ''"),
        count("SELECT count(*) FROM bookmarks WHERE lesson = ?"),
    )


def _counted(merged: Merged, before: _State, after: _State) -> Merged:
    """What a lesson adds to the numbers."""
    return replace(
        merged,
        lessons=merged.lessons + (after.opened and not before.opened),
        done=merged.done + len(after.statuses.items() - before.statuses.items()),
        answers=merged.answers + after.answers - before.answers,
        bookmarks=merged.bookmarks + after.bookmarks - before.bookmarks,
    )

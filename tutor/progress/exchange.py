"""Progress as a JSON file, to carry to another machine: written whole, merged when it is read.

Attempts are not in it: they stay on the machine they were made on. Answers are, of steps that are done.
Merging the same file twice is merging it once, and nothing that is here is lost: of two states of a step the
further one stays, of two counts the larger.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from tutor import __version__
from tutor.database import Database
from tutor.lesson.fields import LessonKey, Slug

FORMAT = "pytorch-tutor progress"
VERSION = 1
LARGEST = 50_000_000
"""Bytes of a file that is read."""

Count = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Moment = Annotated[float, Meta(ge=0, le=4e9)]
Word = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=1_000_000)]
Status = Annotated[str, Meta(pattern="^(seen|done|shown)$")]


class NotProgress(Exception):
    """The file is not one that can be merged; the message says what is wrong, and where."""


class _Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """Strict about its fields; one that has its default is not written."""


class Review(_Record, frozen=True):
    """When a step is asked again; see :mod:`tutor.progress.reviews`."""

    stability: Annotated[float, Meta(gt=0, le=1e6)]
    difficulty: Annotated[float, Meta(ge=1, le=10)]
    due: Moment
    reviewed: Moment
    times: Count = 0
    missed: Count = 0


class Step(_Record, frozen=True):
    """What was done of one step; ``bookmarked`` is when a bookmark was set on it."""

    id: Slug
    status: Status
    attempts: Count = 0
    hints: Count = 0
    answer: Text = ""
    accepted: Text = ""
    completed: Moment | None = None
    bookmarked: Moment | None = None
    review: Review | None = None


class Cell(_Record, frozen=True):
    """Code the learner ran, which runs again when the lesson is opened."""

    step: Slug
    source: Text
    status: Annotated[str, Meta(pattern="^(ok|error)$")]


class LessonRecord(_Record, frozen=True):
    """One lesson."""

    id: LessonKey
    steps: tuple[Step, ...] = ()
    step: Slug | None = None
    """Where the learner is; None for a lesson never opened, of which a step is marked."""
    started: Moment = 0.0
    finished: Moment | None = None
    cells: tuple[Cell, ...] = ()


class Export(_Record, frozen=True):
    """A whole file."""

    format: Annotated[str, Meta(pattern=f"^{FORMAT}$")]
    version: Annotated[int, Meta(ge=1, le=VERSION)]
    tutor: Word
    exported: Word
    """When, in UTC, as ISO 8601 has it."""
    lessons: tuple[LessonRecord, ...] = ()
    """The lesson that was open last comes last."""
    settings: dict[Word, Text] = {}


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge changed here, in numbers."""

    lessons: int = 0
    """Lessons never opened here."""
    done: int = 0
    """Steps that are done now and were not, or shown and were only seen."""
    answers: int = 0
    bookmarks: int = 0
    cells: int = 0
    """Pieces of code that run again when their lesson is opened."""
    kept: tuple[str, ...] = ()
    """Lessons whose code differs here and there: that of here stayed."""

    @property
    def nothing(self) -> bool:
        return not (self.lessons or self.done or self.answers or self.bookmarks or self.cells)


def export(database: Database) -> bytes:
    """All but the attempts, as JSON."""
    lessons = database.change(_lessons)
    settings = dict(database.read("SELECT key, value FROM settings ORDER BY key"))
    exported = datetime.now(timezone.utc).isoformat(timespec="seconds")
    whole = Export(
        format=FORMAT, version=VERSION, tutor=__version__, exported=exported, lessons=lessons, settings=settings
    )
    return msgspec.json.format(msgspec.json.encode(whole), indent=2) + b"\n"


def decode(data: bytes) -> Export:
    """The export that ``data`` holds. Raises NotProgress."""
    if len(data) > LARGEST:
        raise NotProgress(f"it has {len(data):,} bytes; progress has at most {LARGEST:,}")
    try:
        known = msgspec.json.decode(data, type=dict[str, Any])
        if known.get("format") != FORMAT:
            raise NotProgress('it was not written by `tutor progress --export`: `"format"` is another')
        if isinstance(known.get("version"), int) and known["version"] > VERSION:
            raise NotProgress(f"it is of version {known['version']}, from a newer tutor: update this one")
        return msgspec.json.decode(data, type=Export)
    except msgspec.ValidationError as error:
        raise NotProgress(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotProgress(f"it is no JSON: {error}") from error


def _lessons(db: sqlite3.Connection) -> tuple[LessonRecord, ...]:
    steps: dict[str, list[Step]] = {}
    query = """
    SELECT lesson, step, coalesce(status, 'seen'), coalesce(attempts, 0), coalesce(hints, 0),
           iif(status = 'done', answer, ''), coalesce(accepted, ''), completed, made
    FROM (SELECT lesson, step FROM steps UNION SELECT lesson, step FROM bookmarks
          UNION SELECT lesson, step FROM reviews)
    LEFT JOIN steps USING (lesson, step) LEFT JOIN bookmarks USING (lesson, step) ORDER BY lesson, step
    """
    fields = Step.__struct_fields__[:-1]
    reviews = _reviews(db)
    for lesson, *row in db.execute(query):
        step = Step(**dict(zip(fields, row, strict=True)), review=reviews.get((lesson, row[0])))
        steps.setdefault(lesson, []).append(step)
    cells: dict[str, list[Cell]] = {}
    for lesson, step, source, status in db.execute(
        "SELECT lesson, step, source, status FROM cells WHERE status IN ('ok', 'error') ORDER BY number"
    ):
        cells.setdefault(lesson, []).append(Cell(step=step, source=source, status=status))
    opened = db.execute("SELECT id, step, started, finished FROM lessons ORDER BY visit").fetchall()
    found = {row[0]: dict(zip(("step", "started", "finished"), row[1:], strict=True)) for row in opened}
    never = sorted((set(steps) | set(cells)) - set(found))
    return tuple(
        LessonRecord(
            id=name, steps=tuple(steps.get(name, ())), cells=tuple(cells.get(name, ())), **found.get(name, {})
        )
        for name in (*never, *found)
    )


def _reviews(db: sqlite3.Connection) -> dict[tuple[str, str], Review]:
    fields = Review.__struct_fields__
    rows = db.execute(f"SELECT lesson, step, {', '.join(fields)} FROM reviews")  # noqa: S608 - names of our own
    return {(lesson, step): Review(**dict(zip(fields, row, strict=True))) for lesson, step, *row in rows}

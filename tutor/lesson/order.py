"""Which lesson comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tutor.lesson.entry import Entry


def next_lesson(lessons: Sequence[Entry], finished: Collection[str], after: str | None) -> Entry | None:
    """The first unfinished lesson behind ``after``, an id; None if none is left. Behind the last comes the first.

    Lessons whose prerequisites are finished go before all others. A prerequisite that is not among the lessons
    holds nothing up.
    """
    ids = [lesson.id for lesson in lessons]
    start = ids.index(after) + 1 if after in ids else 0
    there = set(ids)
    unfinished = [lesson for lesson in (*lessons[start:], *lessons[:start]) if lesson.id not in finished]
    ready = (lesson for lesson in unfinished if there.intersection(lesson.prerequisites) <= set(finished))
    return next(ready, unfinished[0] if unfinished else None)

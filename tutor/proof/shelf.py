"""Lessons beside each other: names, order, and what they build on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from tutor.lesson.circles import cycles
from tutor.lesson.model import Lesson
from tutor.lesson.problems import did_you_mean
from tutor.proof.findings import Finding
from tutor.proof.subject import Subject

_FOLDER = re.compile(r"(?:(\d+)-)?(.+)")


def misplaced(lessons: list[Lesson], others: Mapping[str, Lesson], known: Iterable[str]) -> list[Finding]:
    """What is wrong with ``lessons`` among ``others`` (by id, themselves included).

    ``known`` are further ids that may be built on: those of broken lessons, and of those the tutor comes with.
    """
    found: list[Finding] = []
    numbers: dict[tuple[str, str], str] = {}
    # No order of folders helps lessons that build on each other; the circle is told by the catalogue.
    builds_on = {lesson.id: lesson.prerequisites for lesson in others.values()}
    circles = [frozenset(circle) for circle in cycles(builds_on)]
    for lesson in lessons:
        subject = Subject(lesson)
        found += _folder(subject, lesson, numbers)
        ring = frozenset[str]().union(*(circle for circle in circles if lesson.id in circle))
        found += _prerequisites(subject, lesson, others, {*others, *known}, ring)
    return found


def _folder(subject: Subject, lesson: Lesson, numbers: dict[tuple[str, str], str]) -> list[Finding]:
    if lesson.file is None or lesson.file.name != "lesson.yaml":
        return []
    folder = lesson.file.absolute().parent
    matched = _FOLDER.fullmatch(folder.name)
    if matched is None or matched[2] != lesson.id:
        message = f"the folder `{folder.name}` is not named after its lesson"
        number = (matched and matched[1]) or "01"
        advice = f"Name it {number}-{lesson.id}: the number is its place in the list"
        return [subject.finding(None, ("id",), 1, "error", message, advice)]
    if not matched[1]:
        return []
    place = (str(folder.parent), matched[1])
    other = numbers.setdefault(place, lesson.id)
    if other == lesson.id:
        return []
    message = f"the number {matched[1]} is also that of `{other}`"
    return [subject.finding(None, ("id",), 1, "warning", message, "Give each folder its own")]


def _prerequisites(
    subject: Subject, lesson: Lesson, others: Mapping[str, Lesson], known: set[str], ring: frozenset[str]
) -> list[Finding]:
    order = list(others)
    found = []
    for n, name in enumerate(lesson.prerequisites):
        key = ("prerequisites", n)
        if name not in known:
            message = f"there is no lesson `{name}`{did_you_mean(name, known)}"
            found.append(subject.finding(None, key, 1, "error", message.rstrip("?"), "Name a lesson by its id"))
        elif (
            name not in ring
            and name in others
            and lesson.id in others
            and order.index(name) > order.index(lesson.id)
        ):
            message = f"`{name}` is to be known before, and comes later in the list"
            found.append(subject.finding(None, key, 1, "warning", message, "Number the folders in that order"))
        elif name in lesson.prerequisites[:n]:
            message = f"`{name}` is here twice"
            found.append(subject.finding(None, key, 1, "warning", message, "Leave one out"))
    return found

"""Finds words in all lessons: titles, objectives, texts, code, and of hints and solutions what may be known.

What has not been asked for stays hidden: a hint that was not taken, and the solution of a step that is not done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from tutor.lesson.model import Choice, Explore, Fill, Fix, Judged, Lesson, Predict, Read, Run
from tutor.lesson.state import solution_of, starter_of, title_of
from tutor.lesson.steps import Step
from tutor.texts import mark

MOST = 100
"""Places that are given; more say that the words are too common."""

Known = Callable[[str, str], "tuple[bool, int]"]
"""Of a lesson's and a step's id: whether the step is behind the learner, and how many hints were taken."""

_BREAK = re.compile(r"\n\s*\n")
_MARKUP = re.compile(r"\*\*|`")
_FENCE = re.compile(r"^\s*```")


@dataclass(frozen=True, slots=True)
class Place:
    """One line or paragraph of a lesson."""

    lesson: Lesson
    index: int | None
    """The step; None for what belongs to the lesson as a whole."""
    kind: str
    """``title``, ``objective``, ``text``, ``code``, ``hint`` or ``solution``."""
    text: str
    folded: str
    """In small letters, to be searched."""
    above: str
    """The titles it stands under, in small letters: they count as being in it."""

    @property
    def step(self) -> Step | None:
        return None if self.index is None else self.lesson.steps[self.index]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found: places in the order of their worth, and how many there are in all."""

    words: tuple[str, ...]
    places: tuple[Place, ...]
    total: int


class Index:
    """Every place of some lessons. ``known`` is asked when a lesson is added."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._lessons: list[tuple[str, list[Place]]] = []
        """All that a lesson says, in small letters, and its places: most lessons are passed over whole."""

    def add(self, lesson: Lesson) -> None:
        """Take in one lesson: a thousand of them are better added a few at a time."""
        places = list(_places(lesson, self._known))
        self._lessons.append(("\n".join(place.folded for place in places), places))

    def find(self, query: str) -> Found:
        """Places that hold every word of ``query`` (or the titles above them do), at least one of them itself.

        What holds them in a title comes before objectives, texts and code; else in the order of the lessons.
        """
        words = tuple(dict.fromkeys(_folded(query).split()))
        if not words:
            return Found((), (), 0)
        first, *others = words
        found: list[Place] = []
        for whole, places in self._lessons:
            if first not in whole or not all(word in whole for word in others):
                continue
            if others:
                found += [place for place in places if _holds(place, words)]
            else:
                found += [place for place in places if first in place.folded]
        best = (place for kind in _WORTH for place in found if place.kind == kind)
        return Found(words, tuple(islice(best, MOST)), len(found))


_AMERICAN = re.compile(r"(?<=\w\w)iz(?=(?:e|es|ed|er|ers|ing|ations?)\b)")
"""``optimizer`` in code and torch's own texts, ``optimiser`` in ours."""

_WORTH = (*(mark("title"), mark("objective"), mark("text"), mark("code"), mark("hint"), mark("solution")),)


def _holds(place: Place, words: Sequence[str]) -> bool:
    folded = place.folded
    itself = False
    for word in words:
        if word in folded:
            itself = True
        elif word not in place.above:
            return False
    return itself


def spans(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """Where the words stand in ``text``, whatever the size of their letters; none overlap."""
    pattern = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return [found.span() for found in re.finditer(pattern, text, re.IGNORECASE)] if pattern else []


def _places(lesson: Lesson, known: Known) -> Iterator[Place]:
    own = _folded(lesson.title)
    yield Place(lesson, None, "title", lesson.title, own, own)
    for objective in lesson.objectives:
        yield _place(lesson, None, "objective", _plain(objective), own)
    for index, step in enumerate(lesson.steps):
        title = title_of(step)
        above = f"{own}\n{_folded(title)}"
        yield _place(lesson, index, "title", title, above)
        done, hints = known(lesson.id, step.id)
        for kind, text in _texts(step, done, hints):
            yield _place(lesson, index, kind, text, above)


def _place(lesson: Lesson, index: int | None, kind: str, text: str, above: str) -> Place:
    return Place(lesson, index, kind, text, _folded(text), above)


def _folded(text: str) -> str:
    """Small letters, and one spelling of what British and American English spell in two ways."""
    return _AMERICAN.sub("is", text.casefold())


def _texts(step: Step, done: bool, hints: int) -> Iterator[tuple[str, str]]:
    for paragraph in _paragraphs(step.text):
        yield "text", paragraph
    if isinstance(step, Choice):
        yield from (("text", _plain(option.text)) for option in step.options)
    for line in _shown_code(step).splitlines():
        if line.strip():
            yield "code", line.strip()
    if isinstance(step, Explore) and step.goal:
        yield "text", _plain(step.goal)
    if isinstance(step, (Judged, Explore)):
        yield from (("hint", _plain(hint)) for hint in (step.hints if done else step.hints[:hints]))
    if done:
        yield from _behind(step)


def _behind(step: Step) -> Iterator[tuple[str, str]]:
    """What only those may read who have the step behind them."""
    if isinstance(step, (Run, Predict)) and step.after:
        yield "text", _plain(step.after)
    for line in solution_of(step).splitlines():
        if line.strip():
            yield "solution", line.strip()


def _shown_code(step: Step) -> str:
    """The code that the screen shows with the step, whatever was done."""
    if isinstance(step, (Read, Explore)):
        return step.example
    if isinstance(step, Predict):
        return f"{step.setup}\n{step.code}"
    if isinstance(step, (Run, Fill)):
        return step.code
    return step.starter if isinstance(step, Fix) else starter_of(step)


def _paragraphs(text: str) -> Iterator[str]:
    """The paragraphs of Markdown, each on one line; of a block of code, each line."""
    for part in _BREAK.split(text.strip()):
        if _FENCE.match(part):
            yield from (line for line in part.splitlines() if line.strip() and not _FENCE.match(line))
        elif part.strip():
            yield _plain(part)


def _plain(text: str) -> str:
    """On one line, without the marks of Markdown."""
    return _MARKUP.sub("", " ".join(text.split()))

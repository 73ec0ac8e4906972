"""From a file to a lesson: read, try, cut into steps, write; and the account of what could not be taken."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tutor.importing import files
from tutor.importing.blocks import Code, NotATutorial, Note, Tutorial, cleaned
from tutor.importing.lesson import id_of, lesson_of
from tutor.importing.trial import CannotTry, Limits, Outcome, Tell, tried
from tutor.importing.writing import yaml_of
from tutor.lesson.loader import FILE_NAME, parse_lesson
from tutor.lesson.model import Lesson, Run
from tutor.lesson.outputs import difference
from tutor.lesson.problems import LessonError

_MOST_BYTES = 1_000_000
"""Of a lesson, as its loader has it."""
_USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Imported:
    """A lesson that loads, as text, and what is to be said of it."""

    lesson: Lesson
    text: str
    notes: tuple[Note, ...]

    @property
    def runs(self) -> int:
        """Steps with code to run."""
        return sum(isinstance(step, Run) for step in self.lesson.steps)

    @property
    def checked(self) -> int:
        """Those of them whose output is known."""
        return sum(isinstance(step, Run) and bool(step.prints) for step in self.lesson.steps)


def imported(
    file: Path,
    *,
    python: str,
    limits: Limits = _USUAL,
    tell: Tell = lambda _said: None,
    check: Callable[[str], None] = lambda _lesson_id: None,
) -> Imported:
    """The lesson that ``file`` makes. Its cells are run by the interpreter ``python``, offline and under a limit.

    ``check`` is given the lesson's id before anything runs, and may raise. Raises NotATutorial.
    """
    tutorial = files.read(file)
    cells = [block.source for block in tutorial.blocks if isinstance(block, Code)]
    if not cells:
        raise NotATutorial("there is no Python in it that could be run", tuple(tutorial.notes))
    check(id_of(tutorial, Path(cleaned(file.name)).stem))
    setup = setup_for(cells)
    try:
        outcomes = asyncio.run(tried(cells, python=python, setup=setup, limits=limits, tell=tell))
    except CannotTry as error:
        raise NotATutorial(f"there is no Python to try its cells with: {error}") from error
    return put_together(tutorial, outcomes, file.name, setup)


def put_together(tutorial: Tutorial, outcomes: list[Outcome], name: str, setup: str = "") -> Imported:
    """The lesson of blocks whose cells were tried. Raises NotATutorial if nothing of it can be run."""
    notes = _notes(tutorial, outcomes)
    if all(outcome.why for outcome in outcomes):
        raise NotATutorial("none of its cells can be run here", notes)
    name = cleaned(name)
    data = lesson_of(tutorial, outcomes, Path(name).stem, 0, setup)
    text = yaml_of(data, f"Made from {name} by `tutor import`.")
    if len(text.encode()) > _MOST_BYTES:
        raise NotATutorial(
            f"it makes a lesson of {len(text):,} characters; {_MOST_BYTES:,} is the most: split it", notes
        )
    try:
        lesson = parse_lesson(text, Path(FILE_NAME))
    except LessonError as error:
        raise NotATutorial(f"what it makes is no lesson: {error.problems[0]}", notes) from error
    return Imported(lesson, text, notes)


def setup_for(cells: list[str]) -> str:
    """Pages that show parts of a program often leave out what every program begins with."""
    whole = "\n".join(cells)
    known = re.search(r"^\s*(import torch\b(?!\.)|import .*\btorch\b|from torch import \*)", whole, re.MULTILINE)
    return "" if known or not re.search(r"\btorch\.", whole) else "import torch\n"


def _notes(tutorial: Tutorial, outcomes: list[Outcome]) -> tuple[Note, ...]:
    """In the order of the file."""
    notes = list(tutorial.notes)
    codes = (block for block in tutorial.blocks if isinstance(block, Code))
    for block, outcome in zip(codes, outcomes, strict=True):
        if outcome.why:
            notes.append(Note(block.place, outcome.why))
            continue
        if outcome.writes:
            listed = ", ".join(f"`{cleaned(name)}`" for name in outcome.writes[:3])
            notes.append(Note(block.place, f"writes {listed} into the current folder", kept_as_text=False))
        if block.recorded and outcome.shown and (differ := difference(block.recorded, outcome.shown)):
            then, now = (f"`{line}`" if line else "nothing" for line in differ)
            notes.append(Note(block.place, f"shows {now} here; {then} was recorded", kept_as_text=False))
    return tuple(sorted(notes, key=lambda note: (note.place.cell, note.place.line)))

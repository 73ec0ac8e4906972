"""Which lessons a path means, and what was wrong with reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tutor.lesson.catalogue import Catalogue, find_step
from tutor.lesson.loader import FILE_NAME, load_lesson
from tutor.lesson.model import Judged, Lesson
from tutor.lesson.problems import LessonError, Problem
from tutor.paths import lessons_dir
from tutor.proof.findings import Finding, from_problem
from tutor.proof.overlays import translated, translations
from tutor.proof.shelf import misplaced
from tutor.texts import Choice, use

_CLAIMS = 40
"""Of a step that is judged, on average."""


@dataclass(slots=True)
class Source:
    """Lessons to prove."""

    lessons: list[Lesson] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    """What is wrong with the files, and with how the lessons stand to each other."""
    only: set[tuple[str, str]] = field(default_factory=set)
    """Steps, as lesson and step, that are to be proved alone; none: everything."""

    @property
    def size(self) -> int:
        """Roughly how many claims there are to prove."""
        return sum(_CLAIMS if isinstance(step, Judged) else 3 for lesson in self.lessons for step in lesson.steps)

    @property
    def trains(self) -> bool:
        """Whether any of it makes an optimiser, whose first one in a process takes a second."""
        return any("optim" in repr(lesson) for lesson in self.lessons)


def read(paths: list[Path], steps: Sequence[tuple[Path, str]] = ()) -> Source:
    """The lessons that ``paths`` mean: files, folders with a ``lesson.yaml``, or folders of such folders.

    ``steps`` are further lessons of which one step, by id or number from 1, is to be proved; then nothing else is.
    Raises NotFound for a step that there is not.

    The file of a translation means its lesson. They are read as they were written, whatever language is spoken.
    """
    before = use(Choice())
    try:
        source = _read([*paths, *(path for path, _step in steps)])
        for path, step in steps:
            at = translated(path).absolute()
            of_path = (lesson for lesson in source.lessons if at in (_file(lesson), _file(lesson).parent))
            source.only |= {(lesson.id, find_step(lesson, step)) for lesson in of_path}
        return source
    finally:
        use(before)


def _read(paths: list[Path]) -> Source:
    source = Source()
    shelves: dict[Path, Catalogue] = {}
    problems: list[Problem] = []
    for path in dict.fromkeys(paths):
        if path.is_dir() and not (path / FILE_NAME).is_file():
            shelf = shelves.setdefault(path.absolute(), Catalogue(path).load_all())
            source.lessons += shelf.lessons
            problems += shelf.problems
            continue
        try:
            source.lessons.append(load_lesson(translated(path)))
        except LessonError as error:
            problems += error.problems
    source.lessons = _each_once(source.lessons)
    source.findings += [from_problem(problem) for problem in dict.fromkeys(problems)]
    source.findings += [finding for lesson in source.lessons for finding in translations(lesson)]
    source.findings = list(dict.fromkeys([*source.findings, *_beside_each_other(source.lessons, shelves)]))
    return source


def _beside_each_other(lessons: list[Lesson], shelves: dict[Path, Catalogue]) -> list[Finding]:
    """One shelf after the other: lessons of different ones know nothing of each other."""
    own = Catalogue(lessons_dir()).load_all()
    own_ids = {*(lesson.id for lesson in own.lessons), *_broken(own)}
    found: list[Finding] = []
    groups: dict[Path, list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault(_shelf_of(lesson), []).append(lesson)
    for folder, group in groups.items():
        shelf = shelves.get(folder) or Catalogue(folder).load_all()
        # A lesson that was named by itself may have an id that another one has.
        mine = {lesson.file.absolute() for lesson in group if lesson.file is not None}
        found += [from_problem(problem) for problem in shelf.problems if problem.file.absolute() in mine]
        others = {lesson.id: lesson for lesson in shelf.lessons}
        others |= {lesson.id: lesson for lesson in group if lesson.id not in others}
        found += misplaced(group, others, own_ids | {*_broken(shelf)})
    return found


def _broken(shelf: Catalogue) -> list[str]:
    """What the lessons of a shelf that cannot be read are probably called."""
    return [problem.file.parent.name.lstrip("0123456789").removeprefix("-") for problem in shelf.problems]


def _shelf_of(lesson: Lesson) -> Path:
    return (lesson.file or Path(FILE_NAME)).absolute().parent.parent


def _each_once(lessons: list[Lesson]) -> list[Lesson]:
    return list({_file(lesson): lesson for lesson in lessons}.values())


def _file(lesson: Lesson) -> Path:
    return (lesson.file or Path()).absolute()

"""A lesson in another language: reads the overlay beside it, and puts its texts in place of the lesson's own.

An overlay that is wrong (unknown keys, unknown steps, types) is refused whole. One that is only behind its lesson
is used as far as it fits: where the number of hints is another one, for example, the lesson's own hints stay.
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import msgspec.inspect

from tutor.lesson import yaml12
from tutor.lesson.loader import FILE_NAME, read_text
from tutor.lesson.model import Choice, Lesson, Recall, Step
from tutor.lesson.overlay import Overlay, StepText
from tutor.lesson.problems import LessonError, Problem, Report, did_you_mean
from tutor.lesson.python import parse_python
from tutor.lesson.reader import INVALID, Reader
from tutor.lesson.wording import Wording, node_at, step_words
from tutor.texts import tag_of

OVERLAY_NAME = re.compile(r"lesson\.([A-Za-z][A-Za-z0-9-]*)\.yaml")


@dataclass(frozen=True, slots=True)
class Translation:
    """A lesson as its overlay makes it."""

    lesson: Lesson
    file: Path
    language: str
    translated: int
    """Steps with no text of the original left."""
    recalled: int = 0
    """Questions of ``recall`` with no text of the original left."""
    warnings: tuple[Problem, ...] = ()
    """Where the overlay is behind its lesson; for whoever keeps it, not for the learner."""

    @property
    def coverage(self) -> str:
        steps = f"{self.translated} of {len(self.lesson.steps)} steps"
        asked = len(self.lesson.recall)
        return f"{steps}, {self.recalled} of {asked} questions translated" if asked else f"{steps} translated"


def translate(lesson: Lesson, languages: tuple[str, ...]) -> Translation | None:
    """The lesson in the first of ``languages`` (``pt-BR``, then ``pt``) it has an overlay for; None without one.

    Raises LessonError when the overlay is wrong.
    """
    for language in languages:
        file = overlay_file(lesson, language)
        if file is not None and file.is_file():
            return read_overlay(lesson, file, language)
    return None


def overlays(lesson: Lesson) -> list[Path]:
    """Every overlay beside the lesson, and files that are named like one."""
    if lesson.file is None:
        return []
    return sorted(file for file in lesson.file.parent.glob("lesson.*.yaml") if file.name != FILE_NAME)


def proved(lesson: Lesson) -> tuple[list[Translation], list[Problem]]:
    """What ``tutor lint`` tells of a lesson's translations: each that is good, and why the others are not.

    A good one has its ``coverage``, and ``warnings`` where it is behind the lesson.
    """
    good: list[Translation] = []
    wrong: list[Problem] = []
    for file in overlays(lesson):
        named = OVERLAY_NAME.fullmatch(file.name)
        if named is None or tag_of(named[1]) != named[1]:
            meant = f"; it should be lesson.{tag}.yaml" if named and (tag := tag_of(named[1])) else ""
            wrong.append(Problem(file, 1, 1, f"{file.name} names no language{meant}"))
            continue
        try:
            good.append(read_overlay(lesson, file, named[1]))
        except LessonError as error:
            wrong += error.problems
    return good, wrong


def overlay_file(lesson: Lesson, language: str) -> Path | None:
    """Where the lesson's overlay for a language lies, or would lie."""
    return lesson.file.with_name(overlay_name(language)) if lesson.file is not None else None


def overlay_name(language: str) -> str:
    """What the overlay for a language is called."""
    return f"lesson.{language}.yaml"


def read_overlay(lesson: Lesson, file: Path, language: str) -> Translation:
    """The lesson with the texts of ``file``. Raises LessonError."""
    return parse_overlay(lesson, read_text(file), file, language)


def parse_overlay(lesson: Lesson, text: str, file: Path, language: str) -> Translation:
    """The lesson with the texts of an overlay that stands in ``file``. Raises LessonError."""
    report = Report(file, text)
    root = yaml12.parse(text, report)
    value: Any = INVALID
    if root is not None:
        value = Reader(report, {}, parse_python).read(_schema(), root)
        _refuse_unknown(lesson, root, "steps", "step", [step.id for step in lesson.steps], report)
        _refuse_unknown(lesson, root, "recall", "question", [one.id for one in lesson.recall], report)
    report.raise_if_any()
    stale = Report(file, text)
    worded, translated, recalled = _worded(lesson, value, root, stale)
    return Translation(worded, file, language, translated, recalled, tuple(stale.found()))


def digest(part: Step | Recall) -> str:
    """Names the texts of a step or a question, in the original: eight hexadecimal digits of their SHA-256."""
    texts = "\n\0".join(step_words(_asked(part) if isinstance(part, Recall) else part))
    return hashlib.sha256(texts.encode()).hexdigest()[:8]


@functools.cache
def _schema() -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(Overlay)


def _refuse_unknown(
    lesson: Lesson, root: yaml12.Node, key: str, what: str, known: list[str], report: Report
) -> None:
    """Report ids under ``key`` that the lesson does not have."""
    named = root.get(key) if isinstance(root, yaml12.Mapping) else None
    for name, (node, _) in named.entries.items() if isinstance(named, yaml12.Mapping) else ():
        if name not in known:
            there = f"; it has {', '.join(f'`{word}`' for word in known)}" if known else ""
            hint = did_you_mean(name, known) or there
            report.add(node.line, node.column, f"`{lesson.id}` has no {what} `{name[:60]}`{hint}", f"{key}.{name}")


def _worded(lesson: Lesson, overlay: Overlay, root: Any, stale: Report) -> tuple[Lesson, int, int]:
    """The lesson in the overlay's words, and how many steps and questions are translated whole."""
    top = Wording(root, stale, "")
    changes: dict[str, Any] = {"title": overlay.title or lesson.title}
    changes["objectives"] = top.listed("objectives", overlay.objectives, lesson.objectives)
    steps, whole = [], 0
    for step in lesson.steps:
        worded, complete = _in_words(step, overlay.steps.get(step.id), root, "steps", stale)
        steps.append(worded)
        whole += complete
    questions, recalled = [], 0
    for one in lesson.recall:
        text = overlay.recall.get(one.id)
        texts = StepText(text=text.text, options=text.options, original=text.original) if text else None
        worded, complete = _in_words(_asked(one), texts, root, "recall", stale)
        questions.append(msgspec.structs.replace(one, text=worded.text, options=getattr(worded, "options", ())))
        recalled += complete
    changes |= {"steps": tuple(steps), "recall": tuple(questions)}
    return msgspec.structs.replace(lesson, **changes), whole, recalled


def _asked(question: Recall) -> Choice:
    """A question from memory as a step, which has the same texts."""
    return Choice(id=question.id, text=question.text, options=question.options)


def _in_words(step: Step, text: StepText | None, root: Any, key: str, stale: Report) -> tuple[Step, bool]:
    """A step in the words of an overlay, which has it under ``key``, and whether none of its own are left."""
    if text is None:
        return step, False
    wording = Wording(node_at(root, key, step.id), stale, f"{key}.{step.id}")
    if text.original is not None and text.original != digest(step):
        words = "the lesson's texts have changed since; once this is right again, write"
        wording.note(f"{words} `original: {digest(step)}`", "original")
    worded = wording.step(step, text)
    return worded, not wording.missing

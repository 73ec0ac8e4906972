"""Reads one lesson strictly: every problem at once, each with its place and what was expected."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import msgspec.inspect
import msgspec.structs

from tutor.lesson import yaml12
from tutor.lesson.helpers import read_helpers
from tutor.lesson.model import Lesson, LessonFile
from tutor.lesson.places import LESSON_FILE
from tutor.lesson.problems import LessonError, Problem, Report
from tutor.lesson.python import parse_python
from tutor.lesson.reader import INVALID, Reader
from tutor.lesson.rules import RULES, check_ids
from tutor.lesson.twins import complete_twins

FILE_NAME = LESSON_FILE

_MAX_BYTES = 1_000_000
_AWAY = "make two lessons of it, and put data into files beside it"


def load_lesson(path: Path | str) -> Lesson:
    """The lesson in a file, or in the ``lesson.yaml`` of a folder. Raises LessonError."""
    file = Path(path)
    if file.is_dir():
        file /= FILE_NAME
    return parse_lesson(read_text(file), file)


def parse_lesson(text: str, file: Path) -> Lesson:
    """The lesson in ``text``, which stands in ``file``. Raises LessonError."""
    report = Report(file, text)
    root = yaml12.parse(text, report)
    value: Any = INVALID
    if root is not None:
        check_ids(root, report)
        complete_twins(root, report)
        value = Reader(report, RULES, parse_python).read(_schema(), root)
    helpers = read_helpers(value, root, report) if value is not INVALID else ""
    report.raise_if_any()
    return Lesson(**msgspec.structs.asdict(value), file=file, helpers=helpers)


def position_of(file: Path, key: str) -> tuple[int, int]:
    """Line and column of a key's value at the top of a lesson file; (1, 1) if it has none."""
    text = read_text(file)
    root = yaml12.parse(text, Report(file, text))
    node = root.get(key) if isinstance(root, yaml12.Mapping) else None
    return (node.line, node.column) if node is not None else (1, 1)


@functools.cache
def _schema() -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(LessonFile)


def read_text(file: Path) -> str:
    """What a file of a lesson holds, within its limits. Raises LessonError."""
    try:
        if not file.is_file():
            raise LessonError([Problem(file, 1, 1, "there is no such file")])
        with file.open("rb") as stream:
            data = stream.read(_MAX_BYTES + 1)
    except OSError as error:
        raise LessonError([Problem(file, 1, 1, f"cannot be read: {error.strerror}")]) from error
    if len(data) > _MAX_BYTES:
        raise LessonError([Problem(file, 1, 1, f"too large: a lesson has at most {_MAX_BYTES:,} bytes; {_AWAY}")])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig", "replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = f"not UTF-8: the byte 0x{data[error.start]:02X} stands here; save the file as UTF-8"
        raise LessonError([Problem(file, line, column, message)]) from error

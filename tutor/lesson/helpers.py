"""``checks.py`` beside a lesson: the functions that its ``python`` checks name."""

from __future__ import annotations

import ast
from typing import Any

from tutor.lesson.checks import PythonCheck, flat
from tutor.lesson.model import LessonFile
from tutor.lesson.problems import Report, did_you_mean
from tutor.lesson.state import checks_of
from tutor.lesson.yaml12 import Mapping, Node, Scalar, Sequence

FILE_NAME = "checks.py"

_MAX_BYTES = 200_000


def read_helpers(lesson: LessonFile, root: Node | None, report: Report) -> str:
    """The source of ``checks.py``, where any check needs it; what is wrong with it is reported."""
    steps = [twin for step in lesson.steps for twin in (step, step.twin) if twin is not None]
    wanted = {c.function for step in steps for c in flat(checks_of(step)) if isinstance(c, PythonCheck)}
    if not wanted:
        return ""
    places = {name: _place(root, name) for name in sorted(wanted)}
    line, column = next(iter(places.values()))
    file = report.file.parent / FILE_NAME
    try:
        data = file.read_bytes()
        source = data.decode("utf-8")
    except OSError as error:
        report.add(line, column, f"a `python` check needs {file}: {error.strerror}")
        return ""
    except UnicodeDecodeError:
        report.add(line, column, f"a `python` check needs {file}, which is not UTF-8")
        return ""
    if len(data) > _MAX_BYTES:
        report.add(line, column, f"{file} is too large: at most {_MAX_BYTES:,} bytes")
        return ""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        where = f":{getattr(error, 'lineno', 1)}:{getattr(error, 'offset', 1)}"
        report.add(line, column, f"{file}{where}: not Python: {getattr(error, 'msg', error)}")
        return ""
    known = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    for name, place in places.items():
        if name not in known:
            report.add(*place, f"{file} has no function `{name}`{did_you_mean(name, known)}")
    return source


def _place(node: Any, name: str) -> tuple[int, int]:
    """Where ``function: name`` stands."""
    if isinstance(node, Mapping):
        value = node.get("function")
        if isinstance(value, Scalar) and value.text == name:
            return value.line, value.column
        children = [entry[1] for entry in node.entries.values()]
    else:
        children = node.items if isinstance(node, Sequence) else []
    return next((place for child in children if (place := _place(child, name)) != (1, 1)), (1, 1))

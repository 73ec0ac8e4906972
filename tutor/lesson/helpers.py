"""``checks.py`` beside a lesson: the functions that its ``python`` checks name."""

from __future__ import annotations

import ast
from pathlib import Path
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
        source = _source(file)
        tree = ast.parse(source)
    except OSError as error:
        wrong = f"a `python` check needs {file}: {error.strerror}"
    except UnicodeDecodeError:
        wrong = f"a `python` check needs {file}, which is not UTF-8"
    except SyntaxError as error:
        wrong = f"{file}:{error.lineno or 1}:{error.offset or 1}: not Python: {error.msg}"
    except (ValueError, RecursionError, MemoryError) as error:
        wrong = f"{file}:1:1: not Python: {str(error) or 'nested too deeply'}"
    else:
        wrong = ""
    if wrong:
        report.add(line, column, wrong)
        return ""
    known = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    for name, place in places.items():
        if name not in known:
            report.add(*place, f"{file} has no function `{name}`{did_you_mean(name, known)}")
    return source


def _source(file: Path) -> str:
    """Raises OSError with words for whatever cannot be read or is too large; a pipe would never end."""
    if file.exists() and not file.is_file():
        raise OSError(0, "it is not a file")
    with file.open("rb") as stream:
        data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise OSError(0, f"it is too large; at most {_MAX_BYTES:,} bytes")
    return data.decode("utf-8-sig")


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

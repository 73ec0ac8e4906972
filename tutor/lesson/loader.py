"""Reads one lesson strictly: every problem at once, each with its place and what was expected."""

from __future__ import annotations

import ast
import difflib
import re
from pathlib import Path
from typing import Any, get_args

import msgspec

from tutor.lesson import model, yaml12
from tutor.lesson.problems import LessonError, Problem
from tutor.protocol.text import plain

_MAX_BYTES = 1_000_000

_STEPS: dict[str, type] = {cls.__struct_config__.tag: cls for cls in get_args(model.Step)}
_CHECKS: dict[str, type] = {cls.__struct_config__.tag: cls for cls in get_args(model.Check)}
_CODE_FIELDS = ("setup", "code", "example", "starter", "solution")
_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_PATH_IN_MESSAGE = re.compile(r" - at `\$(.*)`$")


def load_lesson(file: Path) -> model.Lesson:
    """The lesson in ``file``. Raises LessonError."""
    text = _read(file)
    try:
        document = yaml12.parse(text)
    except yaml12.YamlError as error:
        raise LessonError([Problem(file, *error.position, error.message)]) from error
    document.data = _clean(document.data)
    problems = _Problems(file, document)
    _check_form(document.data, problems)
    problems.stop_if_any()
    try:
        lesson = msgspec.convert(document.data, type=model.Lesson)
    except msgspec.ValidationError as error:
        problems.add_from_msgspec(str(error))
        raise LessonError(problems.found) from error
    _check_sense(lesson, problems)
    problems.stop_if_any()
    return lesson


def _read(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise LessonError([Problem(file, 1, 1, f"cannot be read: {error.strerror}")]) from error
    if len(data) > _MAX_BYTES:
        raise LessonError([Problem(file, 1, 1, f"{len(data):,} bytes: a lesson has at most {_MAX_BYTES:,}")])
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise LessonError([Problem(file, line, 1, "not UTF-8 text")]) from error


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {plain(key): _clean(item) for key, item in value.items()}
    return value


class _Problems:
    """Collects problems and knows where in the file a path is."""

    def __init__(self, file: Path, document: yaml12.Document) -> None:
        self._file = file
        self._document = document
        self.found: list[Problem] = []

    def add(self, path: yaml12.Path, message: str, *, at_key: bool = False) -> None:
        position = self._document.keys.get(path) if at_key else None
        self.found.append(Problem(self._file, *(position or self._document.where(path)), message))

    def add_line(self, path: yaml12.Path, line: int, message: str) -> None:
        """``line`` counts from 1 inside the text at ``path``."""
        first = self._document.blocks.get(path)
        if first is None:
            self.add(path, message)
        else:
            self.found.append(Problem(self._file, first + line - 1, 1, message))

    def add_from_msgspec(self, message: str) -> None:
        """msgspec says ``… - at `$.steps[3].text` ``."""
        match = _PATH_IN_MESSAGE.search(message)
        path: yaml12.Path = ()
        if match:
            parts = re.findall(r"\.(\w+)|\[(\d+|\.\.\.)\]", match[1])
            path = tuple(name or int(index) for name, index in parts if name or index.isdigit())
            message = message[: match.start()]
        self.add(path, message[0].lower() + message[1:] if message else "not what was expected")

    def stop_if_any(self) -> None:
        if self.found:
            raise LessonError(sorted(self.found, key=lambda problem: (problem.line, problem.column)))


def _check_form(data: Any, problems: _Problems) -> None:
    """Keys and types, part by part, so that one mistake does not hide the next."""
    if not isinstance(data, dict):
        problems.add((), "a lesson is a mapping: schema, id, title, …")
        return
    _check_struct(data, model.Lesson, (), problems)
    steps = data.get("steps")
    if not isinstance(steps, list):
        return
    for index, step in enumerate(steps):
        path: yaml12.Path = ("steps", index)
        kind = _kind(step, _STEPS, "step", path, problems)
        if kind is None:
            continue
        _check_struct(step, kind, path, problems)
        for n, check in enumerate(step.get("checks") or [] if isinstance(step.get("checks"), list) else []):
            check_kind = _kind(check, _CHECKS, "check", (*path, "checks", n), problems)
            if check_kind is not None:
                _check_struct(check, check_kind, (*path, "checks", n), problems)
        for name, cls in (
            ("options", model.Option),
            ("distractors", model.Distractor),
            ("misconceptions", model.Misconception),
        ):
            items = step.get(name)
            for n, item in enumerate(items if isinstance(items, list) else []):
                if isinstance(item, dict):
                    _check_struct(item, cls, (*path, name, n), problems)


def _kind(
    data: Any, kinds: dict[str, type], what: str, path: yaml12.Path, problems: _Problems
) -> type[msgspec.Struct] | None:
    if not isinstance(data, dict):
        problems.add(path, f"a {what} is a mapping with a `kind`")
        return None
    name = data.get("kind")
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None:
        close = _nearest(str(name), kinds) if name is not None else ""
        where = (*path, "kind") if name is not None else path
        problems.add(
            where, f"`kind` of a {what} is one of {', '.join(kinds)}{f', not {name!r}' if name else ''}{close}"
        )
    return kind


def _check_struct(data: dict[str, Any], cls: type[msgspec.Struct], path: yaml12.Path, problems: _Problems) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(cls)}
    known = set(fields) | ({cls.__struct_config__.tag_field} - {None})
    for key in data:
        if key not in known:
            problems.add((*path, key), f"unknown key `{key}`{_nearest(key, known)}", at_key=True)
    for name, field in fields.items():
        if name in data:
            if name in ("steps", "checks", "options", "distractors", "misconceptions"):
                if not isinstance(data[name], list):
                    problems.add((*path, name), f"`{name}` is a list")
                continue
            try:
                msgspec.convert(data[name], type=field.type)
            except msgspec.ValidationError as error:
                problems.add((*path, name), f"`{name}`: {_in_words(str(error))}")
        elif field.required:
            problems.add(path, f"`{name}` is missing")


def _in_words(message: str) -> str:
    message = _PATH_IN_MESSAGE.sub("", message)
    if "matching regex '^[a-z0-9]+(-" in message:
        return "expected small letters, digits and single hyphens, like `what-a-tensor-is`"
    message = re.sub(r"`(\w+)`", lambda match: _TYPES.get(match[1], match[0]), message)
    return message[0].lower() + message[1:]


def _nearest(word: str, known: Any) -> str:
    close = difflib.get_close_matches(word, [k for k in known if k], 1)
    return f"; did you mean `{close[0]}`?" if close else ""


def _check_sense(lesson: model.Lesson, problems: _Problems) -> None:
    """What types cannot say: ids, code that parses, answers that can be right."""
    seen: dict[str, int] = {}
    _check_code(lesson.setup, ("setup",), problems)
    for index, step in enumerate(lesson.steps):
        path: yaml12.Path = ("steps", index)
        if step.id in seen:
            problems.add((*path, "id"), f"step id `{step.id}` is taken by step {seen[step.id] + 1}")
        seen.setdefault(step.id, index)
        for name in _CODE_FIELDS:
            _check_code(getattr(step, name, ""), (*path, name), problems)
        if isinstance(step, model.Choice):
            _check_choice(step, path, problems)
        elif isinstance(step, model.Predict):
            answers = [distractor.answer for distractor in step.distractors]
            for n, answer in enumerate(answers):
                if answer in answers[:n]:
                    problems.add((*path, "distractors", n), f"the answer {answer!r} is here twice")
        elif isinstance(step, model.Exercise):
            _check_exercise(step, path, problems)


def _check_code(source: str, path: yaml12.Path, problems: _Problems) -> None:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None) or 1
        problems.add_line(path, line, f"not Python: {getattr(error, 'msg', error)}")


def _check_choice(step: model.Choice, path: yaml12.Path, problems: _Problems) -> None:
    if sum(option.correct for option in step.options) != 1:
        problems.add((*path, "options"), "exactly one option is `correct: true`")


def _check_exercise(step: model.Exercise, path: yaml12.Path, problems: _Problems) -> None:
    for n, misconception in enumerate(step.misconceptions):
        _check_code(misconception.code, (*path, "misconceptions", n, "code"), problems)
    for name in ("accepts", "rejects"):
        for n, source in enumerate(getattr(step, name)):
            _check_code(source, (*path, name, n), problems)
    solution = "".join(step.solution.split())
    for n, hint in enumerate(step.hints):
        if solution and solution in "".join(hint.split()):
            problems.add((*path, "hints", n), "this hint contains the whole solution")
    for n, check in enumerate(step.checks):
        target = getattr(check, "target", "")
        try:
            ast.parse(target.strip() or "0", mode="eval")
        except SyntaxError:
            problems.add((*path, "checks", n, "target"), f"`target` is not a Python expression: {target!r}")

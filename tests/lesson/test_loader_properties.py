"""What holds of the loader for any text: it refuses or accepts, never breaks, and points into the file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.lesson.sample import FILE, HEAD, TEXT
from tutor.lesson.loader import load_lesson, parse_lesson
from tutor.lesson.problems import LessonError, Problem, Report
from tutor.lesson.yaml12 import Mapping, Node, Scalar, Sequence, parse
from tutor.protocol.text import plain

_PIECES = [
    ": ",
    "- ",
    "null",
    "1e-3",
    "*a",
    "&a ",
    "!!int ",
    "---",
    "é",
    "𝕩",
    "steps:",
    "kind: exercise",
    "hints: ",
    "checks: [",
    "rtol: ",
    "text: ",
]
_BREAKS = ["\n", "\n  ", "\n    - ", "|\n", "\r\n", "\ufeff", "\x85", "\u2028", "\x1b[2J", "\x00"]
_YAML = st.sampled_from([*"abc-:?[]{},#&*!|>'\"%@`~\n\t 019.", *_PIECES, *_BREAKS])
_TEXTS = st.one_of(st.text(), st.lists(_YAML, max_size=60).map("".join))
_LINES = TEXT.count("\n")


def _problems(text: str) -> list[Problem]:
    try:
        parse_lesson(text, FILE)
    except LessonError as error:
        return error.problems or [Problem(FILE, 0, 0, "none")]
    return []


def _refused(text: str) -> bool:
    """Whether there are problems; each was seen to point into the file and to be fit for a terminal."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = _problems(text)
    for problem in found:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert str(problem) == plain(str(problem))
    return bool(found)


@given(_TEXTS)
def test_any_text_is_refused_in_words(text: str) -> None:
    assert _refused(text)


@given(_TEXTS)
def test_any_text_as_steps(text: str) -> None:
    _refused(HEAD + text)


@given(st.integers(0, _LINES), st.integers(0, _LINES), _TEXTS)
def test_the_sample_with_some_lines_replaced(start: int, end: int, text: str) -> None:
    lines = TEXT.splitlines(keepends=True)
    _refused("".join(lines[: min(start, end)]) + text + "".join(lines[max(start, end) :]))


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_in_words(tmp_path_factory: Any, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "lesson.yaml"
    file.write_bytes(content)
    with pytest.raises(LessonError) as raised:
        load_lesson(file)
    assert raised.value.problems


@given(st.integers(0, len(TEXT) - 1), _YAML)
def test_one_thing_put_in_anywhere(where: int, piece: str) -> None:
    _refused(TEXT[:where] + piece + TEXT[where:])


_KEYS = st.text("abcdefgh_", min_size=1, max_size=5)
_DATA = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), max_size=12),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(_KEYS, inner, max_size=4)),
    max_leaves=12,
)


def _data(node: Node | None) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [_data(item) for item in node.items]
    assert isinstance(node, Mapping)
    return {key: _data(value) for key, (_, value) in node.entries.items()}


@given(_DATA)
def test_what_is_written_in_quotes_is_read_back(data: Any) -> None:
    for text in (
        json.dumps(data, ensure_ascii=False),
        yaml.safe_dump(data, default_style='"', allow_unicode=True),
    ):
        report = Report(Path("x"), text)
        root = parse(text, report)
        report.raise_if_any()
        assert _data(root) == data


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1, max_size=30))
def test_a_title_makes_the_round_trip_through_json(title: str) -> None:
    lesson = load_lesson(FILE)
    data = msgspec.to_builtins(msgspec.structs.replace(lesson, title=title, file=None))
    text = json.dumps(data, ensure_ascii=False)
    if title.strip():
        assert parse_lesson(text, FILE) == msgspec.structs.replace(lesson, title=title)
    else:
        assert _refused(text)


@given(st.floats(0, 1e6), st.integers(0, 2**32 - 1))
def test_numbers_make_the_round_trip(rtol: float, seed: int) -> None:
    text = TEXT.replace("rtol: 1e-5", f"rtol: {rtol!r}").replace("seed: 0", f"seed: {seed}")
    lesson = parse_lesson(text, FILE)
    assert lesson.seed == seed
    assert lesson.steps[-1].checks[0].rtol == rtol  # type: ignore[union-attr]


@given(st.integers(0, 2), st.sampled_from(["|", "|-", "|2-", "'", '"', ""]), st.integers(2, 6))
def test_a_mistake_in_code_is_found_on_its_own_line(before: int, style: str, indent: int) -> None:
    if not style.startswith("|"):
        code = f"setup: {style}x = = 1{style}\n"
    else:
        indent = 2 if "2" in style else indent
        lines = ["y = 1"] * before + ["x = = 1"]
        code = f"setup: {style}\n" + "".join(f"{' ' * indent}{line}\n" for line in lines)
    text = TEXT.replace("setup: |\n  import torch\n", code, 1)
    (problem,) = _problems(text)
    line = text.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :].startswith("= 1")

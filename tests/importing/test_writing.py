"""Lessons as YAML: whatever text they hold, it is read back as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.importing.blocks import cleaned
from tutor.importing.writing import yaml_of
from tutor.lesson.loader import parse_lesson
from tutor.lesson.model import Lesson, Run

_PIECES = [
    *"ab #-:|>'\"%@`&*!?{}[],\n\t\\~ ", "---", "...", "\n\n", "  \n", "\n  ", ": ", " #", "null", "no",
    "1e-3", "\x1b[2J",
    "\x00", "\x85", "\u2028", "\ufeff", "\ufffe", "\U0001fffe", "\ud800", "𝕩", "é", "\r\n", "\r", "\x7f",
    "\u200b", "\xa0",
]  # fmt: skip
_ANY = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
_TEXTS = _ANY.map(cleaned).filter(str.strip)
_LINES = _TEXTS.map(lambda text: " ".join(text.split())).filter(str.strip)


def _data(**step: Any) -> dict[str, Any]:
    return {
    "schema": 1, "id": "a", "title": "A", "track": "imported", "objectives": ["b"], "minutes": 1,
    "difficulty": 2,
        "seed": 0, "steps": [{"id": "s", "kind": "run", "title": "S", "text": "T", "code": "1\n", **step}] * 1,
    }  # fmt: skip


def _loaded(data: dict[str, Any], about: str = "") -> Lesson:
    return parse_lesson(yaml_of(data, about), Path("lesson.yaml"))


@given(_TEXTS, _TEXTS, _LINES, _ANY)
def test_every_text_is_read_back(text: str, prints: str, title: str, about: str) -> None:
    lesson = _loaded({**_data(text=text, prints=prints, title=title), "title": title}, cleaned(about))
    (step,) = lesson.steps
    assert isinstance(step, Run)
    assert (lesson.title, step.title, step.text, step.prints) == (title, title, text, prints)


@given(_TEXTS)
def test_code_is_read_back_whatever_is_in_it(text: str) -> None:
    code = f"text = {text!r}  # {' '.join(text.split())}\nother = [\n{text!r}\n]\n"
    (step,) = _loaded(_data(code=code)).steps
    assert isinstance(step, Run)
    assert step.code == code


@pytest.mark.parametrize(
    "code", ["if x:\n    y = 1\n", "x = '''\na\n\n  b\n'''\n", "    # only indented\nx = 1\n", "\n\nx\n"]
)
def test_code_stands_in_the_file_as_it_was_written(code: str) -> None:
    text = yaml_of(_data(code=code))
    assert all(line in text for line in code.split("\n"))
    assert "code: |" in text
    (step,) = _loaded(_data(code=code)).steps
    assert step.code == code  # type: ignore[union-attr]


def test_how_a_file_looks() -> None:
    first = {"id": "one", "kind": "read", "title": "One: the first", "text": "A text.\n\n- an item\n"}
    second = {
        "id": "two",
        "kind": "run",
        "title": "Two",
        "text": "Run it.\n",
        "code": "x = 1\nx\n",
        "prints": "1\n",
    }
    assert yaml_of({**_data(), "objectives": ["a: b", "- c"], "steps": [first, second]}, "Made from\na file.") == (
        """\
# Made from a file.
schema: 1
id: a
title: A
track: imported
objectives:
  - 'a: b'
  - '- c'
minutes: 1
difficulty: 2
seed: 0
steps:
  - id: one
    kind: read
    title: 'One: the first'
    text: |
      A text.

      - an item

  - id: two
    kind: run
    title: Two
    text: |
      Run it.
    code: |
      x = 1
      x
    prints: |
      1
"""
    )

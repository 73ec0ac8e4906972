"""The schema that editors check lessons with says what the loader says, as far as a schema can."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from tests.lesson.sample import HEAD, TEXT, changed, problems, with_step
from tutor.lesson import yaml12
from tutor.lesson.json_schema import FILE_NAME, lesson_schema, text_of_schema
from tutor.lesson.problems import Report
from tutor.paths import assets_dir, lessons_dir

ROOT = Path(__file__).parent.parent.parent
FILES = [
    *sorted(lessons_dir().glob("*/lesson.yaml")),
    *sorted((ROOT / "tests/kinds/lessons").glob("*/lesson.yaml")),
]
VALIDATOR = Draft7Validator(lesson_schema())


def data(text: str) -> Any:
    """A lesson as an editor's YAML server reads it, by the core schema of YAML 1.2."""
    report = Report(Path("lesson.yaml"), text)
    node = yaml12.parse(text, report)
    report.raise_if_any()
    return _plain(node)


def _plain(node: Any) -> Any:
    if isinstance(node, yaml12.Sequence):
        return [_plain(item) for item in node.items]
    if isinstance(node, yaml12.Mapping):
        return {key: _plain(value) for key, (_, value) in node.entries.items()}
    if node.null:
        return None
    for value in (node.as_bool(), node.as_int(), node.as_float()):
        if value is not None:
            return value
    return node.text


def accepted(text: str) -> bool:
    return bool(VALIDATOR.is_valid(data(text)))


def test_the_file_is_what_the_model_makes() -> None:
    kept = (assets_dir() / FILE_NAME).read_text(encoding="utf-8")
    assert kept == text_of_schema(), "run: python -m tutor.lesson.json_schema"


def test_it_is_a_schema_and_refers_to_nothing_that_is_not_there() -> None:
    schema = lesson_schema()
    Draft7Validator.check_schema(schema)
    references = set(re.findall(r'"#/definitions/(\w+)"', json.dumps(schema)))
    assert references == set(schema["definitions"])
    assert "discriminator" not in json.dumps(schema)


def test_an_author_is_told_what_nearly_every_field_means() -> None:
    for name, struct in {"lesson": lesson_schema(), **lesson_schema()["definitions"]}.items():
        assert "allOf" in struct or struct["description"], name
        assert "``" not in struct.get("description", "")
    step = lesson_schema()["definitions"]["Exercise"]["properties"]
    assert all("description" in field for key, field in step.items() if key != "kind")
    assert step["id"]["patternErrorMessage"].startswith("must be small letters")


def test_what_is_wrong_with_a_check_is_told_of_its_own_kind_alone() -> None:
    lesson = data(FILES[1].read_text(encoding="utf-8"))
    judged = next(step for step in lesson["steps"] if step.get("checks"))
    judged["checks"][0] = {"kind": "value", "target": "y", "rtool": 3}
    (error,) = VALIDATOR.iter_errors(lesson)
    assert "'rtool' was unexpected" in error.message
    assert list(error.path)[-2:] == ["checks", 0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_lesson_fits_and_names_the_schema_in_its_first_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(data(text))] == []
    named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", text.splitlines()[0])
    assert named
    assert (file.parent / named[1]).resolve() == (ROOT / "assets" / FILE_NAME).resolve()


RIGHT = {
    "the sample": TEXT,
    "numbers as text": with_step("id: a\nkind: predict\ntext: 12\ncode: 3 + 3\nask: value\n"
                                 "distractors: [{answer: 33, feedback: no}]"),
    "sizes that are numbers": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: f = abs\nhints: [h]\n"
        "checks: [{kind: function, target: f, arguments: [{shape: [2, n], low: 0, high: n, dtype: int64}]}]"
    ),
    "a twin with what is different": with_step(
        "id: a\nkind: run\ntext: t\ncode: x = 1\nneeds: cuda\ntwin: {text: Without, code: x = 2}"
    ),
    "a twin of another kind": with_step(
        "id: a\nkind: run\ntext: t\ncode: x = 1\nneeds: cuda\ntwin: {kind: read, example: x = 2}"
    ),
    "checks in checks": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [h]\n"
        "checks: [{kind: any_of, checks: [{kind: not, check: {kind: value, target: y}}]}]"
    ),
    "nothing where nothing is allowed": HEAD.replace("steps:", "requires: {torch: }\nsteps:")
    + "  - {id: a, kind: exercise, text: t, solution: y = 1, hints: [h],"
    " checks: [{kind: value, target: y, rtol: , seconds: ~}]}\n",
}  # fmt: skip

WRONG = {
    "an unknown key of the lesson": changed("minutes:", "minuets:"),
    "a missing key of the lesson": "\n".join(line for line in TEXT.splitlines() if not line.startswith("title:")),
    "an unknown key of a step": with_step("id: a\nkind: read\ntext: t\nexampel: x"),
    "a missing key of a step": with_step("id: a\nkind: read"),
    "no kind": with_step("id: a\ntext: t"),
    "an unknown kind": with_step("id: a\nkind: reed\ntext: t"),
    "a list where text is wanted": with_step("id: a\nkind: read\ntext: [t]"),
    "text where a list is wanted": HEAD.replace("[one]", "one") + "  - {id: a, kind: read, text: t}\n",
    "a word where a number is wanted": HEAD.replace("minutes: 5", "minutes: five")
    + "  - {id: a, kind: read, text: t}\n",
    "a number out of range": HEAD.replace("difficulty: 1", "difficulty: 4") + "  - {id: a, kind: read, text: t}\n",
    "another version": HEAD.replace("schema: 1", "schema: 2") + "  - {id: a, kind: read, text: t}\n",
    "an id with capitals": with_step("id: First\nkind: read\ntext: t"),
    "an id that is a number": with_step("id: 7\nkind: read\ntext: t"),
    "two lines of title": HEAD.replace("title: Small", 'title: "a\\nb"') + "  - {id: a, kind: read, text: t}\n",
    "an empty text": with_step('id: a\nkind: read\ntext: "  "'),
    "nothing for a text": with_step("id: a\nkind: read\ntext:"),
    "no steps": HEAD.replace("steps:", "steps: []"),
    "an unknown kind of check": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [h]\nchecks: [{kind: tensr, target: y}]"
    ),
    "an unknown key of a check inside another": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [h]\n"
        "checks: [{kind: not, check: {kind: value, targt: y}}]"
    ),
    "too many hints": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [a, b, c, d, e]\n"
        "checks: [{kind: value, target: y}]"
    ),
    "a tolerance below zero": with_step(
        "id: a\nkind: exercise\ntext: t\nsolution: y = 1\nhints: [h]\nchecks: [{kind: value, target: y, rtol: -1}]"
    ),
    "a word that is neither true nor false": with_step(
        "id: a\nkind: choice\ntext: t\n"
        "options: [{text: x, correct: yes, feedback: f}, {text: y, correct: true, feedback: f}]"
    ),
    "needs without a twin": with_step("id: a\nkind: read\ntext: t\nneeds: cuda"),
    "a twin without needs": with_step("id: a\nkind: read\ntext: t\ntwin: {text: u}"),
    "a twin with an id": with_step("id: a\nkind: read\ntext: t\nneeds: cuda\ntwin: {id: b, text: u}"),
    "a twin with an unknown key": with_step("id: a\nkind: read\ntext: t\nneeds: cuda\ntwin: {txt: u}"),
    "no twin": with_step("id: a\nkind: read\ntext: t\nneeds: cuda\ntwin: ~"),
    "something else": "[]",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_what_the_loader_takes_an_editor_takes(text: str) -> None:
    assert problems(text) == []
    assert accepted(text)


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_what_the_loader_refuses_an_editor_refuses(text: str) -> None:
    assert problems(text)
    assert not accepted(text)

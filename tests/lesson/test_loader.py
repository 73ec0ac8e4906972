"""The loader: what a good lesson becomes, and what is said of a bad one, and where."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.lesson.sample import FILE, HEAD, TEXT, changed, place_of, problems, the_problem, with_step
from tutor.lesson import model
from tutor.lesson.loader import load_lesson, parse_lesson
from tutor.lesson.problems import LessonError


def _at(text: str) -> tuple[int, int]:
    problem = the_problem(text)
    return problem.line, problem.column


def test_the_sample_loads_whole() -> None:
    lesson = load_lesson(FILE)
    assert lesson == load_lesson(FILE.parent)
    assert (lesson.id, lesson.minutes, lesson.requires.torch) == ("broadcasting", 15, ">=2.4")
    assert [type(step).__name__ for step in lesson.steps] == ["Read", "Run", "Predict", "Choice", "Exercise"]
    assert lesson.file == FILE
    exercise = lesson.steps[-1]
    assert isinstance(exercise, model.Exercise)
    assert exercise.checks[0] == model.TensorCheck(target="centred", rtol=1e-5)
    assert exercise.solution == "centred = x - x.mean(dim=0, keepdim=True)\n"
    assert exercise.misconceptions[0].id == "rows"


def test_checks_travel_as_plain_data_without_what_was_not_given() -> None:
    exercise = load_lesson(FILE).steps[-1]
    assert isinstance(exercise, model.Exercise)
    assert [model.to_plain(check) for check in exercise.checks] == [
        {"kind": "tensor", "target": "centred", "rtol": 1e-5},
        {"kind": "unchanged", "target": "x"},
        {"kind": "value", "target": "centred.shape", "label": "the shape is that of `x`"},
        {"kind": "raises", "code": "centred + torch.zeros(7)", "error": "RuntimeError"},
        {"kind": "output", "contains": "mean"},
    ]
    assert model.to_plain(model.OutputCheck(equals="")) == {"kind": "output", "equals": ""}


@pytest.mark.parametrize("written", ["3.10", "no", "on", "0o17", "1e-3", "true", "12:30", "2024-01-01", "<<"])
def test_text_stays_as_written(written: str) -> None:
    lesson = parse_lesson(changed("{answer: 3.10,", f"{{answer: {written},"), FILE)
    predict = lesson.steps[2]
    assert isinstance(predict, model.Predict)
    assert predict.distractors[1].answer == written


@pytest.mark.parametrize(
    ("written", "number"), [("1e-3", 1e-3), ("0.5", 0.5), (".5", 0.5), ("2", 2.0), ("+1E2", 100)]
)
def test_numbers_are_those_of_yaml_1_2(written: str, number: float) -> None:
    exercise = parse_lesson(changed("rtol: 1e-5", f"rtol: {written}"), FILE).steps[-1]
    assert isinstance(exercise, model.Exercise)
    assert exercise.checks[0] == model.TensorCheck(target="centred", rtol=number)


@pytest.mark.parametrize("written", ["no", ".inf", ".nan", "-1", "1_0", '"1"', "1e999", "[1]", "0x"])
def test_what_is_no_tolerance_is_refused(written: str) -> None:
    assert "`rtol` must be a number not below 0" in the_problem(changed("rtol: 1e-5", f"rtol: {written}")).message


def test_a_number_of_absurd_length_is_refused() -> None:
    assert "`rtol` must be" in the_problem(changed("rtol: 1e-5", f"rtol: {'9' * 5000}")).message
    assert "`seed` must be" in the_problem(changed("seed: 0", f"seed: {'9' * 5000}")).message


@pytest.mark.parametrize("written", ["yes", "on", "1", '"true"', "null"])
def test_only_true_and_false_are_booleans(written: str) -> None:
    problem = the_problem(changed("correct: true", f"correct: {written}"))
    assert problem.message.startswith("`correct` must be true or false")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "    ask: shape",
            "    ask: shapes",
            "`ask` must be one of `dtype`, `output`, `raises`, `shape`, `value`, not `shapes`",
        ),
        ("    ask: shape", "    ask: shapes", "did you mean `shape`?"),
        ("    ask: shape", "    asck: shape", "this `predict` has no key `asck`; did you mean `ask`?"),
        ("minutes: 15", "minutess: 15", "the lesson has no key `minutess`; did you mean `minutes`?"),
        ("    kind: predict", "    kind: perdict", "did you mean `predict`?"),
        ("    kind: predict", "    kind: predict\n    hint: x", "this `predict` has no key `hint`"),
        ("    starter: |", "    strater: |", "did you mean `starter`?"),
        ("minutes: 15", "minutes: 15\nobjective: x", "did you mean `objectives`?"),
        ("minutes: 15", "minutes: soon", "`minutes` must be a whole number from 1 to 120, not `soon`"),
        ("minutes: 15", "minutes:", "`minutes` must be a whole number from 1 to 120, not nothing"),
        ("minutes: 15", "minutes: 0", "from 1 to 120"),
        ("minutes: 15\n", "", "the lesson has no `minutes`"),
        ("schema: 1", "schema: 2", "`schema` must be `1`, not `2`"),
        ("id: broadcasting", "id: Broad casting", "small letters, digits and single hyphens"),
        ("id: broadcasting", "id: 2-steps", "small letters, digits and single hyphens"),
        ("title: Broadcasting", "title: ''", "`title` must be text on one line, not an empty text"),
        ("title: Broadcasting", "title: ~", "quote it if that word is meant"),
        ("prerequisites: [shapes]", "prerequisites: shapes", "`prerequisites` must be a list, not `shapes`"),
        ('{torch: ">=2.4"}', "{trch: 1}", "did you mean `torch`?"),
        ('{torch: ">=2.4"}', "{torch: 2.4}", "must be a lowest version"),
        ("    code: a + b\n", "", "this `predict` has no `code`"),
        ("kind: tensor,", "kind: tensr,", "did you mean `tensor`?"),
        ("{kind: unchanged, target: x}", "{target: x}", "an item of `checks` has no `kind`"),
        ("{kind: unchanged, target: x}", "x", "an item of `checks` must be a mapping with a `kind`, not `x`"),
        ("{kind: unchanged, target: x}", "{kind: unchanged}", "this `unchanged` has no `target`"),
        ("error: RuntimeError", "error: torch.Error", "the bare name of a class"),
        ('contains: "mean"', 'contains: "mean", equals: x', "both `contains` and `equals`"),
        (", correct: true", "", "at least one option must be `correct: true`"),
        ("feedback: 4 meets 3.", "correct: true, feedback: no", "at least one option must be wrong"),
        ("  - id: guess", "  - id: see", "`id` is the same as in line 21: `see`"),
        ("answer: 3.10", 'answer: "(3, 1)"', "`answer` is the same as in line"),
        ('    - "`x.mean(dim=...)`', '    - "centred=x-x.mean(dim=0,keepdim=True)', "contains the solution"),
        ('    - "`x.mean(dim=...)`', '    - "try x - x.mean(dim=0, keepdim=True)', "contains the solution"),
        ("    code: a + b", "    code: c = a + b", "must end with an expression"),
    ],
)
def test_it_says_what_was_expected(old: str, new: str, said: str) -> None:
    assert said in the_problem(changed(old, new)).message


@pytest.mark.parametrize(
    ("old", "new", "needle"),
    [
        ("minutes: 15", "minutes: soon", "soon"),
        ("    ask: shape", "    ask: shapes", "shapes\n"),
        ("minutes: 15", "minutes: 15\nobjectvs: x", "objectvs"),
        ("kind: tensor,", "kind: tensr,", "tensr"),
        ("  - id: guess", "  - id: see\n    title: again", "see\n    title: again"),
        ("error: RuntimeError", "error: 1", "1}"),
        ("title: Broadcasting", "title: Broadcasting\ntitle: Again", "title: Again"),
        ("title: Broadcasting", "title: &a Broadcasting", "&a"),
        ("title: Broadcasting", "title: *a", "*a"),
        ("title: Broadcasting", "title: !!str Broadcasting", "!!str"),
        ("setup: |\n  import torch", "setup: |\n  import torch\n  x = = 2", "= 2"),
        ("    code: a + b", "    code: a + * b", "* b"),
        ("    code: a + b", '    code: "a + * b"', "* b"),
        ('"centred = x - x.mean()"', '"centred = = x"', '= x"'),
        ("    after: Right.", "    after: Right: wrong", ": wrong"),
    ],
)
def test_it_says_where(old: str, new: str, needle: str) -> None:
    text = changed(old, new)
    assert _at(text) == place_of(text, needle)


def test_the_path_names_the_part() -> None:
    assert the_problem(changed("rtol: 1e-5", "rtol: x")).path == "steps[4].checks[0].rtol"


def test_code_in_a_block_is_placed_by_its_own_lines() -> None:
    text = changed(
        "      a = torch.zeros(3, 1)\n      a + torch.ones(5)", "      a = 1\n\n      if a:\n        b = (1,\n"
    )
    problem = the_problem(text)
    assert problem.path == "steps[1].code"
    assert problem.line == place_of(text, "b = (1,")[0]
    assert problem.message.startswith("not Python: ")


def test_an_invalid_escape_is_not_accepted() -> None:
    assert "invalid escape" in the_problem(changed("    code: a + b", "    code: a + '\\d'")).message


def test_all_problems_are_found_at_once_in_the_order_of_the_file() -> None:
    text = changed("minutes: 15", "minutes: soon").replace("ask: shape", "ask: size").replace("rtol:", "rotl:")
    text = text.replace("title: Broadcasting", "title: &a Broadcasting").replace("import torch", "import")
    found = problems(text)
    assert [problem.path for problem in found] == [
        "",
        "minutes",
        "setup",
        "steps[2].ask",
        "steps[4].checks[0].rotl",
    ]


def test_an_empty_list_of_hints_or_checks_is_refused() -> None:
    step = "id: a\nkind: exercise\ntext: t\nsolution: x = 1\nhints: []\nchecks: []"
    assert [problem.message for problem in problems(with_step(step))] == [
        "`hints` must have 1 to 4 items, not 0",
        "`checks` must have at least 1 item, not 0",
    ]
    step = "id: a\nkind: exercise\ntext: t\nsolution: x = 1\nhints: [a, b, c, d, e]\nchecks: [{kind: output}]"
    assert the_problem(with_step(step)).message == "`hints` must have 1 to 4 items, not 5"


def test_a_target_must_be_an_expression() -> None:
    assert (
        "not a Python expression" in the_problem(changed("target: centred, rtol", "target: x = 1, rtol")).message
    )


def test_a_short_value_may_be_named_in_a_hint() -> None:
    step = "id: a\nkind: exercise\ntext: t\nsolution: x = 3\nhints: [it is 3]\nchecks: [{kind: value, target: x}]"
    assert problems(with_step(step)) == []


def test_escape_sequences_do_not_get_through() -> None:
    lesson = parse_lesson(changed("title: Broadcasting", r'title: "a\e[31mb\x07c"'), FILE)
    assert lesson.title == "abc"
    assert "\x1b" not in str(the_problem(changed("minutes: 15", r'minutes: "\e]0;x\a15"')))


def test_keys_that_differ_only_in_what_is_dropped_are_one() -> None:
    assert "is here twice" in the_problem(changed("minutes: 15", 'minutes: 15\n"minutes\\e[0m": 15')).message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("just text", "the lesson must be a mapping, not `just text`"),
        ("- a", "the lesson must be a mapping, not a list"),
        ("a: [1", "not YAML"),
        ("a:\n\t- b", "not with tabs"),
        ("a: @b", "must be quoted"),
        ("[" * 13, "nested more than 12 levels deep"),
        ("a: b\x07", "the character U+0007 is not allowed"),
        ("a: b\u2028", "the character U+2028 is not allowed"),
        ("%YAML 1.1\n---\na: b", "lessons are YAML 1.2"),
        ("? [a]\n: b", "a key must be one word"),
    ],
)
def test_what_is_no_lesson_at_all(text: str, said: str) -> None:
    assert any(said in problem.message for problem in problems(text))


def test_a_second_document_is_refused() -> None:
    problem = the_problem(TEXT + "---\nschema: 1\n")
    assert (problem.message, problem.line) == (
        "a lesson is one document: a second one begins here",
        TEXT.count("\n") + 2,
    )


def test_aliases_cannot_grow_a_file() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
    (problem,) = problems(laughs)
    assert (problem.line, problem.column) == (1, 4)
    assert problem.message.startswith("`&a`: anchors and aliases are not allowed")
    assert problem.message.endswith("; 27 more follow")


def test_an_anchor_alone_hides_no_other_problem() -> None:
    found = problems(changed("schema: 1", "schema: &a 2"))
    assert [problem.message.partition(";")[0] for problem in found] == [
        "`&a`: anchors and aliases are not allowed",
        "`schema` must be `1`, not `2`",
    ]


def test_very_many_problems_are_counted() -> None:
    found = problems(HEAD + "  - x\n" * 80)
    assert len(found) == 51
    assert found[-1].message == "and 30 more problems"


@pytest.mark.parametrize(
    ("piece", "times"), [("a", 900_000), ("[", 900_000), ("- ", 450_000), ("a: b\n", 200_000), ("{a: ", 9)]
)
def test_a_large_bad_file_gets_short_words(piece: str, times: int) -> None:
    for text in (piece * times, f"{piece * times}: 1", f"title: {piece * times}"):
        assert all(len(str(problem)) < 400 for problem in problems(text))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    cases: list[tuple[bytes | None, str, tuple[int, int]]] = [
        (None, "there is no such file", (1, 1)),
        (b"x" * 1_000_001, "at most 1,000,000 bytes", (1, 1)),
        ("schema: 1\ntitle: é".encode() + b"\xff", "the byte 0xFF", (2, 9)),
        ("schema: 1".encode("utf-16"), "not UTF-8", (1, 1)),
    ]
    file = tmp_path / "lesson.yaml"
    for content, said, place in cases:
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(LessonError) as raised:
            load_lesson(file)
        (problem,) = raised.value.problems
        assert said in problem.message
        assert (problem.line, problem.column) == place
        assert str(raised.value) == f"{file}:{problem.line}:{problem.column}: {problem.message}"


def test_windows_files_load_alike(tmp_path: Path) -> None:
    file = tmp_path / "lesson.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())
    assert load_lesson(file).steps == load_lesson(FILE).steps
    file.write_bytes(TEXT.replace("ask: shape", "ask: x").replace("\n", "\r\n").encode())
    with pytest.raises(LessonError) as raised:
        load_lesson(file)
    assert raised.value.problems[0].line == place_of(TEXT, "ask: shape")[0]


def test_without_libyaml_all_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = load_lesson(FILE), changed("minutes: 15", "minutes: x").replace("import torch", "import")
    found = problems(bad)
    monkeypatch.setattr("tutor.lesson.yaml12._Loader", yaml.SafeLoader)
    assert load_lesson(FILE) == good
    assert problems(bad) == found
    assert len(found) == 2

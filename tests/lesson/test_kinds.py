"""What the loader says of every kind of step and check that is written wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.sample import place_of, problems, the_problem, with_step
from tutor.lesson import model
from tutor.lesson.loader import load_lesson, parse_lesson
from tutor.lesson.problems import LessonError
from tutor.lesson.state import fitted, prelude, solution_of, targets

TAIL = "\nhints: [think]\nchecks: [{kind: value, target: y}]"
FIX = "id: a\nkind: fix\ntext: t\nstarter: y = 1\nsolution: y = 2" + TAIL
FILL = "id: a\nkind: fill\ntext: t\ncode: y = ___ + ___\nblanks: ['1', '2']" + TAIL
PARSONS = "id: a\nkind: parsons\ntext: t\nsolution: |\n  if True:\n      y = 1\nextra: [y = 3]" + TAIL
TRAIN = (
    "id: a\nkind: train\ntext: t\nsolution: y = 2\nhints: [think]\n"
    "checks: [{kind: training, metric: y, at_least: 2, seeds: 3, need: 2}]"
)
EXPLORE = "id: a\nkind: explore\ntext: t\ngoal: g\nsolution: y = 2\nchecks: [{kind: value, target: y}]"
FUNCTION = (
    "id: a\nkind: exercise\ntext: t\nsolution: f = abs\nhints: [think]\n"
    "checks: [{kind: function, target: f, arguments: [{name: x, shape: [n, '3'], dtype: int64, high: n}]}]"
)
RUN = "id: a\nkind: run\ntext: t\nsetup: x = 1\ncode: y = x.cuda()\nneeds: cuda\ntwin:\n  code: y = x"
STEPS = [FIX, FILL, PARSONS, TRAIN, EXPLORE, FUNCTION, RUN]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.split("\n")[1])
def test_what_is_written_well_loads(step: str) -> None:
    assert problems(with_step(step)) == []


@pytest.mark.parametrize(
    ("step", "old", "new", "said"),
    [
        (FIX, "starter: y = 1\n", "", "this `fix` has no `starter`"),
        (FIX, "starter: y = 1", "starter: y=2", "`starter` is the solution: there is nothing to fix"),
        (FILL, "['1', '2']", "['1']", "one item for each `___` in `code`: 2, not 1"),
        (FILL, "['1', '2']", "['1', '2 +']", "not Python"),
        (
            FIX,
            "hints:",
            "equivalents: [{mutant: a, reason: r}, {mutant: a, reason: s}]\nhints:",
            "`mutant` is the same as in line",
        ),
        (FIX, "hints:", "equivalents: [{mutant: 'zeros:y'}]\nhints:", "no `reason`"),
        (FILL, "blanks:", "gaps:", "this `fill` has no key `gaps`"),
        (FILL, "hints: [think]", "hints: [it is y=1+2]", "this hint contains the solution"),
        (PARSONS, "      y = 1", "      y = (1,", "not Python"),
        (PARSONS, "      y = 1", "      y = (1,\n        2)", "every line of `solution` must stand alone"),
        (PARSONS, "  if True:\n      y = 1", "  y = 1", "2 to 14 lines to put in order, not 1"),
        (TRAIN, "kind: training", "kind: value, target: y", "this `value` has no key `metric`"),
        (
            TRAIN,
            "kind: training, metric: y, at_least: 2, seeds: 3, need: 2",
            "kind: value, target: y",
            "needs a check of",
        ),
        (TRAIN, "at_least: 2, ", "", "`at_least` or `at_most`, one of them"),
        (TRAIN, "need: 2", "need: 4", "`need` must be at most `seeds`, 3"),
        (TRAIN, "seeds: 3", "seeds: 30", "from 1 to 10"),
        (EXPLORE, "solution: y = 2\n", "", "an `explore` with `checks` needs a `solution` too"),
        (EXPLORE, "goal", "gaol", "did you mean `goal`?"),
        (FUNCTION, "kind: function", "kind: funtion", "did you mean `function`?"),
        (FUNCTION, "shape: [n, '3'], ", "", "a `shape` or a `value`, one of them"),
        (FUNCTION, "[n, '3']", "[N, '3']", "a number, or a small letter for any size"),
        (FUNCTION, "high: n", "high: m", "not `m`"),
        (FUNCTION, "[n, '3']", "[a, b, c, d, e, f, g]", "at most 6 sizes can differ, not 7"),
        (FUNCTION, "int64", "int65", "did you mean `int64`?"),
        (FUNCTION, "name: x, ", "keyword: true, ", "needs a `name`"),
        (FUNCTION, "kind: function", "kind: grad", "a floating `dtype`"),
        (RUN, "needs: cuda\n", "", "must say what it `needs`"),
        (RUN, "\ntwin:\n  code: y = x", "", "must have a `twin` for machines without it"),
        (RUN, "needs: cuda", "needs: gpu", "`needs` must be one of"),
        (RUN, "  code: y = x", "  cod: y = x", "did you mean `code`?"),
        (RUN, "  code: y = x", "  id: b\n  code: y = x", "a twin has no `id` of its own"),
        (RUN, "  code: y = x", "  code: y = = x", "not Python"),
        (RUN, "setup: x = 1", "setup: x = = 1", "not Python"),
    ],
)
def test_it_says_what_was_expected(step: str, old: str, new: str, said: str) -> None:
    assert step.count(old) == 1
    assert said in " | ".join(problem.message for problem in problems(with_step(step.replace(old, new))))


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("{kind: any_of, checks: []}", "must have at least 1 item"),
        ("{kind: not, check: {kind: value}}", "this `value` has no `target`"),
        ("{kind: all_of, checks: [{kind: not, check: {kind: valu, target: y}}]}", "did you mean `value`?"),
        ("{kind: uses, names: [torch einsum]}", "`torch.einsum`, a method such as `.sum`"),
        ("{kind: python, function: a b}", "a name, such as `row_means`"),
        ("{kind: value, target: y, seconds: 0}", "`seconds` must be a number"),
        ("{kind: value, target: y =}", "not a Python expression"),
    ],
)
def test_checks_of_checks_are_read_as_strictly(check: str, said: str) -> None:
    step = f"id: a\nkind: exercise\ntext: t\nsolution: y = 2\nhints: [think]\nchecks: [{check}]"
    assert said in the_problem(with_step(step)).message


def test_a_problem_of_a_step_and_its_twin_is_told_once_and_where_it_stands() -> None:
    text = with_step(RUN.replace("text: t", "text: ''"))
    problem = the_problem(text)
    assert (problem.line, problem.column) == place_of(text, "''")
    text = with_step(RUN.replace("  code: y = x", "  code: y = = 7"))
    problem = the_problem(text)
    assert (problem.line, problem.column) == place_of(text, "= 7")


def test_code_with_gaps_is_placed_by_its_own_lines() -> None:
    step = "id: a\nkind: fill\ntext: t\ncode: |\n  x = ___\n  y = = 2\nblanks: ['1']" + TAIL
    text = with_step(step)
    problem = the_problem(text)
    assert (problem.line, problem.column) == place_of(text, "= 2")


def test_a_machine_takes_the_step_or_its_twin() -> None:
    lesson = parse_lesson(with_step(RUN), Path("lesson.yaml"))
    (step,) = lesson.steps
    (twin,) = fitted(lesson, ()).steps
    assert isinstance(step, model.Run)
    assert isinstance(twin, model.Run)
    assert (twin.id, twin.text, twin.setup, twin.code) == ("a", "t", "x = 1", "y = x")
    assert fitted(lesson, ("cuda",)) is lesson
    assert fitted(lesson, ("mps",)).steps == (twin,)
    any_device = parse_lesson(with_step(RUN.replace("needs: cuda", "needs: accelerator")), Path("lesson.yaml"))
    assert fitted(any_device, ("mps",)) is any_device
    assert prelude(fitted(lesson, ()), 1) == ("x = 1", "y = x")


def test_a_twin_may_be_of_another_kind() -> None:
    text = with_step(RUN.replace("  code: y = x", "  kind: read\n  example: print(x)"))
    (twin,) = fitted(parse_lesson(text, Path("lesson.yaml")), ()).steps
    assert isinstance(twin, model.Read)
    assert (twin.id, twin.setup, twin.example) == ("a", "x = 1", "print(x)")


def test_solutions_of_puzzles_are_made_of_their_parts() -> None:
    fill, parsons = (parse_lesson(with_step(step), Path("x")).steps[0] for step in (FILL, PARSONS))
    assert solution_of(fill) == "y = 1 + 2"
    assert isinstance(parsons, model.Parsons)
    assert parsons.lines == ("if True:", "y = 1")


def test_the_names_to_make_are_those_of_all_checks() -> None:
    step = "id: a\nkind: exercise\ntext: t\nsolution: y = 2\nhints: [think]\nchecks:\n" + "\n".join(
        f"  - {check}"
        for check in (
            "{kind: tensor, target: a}",
            "{kind: value, target: b.shape}",
            "{kind: any_of, checks: [{kind: value, target: c}, {kind: not, check: {kind: value, target: d}}]}",
            "{kind: module, target: Net(4), arguments: [{shape: [n]}]}",
            "{kind: unchanged, target: x}",
        )
    )
    assert targets(parse_lesson(with_step(step), Path("x")).steps[0]) == ("a", "c", "d", "Net")


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (None, "No such file"),
        ("def right(mine, reference): return True", ""),
        ("def rihgt(mine, reference): return True", "has no function `right`; did you mean `rihgt`?"),
        ("x = 1\ndef right(:", "checks.py:2:11: not Python"),
        (b"\xff", "not UTF-8"),
        ("#" * 200_001, "too large"),
    ],
)
def test_the_file_of_a_lessons_own_checks(tmp_path: Path, source: str | bytes | None, said: str) -> None:
    step = "id: a\nkind: exercise\ntext: t\nsolution: y = 2\nhints: [h]\nchecks: [{kind: python, function: right}]"
    text = with_step(step)
    file = tmp_path / "lesson.yaml"
    file.write_text(text, encoding="utf-8")
    if isinstance(source, str):
        (tmp_path / "checks.py").write_text(source, encoding="utf-8")
    elif source is not None:
        (tmp_path / "checks.py").write_bytes(source)
    if not said:
        assert load_lesson(file).helpers == source
        return
    with pytest.raises(LessonError) as raised:
        load_lesson(file)
    (problem,) = raised.value.problems
    assert said in problem.message
    assert (problem.line, problem.column) == place_of(text, "right}")


def test_deeply_nested_checks_are_refused() -> None:
    check = "{kind: value, target: y}"
    for _ in range(12):
        check = f"{{kind: not, check: {check}}}"
    step = f"id: a\nkind: exercise\ntext: t\nsolution: y = 2\nhints: [h]\nchecks: [{check}]"
    assert any("nested more than" in problem.message for problem in problems(with_step(step)))

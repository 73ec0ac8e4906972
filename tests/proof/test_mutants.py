"""Mutants of solutions: what they are, and that none of them is the solution."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.proof.lab import TENSOR, VALUE, lesson_of
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Judged, Lesson
from tutor.lesson.state import solution_of
from tutor.paths import lessons_dir
from tutor.proof.mutants import mutants
from tutor.proof.mutants.chosen import MOST

LESSONS = Catalogue(lessons_dir()).load_all().lessons


def _names(lesson: Lesson) -> list[str]:
    return [mutant.name for mutant in mutants(lesson, 0)]


def _are_sound(lesson: Lesson, index: int) -> None:
    made = mutants(lesson, index)
    solution = solution_of(lesson.steps[index])
    programs = [ast.dump(ast.parse(mutant.code)) for mutant in made]
    assert ast.dump(ast.parse(solution)) not in programs
    assert len(set(programs)) == len(programs) <= MOST
    assert len({mutant.name for mutant in made}) == len(made)
    assert all(mutant.what and "\n" not in mutant.name + mutant.what for mutant in made)
    assert mutants(lesson, index) == made


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_every_step_that_is_judged_has_mutants_that_are_not_its_solution(lesson: Lesson) -> None:
    for index, step in enumerate(lesson.steps):
        _are_sound(lesson, index)
        if not isinstance(step, Judged):
            assert mutants(lesson, index) == []
    # What only the author's own check sees, a text or a walk through a graph, may have none.
    judged = [index for index, step in enumerate(lesson.steps) if isinstance(step, Judged)]
    assert sum(bool(mutants(lesson, index)) for index in judged) >= len(judged) - 1


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_what_an_author_calls_equivalent_is_a_mutant(lesson: Lesson) -> None:
    for index, step in enumerate(lesson.steps):
        if isinstance(step, Judged):
            known = {mutant.name for mutant in mutants(lesson, index)}
            assert {excuse.mutant for excuse in step.equivalents} <= known


_ATOMS = st.sampled_from(["x", "w", "2", "-1", "0.5", "True", "x.shape[0]", "x[0]", "x[:, -1]", "x[1:3, None]"])


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["+", "-", "*", "/", "**", "@", "//", "<", ">=", "==", "and"])
    calls = st.sampled_from(
        ["{}.sum(dim=0, keepdim=True)", "torch.relu({})", "{}.transpose(0, 1)", "{}.mean(1)", "(-{})", "(not {})",
         "torch.cat([{}, w], dim=1)", "{}.reshape(2, 3)", "max({}, 1)", "[{} for i in range(3)]", "{}.item()",
         "torch.zeros(2, 3, dtype=torch.int64) + {}", "{}.detach()", 'torch.einsum("ij->j", {})',
         "(lambda v: v)({})"]
    )  # fmt: skip
    return st.one_of(
        st.builds("({} {} {})".format, inner, signs, inner),
        st.builds(lambda call, value: call.format(f"({value})"), calls, inner),
    )


_EXPRESSIONS = st.recursive(_ATOMS, _grown, max_leaves=6)
_STATEMENTS = st.one_of(
    st.builds("y = {}".format, _EXPRESSIONS),
    st.builds("y[0] = {}".format, _EXPRESSIONS),
    st.builds("y -= {}".format, _EXPRESSIONS),
    st.builds("print({})".format, _EXPRESSIONS),
    st.builds("for i in range(4):\n    y = {}\n    w.grad = None".format, _EXPRESSIONS),
    st.builds("while x < 3:\n    x += 1\n    y = {}".format, _EXPRESSIONS),
    st.builds("if {}:\n    y = 0".format, _EXPRESSIONS),
    st.builds("with torch.no_grad():\n    y += {}".format, _EXPRESSIONS),
    st.builds("def y(x, w=2.0, *, by: list[int] = None):\n    return {}".format, _EXPRESSIONS),
    st.just("optimizer.zero_grad()\nloss.backward()\noptimizer.step()"),
    st.builds(
        "class Y(nn.Module):\n    def forward(self, x):\n        x = self.f(x)\n        return {}".format,
        _EXPRESSIONS,
    ),
)
_ARGUMENTS = [{"name": "x", "shape": ["n", "m"]}]
_CHECKS: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        TENSOR,
        VALUE,
        {"kind": "value", "target": "y(x)"},
        {"kind": "function", "target": "y", "arguments": _ARGUMENTS},
        {"kind": "grad", "target": "y", "arguments": _ARGUMENTS},
        {"kind": "module", "target": "Y()", "arguments": _ARGUMENTS, "names": True},
        {"kind": "module", "target": "Y", "arguments": _ARGUMENTS},
        {"kind": "unchanged", "target": "x"},
        {"kind": "output"},
        {"kind": "training", "metric": "y", "at_most": 1.0},
        {"kind": "not", "check": TENSOR},
        {"kind": "any_of", "checks": [TENSOR, VALUE]},
    ]
)


@settings(max_examples=60)
@given(st.lists(_STATEMENTS, min_size=1, max_size=5).map("\n".join), st.lists(_CHECKS, min_size=1, max_size=3))
def test_mutants_of_any_solution_are_other_programs_with_names_of_their_own(
    solution: str, checks: list[dict[str, Any]]
) -> None:
    lesson = lesson_of(solution, *checks)
    _are_sound(lesson, 0)
    assert solution_of(lesson.steps[0]) == solution


@settings(max_examples=60)
@given(st.lists(_STATEMENTS, min_size=1, max_size=5).map("\n".join))
def test_no_mutant_takes_hold_of_what_ends_a_while(solution: str) -> None:
    for mutant in mutants(lesson_of(solution, TENSOR), 0):
        loops = [node for node in ast.walk(ast.parse(mutant.code)) if isinstance(node, ast.While)]
        assert all(ast.unparse(loop.test) == "x < 3" for loop in loops)
        assert all(ast.unparse(loop.body[0]) == "x += 1" for loop in loops)


@pytest.mark.parametrize(
    ("solution", "wanted"),
    [
        ("y = x.sum(dim=1, keepdim=True)", {"dim:1->0@L1", "keepdim:True->False@L1", "other:sum->mean@L1"}),
        ("y = torch.sum(x, 0)", {"dim:0->1@L1"}),
        ("y = x - w", {"operator:-->+@L1", "swap:-@L1", "drop-term:w@L1"}),
        ("y = torch.relu(x)", {"drop-activation:relu@L1"}),
        ("y = x[1:3, 0]", {"slice:1:3@L1", "index:0->1@L1", "index-order:1:3,0@L1"}),
        ("y = x.permute(2, 0, 1)", {"order:2,0->0,2@L1", "order:0,1->1,0@L1"}),
        ("y = torch.zeros(3, 5)", {"sizes:3,5->5,3@L1", "other:zeros->ones@L1", "number:3->4@L1"}),
        ("y = torch.ones(2, requires_grad=True)", {"flag:requires_grad=False@L1"}),
        ("y = torch.ones(2, dtype=torch.float64)", {"dtype:float64->float32@L1"}),
        ("y = F.mse_loss(x, w, reduction='sum')", {"reduction:sum->mean@L1"}),
        ("y = torch.einsum('ij,jk->ik', x, w)", {"pattern:ik->ki@L1", "pattern:ik->ij@L1"}),
        ("y = 0\nfor i in range(3):\n    y += i", {"turns:3->2@L2", "turns:3->4@L2", "drop:y += i@L3"}),
        ("y = x\nfor i in range(60):\n    y.sum().backward()", {"turns:60->1@L2", "drop:y.sum().backward()@L3"}),
        ("y = []\nfor i in x:\n    i = i * 2\n    y.append(i)", {"behind-loop:y.append(i)@L4"}),
        ("opt.zero_grad()\ny.backward()\nopt.step()", {"drop:opt.zero_grad()@L1", "exchange:backward,step@L2"}),
        (
            "y = x\nwith torch.no_grad():\n    y -= w.grad",
            {"unwrap:torch.no_grad()@L2", "drop-attribute:w.grad@L3"},
        ),
        ("y = x if x > 2 else w", {"branches:swapped@L1", "compare:>-><=@L1", "boundary:>->>=@L1"}),
        ("y = x\nif w:\n    y = w", {"negate:w@L2", "drop:if w: …@L2"}),
    ],
)
def test_a_place_in_the_code_gives_the_mistakes_people_make_there(solution: str, wanted: set[str]) -> None:
    assert wanted <= set(_names(lesson_of(solution, TENSOR)))


@pytest.mark.parametrize(
    ("solution", "unwanted"),
    [
        ("y = ((x - w) ** 2).mean()", "swap:-@L1"),
        ("y = (x - w).abs()", "swap:-@L1"),
        ("y = F.mse_loss(x - w, x)", "swap:-@L1"),
        ("y = x - x.mean(dim=0, keepdim=True)", "keepdim:True->False@L1"),
        ("y = x * 1", "operator:*->/@L1"),
        ("y = x.transpose(0, 1)", "order:0,1->1,0@L1"),
        ("torch.manual_seed(3)\ny = x", "number:3->4@L1"),
        ("y = x.shape[0]", "index:0->-1@L1"),
        ("y = x\nprint(y)", "drop:print(y)@L2"),
    ],
)
def test_what_would_be_right_as_well_is_not_made(solution: str, unwanted: str) -> None:
    assert unwanted not in _names(lesson_of(solution, TENSOR))


def test_what_is_wrong_is_said_in_plain_words_with_its_line() -> None:
    said = {m.name: m.what for m in mutants(lesson_of("a = x\ny = a.sum(dim=0)", TENSOR), 0)}
    assert said["dim:0->1@L2"] == "`dim=0` in line 2 became `dim=1`"
    assert said["zeros:y"] == "`y` is zeros of the same shape"


def test_a_gap_is_all_that_changes_of_a_code_with_gaps() -> None:
    lesson = lesson_of("", TENSOR, kind="fill", code="y = x.___(dim=___)\nz = y * 2", blanks=["sum", "1"])
    edited = {name for name in _names(lesson) if "@" in name}
    assert "dim:1->0@L1" in edited
    assert not [name for name in edited if name.endswith("@L2")]


def test_lines_to_be_ordered_are_left_out_or_exchanged_for_those_that_belong_nowhere() -> None:
    solution = "a = x + 1\nwith torch.no_grad():\n    y = a * 2\n"
    found = {m.name: m.code for m in mutants(lesson_of(solution, TENSOR, kind="parsons", extra=["y = a * 3"]), 0)}
    assert found["instead:L3"] == "a = x + 1\nwith torch.no_grad():\n    y = a * 3\n"
    assert found["left-out:L1"] == "with torch.no_grad():\n    y = a * 2\n"
    assert not [name for name in found if "@" in name]


def test_a_function_that_gives_back_its_argument_has_no_mutant_that_does_the_same() -> None:
    call = {"kind": "value", "target": "y(1)"}
    checking = "def y(x):\n    if x < 0:\n        raise ValueError\n    return x"
    assert "returns-input:y" not in _names(lesson_of(checking, call))
    assert "returns-input:y" in _names(lesson_of("def y(x):\n    return x + 1", call))


def test_what_must_not_hold_and_what_is_only_looked_at_in_part_is_not_replaced() -> None:
    checks = ({"kind": "not", "check": TENSOR}, {"kind": "value", "target": "y.dim()"})
    assert not [name for name in _names(lesson_of("y = x", *checks)) if name.endswith(":y")]


def test_pythons_own_functions_are_nobodys_answer() -> None:
    names = _names(lesson_of("y = [x, x]", {"kind": "value", "target": "len(y)"}))
    assert not [name for name in names if name.endswith(":len")]


def test_a_training_is_not_held_to_numbers_that_hardly_matter() -> None:
    solution = "y = 1.0\nfor step in range(60):\n    y = (y * 0.5).mean()"
    trained = _names(lesson_of(solution, {"kind": "training", "metric": "y", "at_most": 0.1}))
    assert not {"turns:60->61@L2", "other:mean->sum@L3", "number:0.5->5@L3"} & set(trained)
    assert {"turns:60->1@L2", "number:0.5->50@L3"} <= set(trained)


def test_a_step_more_or_less_of_a_long_training_is_as_right() -> None:
    loop = "y = x\nfor step in range({n}):\n    y.sum().backward()"
    assert not {"turns:60->59@L2", "turns:60->61@L2"} & set(_names(lesson_of(loop.format(n=60), TENSOR)))
    assert {"turns:3->2@L2", "turns:3->4@L2"} <= set(_names(lesson_of(loop.format(n=3), TENSOR)))
    # A count of rounds that computes is another matter.
    assert "turns:60->59@L2" in _names(lesson_of("y = 0\nfor i in range(60):\n    y += i", TENSOR))


def test_what_holds_of_all_or_of_none_is_not_asked_otherwise() -> None:
    names = _names(lesson_of("y = all(p.requires_grad for p in net.parameters())", VALUE))
    assert not [name for name in names if name.startswith("other:all")]
    assert "other:max->min@L1" in _names(lesson_of("y = max(p.numel() for p in net.parameters())", VALUE))


def test_few_of_every_kind_are_kept_rather_than_all_of_one() -> None:
    values = ", ".join(map(str, range(100, 160)))
    solution = f"a = torch.tensor([{values}])\ny = torch.relu(a.sum(dim=0) - a[1:3])\n"
    names = _names(lesson_of(solution, TENSOR))
    assert len(names) == MOST
    assert {"dim:0->1@L2", "drop-activation:relu@L2", "operator:-->+@L2", "slice:1:3@L2", "zeros:y"} <= set(names)

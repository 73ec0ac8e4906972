"""Mutants run in a real worker: checks that look closely refuse them all, checks that do not are found out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kinds.judging import judged, passes
from tests.proof.lab import TENSOR, lesson_of
from tests.recorder import Recorder
from tutor.lesson.model import Lesson
from tutor.proof.mutants import NO_MUTANT, mutants
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def _survivors(work: Recorder, lesson: Lesson) -> set[str]:
    found = set()
    for mutant in mutants(lesson, 0):
        failed = len(work.of(events.Failed))
        checked = await judged(work, lesson, 0, mutant.code)
        if len(work.of(events.Failed)) == failed and passes(checked):
            found.add(mutant.name)
    return found


_GRID = "x = torch.arange(12.).reshape(4, 3)"
_SCALED: dict[str, Any] = {
    "kind": "function",
    "target": "scaled",
    "arguments": [{"name": "x", "shape": ["n", "m"]}, {"name": "by", "value": "2.0"}],
}


@pytest.mark.parametrize(
    ("solution", "setup", "checks"),
    [
        ("y = torch.relu(x - 5).sum(dim=1)", _GRID, (TENSOR, {"kind": "unchanged", "target": "x"})),
        ("y = x.mean().item()", _GRID, ({"kind": "value", "target": "y"},)),
        ("def scaled(x, by):\n    return x.mean(dim=1, keepdim=True) * by", "", (_SCALED,)),
    ],
)
async def test_no_mutant_passes_a_check_that_looks_closely(
    work: Recorder, solution: str, setup: str, checks: tuple[dict[str, Any], ...]
) -> None:
    assert await _survivors(work, lesson_of(solution, *checks, setup=setup)) == set()


async def test_a_check_that_looks_at_a_part_lets_the_rest_pass(work: Recorder) -> None:
    weak = {"kind": "value", "target": "y.shape"}
    assert "operator:-->+@L1" in await _survivors(work, lesson_of("y = x - x.mean()", weak, setup=_GRID))


async def test_data_that_is_all_the_same_cannot_tell_one_axis_from_the_other(work: Recorder) -> None:
    alike = "x = torch.ones(3, 3)"
    assert "dim:0->1@L1" in await _survivors(work, lesson_of("y = x.sum(dim=0)", TENSOR, setup=alike))


async def test_calls_that_never_differ_in_an_argument_do_not_show_that_it_is_ignored(work: Recorder) -> None:
    solution = "def add(a, b):\n    return a + b"
    calls = [{"kind": "value", "target": f"add(1, {b})"} for b in (2, 5)]
    assert await _survivors(work, lesson_of(solution, *calls)) >= {"fixed-a:add"}
    calls.append({"kind": "value", "target": "add(3, 1)"})
    assert await _survivors(work, lesson_of(solution, *calls)) == set()


async def test_a_call_whose_result_is_nought_anyway_shows_little(work: Recorder) -> None:
    solution = "def half(x):\n    return x / 2"
    found = await _survivors(work, lesson_of(solution, {"kind": "value", "target": "half(0)"}))
    assert {"zeros:half", "drop-term:2@L2"} <= found


async def test_a_mutant_that_finds_itself_to_be_the_solution_says_so(work: Recorder) -> None:
    lesson = lesson_of("y = torch.eye(3)", TENSOR)
    transposed = next(mutant for mutant in mutants(lesson, 0) if mutant.name == "transposed:y")
    await judged(work, lesson, 0, transposed.code)
    (failed,) = work.of(events.Failed)
    assert NO_MUTANT in repr(failed)


async def test_a_respect_that_the_task_leaves_open_is_neither_judged_nor_mutated(work: Recorder) -> None:
    open_one = {**TENSOR, "ignore": ["dtype", "requires_grad"]}
    lesson = lesson_of("y = torch.tensor([3., 4.], requires_grad=True) * 2", open_one)
    for code in ("y = torch.tensor([6., 8.], dtype=torch.float64)", "y = torch.tensor([6, 8])"):
        assert passes(await judged(work, lesson, 0, code)), code
    for code in ("y = torch.tensor([6., 9.])", "y = torch.tensor([[6., 8.]])", "y = [6., 8.]"):
        assert not passes(await judged(work, lesson, 0, code)), code
    names = {mutant.name for mutant in mutants(lesson, 0)}
    assert not {"double:y", "whole:y", "detached:y", "followed:y"} & names
    assert {"zeros:y", "axis:y"} <= names

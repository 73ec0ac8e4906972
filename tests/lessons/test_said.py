"""What a lesson says that code gives is what it gives: values, shapes, errors, and the shapes in comments."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lessons.prose import LESSONS
from tests.lessons.said import claims, got, request, true
from tutor.lesson.model import Fix

pytestmark = [pytest.mark.worker, pytest.mark.timeout(400)]

ROOT = Path(__file__).parents[2]

MEANT_OTHERWISE = {
    "what-a-tensor-is#plain-number:  -> ()": "any one place of `grid`",
    "gradients-by-hand-and-autograd#backward-finds-it:  -> (1,)": "said of another `x`",
    "matrix-products#old-dot-product:  -> ()": "said of dot products, of which there is none in the step",
    "creating-tensors#capital-t: day -> ()": "the comment says what was meant, and the learner repairs it",
    "broadcasting#times-table:  -> (5, 1)": "a column that the learner makes on the way",
    "matrix-products#by-hand: weight -> (3, 4)": "an attribute of the layer",
    "matrix-products#by-hand: bias -> (3,)": "an attribute of the layer",
    "matrix-products#by-hand: weight.T -> (4, 3)": "an attribute of the layer",
}
"""``lesson#step: code -> what is said of it``, and why it is right although it is no value of that code."""


def _states() -> list[list[dict[str, Any]]]:
    """For every lesson and step, what holds after each of its codes."""
    asked = "".join(json.dumps(request(lesson)) + "\n" for lesson in LESSONS)
    program = [sys.executable, str(Path(__file__).with_name("run_texts.py"))]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}
    ran = subprocess.run(program, input=asked, capture_output=True, text=True, env=environment, timeout=300)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


STATE: dict[str, Any] = {
    "problem": "RuntimeError: shape '[7]' is invalid for input of size 6",
    "shapes": {"m": [2, 3]},
    "values": {
        "m": {"shown": "tensor([[0, 1, 2], [3, 4, 5]])", "shape": [2, 3]},
        "m.t().tolist()": {"shown": "[[0, 3], [1, 4], [2, 5]]", "shape": None},
        "x.grad": {"shown": "tensor([0.2500, 0.2500])", "shape": [2]},
        "loss": {"shown": "tensor(1.2684, grad_fn=<MeanBackward0>)", "shape": []},
        "torch.zeros([2, 3]) @ torch.zeros([3, 4])": {"shown": "tensor(…)", "shape": [2, 4]},
    },
}


@pytest.mark.parametrize(
    ("so", "not_so"),
    [
        ("`m` has the shape `(2, 3)`.", "`m` has the shape `(3, 2)`."),
        ("`m` is `(2, 3)`.", "`m` is `(6,)`."),
        ("It becomes a table of shape `(2, 3)`.", "It becomes a table of shape `(3, 2)`."),
        ("`m.t().tolist()` is `[[0, 3], [1, 4], [2, 5]]`.", "`m.t().tolist()` gives `[[0, 1], [2, 3], [4, 5]]`."),
        ("All numbers of `x.grad` are 0.25, now.", "All numbers of `x.grad` are 0.75."),
        ("`x.grad` is 0.25, 0.25.", "`x.grad` is 0.25, 0.5."),
        ("`loss` is about 1.27.", "`loss` is about 1.26."),
        ("1.3 is `loss` itself.", "1.2 is `loss` itself."),
        ("`(2, 3) @ (3, 4)` gives `(2, 4)`.", "`(2, 3) @ (3, 4)` gives `(4, 2)`."),
        ("> RuntimeError: shape '[7]' … size\n> 6", "> RuntimeError: shape '[8]' is invalid"),
    ],
)
def test_an_untruth_is_found(so: str, not_so: str) -> None:
    for text, expected in ((so, True), (not_so, False)):
        step = Fix(id="step", text=text, solution="y", starter="z", hints=("?",), checks=())
        (claim,) = claims(step)
        assert true(claim, {"": STATE, "z": STATE}) is expected


def test_what_is_said_of_code_is_so() -> None:
    wrong, named, count = [], set(), 0
    for lesson, states in zip(LESSONS, _states(), strict=True):
        for step, held in zip(lesson.steps, states, strict=True):
            for claim in claims(step):
                count += 1
                place = f"{lesson.id}#{step.id}"
                name = f"{place}: {claim.code if claim.kind != 'error' else 'error'} -> {claim.said}"
                if true(claim, held):
                    continue
                named.add(name)
                if name not in MEANT_OTHERWISE:
                    wrong.append(f"{name} ({claim.kind}) in “{claim.sentence}”: really {got(claim, held)[:300]}")
    assert not wrong, f"{len(wrong)} of {count} statements are not so:\n" + "\n".join(wrong)
    assert set(MEANT_OTHERWISE) <= named, f"no exceptions any more: {set(MEANT_OTHERWISE) - named}"
    assert count > 100

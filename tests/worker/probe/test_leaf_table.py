"""The table of leaves: what .grad holds, how often it was added to, and why it is None."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.worker.probe.learner import Learner

START = """
import torch
x = torch.tensor(2.0, requires_grad=True)
w = torch.ones(3, requires_grad=True)
"""


@pytest.fixture
def learner() -> Iterator[Learner]:
    with Learner() as learner:
        learner.run(START)
        yield learner


def test_before_any_backward(learner: Learner) -> None:
    assert [(row.path, row.reason) for row in learner.table().rows] == [("x", "never"), ("w", "never")]


@pytest.mark.parametrize("more", ["", ", create_graph=True"])
def test_gradients_that_were_only_returned(learner: Learner, more: str) -> None:
    learner.run(f"g, = torch.autograd.grad((x * w).sum(), x{more})")
    assert [row.reason for row in learner.table().rows if row.kind == "leaf"] == ["returned", "returned"]
    learner.run("(x * 3).backward()")
    assert (learner.row("x").reason, learner.row("w").reason) == ("", "unused")


def test_reasons_after_a_backward(learner: Learner) -> None:
    learner.run(
        "u = torch.ones(2, requires_grad=True)\nv = torch.ones(2, requires_grad=True)\n"
        "with torch.no_grad():\n    m = (v * 2).sum()\n"
        "y = x ** 2 + (w * 2).detach().sum() + m\ny.backward()"
    )
    reasons = {row.path: (row.reason, row.line) for row in learner.table().rows}
    assert reasons == {
        "x": ("", 0), "w": ("detach", 5), "u": ("unused", 0), "v": ("no_grad", 4), "y": ("inner", 0),
    }  # fmt: skip
    learner.run("x.grad = None")
    assert learner.row("x").reason == "cleared"


def test_frozen_integer_and_inner(learner: Learner) -> None:
    learner.run(
        "net = torch.nn.Linear(2, 1)\nnet.bias.requires_grad_(False)\n"
        "p = torch.nn.Parameter(torch.arange(2), requires_grad=False)\n"
        "n, z = torch.arange(3), torch.ones(2)\n"
        "h = x * 3\nh.retain_grad()\n(h * 2).backward()"
    )
    table = learner.table()
    rows = {row.path: (row.kind, row.reason) for row in table.rows}
    assert rows["net.bias"] == ("frozen", "frozen")
    assert rows["p"] == ("frozen", "integer")
    assert rows["h"] == ("inner", "")
    assert learner.row("h").grad_norm == 2.0
    assert (table.plain, table.integers) == (("z",), ("n",))


def test_calls_that_add_up_are_counted(learner: Learner) -> None:
    for run, times in (
        ("(x * 2).backward()", 1),
        ("(x * 2).backward()", 2),
        ("for _ in range(3): (x * 2).backward()", 5),
    ):
        learner.run(run)
        row = learner.row("x")
        assert (row.times, row.grad_norm) == (times, 2.0 * times)


@pytest.mark.parametrize(
    "clear", ["x.grad = None", "x.grad.zero_() if x.grad is not None else 0", "opt.zero_grad()"]
)
@pytest.mark.parametrize("clip", ["", "; torch.nn.utils.clip_grad_norm_([x], 0.1)"])
@pytest.mark.parametrize("steps", [1, 2, 3, 9])
def test_a_loop_that_clears_has_nothing_added_up(learner: Learner, clear: str, clip: str, steps: int) -> None:
    learner.run("opt = torch.optim.SGD([x], 0.01)")
    for _ in range(2):
        learner.run(f"for _ in range({steps}):\n    {clear}; (x * 2).backward(){clip}")
        assert learner.row("x").times == 1


def test_a_loop_that_forgets_to_clear(learner: Learner) -> None:
    snapshot = learner.run("for _ in range(6): (x * 2).backward()")
    assert learner.row("x").times == 6
    assert snapshot is not None
    assert snapshot.leaves[0].times == 6


def test_change_since_the_last_backward(learner: Learner) -> None:
    learner.run("(x * 2 + w.sum()).backward()")
    assert learner.row("x").change == 0.0
    learner.run("with torch.no_grad():\n    x -= 0.5\n    w += 2")
    assert learner.row("x").change == pytest.approx(-0.5)
    assert learner.row("w").change == pytest.approx(2 * 3**0.5)
    assert learner.row("x").since == 1


def test_change_of_a_large_leaf_is_told_from_a_sample(learner: Learner) -> None:
    learner.run("big = torch.zeros(300, 70, requires_grad=True)\nbig.sum().backward()")
    learner.run("with torch.no_grad(): big += 1")
    assert learner.row("big").change == pytest.approx((300 * 70) ** 0.5)


def test_a_leaf_that_is_new_under_an_old_id_is_not_taken_for_the_old_one(learner: Learner) -> None:
    learner.run("(x * 2).backward()")
    learner.run("del x")
    for _ in range(50):
        learner.run("x = torch.tensor(2.0, requires_grad=True)")
        assert learner.row("x").reason in ("unused", "never")

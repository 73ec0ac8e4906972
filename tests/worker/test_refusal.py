"""What is not evaluated, and why."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from tutor.worker.refusal import calls, why_not

NAMESPACE: dict[str, Any] = {
    "x": torch.ones(2),
    "net": nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)),
    "calm": nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).eval(),
    "open": lambda value: value,
}


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("x = 3", "assignment"),
        ("x += 1", "assignment"),
        ("x: int = 3", "assignment"),
        ("(y := x + 1)", ":="),
        ("[y := 1 for _ in x]", ":="),
        ("x.add_(1)", ".add_()"),
        ("torch.nn.init.zeros_(x)", "zeros_"),
        ("torch.add(x, x, out=x)", "out="),
        ("torch.relu(x, inplace=True)", "inplace="),
        ("xs.append(1)", ".append()"),
        ("(lambda: xs.pop())()", ".pop()"),
        ("x.__setitem__(0, 1)", "__setitem__"),
        ("x.__iadd__(1)", "__iadd__"),
        ("loss.backward()", ".backward()"),
        ("opt.step()", ".step()"),
        ("net.eval()", ".eval()"),
        ("net.half()", "module"),
        ("net[0].to('cpu')", "module"),
        ("net(x)", "running statistics of net.1"),
        ("net[1](x)", "running statistics of net[1]"),
        ("input()", "input()"),
        ("exec('x = 1')", "exec()"),
        ("torch.manual_seed(0)", "manual_seed"),
        ("del x", "statement"),
        ("import os", "statement"),
        ("x +", "not an expression"),
        ("", "nothing"),
        ("await x", "await"),
        ("x" * 600, "longer"),
        ("(" * 400, "not an expression"),
    ],
)
def test_what_would_change_something_is_refused(expression: str, word: str) -> None:
    assert word in why_not(expression, NAMESPACE)


@pytest.mark.parametrize(
    "expression",
    [
        "x", "x.mean(0)", "x.half()", "x.to('cpu')", "x.__len__()", "calm(x)", "net[0](x)",
        "net[0].weight.grad.norm()",
        "[a + 1 for a in x]", "torch.relu(x, inplace=False)", "open(x)", "{'a': x}['a']", "x.add(1)", "  x + 1  ",
        "lambda: 3", "x == 3", "f'{x}'", "missing.thing",
    ],
)  # fmt: skip
def test_what_only_looks_is_not(expression: str) -> None:
    assert why_not(expression, NAMESPACE) == ""


def test_nothing_of_the_learners_is_called_to_find_out() -> None:
    class Odd:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        def __eq__(self, other: object) -> bool:
            raise AssertionError

        __hash__ = None  # type: ignore[assignment]

    assert why_not("odd.part(x).deep[0].to(1)", {"odd": Odd()}) == ""


def test_only_a_call_can_change_something() -> None:
    assert calls("x.mean()")
    assert not calls("x + y.T")

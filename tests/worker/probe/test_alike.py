"""When two namespaces cannot be told apart, and when that is unsure."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tutor.worker.probe.judging.alike import alike

SAME = [
    "a = [1, 2.5, 'x', None, (True, {'k': 3})]",
    "a = torch.arange(6.0).reshape(2, 3).T",
    "a = torch.ones(3, requires_grad=True)\na.grad = torch.tensor([1.0, 2.0, 3.0])",
    "k = 3\ndef a(x, y=2):\n    return x * y + k + b(x)\ndef b(x):\n    return a(x) if x else torch.ones(1)",
    "x = torch.zeros(2)\na = [x, x, torch]",
    "a = []\na.append(a)",
]

OTHER = [
    ("a = 1", "a = 1.0"),
    ("a = True", "a = 1"),
    ("a = float('nan')", "a = float('nan')"),
    ("a = {'k': 1, 'l': 2}", "a = {'l': 2, 'k': 1}"),
    ("a = torch.ones(2)", "a = torch.ones(2, dtype=torch.float64)"),
    ("a = torch.ones(2)", "a = torch.ones(2, requires_grad=True)"),
    ("a = torch.ones(2, 2)", "a = torch.ones(2, 2).T"),
    ("a = torch.ones(2)", "a = torch.tensor([1.0, 1.0 + 2e-7])"),
    ("a = torch.ones(2)", "a = torch.nn.Parameter(torch.ones(2), requires_grad=False)"),
    ("a = torch.ones(2, requires_grad=True)", "a = torch.ones(2, requires_grad=True)\na.grad = torch.ones(2)"),
    ("a = torch.ones(2, requires_grad=True) * 2", "a = torch.ones(2, requires_grad=True) * 2"),
    ("def a():\n    return 1", "def a():\n    return 2"),
    ("def a(x=1):\n    return x", "def a(x=2):\n    return x"),
    ("k = 1\ndef a():\n    return k", "k = 2\ndef a():\n    return k"),
    ("k = 1\ndef a():\n    return [k for _ in 'x']", "k = 2\ndef a():\n    return [k for _ in 'x']"),
    ("def a():\n    return k", "k = 1\ndef a():\n    return k"),
    ("x = torch.zeros(2)\na = [x, x]", "a = [torch.zeros(2), torch.zeros(2)]"),
    ("a = [torch.zeros(2), torch.zeros(2)]", "x = torch.zeros(2)\na = [x, x]"),
    ("class a:\n    pass", "class a:\n    pass"),
    ("a = torch.nn.Linear(2, 2)", "a = torch.nn.Linear(2, 2)"),
    ("a = iter('xy')", "a = iter('xy')"),
]


def made(source: str) -> dict[str, Any]:
    names: dict[str, Any] = {"torch": torch}
    exec(source, names)
    return names


@pytest.mark.parametrize("source", SAME)
def test_what_the_same_code_made_twice_is_alike(source: str) -> None:
    assert alike(made(source), made(source), ["a"])


@pytest.mark.parametrize(("left", "right"), OTHER)
def test_what_differs_or_is_not_known_is_told_apart(left: str, right: str) -> None:
    assert not alike(made(left), made(right), ["a"])


def test_only_names_that_are_asked_for_count() -> None:
    assert alike({"a": 1, "b": 2}, {"a": 1, "b": 3}, ["a"])
    assert not alike({"a": 1, "b": 2}, {"a": 1, "b": 3}, ["a", "b"])

"""A gradient against finite differences."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tutor.protocol.gradcheck import GradientCheck
from tutor.worker.probe.finite import NotCheckable, check


def run(function: Any, *arguments: Any, formula: Any = None) -> GradientCheck:
    return check(torch, function, formula, arguments, ("f", "df" if formula else "", [f"x{i}" for i in range(9)]))


class Scaled(torch.autograd.Function):  # type: ignore[misc] # torch is not checked
    """a**2 with a backward that is ``factor`` times the right one."""

    factor = 1.0

    @staticmethod
    def forward(ctx: Any, a: Any) -> Any:
        ctx.save_for_backward(a)
        return a**2

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        return Scaled.factor * 2 * ctx.saved_tensors[0] * gradients[0]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (torch.sin, [torch.linspace(-2, 2, 5)]),
        (lambda a, b: (a @ b).tanh(), [torch.randn(2, 3), torch.randn(3, 2)]),
        (lambda a: a.pow(3).mean(), [torch.tensor([1e4, -1e-3, 0.0])]),
        (torch.nn.Linear(3, 2), [torch.randn(4, 3)]),
        (torch.nn.Dropout(0.5), [torch.randn(10)]),
        (torch.nn.functional.cross_entropy, [torch.randn(3, 4), torch.tensor([0, 3, 1])]),
        (Scaled, [torch.randn(2, 2)]),
    ],
)
def test_what_is_right_agrees(function: Any, arguments: list[Any]) -> None:
    found = run(function, *arguments)
    assert found.ok
    assert all(one.outside == 0 for one in found.inputs)


@pytest.mark.parametrize("factor", [0.5, -1.0, 0.0, 3.0])
def test_a_wrong_factor_is_named(monkeypatch: pytest.MonkeyPatch, factor: float) -> None:
    monkeypatch.setattr(Scaled, "factor", factor)
    (one,) = run(Scaled.apply, torch.tensor([1.0, -2.0, 3.0])).inputs
    assert (one.outside, one.elements) == (3, 3)
    assert one.ratio == pytest.approx(factor, abs=1e-6)
    assert one.worst is not None
    assert one.worst.relative == pytest.approx(abs(factor - 1))


def test_the_worst_element_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(a: torch.Tensor) -> torch.Tensor:
        gradient = 2 * a
        gradient[1, 2] += 7
        gradient[0, 1] += 1
        return gradient

    (one,) = run(lambda a: (a**2).sum(), torch.arange(6.0).view(2, 3), formula=wrong).inputs
    assert one.worst is not None
    assert (one.worst.at, one.outside) == ((1, 2), 2)
    assert [one.worst.analytic, one.worst.numeric] == pytest.approx([17.0, 10.0])
    assert one.ratio is None


def test_a_formula_element_by_element() -> None:
    assert run(torch.sin, torch.linspace(0, 1, 4), formula=torch.cos).ok
    assert not run(torch.sin, torch.linspace(0, 1, 4), formula=torch.sin).ok


def test_a_kink_is_no_mistake_of_theirs() -> None:
    (one,) = run(torch.relu, torch.tensor([0.0, 1.0])).inputs
    assert one.worst is not None
    assert one.worst.kink


def test_a_float_is_an_argument_too() -> None:
    assert run(lambda a: a * a, 3.0).ok


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda a: a, [torch.arange(3)]),
        (lambda a: (a, a), [torch.ones(3)]),
        (lambda a: a.item(), [torch.ones(())]),
        (lambda a: a[:, None] * a, [torch.ones(200)]),
        (3, [torch.ones(3)]),
    ],
)
def test_what_cannot_be_compared_says_so(function: Any, arguments: list[Any]) -> None:
    with pytest.raises(NotCheckable):
        run(function, *arguments)


def test_nothing_is_disturbed() -> None:
    x = torch.ones(3, requires_grad=True)
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    state, default = torch.get_rng_state(), torch.get_default_dtype()
    with torch.no_grad():
        run(torch.nn.functional.dropout, x)
        run(net, torch.randn(4, 3, generator=torch.Generator().manual_seed(0)))
        assert not torch.is_grad_enabled()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_default_dtype() == default
    assert x.grad is None
    assert all(p.grad is None for p in net.parameters())
    assert all(torch.equal(value, before[name]) for name, value in net.state_dict().items())

"""The arithmetic of shapes against torch itself: both give the same shape, or both refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.protocol import shapes
from tutor.protocol.einsum import einsum
from tutor.protocol.shapes import Outcome, Shape

# Few different sizes, so that many pairs fit and many do not.
SIZES = st.sampled_from((0, 1, 1, 2, 3))
SHAPES = st.lists(SIZES, max_size=4).map(tuple)
EQUATIONS = st.sampled_from(
    [
        *("ij,jk->ik", "ij,jk", "bij,bjk->bik", "i,i->", "i,j->ij", "ii,ij->j"),
        *("...ij,...jk->...ik", "ij,kj->", "ij...,j->i..."),
    ]
)


def agrees(outcome: Outcome, run: Callable[[], torch.Tensor]) -> None:
    """``outcome`` is what torch says."""
    try:
        real = tuple(run().shape)
    except (RuntimeError, IndexError, ValueError):
        assert outcome.shape is None
        assert outcome.problem
        return
    assert outcome.shape == real
    assert not outcome.problem


@settings(deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=4))
def test_broadcast(given_shapes: list[Shape]) -> None:
    agrees(shapes.broadcast(given_shapes), lambda: torch.empty(torch.broadcast_shapes(*given_shapes)))


@settings(deadline=None)
@given(SHAPES, SHAPES)
def test_in_place(target: Shape, other: Shape) -> None:
    agrees(shapes.in_place(target, other), lambda: torch.empty(target).add_(torch.empty(other)))


@settings(deadline=None)
@given(SHAPES, SHAPES)
def test_products(left: Shape, right: Shape) -> None:
    a, b = torch.empty(left), torch.empty(right)
    agrees(shapes.matmul(left, right), lambda: a @ b)
    agrees(shapes.mm(left, right), lambda: torch.mm(a, b))
    agrees(shapes.bmm(left, right), lambda: torch.bmm(a, b))


@settings(deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=3), st.integers(-4, 4))
def test_joining(parts: list[Shape], dim: int) -> None:
    tensors = [torch.empty(shape) for shape in parts]
    agrees(shapes.cat(parts, dim), lambda: torch.cat(tensors, dim))
    agrees(shapes.stack(parts, dim), lambda: torch.stack(tensors, dim))


@settings(deadline=None)
@given(EQUATIONS, SHAPES, SHAPES)
def test_einsum(equation: str, left: Shape, right: Shape) -> None:
    operands = (left, right)
    agrees(einsum(equation, operands), lambda: torch.einsum(equation, *map(torch.empty, operands)))


@pytest.mark.parametrize("equation", ["ij->iij", "ij->k", "ij,jk->ik", "i!j->ij", ""])
def test_einsum_refuses_equations_that_say_nothing(equation: str) -> None:
    agrees(einsum(equation, ((2, 3),)), lambda: torch.einsum(equation, torch.empty(2, 3)))


@settings(deadline=None)
@given(SHAPES.filter(lambda shape: 0 not in shape), SHAPES.filter(lambda shape: 0 not in shape), st.booleans())
def test_cross_entropy(scores: Shape, target: Shape, probabilities: bool) -> None:
    given_target = torch.zeros(target) if probabilities else torch.zeros(target, dtype=torch.long)
    agrees(
        shapes.cross_entropy(scores, target, probabilities=probabilities),
        lambda: torch.nn.functional.cross_entropy(torch.zeros(scores), given_target),
    )


def test_a_clash_names_its_axis_from_the_right() -> None:
    found = shapes.broadcast([(2, 3, 4), (2, 4)])
    assert (found.axis, found.problem) == (-2, "axis -2: 3 vs 2, neither is 1")
    assert shapes.matmul((5, 2, 3), (4, 3, 2)).axis == -3

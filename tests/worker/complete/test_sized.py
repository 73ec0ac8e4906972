"""Shapes of what rearranges or makes a tensor, against torch."""

from __future__ import annotations

from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.protocol.test_shapes import SHAPES
from tutor.worker.complete import sized
from tutor.worker.complete.sized import Shape

DIM = st.integers(-4, 4)
KEYS = st.one_of(
    st.integers(-3, 3),
    st.none(),
    st.just(Ellipsis),
    st.slices(4).filter(lambda key: key.step is None or key.step > 0),
)


def real(run: Any) -> Shape | None:
    try:
        return tuple(run().shape)
    except (RuntimeError, IndexError, ValueError):
        return None


@settings(deadline=None)
@given(SHAPES, st.lists(st.integers(-1, 6), max_size=4))
def test_reshape_and_expand(shape: Shape, wanted: list[int]) -> None:
    x = torch.empty(shape)
    assert sized.reshaped(shape, wanted) == real(lambda: x.reshape(wanted))
    expected = real(lambda: x.expand(wanted))
    # For a new axis of -1 beside one of 0 torch answers with a size of -1, which is none.
    if expected is None or -1 not in expected:
        assert sized.expanded(shape, wanted) == expected


@settings(deadline=None)
@given(SHAPES, DIM, DIM)
def test_one_or_two_axes(shape: Shape, first: int, second: int) -> None:
    x = torch.empty(shape)
    if shape:
        # Of a scalar torch lets axes 0 and -1 pass, which nobody types.
        assert sized.transposed(shape, first, second) == real(lambda: x.transpose(first, second))
        assert sized.squeezed(shape, first) == real(lambda: x.squeeze(first))
        assert sized.reduced(shape, first, False) == real(lambda: x.sum(first))
        assert sized.reduced(shape, first, True) == real(lambda: x.sum(first, keepdim=True))
        assert sized.flattened(shape, first, second) == real(lambda: x.flatten(first, second))
    assert sized.unsqueezed(shape, first) == real(lambda: x.unsqueeze(first))


@settings(deadline=None)
@given(SHAPES.flatmap(lambda shape: st.tuples(st.just(shape), st.permutations(range(len(shape))))))
def test_permute(given_order: tuple[Shape, list[int]]) -> None:
    shape, order = given_order
    assert sized.permuted(shape, order) == real(lambda: torch.empty(shape).permute(order))


@settings(deadline=None)
@given(SHAPES, st.lists(KEYS, max_size=4).map(tuple))
def test_indexing_is_right_or_not_known(shape: Shape, key: tuple[Any, ...]) -> None:
    found = sized.indexed(shape, key)
    assert found is None or found == real(lambda: torch.empty(shape)[key])


@settings(deadline=None)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=3))
def test_arange(given_ends: list[int]) -> None:
    assert sized.counted(given_ends) == real(lambda: torch.arange(*given_ends))


def test_nested_lists() -> None:
    assert sized.nested([[1, 2, 3], [4, 5, 6]]) == (2, 3)
    assert sized.nested([[1], [2, 3]]) is None
    assert sized.nested([]) == (0,)
    assert sized.nested(3.0) == ()

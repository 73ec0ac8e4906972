"""Index, position and slot, against torch's own strides."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tutor.render.memory.layout import Layout, contiguous_strides, covered, in_slots

relaxed = settings(deadline=None)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    """A view of ``arange``, so that every value is the slot it lies in."""
    shape = draw(st.lists(st.integers(1, 4), min_size=1, max_size=4))
    x = torch.arange(torch.Size(shape).numel()).view(shape)
    for _ in range(draw(st.integers(0, 3))):
        axis = draw(st.integers(0, x.dim() - 1))
        other = draw(st.integers(0, x.dim() - 1))
        kind = draw(st.sampled_from(("transpose", "slice", "expand", "unfold", "unsqueeze")))
        if kind == "transpose":
            x = x.transpose(axis, other)
        elif kind == "slice":
            x = x.narrow(axis, draw(st.integers(0, x.shape[axis] - 1)), 1) if other else x[..., ::2]
        elif kind == "expand" and x.shape[axis] == 1:
            x = x.expand([3 if at == axis else -1 for at in range(x.dim())])
        elif kind == "unfold" and x.dim() < 5:
            x = x.unfold(axis, min(2, x.shape[axis]), 1)
        else:
            x = x.unsqueeze(axis) if x.dim() < 5 else x
    return x


def layout(x: torch.Tensor) -> Layout:
    return Layout(tuple(x.shape), x.stride(), x.storage_offset())


@relaxed
@given(tensors())
def test_every_element_lies_where_torch_reads_it(x: torch.Tensor) -> None:
    found = layout(x)
    assert [found.slot_of(position) for position in range(found.count)] == x.reshape(-1).tolist()
    assert [found.position(found.index(position)) for position in range(found.count)] == list(range(found.count))


@relaxed
@given(tensors())
def test_the_slots_in_use_are_those_that_are_read(x: torch.Tensor) -> None:
    found = layout(x)
    used = set(x.reshape(-1).tolist())
    runs = found.runs()
    assert runs is not None
    assert {slot for start, end in runs for slot in range(start, end)} == used
    assert all(end < start for (_, end), (start, _) in pairwise(runs))
    assert found.distinct == len(used)
    assert found.last == max(used)
    for start in range(0, max(used) + 3, 2):
        assert covered(runs, start, start + 3) == len(used & set(range(start, start + 3)))


@relaxed
@given(tensors())
def test_flat_is_when_view_works(x: torch.Tensor) -> None:
    try:
        x.view(-1)
    except RuntimeError:
        assert not layout(x).flat
    else:
        assert layout(x).flat


@given(st.lists(st.integers(0, 4), max_size=4).map(tuple))
def test_strides_of_a_fresh_tensor(shape: tuple[int, ...]) -> None:
    assert contiguous_strides(shape) == torch.empty(shape).stride()


def test_scattered_elements_are_not_worked_out_one_by_one() -> None:
    scattered = Layout((100_000, 2), (10, 3), 0)
    assert scattered.runs() is None
    assert scattered.distinct is None
    assert Layout((10**9,), (1,), 5).runs() == ((5, 10**9 + 5),)


def test_an_empty_tensor_uses_nothing() -> None:
    empty = Layout((2, 0), (1, 1), 3)
    assert (empty.runs(), empty.distinct, empty.last, empty.flat) == ((), 0, 2, True)


@pytest.mark.parametrize(("size", "slot", "expected"), [(4, 4, ((1, 3),)), (8, 4, ((2, 6),)), (4, 8, ((0, 2),))])
def test_ranges_in_slots_of_another_size(size: int, slot: int, expected: tuple[tuple[int, int], ...]) -> None:
    assert in_slots(((1, 3),), size, slot) == expected

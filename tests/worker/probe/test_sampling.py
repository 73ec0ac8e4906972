from __future__ import annotations

import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from tutor.worker.probe.sampling import Pick, evenly, first, for_drawing

shapes = st.lists(st.integers(0, 70), max_size=6).map(tuple)
windows = st.lists(st.tuples(st.integers(-5, 80), st.integers(-5, 80)), max_size=2).map(tuple)
indices = st.lists(st.integers(-80, 80), max_size=6).map(tuple)


def inside(pick: Pick, shape: tuple[int, ...]) -> bool:
    return all(
        count == 0 or (start >= 0 and start + (count - 1) * step < size)
        for size, start, step, count in zip(shape, pick.start, pick.steps, pick.shape, strict=True)
    )


@given(shapes, indices, windows)
def test_a_drawing_is_bounded_and_inside(
    shape: tuple[int, ...], index: tuple[int, ...], window: tuple[tuple[int, int], ...]
) -> None:
    pick = for_drawing(shape, index, window)
    assert inside(pick, shape)
    assert math.prod(pick.shape) <= (4_096 if len(shape) <= 2 else 16_384)
    assert (math.prod(shape) == 0) == (math.prod(pick.shape) == 0)
    assert torch.empty(shape, device="meta")[pick.slices()].shape == pick.shape


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=6).map(tuple), st.integers(1, 20_000))
def test_an_even_sample_is_bounded_and_inside(shape: tuple[int, ...], limit: int) -> None:
    pick = evenly(shape, limit)
    assert inside(pick, shape)
    assert 1 <= math.prod(pick.shape) <= limit
    if math.prod(shape) <= limit:
        assert pick.shape == shape


@given(st.lists(st.integers(0, 20), max_size=4).map(tuple), st.integers(1, 40))
def test_the_first_elements_are_the_first(shape: tuple[int, ...], limit: int) -> None:
    tensor = torch.arange(math.prod(shape)).reshape(shape)
    block = tensor[first(shape, limit).slices()]
    assert block.reshape(-1)[:limit].tolist() == tensor.reshape(-1)[:limit].tolist()
    assert block.numel() <= 20 * limit


def test_small_tensors_are_taken_whole() -> None:
    for shape in ((), (4_096,), (64, 64), (3, 4, 6), (2, 1, 28, 28)):
        pick = for_drawing(shape)
        assert pick.shape == shape
        assert set(pick.steps) <= {1}


def test_a_batch_of_images_keeps_pictures_square() -> None:
    # Rather fewer pictures than coarser ones.
    assert for_drawing((100, 3, 28, 28)).shape == (6, 3, 28, 28)
    pick = for_drawing((100, 4, 224, 224))
    assert pick.shape[:2] == (4, 4)
    assert pick.shape[2] == pick.shape[3]
    assert pick.steps[2] == pick.steps[3]


def test_index_moves_along_the_leading_axes() -> None:
    assert for_drawing((20, 5, 5), (15,)).start == (15, 0, 0)
    assert for_drawing((20, 5, 5), (15,)).shape == (5, 5, 5)
    assert for_drawing((20, 5, 5), (-1,)).start == (19, 0, 0)
    assert for_drawing((20, 5, 5), (99,)).start == (19, 0, 0)
    assert for_drawing((9, 9, 9, 9, 5, 5), (2, 3, 4, 1)).start == (2, 3, 4, 1, 0, 0)
    assert for_drawing((9, 9, 9, 9, 5, 5)).shape[:2] == (1, 1)

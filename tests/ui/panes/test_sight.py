"""Where one looks stays inside the tensor, whatever keys are pressed."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.render.samples import facts, stats
from tutor.protocol.snapshots import Sample, TensorDetail
from tutor.render.drawings import drawn
from tutor.render.look import Look
from tutor.ui.panes import sight as sights
from tutor.ui.panes.sight import Sight
from tutor.worker.probe.sampling import for_drawing

KEYS = ["up", "down", "left", "right", "in", "out", "all", "next", "before", "axis", "open", "other"]
shapes = st.lists(st.integers(1, 9) | st.integers(50, 300), min_size=1, max_size=6).map(tuple)


def sampled(shape: tuple[int, ...], sight: Sight) -> TensorDetail:
    """What a worker answers to this sight: element number ``i`` has the value ``i``."""
    pick = for_drawing(shape, sight.view.index, sight.window)
    values = [0.0]
    for size, start, step, count in zip(shape, pick.start, pick.steps, pick.shape, strict=True):
        values = [value * size + start + at * step for value in values for at in range(count)]
    sample = Sample(pick.shape, pick.start, pick.steps, struct.pack(f"<{len(values)}d", *values))
    return TensorDetail(facts("x", shape, dtype="int64"), stats([1.0, 2.0]), sample)


def pressed(key: str, sight: Sight, shape: tuple[int, ...], look: Look) -> Sight:
    picture = drawn(sampled(shape, sight), look, sight.view)
    arrows = {"up": (-1, 0), "down": (1, 0), "left": (0, -1), "right": (0, 1)}
    if key in arrows:
        if picture.grid is None:
            return sight
        return sights.moved(sight, shape, picture.grid, picture.tiles, *arrows[key])
    changes: dict[str, Any] = {
        "in": lambda: sights.zoomed(sight, shape, picture.grid, 1),
        "out": lambda: sights.zoomed(sight, shape, picture.grid, -1),
        "all": lambda: sights.zoomed(sight, shape, picture.grid, 0),
        "next": lambda: sights.sliced(sight, shape, 1),
        "before": lambda: sights.sliced(sight, shape, -1),
        "axis": lambda: sights.turned(sight, shape, 1),
        "open": lambda: sights.opened(sight, shape) or sight,
        "other": lambda: sights.other_way(sight, shape, is_complex=False),
    }
    changed: Sight = changes[key]()
    return changed


@settings(deadline=None, max_examples=60)
@given(shapes, st.lists(st.sampled_from(KEYS), max_size=25), st.sampled_from([Look(38, 8), Look(70, 25)]))
def test_the_cursor_stays_inside_and_its_value_is_written(
    shape: tuple[int, ...], keys: list[str], look: Look
) -> None:
    sight = sights.with_cursor(Sight(), shape)
    for key in keys:
        sight = sights.with_cursor(pressed(key, sight, shape, look), shape)
        cursor = sight.view.cursor
        assert cursor is not None
        assert len(cursor) == len(shape)
        assert all(0 <= at < size for at, size in zip(cursor, shape, strict=True))
        assert all(
            0 <= first < end <= size
            for (first, end), size in zip(sight.window, shape[len(shape) - len(sight.window) :], strict=True)
        )
        picture = drawn(sampled(shape, sight), look, sight.view)
        assert picture.grid is not None
        # What is drawn holds the cursor's leading indices, or the index it fixes.
        lead = sight.view.index[: len(shape)]
        if not picture.tiles:
            assert cursor[: len(lead)] == lead


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=2).map(tuple), st.data())
def test_zooming_in_ends_at_single_elements_and_out_at_the_whole(
    shape: tuple[int, ...], data: st.DataObject
) -> None:
    cursor = tuple(data.draw(st.integers(0, size - 1)) for size in shape)
    sight = Sight(replace(Sight().view, cursor=cursor))
    look = Look(60, 20)
    for _ in range(12):
        sight = pressed("in", sight, shape, look)
    shown = sampled(shape, sight)
    assert shown.sample is not None
    assert set(shown.sample.steps) == {1}
    value = 0
    for size, at in zip(shape, cursor, strict=True):
        value = value * size + at
    line = next(row for row in drawn(shown, look, sight.view).lines if "] = " in "".join(t for t, _ in row.pieces))
    assert "".join(text for text, _ in line.pieces).endswith(f"] = {value}")
    for _ in range(12):
        sight = pressed("out", sight, shape, look)
    assert sight.window == ()


def test_past_the_edge_of_a_window_the_window_follows() -> None:
    sight = Sight(replace(Sight().view, cursor=(4, 4)), ((0, 5), (0, 5)))
    after = pressed("down", sight, (50, 50), Look(60, 20))
    assert after.view.cursor == (5, 4)
    assert after.window == ((3, 8), (0, 5))


def test_slices_go_round_and_take_the_cursor_with_them() -> None:
    shape = (3, 4, 5)
    sight = sights.with_cursor(Sight(), shape)
    sight = pressed("before", sight, shape, Look(60, 20))
    assert sight.view.index == (2,)
    assert sight.view.cursor == (2, 0, 0)


def test_a_picture_of_a_batch_is_opened_and_closed() -> None:
    shape, look = (5, 3, 9, 9), Look(70, 30)
    sight = Sight()
    for key in ("right", "right", "down", "open"):
        sight = pressed(key, sight, shape, look)
    assert sight.view.index == (2, 1)
    assert "x[2, 1]" in "".join(
        text for line in drawn(sampled(shape, sight), look, sight.view).lines for text, _ in line.pieces
    )
    assert pressed("open", sight, shape, look).view.index == (2,)
    assert math.prod(sampled(shape, sight).sample.shape) == 81  # type: ignore[union-attr]


def test_every_axis_of_six_can_be_moved_along() -> None:
    shape, look = (2, 3, 4, 2, 3, 3), Look(70, 30)
    sight = Sight()
    for _ in range(3):
        sight = pressed("axis", pressed("next", sight, shape, look), shape, look)
    assert sight.view.index == (1, 1, 1)

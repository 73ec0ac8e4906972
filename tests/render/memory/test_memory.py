"""The storage as text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.samples import facts, pack
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.memory import StorageSnapshot
from tutor.render.look import Look
from tutor.render.memory import last_position, memory, moved

X = facts("x", (2, 3))
Y = facts("y", (3, 2), strides=(1, 3), contiguous=False)
S = facts("s", (2, 2), strides=(3, 1), offset=1, contiguous=False)
STORAGE = StorageSnapshot((Y, X, S), 0, 4, 24, 0, pack([0, 1, 2, 3, 4, 5]), (), 0)


def text(storage: StorageSnapshot, position: int = 0, width: int = 70) -> str:
    return memory(storage, position, Look(width)).plain


def test_the_formula_of_the_cell_under_the_cursor() -> None:
    assert "y[2, 0] = offset 0 + 2·1 + 0·3 = slot 2 → 2" in text(STORAGE, 4)
    assert "y[0, 1] = offset 0 + 0·1 + 1·3 = slot 3 → 3" in text(STORAGE, 1)


def test_each_name_says_which_of_its_elements_lies_in_a_slot() -> None:
    rows = {line.split()[0]: line.split()[1:] for line in text(STORAGE).splitlines()[2:7]}
    assert rows["slot"] == [">0", "1", "2", "3", "4", "5"]
    assert rows["y"] == ["#0", "#2", "#4", "#1", "#3", "#5"]
    assert rows["x"] == ["#0", "#1", "#2", "#3", "#4", "#5"]
    assert rows["s"] == ["·", "#0", "#1", "·", "#2", "#3"]


def test_why_it_is_not_contiguous_and_what_would_copy() -> None:
    said = text(STORAGE, 0, 500)
    assert "y is not contiguous: its axes are in another order than in memory." in said
    assert "y.view(-1) fails" in said
    assert "y.reshape(-1) and y.contiguous() copy into a new storage of 6 slots." in said
    assert "x uses the same slots with its axes in another order." in said
    assert "s uses 4 of the 6 slots of y." in said


def test_a_slice_leaves_gaps_and_expand_reads_again() -> None:
    sliced = replace(STORAGE, tenants=(S,))
    assert "it leaves gaps. Axis 0 steps 3, without gaps it would step 2." in text(sliced, 0, 500)
    stretched = facts("e", (3, 4), strides=(1, 0), contiguous=False)
    said = text(replace(STORAGE, tenants=(stretched,), nbytes=12, itemsize=4), 0, 500)
    assert "×4" in said
    assert "stride 0 on axis 1, so each slot is read 4 times" in said


def test_contiguous_views_share() -> None:
    said = text(replace(STORAGE, tenants=(X, Y)), 0, 500)
    assert "x is contiguous: in index order it reads slot after slot." in said
    assert "x.view(...) and x.reshape(...) share this storage" in said


def test_two_halves_share_a_storage_and_no_slot() -> None:
    low, high = facts("low", (3,)), facts("high", (3,), offset=3)
    said = text(replace(STORAGE, tenants=(low, high)), 0, 500)
    assert "high lies in the same storage, but in other slots" in said


def test_what_the_last_run_wrote_is_named_through_every_tensor() -> None:
    written = replace(STORAGE, changed=(2,), runs=1)
    said = text(written, 0, 500)
    assert "The last run wrote to slot 2. Seen through y[2, 0], x[0, 2], s[0, 1]." in said
    assert "*" in next(line for line in said.splitlines() if line.startswith("changed"))
    assert "The last 3 runs wrote" in text(replace(written, runs=3), 0, 500)


def test_a_large_storage_shows_a_part_and_the_whole_in_small() -> None:
    big = facts("big", (1000, 64))
    column = facts("col", (1000,), strides=(64,), offset=3, contiguous=False)
    said = text(StorageSnapshot((column, big), 0, 4, 256_000, 0, pack([0.0] * 4096), (), 0), 4)
    assert "col[4] = offset 3 + 4·64 = slot 259" in said
    assert "slots; in use: · none, █ all" in said
    written = StorageSnapshot((column, big), 0, 4, 256_000, 0, pack([0.0] * 4096), (3, 67), 1)
    assert "wrote to slots 3, 67 (only slots 0 to 4,095 were compared)." in text(written, 0, 500)
    assert any(line.startswith("big") and set(line.split()[1]) == {"█"} for line in said.splitlines())
    assert any(line.startswith("col") and set(line.split()[1]) == {"░"} for line in said.splitlines())


def test_without_memory_it_says_why() -> None:
    meta = replace(facts("m", (2, 3)), device="meta")
    assert "no memory" in text(StorageSnapshot((meta,), 0, 0, 0, 0, b"", (), 0, "a meta tensor: no memory"))
    assert last_position(StorageSnapshot((meta,), 0, 0, 0, 0, b"", (), 0, "")) == -1


def test_the_cursor_stays_inside() -> None:
    assert moved(STORAGE, 0, -1, 1) == 1
    assert moved(STORAGE, 0, -2, 1) == 2
    assert moved(STORAGE, 0, -2, -1) == 0
    assert moved(STORAGE, 5, -1, 1) == 5
    assert moved(STORAGE, 5, -3, 1) == 5


snapshots = st.builds(
    StorageSnapshot,
    *(st.lists(some.tensor_facts(), max_size=6).map(tuple), st.integers(-1, 9), st.integers(-1, 16)),
    *(st.integers(-1, 10**12), st.integers(-5, 10**9), st.lists(some.floats, max_size=30).map(pack)),
    *(st.lists(st.integers(-1, 50), max_size=20).map(tuple), st.integers(0, 3), some.texts),
)


@bounded
@given(snapshots, st.integers(-3, 10**9), some.looks)
def test_whatever_arrives_is_drawn_within_the_width(storage: StorageSnapshot, position: int, look: Look) -> None:
    assert_fits(memory(storage, position, look), look)

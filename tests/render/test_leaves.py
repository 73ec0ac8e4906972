"""The table of leaves between runs, with one of them in words; and a gradient check."""

from __future__ import annotations

import struct
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.samples import leaf, parabola
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.gradcheck import CheckedInput, GradientCheck, WorstElement
from tutor.protocol.gradients import GradientSnapshot, LeafGradient
from tutor.protocol.graphs import LeafTable
from tutor.render.export import as_plain
from tutor.render.gradcheck import gradient_check
from tutor.render.leaves import table
from tutor.render.lines import to_text
from tutor.render.look import Look

REASONS = ["never", "returned", "unused", "no_grad", "detach", "cleared", "frozen", "integer", "inner", ""]
ROWS = (
    replace(leaf("x", (), [0.8], [12.0]), times=2, change=-1.2),
    replace(leaf("w", (3, 4), [1.0] * 12, None), reason="detach", line=7),
    replace(leaf("y", (), [9.0], None), reason="inner", kind="inner"),
    replace(leaf("n", (2,), [0.0, 1.0], None), reason="integer", kind="frozen", dtype="int64"),
)
TABLE = LeafTable(ROWS, 0, ("z",), ("labels",))


def text(cursor: int, look: Look = Look(80, 20, colour=False)) -> str:  # noqa: B008
    return " ".join(as_plain(table(parabola(), TABLE, cursor, look)).split())


def test_accumulated_and_changed() -> None:
    assert "12 ×2" in text(0)
    assert "accumulated ×2: 2 calls of backward() have added up in .grad" in text(0)
    assert "value changed by -1.2 since the last backward()" in text(0)


def test_reasons_in_the_table_and_in_words() -> None:
    assert "None, detached" in text(0)
    assert "detach() in line 7 cut what was made of it out of the graph" in text(1)
    assert "y.retain_grad() before backward() keeps it" in text(2)
    assert "None: int64. Only floating-point" in text(3)
    assert "z: ask for no gradient" in text(0)
    assert "labels: integers" in text(0)


def test_bars_that_are_no_proportion_say_so_above_them() -> None:
    both = LeafTable((leaf("x", (), [0.8], [12.0]), leaf("v", (), [0.8], [0.12])), 0, (), ())
    drawn = as_plain(table(None, both, 0, Look(80, 20, colour=False))).split("\n")
    heading = next(line for line in drawn if line.startswith("leaf"))
    place = heading.index("log scale")
    assert all(line[place - 1] == " " and line[place] != " " for line in drawn[1:3])


@pytest.mark.parametrize("width", [38, 60, 100])
def test_how_many_leaves_are_out_of_sight_is_never_cut_off(width: int) -> None:
    rows = tuple(leaf(f"net.{n}.weight", (3,), [0.8] * 3, [12.0] * 3) for n in range(9))
    drawn = as_plain(table(None, LeafTable(rows, 0, (), ()), 4, Look(width, 9, colour=False)))
    shown = sum(line.startswith("net.") for line in drawn.split("\n")) - 1  # the chosen one is told of below
    assert f"{9 - shown} more" in drawn


@pytest.mark.parametrize("width", [38, 100])
def test_the_reasons_fit_the_smallest_pane(width: int) -> None:
    drawn = as_plain(table(parabola(), TABLE, 1, Look(width, 12, colour=False)))
    assert "None, detached" in drawn
    assert len(drawn.split("\n")) <= 12


def test_the_chosen_leaf_is_always_in_sight() -> None:
    rows = tuple(leaf(f"p{i}", (), [1.0], [1.0]) for i in range(50))
    for cursor in (0, 24, 49):
        drawn = as_plain(table(parabola(), LeafTable(rows, 3, (), ()), cursor, Look(40, 12, colour=False)))
        assert f"\np{cursor} " in drawn
        assert "more" in drawn


@st.composite
def told(draw: st.DrawFn) -> LeafGradient:
    return replace(
        draw(some.leaves()),
        kind=draw(st.sampled_from(["leaf", "inner", "frozen"]) | some.texts),
        reason=draw(st.sampled_from(REASONS) | some.texts),
        line=draw(st.integers(0, 10**5)),
        times=draw(st.integers(0, 10**6)),
        change=draw(st.none() | some.floats),
        since=draw(st.integers(0, 10**4)),
    )


tables = st.builds(
    LeafTable,
    st.lists(told(), max_size=6).map(tuple),
    st.integers(0, 9),
    st.lists(some.names, max_size=3).map(tuple),
    st.lists(some.names, max_size=3).map(tuple),
)


@bounded
@given(st.none() | some.gradient_snapshots, st.none() | tables, st.integers(0, 9), some.looks)
def test_whatever_arrives_is_drawn_and_fits(
    snapshot: GradientSnapshot | None, leaves: LeafTable | None, cursor: int, look: Look
) -> None:
    if snapshot is not None or leaves is not None:
        assert_fits(table(snapshot, leaves, cursor, look), look)


def packed(*values: float) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


def checked(ratio: float | None = 0.5, outside: int = 2, kink: bool = False) -> GradientCheck:
    worst = WorstElement((2,), (2,), 3.0, 6.0, 0.5, kink)
    one = CheckedInput("x", (3,), 3, outside, worst, ratio, packed(1.0, 2.0, 3.0), packed(1.0, 4.0, 6.0), 0)
    return GradientCheck("Sq.apply", "", (one,), (3,), 1e-3, 1e-5, 1e-6)


def words(check: GradientCheck, look: Look = Look(90, colour=False)) -> str:  # noqa: B008
    return " ".join(as_plain(to_text(gradient_check(check, look), look)).split())


def test_a_check_that_fails_shows_the_worst_element_and_its_neighbours() -> None:
    drawn = words(checked())
    assert "✗ the backward of Sq.apply does not agree" in drawn
    assert "1 of 3 right" in drawn
    assert "worst at [2] (of result [2]): yours 3, numerical 6, relative error 0.5" in drawn
    assert "yours 1 2 3 numerical 1 4 6 ✓ ✗ ✗" in drawn
    assert "0.5 times the true one everywhere" in drawn
    assert "wrong sign" in words(checked(-1.0))
    assert "kink" in words(checked(None, kink=True))


def test_a_check_that_passes_is_short() -> None:
    drawn = words(checked(None, outside=0))
    assert "✓ the backward of Sq.apply agrees" in drawn
    assert "3 of 3 right" in drawn
    assert "element" not in drawn


@bounded
@given(
    some.texts,
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
    st.lists(some.floats, max_size=6),
    st.lists(some.floats, max_size=6),
    some.floats,
    st.integers(0, 5),
    some.looks,
)
def test_any_check_fits(
    name: str, at: tuple[int, ...], one: list[float], two: list[float], value: float, outside: int, look: Look
) -> None:
    worst = WorstElement(at, at, value, -value, abs(value), False)
    given_ = CheckedInput(name, at, 9, outside, worst, value, packed(*one), packed(*two), 3)
    check = GradientCheck(name, name, (given_,), at, 1e-3, 1e-5, 1e-6)
    assert_fits(to_text(gradient_check(check, look), look), look)

"""Gaps, lines in order and marked predictions: what they say, also without colour, and that they fit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.render.look import Look
from tutor.render.puzzles import gaps, line_order, marked

LOOK = Look(width=40)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


def test_a_gap_is_a_line_until_something_is_typed() -> None:
    code = "y = x.___(dim=___)"
    assert gaps(code, ["", ""], 0, 0, LOOK).plain == "y = x._____(dim=_____)"
    assert gaps(code, ["sum", "12345"], 1, 5, LOOK).plain == "y = x.sum__(dim=12345_)"
    assert gaps(code, ["unsqueeze", "0"], None, 0, LOOK).plain == "y = x.unsqueeze(dim=0____)"
    assert gaps("a = '__init__'", [], None, 0, LOOK).plain == "a = '__init__'"


def test_the_chosen_line_is_marked_without_colour_and_one_left_out_too() -> None:
    lines = [("a = 1", 0, True), ("b = 2", 1, True), ("c = 3", 2, False)]
    look = Look(width=40, colour=False)
    assert line_order(lines, 1, False, look).plain.splitlines() == ["  a = 1", "▸     b = 2", "  – c = 3"]
    assert line_order(lines, 1, True, look).plain.splitlines()[1] == "=     b = 2"
    assert line_order(lines, None, False, look).plain.splitlines()[1] == "      b = 2"


def test_a_wrong_part_says_what_is_there() -> None:
    rows = [[("3", True, "3"), ("1", False, "5"), ("", False, "2"), ("7", False, "")]]
    assert marked(rows, Look(width=60)).plain.rstrip() == "3 ✓   1 ✗ 5   nothing ✗ 2   7 ✗ not there"
    long = [[("[[11, 22, 33], [14, 25, 36], [10, 20, 30]]", False, "[[11, 22, 33], [14, 25, 36]]")]]
    given, truth = marked(long, Look(width=60)).plain.splitlines()
    assert (given.rstrip(), truth.rstrip()) == (
        "[[11, 22, 33], [14, 25, 36], [10, 20, 30]]",
        "✗ [[11, 22, 33], [14, 25, 36]]",
    )
    assert marked(long, Look(width=73)).plain.rstrip().endswith("✗ [[11, 22, 33], [14, 25, 36]]")
    assert marked([[("1", True, "1")]] * 12, LOOK).plain.splitlines()[-1] == "… 2 more rows"


@given(
    st.lists(st.lists(st.tuples(TEXTS, st.booleans(), TEXTS), min_size=1, max_size=5), max_size=14), st.booleans()
)
def test_marks_fit(rows: list[list[tuple[str, bool, str]]], colour: bool) -> None:
    shown = marked(rows, Look(width=38, colour=colour)).plain
    assert all(cell_len(line) <= 38 for line in shown.splitlines())


@given(st.lists(st.tuples(TEXTS, st.integers(0, 6), st.booleans()), min_size=1, max_size=9), st.booleans())
def test_lines_fit(lines: list[tuple[str, int, bool]], picked: bool) -> None:
    shown = line_order(lines, 0, picked, LOOK).plain.split("\n")
    assert len(shown) == len(lines)
    assert all(cell_len(line) <= 40 for line in shown)


@given(TEXTS, st.lists(TEXTS, max_size=3), st.integers(0, 20))
def test_any_code_with_gaps_is_drawn(code: str, typed: list[str], cursor: int) -> None:
    count = len([part for part in code.split() if part == "___"]) + 2
    gaps(
        f"x = ___\n{code}\n___",
        (typed + [""] * count)[:count],
        0,
        min(cursor, len(typed[0]) if typed else 0),
        LOOK,
    )

"""What editing keys do to text, without a screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.ui.widgets import editing

LINES = st.lists(st.text(" \tab#", max_size=8), min_size=1, max_size=5)
CODE = st.text("()[]{}'\"#\\ab\n", max_size=40)


@pytest.mark.parametrize(
    ("line", "column", "left", "right"),
    [
        ("model.layers[0]", 0, 0, 5),
        ("model.layers[0]", 5, 0, 12),
        ("model.layers[0]", 8, 6, 12),
        ("model.layers[0]", 15, 13, 15),
        ("  x = y", 2, 0, 3),
        ("  x = y", 4, 2, 7),
        ("größe_1 + 2", 11, 10, 11),
        ("+++", 2, 0, 3),
        ("", 0, 0, 0),
    ],
)
def test_words_end_where_ipythons_do(line: str, column: int, left: int, right: int) -> None:
    assert (editing.word_left(line, column), editing.word_right(line, column)) == (left, right)


@pytest.mark.parametrize(
    ("line", "column", "left"), [("a = f(b.c)", 10, 4), ("a = f(b.c)  ", 12, 4), ("ab", 2, 0), ("ab", 1, 0)]
)
def test_up_to_a_blank(line: str, column: int, left: int) -> None:
    assert editing.blank_left(line, column) == left


def test_comments_stand_at_one_column_and_come_off_again() -> None:
    lines = ["    if x:", "", "        y", "    z"]
    marked = ["    # if x:", "", "    #     y", "    # z"]
    assert editing.commented(lines) == marked
    assert editing.commented(marked) == lines
    assert editing.commented(["#x", "  # y"]) == ["x", "  y"]
    assert editing.commented(["x", "# y"]) == ["# x", "# # y"]
    assert editing.commented([""]) == ["# "]


@given(LINES)
def test_commenting_twice_changes_nothing_unless_all_were_comments(lines: list[str]) -> None:
    once = editing.commented(lines)
    full = [line for line in lines if line.strip()]
    if not full or not all(line.lstrip().startswith("#") for line in full):
        expected = lines if full else [line.rstrip() for line in editing.commented(once)]
        assert [line.rstrip() if not full else line for line in editing.commented(once)] == expected


@given(st.lists(st.tuples(st.integers(0, 2), st.text("ab", min_size=1)), min_size=1, max_size=4))
def test_indenting_and_back(levels: list[tuple[int, str]]) -> None:
    lines = ["    " * level + text for level, text in levels]
    assert editing.dedented(editing.indented(lines)) == lines


@given(LINES)
def test_dedenting_takes_blanks_only_and_ends(lines: list[str]) -> None:
    for _ in range(4):
        lines, before = editing.dedented(lines), lines
        assert [line.lstrip() for line in lines] == [line.lstrip() for line in before]
    assert not any(line.startswith(" ") for line in lines if line.strip())


@pytest.mark.parametrize(
    ("text", "place", "partner"),
    [
        ("f(a[0])", (0, 1), (0, 6)),
        ("f(a[0])", (0, 7), (0, 1)),
        ("f(a[0])", (0, 6), (0, 1)),
        ("f(a[0])", (0, 4), (0, 5)),
        ("f(\n  (1),\n)", (2, 1), (0, 1)),
        ("print(':)')", (0, 5), (0, 10)),
        ("x = [  # )]\n]", (0, 4), (1, 0)),
        ('(""" ) \\""" ) """)', (0, 0), (0, 17)),
        ("(]", (0, 0), None),
        ("(", (0, 0), None),
        ("a\n)", (1, 0), None),
        ("()\nb", (1, 0), None),
        ("'(' + ')'", (0, 1), None),
    ],
)
def test_brackets_know_their_partners(text: str, place: tuple[int, int], partner: tuple[int, int] | None) -> None:
    assert editing.partner(text, *place) == partner


@given(CODE)
def test_partners_are_mutual(text: str) -> None:
    for row, line in enumerate(text.split("\n")):
        for column in range(len(line)):
            found = editing.partner(text, row, column)
            if found is not None and found > (row, column) and text.split("\n")[row][column] in "([{":
                assert editing.partner(text, *found) == (row, column)

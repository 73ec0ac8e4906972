"""A prediction is marked axis by axis, element by element, line by line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.session.marks import all_right, marks, unreadable


@pytest.mark.parametrize(
    ("ask", "answer", "truth", "is_read"),
    [
        ("shape", "(5, 3)", "(3, 5)", True),
        ("shape", "three by five", "(3, 5)", False),
        ("value", "[1, 2", "[1, 2]", False),
        ("value", "6.0.", "6.0", False),
        ("value", "true", "True", False),
        ("value", "False", "True", True),
        ("value", "tensor([1, 3])", "[1, 2]", True),
        ("value", "nan", "3.0", True),
        ("value", "whatever", "nan", True),
        ("dtype", "whatever", "float32", True),
        ("output", "[1, 2", "[1, 2]", True),
        ("raises", "nothing at all", "RuntimeError", True),
    ],
)
def test_what_cannot_be_read_is_no_answer_yet(ask: str, answer: str, truth: str, is_read: bool) -> None:
    assert (unreadable(ask, answer, truth) == "") is is_read
    if not is_read:
        assert not all_right(marks(ask, answer, truth)), "a right answer is never sent back"


def _said(ask: str, answer: str, truth: str) -> list[list[tuple[str, bool, str]]]:
    return [[(mark.text, mark.right, mark.truth) for mark in row] for row in marks(ask, answer, truth)]


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ("(3, 5)", True),
        ("[3, 5]", True),
        ("3, 5", True),
        ("3 5", True),
        ("3x5", True),
        ("3 × 5", True),
        ("torch.Size([3, 5])", True),
        ("(3,)", False),
        ("(3, 5, 1)", False),
        ("(5, 3)", False),
        ("35", False),
        ("what", False),
        ("", False),
        ("()", False),
    ],
)
def test_a_shape_may_be_written_in_any_way(answer: str, right: bool) -> None:
    assert all_right(marks("shape", answer, "(3, 5)")) is right


def test_each_axis_is_marked() -> None:
    assert _said("shape", "(3, 1)", "(3, 5)") == [[("3", True, "3"), ("1", False, "5")]]
    assert _said("shape", "(3,)", "(3, 5)") == [[("3", True, "3"), ("", False, "5")]]
    assert _said("shape", "(3, 5, 1)", "(3, 5)") == [[("3", True, "3"), ("5", True, "5"), ("1", False, "")]]
    assert all_right(marks("shape", "()", "()"))
    assert all_right(marks("shape", "3", "(3,)"))


def test_a_single_number_is_shown_as_it_is_written() -> None:
    (((only,),)) = marks("value", "0.5", "1.0")
    assert (only.text, only.right, only.truth) == ("0.5", False, "1.0")
    (((only,),)) = marks("value", " 2 ", "tensor(2.)")
    assert (only.text, only.right, only.truth) == ("2", True, "tensor(2.)")


def test_each_element_is_marked() -> None:
    assert _said("value", "[[1, 2], [4, 3]]", "tensor([[1, 2], [3, 4]])") == [
        [("1", True, "1"), ("2", True, "2")],
        [("4", False, "3"), ("3", False, "4")],
    ]
    assert _said("value", "[1, 2]", "[[1], [2]]") == [[("[1, 2]", False, "[[1], [2]]")]]


@pytest.mark.parametrize(
    ("ask", "answer", "truth", "right"),
    [
        ("value", "1.5", "tensor(1.5000)", True),
        ("value", "[0.3333, 1]", "tensor([0.33333334, 1.])", True),
        ("value", "[0.33, 1]", "tensor([0.33333334, 1.])", False),
        ("value", "3", "tensor(3, grad_fn=<AddBackward0>)", True),
        ("value", "tensor([1, 2])", "tensor([1, 2], dtype=torch.int32)", True),
        ("value", "True", "True", True),
        ("value", "1", "True", False),
        ("value", "'a'", "'a'", True),
        ("value", "[1, [2]]", "[1, [2]]", True),
        ("value", "[[1, 2], [3]]", "[[1, 2], [3]]", True),
        ("value", "[[1, 2], [4]]", "[[1, 2], [3]]", False),
        ("value", "nan", "tensor(nan)", False),
        ("value", "tensor(nan)", "tensor(nan)", True),
        ("value", "[", "[1]", False),
        ("dtype", "float32", "torch.float32", True),
        ("dtype", "torch.float", "torch.float32", True),
        ("dtype", "long", "torch.int64", True),
        ("dtype", "float64", "torch.float32", False),
        ("raises", "runtimeerror", "RuntimeError", True),
        ("raises", "no error", "nothing", True),
        ("raises", "ValueError", "RuntimeError", False),
        ("output", "a \nb\n", "a\nb", True),
        ("output", "a", "a\nb", False),
        ("output", "a\nb\nc", "a\nb", False),
        ("output", "", "a", False),
    ],
)
def test_what_is_right(ask: str, answer: str, truth: str, right: bool) -> None:
    assert all_right(marks(ask, answer, truth)) is right


@given(
    st.sampled_from(["shape", "value", "dtype", "output", "raises"]), st.text(max_size=40), st.text(max_size=40)
)
def test_any_text_is_marked(ask: str, answer: str, truth: str) -> None:
    assert marks(ask, answer, truth)


_NESTED = st.recursive(st.integers(-99, 99), lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=9)


@given(_NESTED, _NESTED)
def test_lists_are_right_when_they_are_equal(answer: object, truth: object) -> None:
    assert all_right(marks("value", json.dumps(answer), json.dumps(truth))) is (answer == truth)


@given(st.lists(st.integers(0, 9), max_size=4), st.lists(st.integers(0, 9), max_size=4))
def test_shapes_are_right_when_they_are_equal(answer: list[int], truth: list[int]) -> None:
    said = marks("shape", str(tuple(answer)), str(tuple(truth)))
    assert all_right(said) is (answer == truth)
    assert sum(len(row) for row in said) == max(len(answer), len(truth), 1)

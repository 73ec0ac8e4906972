"""What counts as the same output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.lesson.outputs import difference


def test_exactly_alike_are_numbers_with_the_same_digits() -> None:
    assert difference("at 1795287460.047", "at 1795287463.912") is None
    assert difference("at 1795287460.047", "at 1795287463.912", exact=True) is not None
    assert difference("at 1.5 in 3 s", "at 1.5 in 4 s", exact=True) is None


@pytest.mark.parametrize(
    ("recorded", "got"),
    [
        ("tensor([1., 2.])", "tensor([1., 2.])\n"),
        ("a  b\n\nc", "a b\nc"),
        ("<A object at 0x7f6fccfc69d0>", "<A object at 0x7ffffffff010>"),
        ("epoch 3: loss 0.12345 in 1.3 s", "epoch 3: loss 0.12346 in 12.9 s"),
        ("12.3 ms per loop", "9.8 ms per loop"),
        ("2024-01-31 12:01:59 done", "2026-02-01 09:44:01 done"),
        ("tensor(1.1921e-07)", "tensor(0.)"),
        ("[-0., 1.]", "[0., 1.]"),
    ],
)
def test_what_differs_from_run_to_run_does_not_count(recorded: str, got: str) -> None:
    assert difference(recorded, got) is None


@pytest.mark.parametrize(
    ("recorded", "got", "lines"),
    [
        ("1\n2", "1\n3", ("2", "3")),
        ("torch.Size([2, 3])", "torch.Size([3, 2])", ("torch.Size([2, 3])", "torch.Size([3, 2])")),
        ("0.5", "0.6", ("0.5", "0.6")),
        ("5", "5.0", None),
        ("10", "11", ("10", "11")),
        ("a\nb", "a", ("b", "")),
        ("", "b", ("", "b")),
        ("x = 1", "y = 1", ("x = 1", "y = 1")),
        ("[0:10]", "[0:20]", ("[0:10]", "[0:20]")),
        ("w" * 200, "v", ("w" * 59 + "…", "v")),
    ],
)
def test_what_counts_is_shown_with_its_line(recorded: str, got: str, lines: tuple[str, str] | None) -> None:
    assert difference(recorded, got) == lines


@given(st.text(max_size=60))
def test_a_text_is_like_itself(text: str) -> None:
    assert difference(text, text) is None
    assert difference(text, f" {text}\n") is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_it_does_not_matter_which_was_first(one: str, other: str) -> None:
    found = difference(one, other)
    assert difference(other, one) == (found[::-1] if found else None)


@given(st.integers(), st.integers())
def test_whole_numbers_are_compared_exactly(one: int, other: int) -> None:
    assert (difference(str(one), str(other)) is None) == (one == other)

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.protocol.text import plain, styled, without_colour, without_steps

CONTROL_HEAVY = st.text(
    alphabet=st.one_of(
        st.sampled_from("\x1b[]0;32m?J\x07\\P^_X\x9b\x9d\x9c\x00\r\n\t\b\x7f\u202e\u2066"), st.characters()
    )
)


@given(CONTROL_HEAVY)
def test_plain_text_has_nothing_a_terminal_obeys(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", plain(text))


@given(CONTROL_HEAVY)
def test_styled_text_has_colours_and_line_control_only(text: str) -> None:
    rest = re.sub(r"\x1b\[(?:[0-9;:]*m|[0-9]{0,2}A|[0-2]?K)", "", styled(text))
    assert not re.search("[\x00-\x07\x0b\x0c\x0e-\x1f\x7f-\x9f]", rest)


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs"))))
def test_ordinary_text_passes_untouched(text: str) -> None:
    assert plain(text) == text
    assert styled(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
        ("a\x1b[2Jb", "ab"),
        ("\x1b]0;title\x07after", "after"),
        ("\x1b]52;c;aGk=\x1b\\after", "after"),
        ("50%\r51%", "50%\r51%"),
        ("\x1b[Ax\x1b[2Ky\x1b[12A", "\x1b[Ax\x1b[2Ky\x1b[12A"),
        ("\x1b[1;2Ax\x1b[3Ky\x1b[123Az\x1b[B", "xyz"),
        ("\x9b31mx", "x"),
        ("unfinished \x1b[31", "unfinished "),
    ],
)
def test_known_sequences(text: str, kept: str) -> None:
    assert styled(text) == kept


@given(CONTROL_HEAVY)
def test_text_without_steps_moves_no_cursor(text: str) -> None:
    assert not re.search(r"\x1b\[[0-9]*[A-L]", without_steps(styled(text)))


def test_a_progress_bar_reads_as_its_last_state() -> None:
    assert without_colour("\x1b[32m10%\r100%\x1b[0m\r\ndone") == "100%\ndone"

"""Bytes of a terminal become the keys and pastes that were meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events

from tutor.ui.terminal_input import SturdyParser, alt_key, alt_letter, know_alt_keys

START, END = "\x1b[200~", "\x1b[201~"
know_alt_keys()


def read(*pieces: str) -> list[str]:
    """Names of keys, and texts that were pasted, from bytes that arrive in these pieces."""
    parser = SturdyParser()
    found = [event for piece in (*pieces, "") for event in parser.feed(piece)]
    return [
        event.key if isinstance(event, events.Key) else f"pasted {event.text!r}"
        for event in found
        if isinstance(event, events.Key | events.Paste)
    ]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("\r", ["enter"]),
        ("\x1b\r", ["alt+enter"]),
        ("\x1b\x7f", ["alt+backspace"]),
        ("\x17", ["ctrl+w"]),
        ("\x1bd", ["alt+d"]),
        ("\x1bd\x1bd\x1bd", ["alt+d"] * 3),
        ("\x1bb\x1bf", ["ctrl+left", "ctrl+right"]),
        ("\x1b?x", ["alt+question_mark", "x"]),
        ("\x1b[1;3A\x1b[B\x1bOP", ["alt+up", "down", "f1"]),
        ("\x1b", ["escape"]),
    ],
)
def test_alt_and_a_key_is_a_key_of_its_own(text: str, keys: list[str]) -> None:
    assert read(text) == keys
    assert read(*text) == keys


def test_a_key_with_alt_names_its_letter() -> None:
    assert [alt_letter(alt_key(letter)) for letter in "hx?:"] == [*"hx?:"]
    assert alt_letter("alt+up") == alt_letter("h") == ""


@given(st.text("ab\x1b[]201~\r\n;mM<\x00", max_size=40), st.data())
def test_a_paste_is_one_text_whatever_is_in_it(text: str, data: st.DataObject) -> None:
    if END in text + END[:-1]:
        return
    stream = f"x{START}{text}{END}y"
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=4)))
    pieces = [stream[a:b] for a, b in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    assert read(*filter(None, pieces)) == ["x", f"pasted {text!r}", "y"]


@pytest.mark.parametrize("noise", ["\x1b[48;:82A\x7fR6$;\x1bQ", "\x1b[48;;6254775Q", "\x1b[99999999u"])
def test_noise_is_passed_over(noise: str) -> None:
    parser = SturdyParser()
    for event in parser.feed(noise):
        assert not isinstance(event, events.Paste)
    after = [*parser.feed(f"x{START}a{END}y")]
    names = [event.key for event in after if isinstance(event, events.Key)]
    assert names[-2:] == ["x", "y"]
    assert [event.text for event in after if isinstance(event, events.Paste)] == ["a"]


@given(st.lists(st.text("\x1b[]<>?;:0123456789mMuARPO~$ \r\x9b\x7fé", max_size=12), max_size=4))
def test_no_bytes_end_the_program(pieces: list[str]) -> None:
    read(*(f"\x1b[{piece}" for piece in pieces))


def test_two_pastes_in_a_row_are_two() -> None:
    assert read(f"{START}a{END}{START}b{END}") == ["pasted 'a'", "pasted 'b'"]

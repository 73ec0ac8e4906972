from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.style import Style
from rich.text import Text

from tutor.ui.widgets.ring import Ring
from tutor.ui.widgets.typewriter import LONGEST_LINE, Typewriter

Looks = list[tuple[str, bool, bool]]
PIECES = st.sampled_from(["a", "bc", "日", "\n", "\r", "\b", "\t", "\x1b[1m", "\x1b[0m", "\x1b[3m", " "])


def written(*pieces: str, stream: str = "stdout") -> Ring:
    ring = Ring()
    typewriter = Typewriter(ring)
    for piece in pieces:
        typewriter.write(piece, stream)
    return ring


def plain(ring: Ring) -> list[str]:
    return [ring[index].plain() for index in range(len(ring))]


def looks(ring: Ring) -> list[Looks]:
    """Every character with whether it is bold and italic."""
    found = []
    for index in range(len(ring)):
        text = ring[index].text()
        assert text.plain == ring[index].plain()
        styles = [style_at(text, n) for n in range(len(text))]
        found.append([(c, bool(s.bold), bool(s.italic)) for c, s in zip(text.plain, styles, strict=True)])
    return found


def style_at(text: Text, place: int) -> Style:
    spans = [span.style for span in text.spans if span.start <= place < span.end]
    return sum((style for style in spans if isinstance(style, Style)), Style.null())


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        ("", []),
        ("one", ["one"]),
        ("one\n", ["one"]),
        ("\n", [""]),
        ("\n\none\n\n", ["", "", "one", ""]),
        ("one\r\ntwo\r\n", ["one", "two"]),
        ("abc\rX", ["Xbc"]),
        ("abc\rX\n", ["Xbc"]),
        (" 1 %\r 2 %\r 3 %", [" 3 %"]),
        ("long one\rab", ["abng one"]),
        ("abc\b\bX", ["aXc"]),
        ("\b\bX", ["X"]),
        ("a\tb", ["a       b"]),
        ("日\rX", ["X"]),
        ("\x1b[31mred\x1b[0m", ["red"]),
        ("\x1b[31mred\n\x1b[0m", ["red"]),
        ("one\n\r", ["one"]),
    ],
)
def test_what_a_terminal_would_show(output: str, lines: list[str]) -> None:
    assert plain(written(output)) == lines


@given(st.lists(PIECES, max_size=30))
def test_it_does_not_matter_how_the_output_is_cut(pieces: list[str]) -> None:
    assert looks(written("".join(pieces))) == looks(written(*pieces))


@given(st.lists(PIECES, max_size=30))
def test_it_is_what_a_terminal_line_would_hold(pieces: list[str]) -> None:
    """The model: one list of cells a line, a cursor, a bold and an italic switch."""
    lines: list[Looks] = [[]]
    cursor, bold, italic = 0, False, False
    for piece in pieces:
        if piece == "\n":
            lines.append([])
            cursor = 0
        elif piece == "\r":
            cursor = 0
        elif piece == "\b":
            cursor = max(0, cursor - 1)
        elif piece.startswith("\x1b"):
            bold, italic = (bold or "1" in piece, italic or "3" in piece) if "0" not in piece else (False, False)
        else:
            for character in piece.replace("\t", " "):
                lines[-1][cursor : cursor + 1] = [(character, bold, italic)]
                cursor += 1
    # The last line ends too, so that both sides agree on whether there is one.
    found = looks(written("".join(pieces).replace("\t", " ") + "\n"))
    assert found == lines


def test_colours_go_on_over_line_ends_and_calls() -> None:
    ring = written("\x1b[1mone\n", "two\n", "th\x1b[0mree\n")
    bold = [[character for character, is_bold, _ in line if is_bold] for line in looks(ring)]
    assert bold == [list("one"), list("two"), list("th")]


def test_streams_have_their_own_lines_and_colours() -> None:
    ring = Ring()
    typewriter = Typewriter(ring)
    typewriter.write("out \x1b[1m", "stdout")
    typewriter.write("err", "stderr")
    typewriter.write("more", "stdout")
    assert plain(ring) == ["out ", "err", "more"]
    assert [ring[n].kind for n in range(3)] == ["stdout", "stderr", "stdout"]
    assert [any(bold for _, bold, _ in line) for line in looks(ring)] == [False, False, True]


def test_after_the_end_of_a_line_a_carriage_return_does_not_reach_back() -> None:
    ring = Ring()
    typewriter = Typewriter(ring)
    typewriter.write("kept", "stdout")
    typewriter.end_line()
    typewriter.write("\rnew", "stdout")
    assert plain(ring) == ["kept", "new"]


@pytest.mark.parametrize("cut", [1_000, 65_536, 10_000_000])
def test_a_line_of_ten_megabytes_is_cut_and_says_so(cut: int) -> None:
    text = "x" * 10_000_000
    ring = written(*(text[start : start + cut] for start in range(0, len(text), cut)), "\nnext\n")
    assert plain(ring) == ["x" * LONGEST_LINE + f" … {10_000_000 - LONGEST_LINE:,} more characters", "next"]


def test_overwriting_a_line_that_was_cut_stays_bounded() -> None:
    ring = written("y" * 50_000 + "\r", "z" * 50_000)
    assert plain(ring)[0].startswith("z" * LONGEST_LINE + " … ")


def test_hidden_and_blinking_text_is_shown() -> None:
    text = written("\x1b[8;5msecret")[0].text()
    style = text.spans[0].style if text.spans else Style.null()
    assert isinstance(style, Style)
    assert not style.conceal
    assert not style.blink


def test_a_colour_with_absurd_numbers_is_ignored() -> None:
    assert plain(written(f"\x1b[{'9' * 6000}mred")) == ["red"]


@given(st.text(max_size=40))
def test_nothing_but_printable_characters_comes_out(output: str) -> None:
    for line in plain(written(output)):
        assert not any(c < " " or "\x7f" <= c <= "\x9f" for c in line)

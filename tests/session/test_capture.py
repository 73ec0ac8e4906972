from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tutor.protocol.wire import STDERR_MARK, STDOUT_MARK
from tutor.session.capture import Capture

ERR, OUT = bytes([STDERR_MARK]), bytes([STDOUT_MARK])
PRINTABLE = st.text(alphabet=st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1)


@given(st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), PRINTABLE), max_size=6), st.integers(1, 9))
def test_streams_are_told_apart_however_the_bytes_are_cut(written: list[tuple[str, str]], size: int) -> None:
    data = b"".join(ERR + text.encode() + OUT if stream == "stderr" else text.encode() for stream, text in written)
    capture = Capture()
    found: dict[str, str] = {"stdout": "", "stderr": ""}
    for start in range(0, len(data), size):
        for piece in capture.feed(data[start : start + size]):
            found[piece.stream] += piece.text
    for stream in found:
        assert found[stream] == "".join(text for s, text in written if s == stream)


def test_a_colour_split_between_two_reads_stays_whole() -> None:
    capture = Capture()
    pieces = capture.feed(b"a\x1b[3") + capture.feed(b"1mb")
    assert "".join(piece.text for piece in pieces) == "a\x1b[31mb"


def test_invalid_utf8_is_shown_as_replacement_characters() -> None:
    (piece,) = Capture().feed(b"a\xc3(b\n")
    assert piece.text == "a\ufffd(b\n"

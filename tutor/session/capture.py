"""Cuts the captured bytes of a worker's output into text of one stream or the other."""

from __future__ import annotations

import codecs
import re

from tutor.protocol.events import Output
from tutor.protocol.text import styled
from tutor.protocol.wire import STDERR_MARK, STDOUT_MARK

_MARK = re.compile(bytes([ord("["), STDERR_MARK, STDOUT_MARK, ord("]")]))
_TAIL = re.compile(r"\x1b(?:\[[0-9;:?<=>!]*|\][^\x07\x1b]{0,256}\x1b?)?\Z")
"""An escape sequence that goes on in the next chunk."""


class Capture:
    """Decodes incrementally: a character or a colour may be split between two reads."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stream = "stdout"
        self._held = ""

    def feed(self, data: bytes) -> list[Output]:
        """The text completed by ``data``, as sanitised pieces in the order they were written."""
        pieces: list[Output] = []
        start = 0
        for mark in _MARK.finditer(data):
            self._add(pieces, data[start : mark.start()])
            self._stream = "stderr" if data[mark.start()] == STDERR_MARK else "stdout"
            start = mark.end()
        self._add(pieces, data[start:])
        return pieces

    def _add(self, pieces: list[Output], data: bytes) -> None:
        text = self._held + self._decoder.decode(data)
        self._held = ""
        tail = _TAIL.search(text)
        if tail is not None:
            text, self._held = text[: tail.start()], tail[0]
        if text := styled(text):
            pieces.append(Output(self._stream, text))

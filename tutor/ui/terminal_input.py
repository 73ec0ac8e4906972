"""What Textual makes of a terminal's bytes, put right where it goes wrong for someone who types code.

- Alt and a key: Textual takes Alt+Enter for Enter and Alt+Backspace for Ctrl+W, types the letter of Alt+D,
  and when such a key repeats fast it types ``^d``. With the sequences in its table all are keys of their own.
- A bracketed paste that holds an escape sequence: Textual takes part of it for key presses, and a line end
  among these is Enter, which would run what was pasted.
- One byte that is not UTF-8, or one malformed sequence: Textual ends the program with a traceback. Both are
  passed over.
"""

from __future__ import annotations

import codecs
import string
from collections.abc import Callable, Iterable
from enum import Enum
from functools import partial

from textual import _ansi_sequences, events
from textual._xterm_parser import BRACKETED_PASTE_END, BRACKETED_PASTE_START, XTermParser
from textual.keys import _character_to_key
from textual.message import Message

_INTRODUCERS = "NOPX[]^_\\"
"""Behind Esc these begin sequences."""


def alt_key(character: str) -> str:
    """Textual's name of Alt and the key that types ``character``."""
    return f"alt+{_character_to_key(character)}"


def alt_letter(key: str) -> str:
    """What ``key`` would have typed without Alt; empty for any other key."""
    return _LETTERS.get(key, "")


_LETTERS = {
    alt_key(character): character
    for character in string.ascii_letters + string.digits + string.punctuation
    if character not in _INTRODUCERS
}


def know_alt_keys() -> None:
    """Teach Textual the bytes that most terminals send for Alt and a key; some it knows as other keys."""
    table = _ansi_sequences.ANSI_SEQUENCES_KEYS
    assert isinstance(table, dict)  # noqa: S101 - typed as a mapping, and a table of our own would be a copy of it
    names = {f"\x1b{character}": key for key, character in _LETTERS.items()}
    names |= {"\x1b\r": "alt+enter", "\x1b\x7f": "alt+backspace"}
    keys = Enum("keys", {name: name for name in names.values()})  # type: ignore[misc]
    for sequence, name in names.items():
        # Alt+B and Alt+F are known, as Ctrl+Left and Ctrl+Right.
        if sequence not in table or name == "alt+backspace":
            table[sequence] = (keys[name],)


class SturdyParser(XTermParser):
    """Takes a bracketed paste as one piece of text, whatever is in it, and passes over nonsense."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._debug = debug
        self._pasted: list[str] | None = None
        self._tail = ""
        """The end of what was read, where a marker may have begun."""

    def feed(self, data: str) -> Iterable[Message]:
        if not data:
            yield from self._sturdily(super().feed(data))
        while data:
            if self._pasted is None:
                found, piece, data = self._cut(BRACKETED_PASTE_START, data)
                yield from self._sturdily(super().feed(piece))
                if found:
                    self._pasted = []
            else:
                found, piece, data = self._cut(BRACKETED_PASTE_END, data)
                self._pasted.append(piece)
                if found:
                    yield from self._end_paste()

    def tick(self) -> Iterable[Message]:
        yield from self._sturdily(super().tick())

    def _sturdily(self, found: Iterable[Message]) -> Iterable[Message]:
        try:
            yield from found
        except Exception:  # noqa: BLE001 - whatever it stumbles over was sent by a terminal, and costs no session
            super().__init__(self._debug)

    def _cut(self, marker: str, data: str) -> tuple[bool, str, str]:
        """Whether ``marker`` ends in ``data``, what is read up to there, and the rest."""
        seen = self._tail + data
        start = seen.find(marker)
        if start < 0:
            self._tail = seen[1 - len(marker) :]
            return False, data, ""
        end = start + len(marker) - len(self._tail)
        self._tail = ""
        return True, data[:end], data[end:]

    def _end_paste(self) -> Iterable[Message]:
        text = "".join(self._pasted or ()).removesuffix(BRACKETED_PASTE_END)
        self._pasted = None
        for event in self._sturdily(super().feed(BRACKETED_PASTE_END)):
            # The parser has seen an empty paste.
            if not isinstance(event, events.Paste):
                yield event
        yield events.Paste(text)


def prepare() -> None:
    """Before the terminal is first read."""
    from textual.drivers import linux_driver

    know_alt_keys()
    linux_driver.XTermParser = SturdyParser  # type: ignore[attr-defined]
    linux_driver.getincrementaldecoder = _forgiving_decoder  # type: ignore[attr-defined, assignment]


def _forgiving_decoder(encoding: str) -> Callable[[], codecs.IncrementalDecoder]:
    return partial(codecs.getincrementaldecoder(encoding), "replace")

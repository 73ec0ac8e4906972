"""What only a real terminal can show of editing: bytes of pastes and keys, and another program in the terminal."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal
from tests.terminal.test_terminal import CTRL_Q, ENTER, _open, terminals

__all__ = ["terminals"]

pytestmark = [pytest.mark.terminal, pytest.mark.worker]

CTRL_R, ESCAPE = "\x12", "\x1b"


def ready(terminals: list[Terminal], data: Path) -> Terminal:
    terminal = _open(terminals, "repl", data=data)
    terminal.until(lambda: terminal.shows("● ready"))
    return terminal


def test_a_paste_is_one_cell_that_enter_runs_and_a_later_session_finds(
    terminals: list[Terminal], tmp_path: Path
) -> None:
    terminal = ready(terminals, tmp_path)
    # An escape sequence inside, line ends as terminals send them, a session with an output, and one at the end.
    terminal.send("\x1b[200~>>> a = 20\r>>> a\r20\r>>> \x1b[31mb = a * 3\r>>> print(a + b)\r80\r\x1b[201~")
    terminal.until(lambda: terminal.shows("print(a + b)"))
    assert not terminal.shows("80")
    terminal.send("c = 7" + ENTER)
    terminal.until(lambda: terminal.shows("[1] a = 20", "b = a * 3", "c = 7", "80"))
    terminal.send(CTRL_Q)
    assert terminal.end() == 0

    again = ready(terminals, tmp_path)
    again.send(CTRL_R + "PRINT")
    again.until(lambda: again.shows("search ▏PRINT", "not found"))
    again.send("\x15" + "a + b")
    again.until(lambda: again.shows("1 of 1", "print(a + b)"))
    again.send(ENTER)
    again.until(lambda: again.shows("a = 20", "c = 7") and not again.shows("search"))
    assert not again.shows("[1] a = 20\n")
    again.send(ENTER)
    again.until(lambda: any(line.strip("│ ").startswith("80") for line in again.text.splitlines()))


def test_alt_keys_as_fast_as_a_key_repeats(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = ready(terminals, tmp_path)
    terminal.send("one two three four" + "\x01" + "\x1bd\x1bd\x1bd" + "\x1b\x7f" + "'4'*2 or" + ENTER)
    terminal.until(lambda: terminal.shows("[1] '4'*2 or four"))


def test_bytes_that_are_no_text_end_nothing(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = ready(terminals, tmp_path)
    os.write(terminal.child.child_fd, b"'a\xff\xc3b'\x1b[99999999u")
    terminal.until(lambda: terminal.shows("[1] 'a"))
    os.write(terminal.child.child_fd, b"\x15'still ' + 'here'\r")
    terminal.until(lambda: terminal.shows("still here"))


def test_another_editor_in_the_terminal(
    terminals: list[Terminal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "editor.py"
    script.write_text(
        "import pathlib, sys, time\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "assert sys.stdin.isatty() and sys.stdout.isatty()\n"
        "print('EDITING', file.read_text().strip()); word = input('word? ')\n"
        "file.write_text(f'print({word!r} * 2)\\n')\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("VISUAL", f"{sys.executable} {script}")
    terminal = ready(terminals, tmp_path)
    terminal.send("draft")
    terminal.until(lambda: terminal.shows("[1] draft"))
    terminal.send(ESCAPE + "v")
    terminal.until(lambda: terminal.shows("EDITING draft", "word?"))
    terminal.send("ab" + ENTER)
    terminal.until(lambda: terminal.shows("[1] print('ab' * 2)", "● ready"))
    terminal.send(ENTER)
    terminal.until(lambda: any("abab" in line and "print" not in line for line in terminal.text.splitlines()))


def test_a_question_is_answered_without_another_key(terminals: list[Terminal], tmp_path: Path) -> None:
    terminal = ready(terminals, tmp_path)
    for name in ("zzz", "yyy", "xxx"):
        terminal.send(f"{name}?")
        terminal.until(partial(terminal.shows, f"] {name}?"))
        terminal.send(ENTER)
        terminal.until(partial(terminal.shows, f"Nothing is known of {name}"))

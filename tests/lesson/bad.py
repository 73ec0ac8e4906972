"""One lesson for each way of being bad, with the place and the words that must be told of it."""

from __future__ import annotations

import os
from itertools import pairwise
from pathlib import Path

from tests.lesson.sample import HEAD, with_step

_READ = "  - {id: a, kind: read, text: t}\n"
_EXERCISE = """\
id: a
kind: exercise
text: t
solution: x = 1
hints: [one]
checks: [{kind: value, target: x}]
"""
_GOOD = HEAD + _READ


def _bomb() -> str:
    names = "abcdefghij"
    first = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    return first + "".join(
        f"{new}: &{new} [{', '.join(f'*{old}' for _ in range(10))}]\n" for old, new in pairwise(names)
    )


BAD: dict[str, tuple[bytes, str, str]] = {
    # name: (content, line:column, words)
    "bomb": (_bomb().encode(), "1:4", "anchors and aliases are not allowed"),
    "nested": (b"a: " + b"[" * 5_000, "1:15", "nested more than 12 levels deep"),
    "nested-blocks": (
        "".join(f"{' ' * n}a:\n" for n in range(200)).encode(),
        "13:13",
        "nested more than 12 levels deep",
    ),
    "wrong-types": (
        _GOOD.replace("minutes: 5", "minutes: [5]").encode(),
        "6:10",
        "`minutes` must be a whole number",
    ),
    "list-for-text": (
        _GOOD.replace("title: Small", "title: {a: b}").encode(),
        "3:8",
        "`title` must be text on one line",
    ),
    "tabs": (_GOOD.replace("  - {id", "\t- {id").encode(), "9:1", "indent with spaces, not with tabs"),
    "two-marks": (b"\xef\xbb\xbf\xef\xbb\xbf" + _GOOD.encode(), "1:1", "the character U+FEFF is not allowed"),
    "utf-16": (_GOOD.encode("utf-16"), "1:1", "not UTF-8"),
    "old-mac": (
        _GOOD.replace("minutes: 5", "minutes: x").replace("\n", "\r").encode(),
        "6:10",
        "`minutes` must be",
    ),
    "crlf": (
        _GOOD.replace("minutes: 5", "minutes: x").replace("\n", "\r\n").encode(),
        "6:10",
        "`minutes` must be",
    ),
    "twice": (_GOOD.replace("minutes: 5", "minutes: 5\nminutes: 6").encode(), "7:1", "`minutes` is here twice"),
    "unknown": (_GOOD.replace("minutes: 5", "minutes: 5\nminuets: 6").encode(), "7:1", "did you mean `minutes`?"),
    "setup": (_GOOD.replace("steps:", "setup: x = = 1\nsteps:").encode(), "8:12", "not Python"),
    "solution": (with_step(_EXERCISE.replace("x = 1", "x = = 1")).encode(), "12:19", "not Python"),
    "starter": (with_step(_EXERCISE + "starter: 'def f(:'").encode(), "15:21", "not Python"),
    "target": (
        with_step(_EXERCISE.replace("target: x", "target: x = 1")).encode(),
        "14:38",
        "not a Python expression",
    ),
    "accepts": (with_step(_EXERCISE + "accepts: ['x =']").encode(), "15:19", "not Python"),
    "rejects": (with_step(_EXERCISE + "rejects: ['x =']").encode(), "15:19", "not Python"),
    "mistake": (
        with_step(_EXERCISE + "misconceptions: [{id: m, code: 'if', feedback: f}]").encode(),
        "15:39",
        "not Python",
    ),
    "deep-code": (
        with_step(_EXERCISE.replace("x = 1", "x = " + "-" * 5_900 + "1")).encode(),
        "12:15",
        "not Python: nested too deeply",
    ),
    "deep-brackets": (
        with_step(_EXERCISE.replace("x = 1", "'x = " + "(" * 2_900 + ")" * 2_900 + "'")).encode(),
        "12:",
        "not Python: too many nested parentheses",
    ),
    "no-checks-file": (
        with_step(_EXERCISE.replace("{kind: value, target: x}", "{kind: python, function: right}")).encode(),
        "14:",
        "No such file",
    ),
    "control": (_GOOD.replace("Small", "Sm\x1b[2Jall").encode(), "3:10", "the character U+001B is not allowed"),
    "empty": (b"", "1:1", "the file is empty"),
}


def write_bad(folder: Path, *, large: bool = False) -> None:
    """All of them below ``folder``; with ``large`` also one of 100 MB, which takes no room on the disk."""
    for name, (content, _, _) in BAD.items():
        _file(folder / f"50-{name}").write_bytes(content)
    if large:
        file = _file(folder / "60-large")
        file.write_bytes(_GOOD.encode())
        os.truncate(file, 100_000_000)


def good(lesson: str, *, prerequisites: str = "") -> str:
    """A lesson with nothing wrong."""
    text = _GOOD.replace("id: small", f"id: {lesson}").replace("title: Small", f"title: The one that is {lesson}")
    return text.replace("minutes: 5", f"prerequisites: [{prerequisites}]\nminutes: 5") if prerequisites else text


def write_good(folder: Path, name: str, *, prerequisites: str = "") -> Path:
    """A good lesson in a folder of its own."""
    file = _file(folder / name)
    file.write_text(good(name.partition("-")[2] or name, prerequisites=prerequisites), encoding="utf-8")
    return file


def _file(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder / "lesson.yaml"

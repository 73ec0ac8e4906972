"""What is not YAML is told in words an author can act on, whichever parser found it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tutor.lesson import yaml12
from tutor.lesson.problems import Report


@pytest.mark.parametrize("loader", ["CSafeLoader", "SafeLoader"])
@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ("a: [1, 2", (1, 9), "the list that `[` begins in line 1 lacks a `,` or its `]`"),
        ("a: {b: 1", (1, 9), "what `{` begins in line 1 lacks"),
        ("a: 1\nb: 'x", (2, 6), "the quote in line 2 is never closed"),
        ('a: "x\\q"', None, "no such escape"),
        ('a: "\\x"', None, "too few digits"),
        ("a: 1\n b: 2", (2, 3), "indented deeper than the one above it?"),
        ("a: b: c", (1, 5), "a second `: ` in one line"),
        ("a:\n\t- 1", (2, 1), "indent with spaces, not with tabs"),
        ("- a\nb: 1", (2, 1), "the list from line 1 goes on with `- …`"),
        ("a: %x", (1, 4), "a text that begins with `%` must be quoted"),
        ("%YAML 9\n---\na: 1", (1, 8), "lines that begin with `%` are directives"),
        ("a: |x\n y", (1, 5), "after `|` or `>` the text begins in the next line"),
        ("}", (1, 1), "a value is missing"),
        ("a: 1\n...\nb: 2", (3, 1), "ended before this"),
        ("a: - b", (1, 4), "a list begins in a line of its own"),
        ("a:\n  - b\n c: d", (3, 2), "indented as that in line 1"),
        ("a: 'it's'", (1, 8), "or a quote was closed before its text ended"),
    ],
)
def test_a_fault_has_its_place_and_the_way_out(
    text: str, place: tuple[int, int] | None, said: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml12, "_Loader", getattr(yaml, loader))
    report = Report(Path("lesson.yaml"), text + "\n")
    yaml12.parse(text + "\n", report)
    (problem,) = report.found()
    assert said in problem.message
    if place is not None:
        assert (problem.line, problem.column) == place

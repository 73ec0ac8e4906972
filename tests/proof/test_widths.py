"""Lines of code that a small terminal would wrap."""

from __future__ import annotations

from tests.proof.lab import VALUE, lesson_of
from tutor.proof.subject import Subject
from tutor.proof.widths import WIDEST, too_wide


def _said(**fields: str) -> list[str]:
    return [finding.message for finding in too_wide(Subject(lesson_of("y = 1", VALUE, **fields)), 0)]


def test_the_first_line_that_is_too_long_is_told_for_each_field() -> None:
    fits, wraps = "y = 1  #".ljust(WIDEST, "-"), "y = 1  #".ljust(WIDEST + 1, "-")
    assert _said(setup=fits, starter=fits) == []
    (told,) = _said(setup=f"{fits}\n{wraps}\n{wraps}", starter=fits)
    assert f"{WIDEST + 1} characters" in told
    assert len(_said(setup=wraps, starter=wraps)) == 2

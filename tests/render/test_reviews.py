"""A review in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from tutor.progress.reviews import Grade
from tutor.render.reviews import grades, span, summary, when

DAY = 86_400.0


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "1 h"),
        (600, "1 h"),
        (5 * 3600, "5 h"),
        (DAY, "1 d"),
        (59 * DAY, "59 d"),
        (90 * DAY, "3 mo"),
        (800 * DAY, "2 y"),
    ],
)
def test_a_time_is_told_short(seconds: float, said: str) -> None:
    assert span(seconds) == said


def test_a_moment_is_named_as_a_person_does() -> None:
    now = datetime(2026, 5, 1, 12, 0).astimezone().timestamp()
    assert when(now + 3600, now) == "today at 13:00"
    assert when(now - DAY, now).startswith("today")
    assert when(now + DAY, now) == "tomorrow"
    assert when(now + 3 * DAY, now) == "on Monday 4 May"
    assert when(now + 300 * DAY, now).endswith("2027")


def test_the_grades_fit_a_narrow_terminal_and_mark_what_enter_takes() -> None:
    line = grades(dict.fromkeys(Grade, 59.0 * DAY), Grade.HARD, 0.0)
    assert line.cell_len <= 80
    assert "▸2 hard 59 d" in line.plain
    assert grades({}, Grade.GOOD, 0.0).plain.strip() == "Enter goes on."


def test_the_summary_counts_and_says_when_the_next_is_due() -> None:
    text = summary({Grade.GOOD: 3, Grade.AGAIN: 1}, 0, 2 * DAY, 0.0).plain
    assert "4 questions" in text
    assert text.index("good") < text.index("again")
    assert "The next is due on" in text
    assert "1 more is due" in summary({Grade.GOOD: 1}, 1, 0.0, 0.0).plain
    assert "due" not in summary({Grade.GOOD: 1}, 0, None, 0.0).plain

"""What is said of a step whose code ran."""

from __future__ import annotations

from tutor.lesson.steps import Exercise, Run
from tutor.session.steps import ran_words, right_words


def _step(prints: str = "", after: str = "") -> Run:
    return Run(id="s", text="T", code="1", prints=prints, after=after)


def test_what_shows_the_recorded_output_or_has_none_is_simply_done() -> None:
    assert ran_words(_step(), "1", "anything") == ("Done. F8 goes on.", "good")
    assert ran_words(_step(after="So it is."), "1", "anything") == ("So it is.", "good")
    assert ran_words(_step("tensor(1.0000)\n", "So it is."), "1  # typed", "tensor(1.)") == (
        "So it is.",
        "good",
    )


def test_another_output_is_shown_beside_the_recorded_one() -> None:
    words, mood = ran_words(_step("1\n2\n", "So it is."), "1", "1\n3")
    assert (mood, words.endswith("So it is.")) == ("info", True)
    assert "`3` here, `2` there" in words
    assert "nothing here, `1` there" in ran_words(_step("1\n"), "1", "")[0]


def test_other_code_with_the_same_effect_may_show_what_it_likes() -> None:
    assert ran_words(_step("1\n"), "x = 1", "") == ("Done. F8 goes on.", "good")


def test_the_lessons_own_solution_is_not_to_be_compared_with_itself() -> None:
    step = Exercise(id="s", text="T", solution="y = x + 1\n", hints=("Think.",), checks=())
    assert right_words(step, "y = x+1  # mine") == "Right. F8 goes on."
    assert "Compare" in right_words(step, "y = 1 + x")

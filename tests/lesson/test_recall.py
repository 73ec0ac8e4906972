"""Questions from memory are read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lesson.sample import TEXT, problems
from tutor.lesson.loader import parse_lesson
from tutor.lesson.state import from_memory

GOOD = """
recall:
  - id: from-the-right
    text: From where are shapes lined up?
    options:
      - {text: the right, feedback: Yes., correct: true}
      - {text: the left, feedback: No.}
"""


def test_questions_become_choices_that_need_nothing() -> None:
    lesson = parse_lesson(TEXT + GOOD, Path("lesson.yaml"))
    (step,) = from_memory(lesson).steps
    assert step.id == "from-the-right"
    assert from_memory(lesson).id == lesson.id
    assert not from_memory(lesson).setup
    assert step.setup == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("feedback: No.}", "feedback: No., correct: true}", "exactly one option must be `correct: true`, not 2"),
        (", correct: true", "", "exactly one option must be `correct: true`, not 0"),
        ("the left", "the right", "`text` is the same as in line"),
        ("from-the-right", "guess", "`id` is the same as in line"),
        ("feedback: No.", "feedbak: No.", "did you mean `feedback`?"),
    ],
)
def test_what_is_wrong_with_a_question_is_told(old: str, new: str, said: str) -> None:
    assert GOOD.count(old) == 1
    found = problems(TEXT + GOOD.replace(old, new))
    assert any(said in problem.message for problem in found), found

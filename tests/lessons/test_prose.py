"""The words of the lessons: short sentences, and as many minutes as a reader needs."""

from __future__ import annotations

import difflib

from tests.lessons.prose import LESSONS, read_on_the_way, sentences, texts, words
from tutor.lesson.model import Choice, Explore, Fill, Judged, Lesson, Parsons, Predict, Step
from tutor.lesson.state import solution_of, starter_of

LONGEST = 25
"""Words of a sentence; a span of code is one."""

LONG_BUT_CLEAR: dict[str, str] = {}
"""``lesson#step: the first words``, and why the sentence may be longer."""

# A newcomer who reads, guesses, thinks and types, without haste.
WORDS_A_MINUTE = 200
CHARACTERS_A_MINUTE = 100
SECONDS_A_LINE = 4
"""To read a line of code."""
SECONDS_A_LINE_MOVED = 10
"""To put a line of a puzzle in its place."""
PREDICTION = 30
"""Seconds to think of an answer before it is given."""
LOOKING = 20
"""Seconds to run something and look at what it made."""
THINKING = 60
"""Seconds over a judged step beside reading and typing: a wrong try, a hint, what the check says."""
QUESTION = 15
"""Seconds over a question from memory."""
BAND = (0.75, 1.33)
"""The scripted reader's time, as a part of the lesson's ``minutes``."""


def test_no_sentence_is_long_without_need() -> None:
    long = []
    for lesson in LESSONS:
        for said in texts(lesson):
            for sentence in sentences(said.text):
                name = f"{said.place}: {' '.join(sentence.split()[:4])}"
                if (count := words(sentence)) > LONGEST and name not in LONG_BUT_CLEAR:
                    long.append(f"{said.place}: {count} words: {sentence}")
    assert not long, f"{len(long)} sentences of more than {LONGEST} words:\n" + "\n".join(long)


def typed(step: Step) -> int:
    """How many characters of the solution the learner has to type: those of lines that the start does not have."""
    if isinstance(step, Fill):
        return sum(map(len, step.blanks))
    if isinstance(step, Parsons):
        return 0
    before, after = starter_of(step).splitlines(), solution_of(step).splitlines()
    lines = [line[2:].partition("#")[0].strip() for line in difflib.ndiff(before, after) if line.startswith("+ ")]
    return sum(map(len, lines))


def shown(step: Step) -> int:
    """How many lines of code there are to read."""
    return sum(len(getattr(step, name, "").splitlines()) for name in ("example", "code", "starter"))


def seconds(step: Step) -> float:
    """What a reader spends on a step."""
    spent = words(read_on_the_way(step)) * 60 / WORDS_A_MINUTE + shown(step) * SECONDS_A_LINE
    if isinstance(step, (Predict, Choice)):
        return spent + PREDICTION
    if not isinstance(step, Judged):
        return spent + LOOKING * (3 if isinstance(step, Explore) else 1)
    if isinstance(step, Parsons):
        spent += len(step.solution.splitlines()) * SECONDS_A_LINE_MOVED
    return spent + THINKING + typed(step) * 60 / CHARACTERS_A_MINUTE


def minutes(lesson: Lesson) -> float:
    """What a scripted reader needs for a lesson, with the questions at its end."""
    asked = [
        words(" ".join([one.text, *(option.text for option in one.options)])) * 60 / WORDS_A_MINUTE + QUESTION
        for one in lesson.recall
    ]
    return (sum(map(seconds, lesson.steps)) + sum(asked)) / 60


def test_minutes_are_honest() -> None:
    wrong = []
    for lesson in LESSONS:
        real = minutes(lesson)
        if not BAND[0] * lesson.minutes <= real <= BAND[1] * lesson.minutes:
            wrong.append(f"{lesson.id}: `minutes: {lesson.minutes}`, but a reader needs about {real:.0f}")
    assert not wrong, "\n".join(wrong)


def test_sentences_are_told_apart() -> None:
    text = "One of `a. B` and 3.5. Two,\nof two lines? (Three.) **Four**: e.g. this\n\n- five\n- six\n\n> No. 7\n"
    assert list(sentences(text)) == [
        "One of `a. B` and 3.5.", "Two, of two lines?", "(Three.", "**Four**: e.g this", "- five", "- six",
    ]  # fmt: skip
    assert words("One of `a. B` and 3.5, it's 2-D") == 7

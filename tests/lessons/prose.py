"""The words of lessons as a reader meets them: sentences, code in them, and where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson, Step
from tutor.lesson.wording import step_words
from tutor.paths import lessons_dir

LESSONS = Catalogue(lessons_dir()).load_all().lessons

_BLOCK = re.compile(r"(?ms)^ *```.*?^ *```\s*$")
_QUOTE = re.compile(r"(?m)^ *>.*$")
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+\.)\s)")
_CODE = re.compile(r"`[^`\n]*(?:\n(?!\s*\n)[^`\n]*)?`")
_FIRST = 0xE000
_LETTER = re.compile("[\ue000-\uf8ff]")
_END = re.compile('(?<=[.?!])[)"*_”]*\\s+(?=["(*_“]*[A-Z0-9\ue000-\uf8ff])')
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
_SHORT = re.compile(r"\b(e\.g|i\.e|etc|vs|No)\.")


class Said(NamedTuple):
    """A text, and the place it stands at: ``lesson#step``."""

    place: str
    text: str


def texts(lesson: Lesson) -> Iterator[Said]:
    """Every text of a lesson that is read, in order."""
    yield from (Said(lesson.id, text) for text in lesson.objectives)
    for step in lesson.steps:
        yield from (Said(f"{lesson.id}#{step.id}", text) for text in step_words(step) if text)
    for question in lesson.recall:
        place = f"{lesson.id}#{question.id}"
        yield Said(place, question.text)
        for option in question.options:
            yield from (Said(place, option.text), Said(place, option.feedback))


def read_on_the_way(step: Step) -> str:
    """What everyone reads who goes through a step: no hints, and of the feedback only what comes after."""
    options = [option.text for option in getattr(step, "options", ())]
    answers = [distractor.answer for distractor in getattr(step, "distractors", ())]
    return "\n\n".join(
        [step.title, step.text, *options, *answers, getattr(step, "after", ""), getattr(step, "goal", "")]
    )


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text in one line each. Blocks of code and quoted errors are none."""
    for paragraph in _BREAK.split(_QUOTE.sub("\n", _BLOCK.sub("\n\n", text))):
        spans = _CODE.findall(paragraph)
        # While sentences are looked for, a span of code is one letter: no full stop in it ends anything.
        line = paragraph
        for number, span in enumerate(spans):
            line = line.replace(span, chr(_FIRST + number), 1)
        for part in _END.split(_SHORT.sub(r"\1", " ".join(line.split()))):
            sentence = part.strip()
            for number in map(ord, _LETTER.findall(part)):
                sentence = sentence.replace(chr(number), " ".join(spans[number - _FIRST].split()))
            if sentence:
                yield sentence


def words(text: str) -> int:
    """How many words; code in the text is one word a span."""
    return len(_WORD.findall(_CODE.sub(" code ", text)))

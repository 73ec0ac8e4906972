"""The kinds of step. Adding one is adding a struct here and to ``Step``; its rules go to ``rules``."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Union

from msgspec import Meta

from tutor.lesson.checks import Check
from tutor.lesson.fields import Code, Data, Line, Prose, Slug, Source

BLANK = re.compile(r"(?<!\w)_{3,}(?!\w)")
"""A gap in the code of a ``fill``: three or more underscores."""

Device = Literal["cuda", "mps", "xpu", "accelerator"]

PaneName = Literal["tensors", "flow", "align", "memory", "graph", "gradients", "training", "model", "watch"]
"""A pane, as the key that shows it calls it."""


class _Step(Data, frozen=True, kw_only=True, tag_field="kind"):
    """What every step has."""

    id: Slug
    """What progress refers to; stable, different for each step of the lesson."""
    text: Prose
    """What the learner reads, as Markdown."""
    title: str = ""
    """Heading of the step; else its id."""
    setup: Code = ""
    """Code that makes what the step needs; what of it is missing or changed is put right on entering."""
    view: Annotated[dict[PaneName, tuple[Line, ...]], Meta(max_length=1)] = {}
    """The pane that stands in front while the step is taken, and what it shows: for ``align`` a statement whose
    shapes are lined up before it runs, for ``tensors`` the name of the one drawn, for ``watch`` expressions."""
    needs: Device | None = None
    """A device without which ``twin`` is taken instead; ``accelerator`` is any of them."""
    twin: Step | None = None
    """The step for machines without it, whole. The file holds only what is different."""


class Read(_Step, frozen=True, kw_only=True, tag="read"):
    """Text to read, with an example that can be run."""

    example: Code = ""
    """Code that is shown, and that F5 runs."""


class Run(_Step, frozen=True, kw_only=True, tag="run"):
    """Code to run; whatever makes the same is as good. ``after`` is said once it ran."""

    code: Source
    prints: Annotated[str, Meta(max_length=6_000)] = ""
    """What it shows, printed and displayed: the learner is told when theirs is different (``lesson.outputs``),
    and is let on all the same. The proof runs the code and compares."""
    after: str = ""
    """What is said once it ran."""


class Distractor(Data, frozen=True, kw_only=True):
    """A wrong answer, written as the true one would be, and why it tempts."""

    answer: Annotated[str, Meta(min_length=1)]
    feedback: Prose


class Predict(_Step, frozen=True, kw_only=True, tag="predict"):
    """An answer to commit to before the code runs; the truth is computed, never typed.

    With ``distractors`` it is chosen among them, without any it is typed.
    """

    code: Source
    """Shown before the answer, run after it."""
    ask: Literal["shape", "value", "dtype", "output", "raises"]
    """What is asked of the last expression of ``code``, of what it prints, or of what it raises."""
    distractors: Annotated[tuple[Distractor, ...], Meta(max_length=5)] = ()
    """Wrong answers to choose among; without any the answer is typed."""
    after: str = ""
    """What is said once it ran, to everybody."""


class Option(Data, frozen=True, kw_only=True):
    """One answer of a choice."""

    text: Line
    feedback: Prose
    correct: bool = False


class Choice(_Step, frozen=True, kw_only=True, tag="choice"):
    """A question with answers to choose from."""

    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]


class Recall(Data, frozen=True, kw_only=True):
    """A question from memory, asked at the end of the lesson or days later; one answer is right."""

    id: Slug
    text: Prose
    options: Annotated[tuple[Option, ...], Meta(min_length=2, max_length=6)]


class Misconception(Data, frozen=True, kw_only=True):
    """A wrong solution that is to be met with words of its own."""

    id: Slug
    code: Source
    feedback: Prose


class Equivalent(Data, frozen=True, kw_only=True):
    """A mutant of the solution that is right all the same, by the name that the proof gives it."""

    mutant: Line
    reason: Prose


class Judged(_Step, frozen=True, kw_only=True):
    """What every step has whose outcome is judged by checks."""

    hints: Annotated[tuple[Prose, ...], Meta(min_length=1, max_length=4)]
    """Shown one by one when asked for; none contains the solution."""
    checks: Annotated[tuple[Check, ...], Meta(min_length=1)]
    """What counts as done: all of them."""
    misconceptions: tuple[Misconception, ...] = ()
    """Wrong solutions that are met with words of their own."""
    accepts: tuple[Source, ...] = ()
    """Other right answers; the proof runs them."""
    rejects: tuple[Source, ...] = ()
    """Other wrong answers; the proof runs them."""
    equivalents: tuple[Equivalent, ...] = ()
    """Mutants of the solution that no check can refuse, and why: they do what was asked for."""


class Exercise(Judged, frozen=True, kw_only=True, tag="exercise"):
    """Code to write, judged by what it leaves behind."""

    solution: Source
    """Makes what is right; the learner's work is compared with what it leaves."""
    starter: Code = ""
    """What F5 puts into the prompt to begin with; it must fail."""


class Fix(Judged, frozen=True, kw_only=True, tag="fix"):
    """Code that is wrong, to be put right."""

    starter: Source
    """The wrong code; it must fail."""
    solution: Source


class Train(Judged, frozen=True, kw_only=True, tag="train"):
    """A training loop to write, watched as it runs and judged over several seeds."""

    solution: Source
    starter: Code = ""


class Fill(Judged, frozen=True, kw_only=True, tag="fill"):
    """Code with gaps (``___``) to be typed in."""

    code: Annotated[str, Meta(min_length=1, max_length=6_000)]
    """With a gap, ``___``, for each of ``blanks``."""
    blanks: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...], Meta(min_length=1, max_length=9)
    ]
    """What belongs into each gap, in order; whatever behaves the same is as good."""

    @property
    def solution(self) -> str:
        return filled(self.code, self.blanks)

    @property
    def starter(self) -> str:
        return ""


class Parsons(Judged, frozen=True, kw_only=True, tag="parsons"):
    """Lines to put in order and indent; every order that behaves is right."""

    solution: Source
    """Its lines, shuffled, are what the learner sees; empty lines and comments alone do not count."""
    extra: Annotated[tuple[Line, ...], Meta(max_length=6)] = ()
    """Lines that belong nowhere."""

    @property
    def starter(self) -> str:
        return ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the solution, without their indentation."""
        return tuple(line.strip() for line in self.solution.splitlines() if line.strip())


class Explore(_Step, frozen=True, kw_only=True, tag="explore"):
    """Free play with a goal nobody has to reach; never in the way."""

    goal: str = ""
    """One line that says what to try."""
    example: Code = ""
    """Code that is shown, and that F5 runs."""
    checks: tuple[Check, ...] = ()
    """What reaches the goal; nobody has to."""
    solution: Code = ""
    """Reaches the goal; needed where there are checks."""
    hints: Annotated[tuple[Prose, ...], Meta(max_length=4)] = ()


Step = Union[  # noqa: UP007 - msgspec on 3.10
    Read, Run, Predict, Choice, Exercise, Fix, Fill, Parsons, Train, Explore
]


def filled(code: str, answers: tuple[str, ...]) -> str:
    """``code`` with its gaps filled, in order; gaps without an answer stay."""
    parts = iter(answers)
    return BLANK.sub(lambda gap: next(parts, gap[0]).strip() or gap[0], code)


__all__ = [
    "BLANK", "Choice", "Distractor", "Equivalent", "Exercise", "Explore", "Fill", "Fix", "Judged", "Misconception",
    "Option", "Parsons", "Predict", "Read", "Recall", "Run", "Step", "Train", "filled",
]  # fmt: skip

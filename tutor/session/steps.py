"""What a step looks like while it is being taken, its answers, and what judging it takes."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tutor.lesson.model import Choice, Exercise, Lesson, Predict, Run, Step, to_plain
from tutor.lesson.state import prelude
from tutor.protocol import commands
from tutor.protocol.snapshots import CheckResult


@dataclass(frozen=True, slots=True)
class StepView:
    """What there is to see of the current step."""

    step: Step
    index: int
    total: int
    status: str
    """``open``, ``done``, or ``shown`` when the solution was shown."""
    hints: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    """Answers to choose from, in the order shown (predict and choice)."""
    chosen: int | None = None
    right: int | None = None
    """The right answer, once the learner may know it."""
    results: tuple[CheckResult, ...] = ()
    tried: bool = False
    """Whether the learner has tried the exercise since entering the step."""
    message: str = ""
    mood: str = "info"
    """``info``, ``good`` or ``bad``: how ``message`` is meant."""
    busy: str = ""
    """What is being done in the background; empty when nothing is."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of a prediction or a choice."""

    text: str
    feedback: str
    right: bool

    def explained(self, after: str) -> str:
        """What there is to say of it, without a verdict."""
        return " ".join(part.strip() for part in (self.feedback, after) if part.strip())

    def verdict(self, after: str) -> str:
        """What the learner who chose it is told."""
        parts = ["Right." if self.right else "Not quite.", self.feedback, after]
        return " ".join(part.strip() for part in parts if part.strip())


def check_request(lesson: Lesson, index: int, step: Exercise, output: str) -> commands.Check:
    """What the worker needs to judge step ``index``; ``output`` is what the learner's last run printed."""
    return commands.Check(
        0,
        prelude(lesson, index),
        step.setup,
        step.solution,
        tuple(to_plain(check) for check in step.checks),
        tuple(commands.Mistake(m.code, m.feedback) for m in step.misconceptions),
        lesson.seed,
        output,
    )


def shuffled(answers: list[Answer], key: str) -> tuple[Answer, ...]:
    """Always the same order for the same step, and no pattern a learner could learn."""
    order = list(answers)
    random.Random(key).shuffle(order)  # noqa: S311 - not a secret
    return tuple(order)


def what_is_missing(step: Step) -> str:
    """What the learner has to do before the step is done; empty for an exercise, whose checks say it."""
    if isinstance(step, Run):
        return "Run the code first: F5, or type it."
    if isinstance(step, (Predict, Choice)):
        return "Choose an answer first: press its number."
    return ""

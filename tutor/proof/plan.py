"""What is to be proved of a step: which code, run where, must pass, fail, or be met with which words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import msgspec.structs

from tutor.lesson.model import Fill, Judged, Lesson, Parsons, Step
from tutor.lesson.positions import Path_
from tutor.lesson.state import checks_of, solution_of, starter_of
from tutor.proof.mutants import mutants
from tutor.session.steps import mixed_lines

Kind = Literal["right", "wrong", "mistake", "mutant"]


@dataclass(frozen=True, slots=True)
class Claim:
    """Code that a learner might run at a step, and what the judge must make of it."""

    index: int
    """Of the step, from 0."""
    kind: Kind
    what: str
    """What the code is: ``the starter``, ``accepts[1]``."""
    code: str
    key: Path_
    """Where it stands in the step."""
    proof: int
    words: str = ""
    """What a mistake that was foreseen must be met with."""
    reason: str = ""
    """What a mutant does, in plain English."""
    jumped: bool = False
    """Whether the learner comes from the first step; else the session is empty."""
    other_seed: bool = False
    """Whether the lesson's seed is another one."""
    excused: int | None = None
    """Which of the step's ``equivalents`` says that a mutant is no worse than the solution."""

    @property
    def passes(self) -> bool:
        """Whether it must."""
        return self.kind == "right"


def is_judged(lesson: Lesson, index: int) -> bool:
    """Whether a step has anything to be judged."""
    return bool(checks_of(lesson.steps[index]))


def solution_claim(lesson: Lesson, index: int) -> Claim:
    """The first of all: without it nothing else means anything."""
    step = lesson.steps[index]
    key = "blanks" if isinstance(step, Fill) else "solution"
    return Claim(index, "right", "the solution", solution_of(step), (key,), 2)


def further_claims(lesson: Lesson, index: int) -> list[Claim]:
    """All others, those that must pass first."""
    right, wrong = _right(lesson, index), _wrong(lesson, index)
    again = [
        replace(claim, proof=6, other_seed=True)
        for claim in (solution_claim(lesson, index), *(c for c in right if not c.jumped), *wrong)
    ]
    return [*right, *wrong, *again, *_mutants(lesson, index)]


def _right(lesson: Lesson, index: int) -> list[Claim]:
    step = lesson.steps[index]
    claims = [replace(solution_claim(lesson, index), jumped=True)] if index else []
    for n, code in enumerate(getattr(step, "accepts", ())):
        claims.append(Claim(index, "right", f"`accepts[{n}]`", code, ("accepts", n), 3))
    return claims


def _wrong(lesson: Lesson, index: int) -> list[Claim]:
    step = lesson.steps[index]
    claims = [Claim(index, "wrong", "an empty submission", "", ("checks",), 3)]
    if starter_of(step).strip():
        claims.append(Claim(index, "wrong", "the starter", starter_of(step), ("starter",), 3))
    if isinstance(step, Fill):
        claims.append(Claim(index, "wrong", "the code with its gaps left open", step.code, ("code",), 3))
    if isinstance(step, Parsons):
        first = "\n".join(mixed_lines(step, f"{lesson.id}#{step.id}"))
        claims.append(Claim(index, "wrong", "the order in which the lines lie at first", first, ("solution",), 3))
        lines = [line for line in step.solution.splitlines() if line.strip()]
        backwards = "\n".join(reversed(lines))
        claims.append(Claim(index, "wrong", "the reverse order of the lines", backwards, ("solution",), 3))
    for n, code in enumerate(getattr(step, "rejects", ())):
        claims.append(Claim(index, "wrong", f"`rejects[{n}]`", code, ("rejects", n), 3))
    for n, mistake in enumerate(getattr(step, "misconceptions", ())):
        claims.append(
            Claim(
                index,
                "mistake",
                f"the misconception `{mistake.id}`",
                mistake.code,
                ("misconceptions", n),
                3,
                mistake.feedback,
            )
        )
    return claims


def _mutants(lesson: Lesson, index: int) -> list[Claim]:
    step = lesson.steps[index]
    if not isinstance(step, Judged):
        return []
    key: Path_ = ("blanks",) if isinstance(step, Fill) else ("solution",)
    excused = {excuse.mutant: n for n, excuse in enumerate(excuses(step))}
    return [
        Claim(
            index,
            "mutant",
            f"the mutant `{mutant.name}`",
            mutant.code,
            key,
            4,
            reason=mutant.what,
            excused=excused.get(mutant.name),
        )
        for mutant in mutants(lesson, index)
    ]


def unknown_excuses(lesson: Lesson, index: int) -> list[tuple[int, str]]:
    """The ``equivalents`` of a step that name no mutant: which, and what they name."""
    step = lesson.steps[index]
    known = {mutant.name for mutant in mutants(lesson, index)} if isinstance(step, Judged) else set()
    named = enumerate(excuses(step))
    return [(n, excuse.mutant) for n, excuse in named if excuse.mutant not in known]


def excuses(step: Step) -> tuple[Any, ...]:
    """The mutants that are as right as the solution: ``mutant`` is the name of one, ``reason`` says why."""
    return getattr(step, "equivalents", ())


def under_seed(lesson: Lesson, claim: Claim) -> Lesson:
    """The lesson as it is for this claim."""
    if not claim.other_seed:
        return lesson
    return msgspec.structs.replace(lesson, seed=(lesson.seed + 1) % 2**32)

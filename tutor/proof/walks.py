"""A lesson taken from its first step to its last, in one session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from tutor.lesson.model import Explore, Judged, Predict, Read, Run
from tutor.lesson.outputs import difference
from tutor.lesson.positions import Path_
from tutor.lesson.python import statements
from tutor.lesson.state import solution_of
from tutor.lesson.steps import Step
from tutor.proof.findings import Finding
from tutor.proof.plan import Claim, is_judged, solution_claim
from tutor.proof.prover import Prover
from tutor.proof.subject import Subject
from tutor.proof.trials import judged
from tutor.proof.verdicts import found

How = Literal["done", "skipped"]

_HOW = {"done": "after all earlier steps were done as shown", "skipped": "after all earlier steps were skipped"}


def shown(step: Step) -> tuple[str, Path_]:
    """Code that a learner is shown and may run, and where it stands; empty where there is none."""
    if isinstance(step, (Read, Explore)):
        return step.example, ("example",)
    return (step.code, ("code",)) if isinstance(step, (Run, Predict)) else ("", ())


def length(subject: Subject) -> int:
    """What a walk proves, as a count."""
    steps = subject.lesson.steps
    return sum(bool(shown(step)[0].strip() or is_judged(subject.lesson, n)) for n, step in enumerate(steps))


async def walk(prover: Prover, subject: Subject, how: How, proved: Callable[[], None]) -> list[Finding]:
    """Do every step, or skip it; ``proved`` is called after each step that has anything to prove."""
    prover.renew()
    findings = []
    for index, step in enumerate(subject.lesson.steps):
        problem = await prover.enter(subject.lesson, index, anew=index == 0)
        if problem:
            findings.append(subject.finding(index, ("setup",), 2, "error", f"{problem}, {_HOW[how]}"))
        findings += await _shown(prover, subject, index, how)
        if isinstance(step, (Judged, Explore)) and solution_of(step).strip():
            findings += await _solved(prover, subject, index, how)
        if shown(step)[0].strip() or is_judged(subject.lesson, index):
            proved()
    return findings


async def run_shown(prover: Prover, subject: Subject, index: int) -> list[Finding]:
    """Run the code that a step shows, in an empty session."""
    code, key = shown(subject.lesson.steps[index])
    if not statements(code):
        advice = "Leave it out, or let it do something"
        return [subject.finding(index, key, 6, "error", "nothing is executed: there are only comments", advice)]
    problem = await prover.enter(subject.lesson, index, anew=True)
    if problem:
        return [subject.finding(index, ("setup",), 2, "error", f"the step cannot be set up: {problem}")]
    return await _run(prover, subject, index, "in an empty session")


async def _shown(prover: Prover, subject: Subject, index: int, how: How) -> list[Finding]:
    step = subject.lesson.steps[index]
    if not shown(step)[0].strip() or (how == "skipped" and isinstance(step, (Read, Explore))):
        return []
    return await _run(prover, subject, index, _HOW[how])


async def _run(prover: Prover, subject: Subject, index: int, where: str) -> list[Finding]:
    step = subject.lesson.steps[index]
    code, key = shown(step)
    ran = await prover.run(code)
    wanted = isinstance(step, Predict) and step.ask == "raises" and ran.status == "error"
    if ran.status == "ok" and isinstance(step, Run) and step.prints.strip():
        return _recorded(subject, index, step.prints, ran.shown)
    if ran.status == "ok" or wanted:
        return []
    advice = "What is shown runs, wherever the learner comes from"
    return [subject.finding(index, key, 2, "error", f"this code fails {where}: {ran.said}", advice)]


def _recorded(subject: Subject, index: int, prints: str, shown: str) -> list[Finding]:
    """What a ``run`` says that it shows, against what it did."""
    differ = difference(prints, shown)
    if differ is None:
        return []
    recorded, got = (f"`{line}`" if line else "nothing" for line in differ)
    advice = "Write down what it shows, or leave `prints` away where that is never twice the same"
    return [subject.finding(index, ("prints",), 2, "error", f"it shows {got}, not {recorded}", advice)]


async def _solved(prover: Prover, subject: Subject, index: int, how: How) -> list[Finding]:
    claim: Claim = solution_claim(subject.lesson, index)
    ran = await prover.run(claim.code)
    if is_judged(subject.lesson, index):
        result = await judged(prover, subject.lesson, claim, ran)
        finding = found(subject, claim, result)
        if finding is None:
            return []
        return [replace(finding, message=f"{_HOW[how]}: {finding.message}")]
    if ran.status == "ok":
        return []
    return [subject.finding(index, claim.key, 2, "error", f"{_HOW[how]} the solution fails: {ran.said}")]

"""Predictions: the truth is computed, and nothing that is offered beside it is true."""

from __future__ import annotations

from itertools import combinations

from tutor.lesson.model import Predict
from tutor.proof.findings import Finding
from tutor.proof.prover import Prover
from tutor.proof.subject import Subject
from tutor.session.marks import all_right, marks


async def predicted(prover: Prover, subject: Subject, index: int) -> list[Finding]:
    """Compute the truth, twice, and hold the distractors against it and against each other."""
    step = subject.lesson.steps[index]
    assert isinstance(step, Predict)  # noqa: S101 - whoever asks knows
    prover.renew()
    truth, problem = await prover.predict(subject.lesson, index)
    if problem:
        return [subject.finding(index, ("code",), 2, "error", problem, "A prediction's code must run")]
    findings = []
    again, _ = await prover.predict(subject.lesson, index)
    if again != truth:
        message = f"the answer is another each time: {truth} and {again}"
        advice = "Ask for something that the seed decides"
        findings.append(subject.finding(index, ("code",), 6, "error", message, advice))
    for n, distractor in enumerate(step.distractors):
        if _same(step.ask, distractor.answer, truth):
            key = ("distractors", n, "answer")
            message = f"the distractor `{distractor.answer}` is the true answer"
            findings.append(subject.finding(index, key, 3, "error", message, "Offer something that is wrong"))
    for (m, one), (n, other) in combinations(enumerate(step.distractors), 2):
        if _same(step.ask, one.answer, other.answer):
            message = f"the distractors `{one.answer}` and `{other.answer}` (items {m} and {n}) are one answer"
            advice = "Leave one of them out"
            findings.append(subject.finding(index, ("distractors", n, "answer"), 3, "error", message, advice))
    return findings


def _same(ask: str, one: str, other: str) -> bool:
    """Whether two answers to choose from say the same. A tensor is not the number in it."""
    if ask == "value":
        return "".join(one.split()) == "".join(other.split())
    return all_right(marks(ask, one, other))

"""Tries of a learner's code: each in an empty session, most of them in a process that is used again.

A new process costs more than what is tried in it. So the tries that must be refused share one, where every name is
forgotten between two of them, and only those steps before run again that matter. That what one left behind (a
module that was patched, say) changed the verdict on another is found out: whatever is not as it should be is tried
again in a new process, and at the end the solution must still be accepted; where either differs, all of them are
tried again, each in a process of its own.
"""

from __future__ import annotations

from tutor.lesson.checks import TrainingCheck, flat
from tutor.lesson.model import Lesson
from tutor.lesson.state import checks_of
from tutor.proof.findings import Finding
from tutor.proof.plan import Claim, solution_claim, under_seed
from tutor.proof.prover import Outcome, Prover, Ran
from tutor.proof.subject import Subject
from tutor.proof.verdicts import found


async def outcome(
    prover: Prover, subject: Subject, claim: Claim, *, shared: bool = False, after: float | None = None
) -> Outcome:
    """What comes of a claim, in an empty session; unless ``shared``, in a new process, after all steps before."""
    if not shared:
        prover.renew()
    lesson = under_seed(subject.lesson, claim)
    problem = await prover.enter(lesson, 0, anew=True) if claim.jumped else ""
    only_for = claim.code if shared else None
    problem = problem or await prover.enter(lesson, claim.index, anew=not claim.jumped, only_for=only_for)
    if problem:
        return Outcome("setup", problem)
    ran = await prover.run(claim.code, after=after, silent=shared) if claim.code.strip() else Ran()
    return await judged(prover, lesson, claim, ran)


async def judged(prover: Prover, lesson: Lesson, claim: Claim, ran: Ran) -> Outcome:
    """What the judge says of the code of a claim that has run so."""
    if ran.status in ("died", "timeout") or (ran.status != "ok" and claim.kind == "mutant"):
        return Outcome("fail", "", ran)
    # Only what is run again under seeds has to be asked for; asking also has a last try run again by itself,
    # which for the only try of an empty session is the same once more.
    trains = any(isinstance(check, TrainingCheck) for check in flat(checks_of(lesson.steps[claim.index])))
    asked = trains or claim.kind != "mutant"
    return await prover.judge(lesson, claim.index, claim.code, ran, mistakes=claim.kind == "mistake", asked=asked)


async def alone(prover: Prover, subject: Subject, claim: Claim, after: float | None = None) -> Finding | None:
    """Try it in a process of its own."""
    return found(subject, claim, await outcome(prover, subject, claim, after=after))


async def together(prover: Prover, subject: Subject, claims: list[Claim], after: float) -> list[Finding]:
    """Try all of them in one process, as far as they leave each other alone; they are of one step."""
    prover.renew()
    suspicious = []
    for claim in claims:
        if found(subject, claim, await outcome(prover, subject, claim, shared=True, after=after)) is not None:
            suspicious.append(claim)
    solution = solution_claim(subject.lesson, claims[0].index)
    canary = await outcome(prover, subject, solution, shared=True)
    again = {claim: await alone(prover, subject, claim, after) for claim in suspicious}
    if canary.status != "pass" or None in again.values():
        again |= {claim: await alone(prover, subject, claim, after) for claim in claims if claim not in again}
    return [finding for claim in claims if (finding := again.get(claim)) is not None]

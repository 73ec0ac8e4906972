"""What a claim and its outcome make together: nothing, or something to put right."""

from __future__ import annotations

from tutor.lesson.positions import Path_
from tutor.proof.findings import UNDER_SEED, Finding, Level
from tutor.proof.plan import Claim
from tutor.proof.prover import Outcome
from tutor.proof.subject import Subject


def found(subject: Subject, claim: Claim, outcome: Outcome) -> Finding | None:
    """What is wrong when ``outcome`` came of ``claim``."""
    told = _trouble(claim, outcome) or (
        _right(claim, outcome) if claim.passes else _wrong(subject, claim, outcome)
    )
    if told is None:
        return None
    level, key, message, advice = told
    return subject.finding(claim.index, key, claim.proof, level, message + _where(subject, claim), advice)


_Told = tuple[Level, Path_, str, str]


def _trouble(claim: Claim, outcome: Outcome) -> _Told | None:
    """There is no verdict, though the code has run."""
    if claim.passes and outcome.ran.status != "ok":
        return None
    if outcome.status == "broken":
        key: Path_ = ("checks", outcome.check) if outcome.check is not None else ("checks",)
        return (
            "error",
            key,
            f"given {claim.what}, a check is broken: {outcome.said}",
            "Mend the check, or what it runs",
        )
    if outcome.status == "setup":
        return "error", ("setup",), f"the step cannot be set up: {outcome.said}", "Mend the set-up"
    if outcome.status == "fault":
        return "error", claim.key, f"the step cannot be judged: {outcome.said}", "Mend the lesson's own code"
    if outcome.status in ("lost", "died"):
        shorter = "Make it shorter, or give its check `seconds`"
        advice = "Look for a check that needs too much memory" if outcome.status == "died" else shorter
        # Code that has run well by itself is not what takes so long.
        key = ("checks",) if claim.passes else claim.key
        return "error", key, f"given {claim.what}, {outcome.said}", advice
    return None


def _right(claim: Claim, outcome: Outcome) -> _Told | None:
    if outcome.status == "pass" and outcome.ran.status == "ok":
        if not outcome.afresh:
            return None
        message = (
            f"{claim.what} is right only when it is run again by itself, so the learner is told of earlier tries"
        )
        return "warning", claim.key, message, "Let the set-up make every name that the step needs"
    why = f"running it fails: {outcome.ran.said}" if outcome.ran.status != "ok" else outcome.said
    advice = "Mend the solution or the checks" if claim.key[0] != "accepts" else "Right code must be accepted"
    return "error", claim.key, f"{claim.what} is refused: {why}", advice


def _wrong(subject: Subject, claim: Claim, outcome: Outcome) -> _Told | None:
    if claim.kind == "mutant":
        return _mutant(claim, outcome)
    if outcome.status == "pass":
        advice = "Add a check that refuses it"
        if claim.what == "an empty submission":
            return "error", claim.key, "doing nothing at all passes", advice
        return "error", claim.key, f"{claim.what} passes", advice
    if claim.kind == "mistake":
        return _mistake(subject, claim, outcome)
    if claim.key[0] == "rejects" and outcome.ran.said.startswith("NameError"):
        advice = "Give it the names it needs: as it is, it shows nothing about the checks"
        return "warning", claim.key, f"{claim.what} is refused only because it raises {outcome.ran.said}", advice
    return None


def _mistake(subject: Subject, claim: Claim, outcome: Outcome) -> _Told | None:
    if outcome.mistake == claim.words:
        return None
    if outcome.ran.status != "ok":
        advice = "A misconception runs, and leaves something wrong; `rejects` may raise"
        return "error", claim.key, f"{claim.what} raises, so its words never come: {outcome.ran.said}", advice
    mistakes = getattr(subject.lesson.steps[claim.index], "misconceptions", ())
    other = next((m.id for m in mistakes if outcome.mistake and m.feedback == outcome.mistake), None)
    if other is not None:
        advice = "Put it first, or make the two leave different things"
        return "error", claim.key, f"{claim.what} is met with the words of `{other}`", advice
    advice = "Where a check fails, the misconception must leave just what its code leaves; see the author's guide"
    return "error", claim.key, f"{claim.what} is refused, but not met with its own words", advice


def _mutant(claim: Claim, outcome: Outcome) -> _Told | None:
    passes = outcome.status == "pass"
    if passes and claim.excused is None:
        advice = "Tighten the checks; or, if it is right after all, name it under `equivalents` with the reason"
        return "error", claim.key, f"{claim.what} passes: {claim.reason}", advice
    if not passes and claim.excused is not None:
        return "warning", ("equivalents", claim.excused), f"{claim.what} is refused", "Leave this entry out"
    return None


def _where(subject: Subject, claim: Claim) -> str:
    if claim.jumped:
        return " (coming straight from the first step)"
    if claim.other_seed:
        return f"{UNDER_SEED}{subject.lesson.seed + 1}; under {subject.lesson.seed} it is otherwise)"
    return ""

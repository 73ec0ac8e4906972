"""One check, one verdict: ``pass``, ``fail``, ``error``, ``timeout``, ``broken``, or none yet."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace

from tutor.protocol.verdicts import CheckResult
from tutor.worker.checks import calls, logic, modular, own, syntax, trained, values
from tutor.worker.checks.evidence import Broken, Evidence, Missing, NotYet, Parts, Raised, Spec, Waiting, said
from tutor.worker.checks.labels import label_of
from tutor.worker.checks.targets import names_in
from tutor.worker.limits import TimeIsUp, is_learners
from tutor.worker.raised import traceback_of

_KINDS: dict[str, Callable[[Spec, Evidence], Parts]] = {
    "tensor": values.equal,
    "value": values.equal,
    "unchanged": values.unchanged,
    "raises": values.raises,
    "output": values.output,
    "function": calls.function,
    "grad": calls.grad,
    "module": modular.module,
    "training": trained.training,
    "uses": syntax.uses,
    "forbids": syntax.forbids,
    "python": own.python,
    "all_of": lambda check, evidence: logic.all_of(check, evidence, parts_of),
    "any_of": lambda check, evidence: logic.any_of(check, evidence, parts_of),
    "not": lambda check, evidence: logic.not_(check, evidence, parts_of),
}

_COMPARING = ("tensor", "value", "function", "grad", "module")
"""Kinds that hold what the learner has against a namespace; any namespace will do."""

_TRUTHS = ("True", "False")

_WHILE = ", while this was judged"
"""Said of an error with none of the learner's code on the way."""

Limit = Callable[[], "contextlib.AbstractContextManager[object]"]


def parts_of(check: Spec, evidence: Evidence) -> Parts:
    """What a check finds; raises what makes it no finding (see ``evidence``)."""
    kind = _KINDS.get(check.get("kind", ""))
    if kind is None:
        raise Broken(f"this tutor knows no check of kind {check.get('kind')!r}")
    return kind(check, evidence)


def judge(
    check: Spec, evidence: Evidence, limit: Limit, *, proof: Evidence | None = None, proven: set[str] | None = None
) -> CheckResult:
    """The verdict of one check; never raises, a KeyboardInterrupt apart.

    ``limit`` opens the time of one try. Where a check does not pass it must pass for ``proof``, what the
    lesson's own solution left: a check that refuses that one is broken, and the learner is not to blame.
    ``proven`` remembers which checks do.
    """
    result = _verdict(check, evidence, limit)
    if result.status not in ("fail", "error", "timeout") or proof is None or check.get("kind") == "training":
        return result
    if proven is not None and repr(check) in proven:
        return result
    own_verdict = _verdict(check, proof, limit)
    if own_verdict.status in ("pass", ""):
        if proven is not None:
            proven.add(repr(check))
        return result
    return replace(
        result,
        status="broken",
        parts=(),
        message=f"it refuses the lesson's own solution: {own_verdict.message}",
        feedback="",
    )


def _verdict(check: Spec, evidence: Evidence, limit: Limit) -> CheckResult:
    label = check.get("label") or label_of(check)
    feedback = check.get("feedback") or ""
    try:
        with limit():
            parts = parts_of(check, evidence)
    except KeyboardInterrupt:
        raise
    except Waiting:
        return CheckResult(label, "", (), "F8 runs your code again, several times, and judges that.", "")
    except BaseException as error:
        status, message = _what_happened(error)
        if status == "error" and (empty := _still_none(check, evidence)):
            status, message = "fail", f"`{empty}` is still None."
        return CheckResult(label, status, (), message, feedback if status in ("error", "timeout") else "")
    failed = [part for part in parts if not part.ok]
    if not failed:
        return CheckResult(label, "pass", parts, "", "")
    first = failed[0]
    if first.expected in _TRUTHS and first.got in _TRUTHS:
        # The label says what is to hold; that it is to be True says nothing more.
        return CheckResult(label, "fail", parts, f"Not yet: {label.rstrip('.')}.", feedback)
    message = (
        f"{first.label}: expected {first.expected}, got {first.got}."
        if first.expected
        else first.label.rstrip(".") + "."
    )
    return CheckResult(label, "fail", parts, message, feedback)


def _what_happened(error: BaseException) -> tuple[str, str]:
    if isinstance(error, Missing):
        return "fail", f"`{error.name}` is not defined yet."
    if isinstance(error, NotYet):
        return "fail", str(error)
    if isinstance(error, Broken):
        return "broken", str(error)
    if isinstance(error, TimeIsUp):
        if error.learner:
            return "timeout", f"Your code ran for more than {error.seconds:g} s here and was stopped."
        return "broken", f"it did not end within {error.seconds:g} s"
    if isinstance(error, Raised):
        return "error", str(error)
    # With the learner's code on the way it is theirs; else it is looked at with the solution (see ``judge``).
    return "error", said(error) + ("" if is_learners(traceback_of(error)) else _WHILE)


def _still_none(check: Spec, evidence: Evidence) -> str:
    """A name of the check that the set-up left None for the learner to make, and that was not made; else empty."""
    live = evidence.live
    empty = [name for name in sorted(names_in([check])) if name in live and live[name] is None]
    before = evidence.before() if empty else {}
    return next((name for name in empty if name in before and before[name] is None), "")


def is_unmade(check: Spec, result: CheckResult) -> bool:
    """Whether the learner has nothing yet that could be compared: then nobody need run what mistakes make."""
    return check.get("kind") in _COMPARING and result.status == "fail" and not result.parts


def remembered(
    check: Spec, work: Callable[[], Evidence], limit: Limit, known: dict[str, CheckResult]
) -> CheckResult:
    """The verdict on work that is always the same: judged once, ``known`` from then on."""
    if (result := known.get(repr(check))) is None:
        result = known[repr(check)] = _verdict(check, work(), limit)
    return result


def is_right(
    check: Spec,
    result: CheckResult,
    evidence: Evidence,
    mistaken: Callable[[], Evidence],
    limit: Limit,
    known: dict[str, CheckResult],
) -> bool:
    """Whether the learner, who got ``result``, has what a foreseen mistake makes, or is refused just as it is.

    ``mistaken`` gives the work of who makes the mistake; ``known`` remembers the verdicts on it.
    """
    kind = check.get("kind")
    alone = False
    if kind in _COMPARING or (kind == "output" and check.get("contains") is None and check.get("equals") is None):
        compared = _verdict(check, evidence, limit).status
        if compared == "pass":
            return True
        # A mistake that raises, or has no gradient, is nothing to compare with; nor is theirs where it raises.
        alone = result.status == "fail" and compared in ("error", "broken")
        if not (alone or result.status == "error"):
            return False
        # Then both must be refused alike.
    again = remembered(check, mistaken, limit, known)
    if result.status == "pass":
        return again.status == "pass"
    if _refusal(again) != _refusal(result):
        return False
    return not alone or _raised(check, mistaken(), limit) == _raised(check, evidence, limit)


def _refusal(result: CheckResult) -> tuple[object, ...]:
    return result.status, result.parts, result.message


def _raised(check: Spec, work: Evidence, limit: Limit) -> str:
    """What work raises that is held against itself, in whoever's code."""
    itself = work.against(lambda: work.live, work.output, work.found)
    return _verdict(check, itself, limit).message.removesuffix(_WHILE)

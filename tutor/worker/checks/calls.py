"""``function`` and ``grad``: the learner's function is called, beside the solution's, on inputs made for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import (
    Broken,
    Evidence,
    Parts,
    Spec,
    evaluate,
    learners,
    lessons,
    mine,
    reference,
)
from tutor.worker.probe.compare import compare, tolerances
from tutor.worker.probe.judging.gradients import TOLERANCE, by_autograd, by_differences
from tutor.worker.probe.judging.inputs import Case, cases
from tutor.worker.probe.random_state import seed

_LOOSER = 20
"""Right ways to compute one thing round differently, and on inputs made here the sums are as they come."""


def function(check: Spec, evidence: Evidence) -> Parts:
    """The result of the solution's function for every case; arguments are left as that leaves them."""
    theirs, own = _both(check, evidence)
    if isinstance(own, CheckPart):
        return (own,)
    judged = 0
    for case in _cases(check, evidence):
        expected = _reference_call(theirs, case)
        if expected is None:
            # What the solution refuses is nothing to ask of the learner.
            continue
        judged += 1
        arguments = case.make()
        seed(0)
        with learners(case.described):
            result = own(*arguments[0], **arguments[1])
        parts = _case_parts(check, case, expected, (result, arguments))
        if not all(part.ok for part in parts):
            return parts
    if not judged:
        raise Broken("the lesson's own solution fails for every input that was made")
    return (CheckPart(f"{judged} different inputs", ok=True, expected="", got=""),)


def _reference_call(function: Callable[..., Any], case: Case) -> tuple[Any, Any] | None:
    arguments = case.make()
    seed(0)
    try:
        result = function(*arguments[0], **arguments[1])
    except KeyboardInterrupt:
        raise
    except BaseException:
        return None
    return result, arguments


def _case_parts(check: Spec, case: Case, expected: tuple[Any, Any], got: tuple[Any, Any]) -> Parts:
    rtol, atol = check.get("rtol"), check.get("atol")
    if rtol is None and hasattr(expected[0], "dtype"):
        rtol = _LOOSER * tolerances(str(expected[0].dtype).removeprefix("torch."))[0]
    parts = list(compare(expected[0], got[0], rtol, atol))
    (wanted, wanted_named), (left, left_named) = expected[1], got[1]
    for name, before, after in [
        *((f"argument {n}", *pair) for n, pair in enumerate(zip(wanted, left), 1)),  # noqa: B905 - the same call
        *((name, wanted_named[name], left_named[name]) for name in wanted_named),
    ]:
        changed = [part for part in compare(before, after) if not part.ok and part.label in ("shape", "values")]
        parts += [
            CheckPart(f"{name} afterwards, {p.label}", ok=False, expected=p.expected, got=p.got) for p in changed
        ]
    return tuple(CheckPart(f"{p.label} for {case.described}", p.ok, p.expected, p.got) for p in parts)


def _both(check: Spec, evidence: Evidence) -> tuple[Callable[..., Any], Callable[..., Any] | CheckPart]:
    theirs = reference(check["target"], evidence)
    if not callable(theirs):
        raise Broken(f"`{check['target'].strip()}` of the lesson's own solution cannot be called")
    own = mine(check["target"], evidence)
    if not callable(own):
        return theirs, CheckPart("type", ok=False, expected="a function", got=type(own).__name__)
    return theirs, own


def _cases(check: Spec, evidence: Evidence, *, small: bool = True, empty: bool = True) -> list[Case]:
    def value(expression: str) -> Any:
        with lessons(f"`{expression.strip()}` fails"):
            return evaluate(expression, evidence.before())

    arguments = list(check.get("arguments") or ())
    return list(cases(arguments, evidence.seed, value, small=small, empty=empty and check.get("empty", True)))


def grad(check: Spec, evidence: Evidence) -> Parts:
    """The gradient of the learner's function: that of the solution's, or that of its own values."""
    theirs, own = _both(check, evidence)
    if isinstance(own, CheckPart):
        return (own,)
    alone = check.get("against") == "differences"
    judged = 0
    for case in _cases(check, evidence, empty=False):
        with lessons("the lesson's own solution has no gradient"):
            expected, why = by_autograd(theirs, case)
        if expected is None:
            raise Broken(f"the lesson's own solution gives {why}")
        judged += 1
        with learners(case.described):
            got, why = by_autograd(own, case)
            if got is not None and alone:
                expected = by_differences(own, case)
        if got is None:
            return (CheckPart(f"gradient for {case.described}", ok=False, expected="one", got=why),)
        for number, (left, right) in enumerate(zip(expected, got), 1):  # noqa: B905 - one an argument
            parts = _gradient_parts(check, case, number, left, right, alone=alone)
            if not all(part.ok for part in parts):
                return parts
    return (CheckPart(f"gradients for {judged} inputs", ok=True, expected="", got=""),)


def _gradient_parts(check: Spec, case: Case, number: int, expected: Any, got: Any, *, alone: bool) -> Parts:
    name = str(expected.dtype).removeprefix("torch.")
    rtol, atol = TOLERANCE.get(name, TOLERANCE["float32"]) if alone else (_LOOSER * tolerances(name)[0], None)
    parts = compare(expected, got, check.get("rtol", rtol), check.get("atol", atol))
    return tuple(
        CheckPart(f"gradient of argument {number}, {p.label}, for {case.described}", p.ok, p.expected, p.got)
        for p in parts
    )


def module_cases(check: Spec, evidence: Evidence) -> list[Case]:
    """Two cases of different batch sizes."""
    return _cases(check, evidence, small=False, empty=False)

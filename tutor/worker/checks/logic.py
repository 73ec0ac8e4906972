"""``all_of``, ``any_of`` and ``not``: checks made of checks."""

from __future__ import annotations

from collections.abc import Callable

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import Evidence, Missing, NotYet, Parts, Raised, Spec

Kind = Callable[[Spec, Evidence], Parts]


def all_of(check: Spec, evidence: Evidence, judge: Kind) -> Parts:
    """Every one of ``checks``."""
    return tuple(part for inner in check["checks"] for part in judge(inner, evidence))


def any_of(check: Spec, evidence: Evidence, judge: Kind) -> Parts:
    """At least one of ``checks``; of those that fail, the first says what is wrong."""
    failed: Parts = ()
    problem: Missing | NotYet | Raised | None = None
    for inner in check["checks"]:
        try:
            parts = judge(inner, evidence)
        except (Missing, NotYet, Raised) as error:
            problem = problem or error
            continue
        if all(part.ok for part in parts):
            return parts
        failed = failed or parts
    if not failed and problem is not None:
        raise problem
    return failed


def not_(check: Spec, evidence: Evidence, judge: Kind) -> Parts:
    """``check`` fails. What cannot be judged, because a name is missing or code raises, is no success."""
    parts = judge(check["check"], evidence)
    held = all(part.ok for part in parts)
    return (CheckPart("not", not held, "otherwise", "just that" if held else ""),)

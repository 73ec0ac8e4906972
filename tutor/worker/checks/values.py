"""``tensor``, ``value``, ``unchanged``, ``raises`` and ``output``: what the learner has now, or printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import (
    SHOWN,
    Broken,
    Evidence,
    Missing,
    Parts,
    Spec,
    evaluate,
    is_fixed,
    mine,
    reference,
)
from tutor.worker.interpreter import Interpreter, shorten
from tutor.worker.limits import TimeIsUp
from tutor.worker.probe.compare import compare
from tutor.worker.probe.random_state import seed


def equal(check: Spec, evidence: Evidence) -> Parts:
    """``target`` is what it is after the solution."""
    expected = _value(check["target"], evidence, reference, evidence.wanted)
    got = _value(check["target"], evidence, mine, evidence.found)
    parts = compare(expected, got, check.get("rtol"), check.get("atol"))
    return tuple(part for part in parts if part.label not in check.get("ignore", ()))


def _value(target: str, evidence: Evidence, of: Callable[[str, Evidence], Any], known: dict[str, Any]) -> Any:
    """What an expression gives from the lesson's seed: it may train a model, so it is computed once, where nothing
    can change what it gave.
    """
    if target in known:
        return known[target]
    seed(evidence.seed)
    value = of(target, evidence)
    if is_fixed(value):
        known[target] = value
    return value


def unchanged(check: Spec, evidence: Evidence) -> Parts:
    """``target`` is what it was before the solution."""
    try:
        expected = evaluate(check["target"], evidence.before())
    except Missing as missing:
        raise Broken(f"`{missing.name}` is not there before the step") from None
    return compare(expected, mine(check["target"], evidence))


def raises(check: Spec, evidence: Evidence) -> Parts:
    """Running ``code`` in the learner's namespace raises the error named, or one that is a kind of it."""
    names = ["nothing"]
    try:
        Interpreter(evidence.live).run(check["code"], "<check>", None)
    except (KeyboardInterrupt, TimeIsUp):
        raise
    except BaseException as error:
        if isinstance(error, NameError) and error.name and error.name in _names(check["code"]):
            raise Missing(error.name) from None
        names = [kind.__name__ for kind in type(error).__mro__ if kind is not object]
    return (CheckPart("raises", check["error"] in names, check["error"], names[0]),)


def _names(code: str) -> set[str]:
    return set(compile(code, "<check>", "exec", dont_inherit=True).co_names)


def output(check: Spec, evidence: Evidence) -> Parts:
    """What the last run printed; spaces at the ends of lines do not count."""
    got = evidence.output.strip()
    if check.get("contains") is not None:
        wanted = str(check["contains"]).strip()
        return (CheckPart("output", wanted in got, f"text with {wanted!r}", repr(shorten(got, SHOWN))),)
    wanted = str(check["equals"] if check.get("equals") is not None else evidence.printed).strip()
    same = [line.rstrip() for line in got.splitlines()] == [line.rstrip() for line in wanted.splitlines()]
    return (CheckPart("output", same, repr(shorten(wanted, SHOWN)), repr(shorten(got, SHOWN))),)

"""``training``: the learner's loop, run again under several seeds, reaches what it should in the steps it has."""

from __future__ import annotations

from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.evidence import (
    Evidence,
    Missing,
    NotYet,
    Parts,
    Program,
    Raised,
    Spec,
    Waiting,
    evaluate,
    learners,
    mine,
    reference,
)
from tutor.worker.checks.labels import bound_of
from tutor.worker.probe.judging.steps import Spent, counted

_FIRST_SEED = 1


def training(check: Spec, evidence: Evidence) -> Parts:
    """``metric`` is at least or at most a bound, for ``need`` of ``seeds`` seeds, in at most ``steps`` steps."""
    reference(check["metric"], evidence)
    program = evidence.program
    if program is None or not any(source.strip() for source in program.candidates):
        raise NotYet("Nothing was run to its end in this step yet.")
    if not evidence.asked:
        live = _number(mine(check["metric"], evidence))
        if not _reached(check, live):
            return (CheckPart(_label(check), ok=False, expected=bound_of(check), got=_said(live)),)
        raise Waiting
    parts: Parts = ()
    for number, source in enumerate(program.candidates):
        try:
            found = _over_seeds(check, program, source)
        except (Missing, Raised):
            # A part of what was run may not stand alone; all of it must.
            if number + 1 == len(program.candidates):
                raise
            continue
        if all(part.ok for part in found):
            return found
        parts = parts or found
    return parts


def _over_seeds(check: Spec, program: Program, source: str) -> Parts:
    seeds, most = int(check.get("seeds", 3)), check.get("steps")
    need = int(check.get("need") or seeds)
    values: list[float | None] = []
    taken = 0
    for number in range(seeds):
        value, steps = _once(check, program, source, _FIRST_SEED + number)
        values.append(value)
        taken = max(taken, steps)
        reached = sum(_reached(check, value) for value in values)
        if reached >= need or (most is not None and steps > most) or len(values) - reached > seeds - need:
            break
    shown = ", ".join(_said(value) for value in values)
    label = f"{_label(check)} over {seeds} seeds" if seeds > 1 else _label(check)
    wanted = bound_of(check) + (f" for {need} of {seeds}" if seeds > 1 else "")
    parts = [CheckPart(label, reached >= need, wanted, shown)]
    if most is not None:
        words = f"{taken:,}" if taken <= most else f"more than {most:,}"
        parts.insert(0, CheckPart("steps", taken <= most, f"at most {most:,}", words))
    return tuple(parts)


def _once(check: Spec, program: Program, source: str, seed: int) -> tuple[float | None, int]:
    with counted(check.get("steps")) as steps, learners(f"seed {seed}"):
        try:
            namespace = program.run(source, seed)
        except Spent:
            return None, steps.taken
    with learners(f"seed {seed}"):
        return _number(evaluate(check["metric"], namespace)), steps.taken


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError, RuntimeError):
        return None


def _reached(check: Spec, value: float | None) -> bool:
    """Also False for NaN."""
    if value is None:
        return False
    if check.get("at_least") is not None:
        return value >= float(check["at_least"])
    return value <= float(check["at_most"])


def _label(check: Spec) -> str:
    return str(check.get("name") or check["metric"].strip())


def _said(value: float | None) -> str:
    return "no number" if value is None else f"{value:.4g}"

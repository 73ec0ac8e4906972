"""Recognises the mistakes that a lesson's author foresaw, and has words for."""

from __future__ import annotations

import contextlib
import time
from functools import partial

from tutor.protocol import commands
from tutor.protocol.verdicts import CheckResult
from tutor.worker.aside import LessonFault
from tutor.worker.checks.evidence import Evidence
from tutor.worker.checks.verdict import is_right, is_unmade, remembered
from tutor.worker.probe.judging.untouched import Kept
from tutor.worker.reference import Reference, TimeLimit

_HEAD_START = 0.5
"""Seconds for what mistakes make, before anything was tried in a step."""


def feedback(
    command: commands.Check,
    results: tuple[CheckResult, ...],
    evidence: Evidence,
    kept: Kept,
    reference: Reference,
    limited: TimeLimit,
) -> str:
    """What the author says to who made just this mistake; empty where it is none that was foreseen.

    ``kept`` is the learner's namespace; ``limited`` opens the time of one check.
    """
    if not command.cells:
        _look_ahead(command, evidence, kept, reference, limited)
    # Training again what a mistake trains would take as long as judging did: the other checks tell it.
    told = [
        (check, result)
        for check, result in zip(command.checks, results)  # noqa: B905 - equal by construction
        if check.get("kind") != "training"
    ]
    missed = [(check, result) for check, result in told if result.status in ("fail", "error", "timeout")]
    if not missed or any(result.status == "timeout" or is_unmade(check, result) for check, result in missed):
        return ""
    # What the learner has right, the mistake must have too: else it is another one that looks alike.
    passed = [(check, result) for check, result in told if result.status == "pass"]
    for mistake in command.mistakes:
        made = reference.mistake(mistake.code)
        try:
            made.have_run()
        except LessonFault:
            continue
        against = evidence.against(made.aside, made.printed, made.values)
        work, limit = partial(made.work, evidence, made.values), partial(limited, command.limit)
        with kept.guard():
            if all(
                is_right(check, result, against, work, limit, made.verdicts)
                for check, result in (*missed, *passed)
            ):
                return mistake.feedback
    return ""


def _look_ahead(
    command: commands.Check, evidence: Evidence, kept: Kept, reference: Reference, limited: TimeLimit
) -> None:
    """Nobody waits for a verdict yet: find out what mistakes make, so that the first try is answered soon."""
    end = time.monotonic() + _HEAD_START
    for mistake in command.mistakes:
        made = reference.mistake(mistake.code)
        with contextlib.suppress(LessonFault), kept.guard():
            made.have_run()
            for check in command.checks:
                if check.get("kind") != "training":
                    work, limit = partial(made.work, evidence, made.values), partial(limited, command.limit)
                    remembered(check, work, limit, made.verdicts)
        if time.monotonic() > end:
            return

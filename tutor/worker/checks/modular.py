"""``module``: the learner's ``nn.Module`` does what the solution's does, in every respect that matters."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from tutor.protocol.verdicts import CheckPart
from tutor.worker.checks.calls import module_cases
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
from tutor.worker.probe.judging import modules
from tutor.worker.probe.judging.inputs import torch
from tutor.worker.probe.random_state import seed

_RTOL = 2e-5
"""Of float32 outputs of a few layers, summed in whatever order."""


def module(check: Spec, evidence: Evidence) -> Parts:
    """Parameters, output for two batch sizes, gradients, training and evaluation, state_dict."""
    kind = torch().nn.Module
    seed(evidence.seed)
    expected = reference(check["target"], evidence)
    if not isinstance(expected, kind):
        raise Broken(f"`{check['target'].strip()}` of the lesson's own solution is no `nn.Module`")
    seed(evidence.seed)
    got = mine(check["target"], evidence)
    if not isinstance(got, kind):
        return (CheckPart("type", ok=False, expected="an nn.Module", got=type(got).__name__),)
    with lessons("the lesson's own module cannot be copied"):
        expected = copy.deepcopy(expected)
    with learners():
        got = copy.deepcopy(got)
    parts = modules.parameters(expected, got, names=check.get("names", False))
    if not all(part.ok for part in parts):
        return parts
    return _behaviour(check, evidence, expected, got)


def _behaviour(check: Spec, evidence: Evidence, expected: Any, got: Any) -> Parts:
    cases = module_cases(check, evidence)
    one = cases[0]

    def call(action: Callable[[], Any]) -> Any:
        with learners(one.described):
            return action()

    # In order: each is worth saying only if those before it hold.
    judgements: tuple[Callable[[], Parts], ...] = (
        lambda: modules.behaviour(
            copy.deepcopy(expected), got, cases, call, check.get("rtol", _RTOL), check.get("atol")
        ),
        lambda: (modules.gradients(copy.deepcopy(expected), copy.deepcopy(got), one, call),),
        lambda: modules.modes(copy.deepcopy(expected), copy.deepcopy(got), one, call),
        lambda: (modules.round_trip(copy.deepcopy(got), _fresh(check, evidence, got), one, call),),
    )
    for judgement in judgements:
        parts = judgement()
        if not all(part.ok for part in parts):
            return parts
    return (CheckPart("parameters, output, gradients, modes, state", ok=True, expected="", got=""),)


def _fresh(check: Spec, evidence: Evidence, got: Any) -> Any:
    """Another module of the same make: built anew where the check builds one, else a copy."""
    seed(evidence.seed + 1)
    with learners():
        fresh = evaluate(check["target"], evidence.live)
    return copy.deepcopy(fresh if type(fresh) is type(got) else got)

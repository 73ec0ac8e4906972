"""What the checks of a step look at, and so what a mutant of its solution can be caught by."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tutor.lesson.checks import (
    AllOf,
    AnyOf,
    Check,
    ForbidsCheck,
    FunctionCheck,
    GradCheck,
    ModuleCheck,
    OutputCheck,
    RaisesCheck,
    TensorCheck,
    TrainingCheck,
    UnchangedCheck,
    UsesCheck,
    ValueCheck,
)
from tutor.lesson.state import checks_of
from tutor.lesson.steps import Step

_MODES = re.compile(r"[Dd]ropout|[Bb]atch_?[Nn]orm|\.training\b")

_ROUGH = (TrainingCheck, UsesCheck, ForbidsCheck, UnchangedCheck, RaisesCheck)

Target = TensorCheck | ValueCheck | UnchangedCheck | FunctionCheck | GradCheck | ModuleCheck


@dataclass(frozen=True, slots=True)
class Subject:
    """A name that checks look at: a plain one, or one that is called with arguments the check gives."""

    name: str
    called: bool
    checks: tuple[Target, ...]

    def has(self, kind: type) -> bool:
        """Whether a check of that kind looks at it."""
        return any(isinstance(check, kind) for check in self.checks)

    def leaves_open(self, respect: str) -> bool:
        """Whether no check that compares it minds this respect (``dtype``, ``requires_grad``)."""
        compared = [check for check in self.checks if isinstance(check, (TensorCheck, ValueCheck))]
        return bool(compared) and all(
            isinstance(check, TensorCheck) and respect in check.ignore for check in compared
        )


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be seen of an answer."""

    subjects: tuple[Subject, ...]
    prints: bool
    """What it prints counts."""
    trained: bool
    """Of its numbers only those count that say how well a training went: one a little off is as good."""
    modes: bool
    """Training and evaluation may differ."""
    modules: bool
    """An ``nn.Module`` is looked at as one."""


def sight(step: Step, given: str) -> Sight:
    """``given`` is all the code of the lesson up to the step, with the solution."""
    found = list(_positive(checks_of(step)))
    grouped: dict[tuple[str, bool], list[Target]] = {}
    for check in found:
        if isinstance(check, Target) and (place := _subject(check.target)) is not None:
            grouped.setdefault(place, []).append(check)
    modules = any(isinstance(check, ModuleCheck) for check in found)
    return Sight(
        tuple(Subject(name, called, tuple(checks)) for (name, called), checks in grouped.items()),
        prints=any(isinstance(check, OutputCheck) for check in found),
        trained=any(isinstance(check, TrainingCheck) for check in found)
        and all(isinstance(check, _ROUGH) for check in found),
        modes=modules and bool(_MODES.search(given)),
        modules=modules,
    )


def _positive(checks: tuple[Check, ...]) -> Iterator[Check]:
    """Every check that must pass, also of checks inside checks; what must fail says nothing of what is right."""
    for check in checks:
        if isinstance(check, (AllOf, AnyOf)):
            yield from _positive(check.checks)
        else:
            yield check


def _subject(target: str) -> tuple[str, bool] | None:
    """``net`` of ``net`` and of ``net(x)``; None of other expressions: of those only a part may be looked at.

    Nor is Python's own ``tuple`` looked at in ``tuple(y.shape)``: nobody who answers makes it.
    """
    tree = ast.parse(target.strip(), mode="eval").body
    if isinstance(tree, ast.Name):
        return tree.id, False
    if isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and not hasattr(builtins, tree.func.id):
        return tree.func.id, True
    return None

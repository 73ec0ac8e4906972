"""Counts the steps of a training loop, and ends one that takes more than it may."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tutor.worker.probe.judging.inputs import torch

_BACKWARDS_PER_STEP = 64
"""Calls of ``backward()`` that may make one step, where gradients are gathered over several batches."""


class Spent(BaseException):
    """The steps are used up; no handler of the learner's should catch it."""


class Steps:
    """How many steps were taken."""

    def __init__(self) -> None:
        self.optimizer = 0
        self.backward = 0

    @property
    def taken(self) -> int:
        """Steps of an optimiser; of a loop without one, calls of ``backward()``."""
        return self.optimizer or self.backward


@contextlib.contextmanager
def counted(most: int | None) -> Iterator[Steps]:
    """Counts what happens inside; Spent is raised in the step after the last one of ``most``."""
    from torch.optim.optimizer import register_optimizer_step_pre_hook

    steps = Steps()
    autograd: Any = torch().autograd
    plain = autograd.backward

    def stepped(*_: Any) -> None:
        if most is not None and steps.optimizer >= most:
            steps.optimizer += 1
            raise Spent
        steps.optimizer += 1

    def backward(*arguments: Any, **named: Any) -> Any:
        steps.backward += 1
        if most is not None and steps.backward > most * _BACKWARDS_PER_STEP:
            raise Spent
        return plain(*arguments, **named)

    hook = register_optimizer_step_pre_hook(stepped)
    autograd.backward = backward
    try:
        yield steps
    finally:
        autograd.backward = plain
        hook.remove()

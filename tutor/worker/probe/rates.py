"""Changes learning rates in the middle of training, so that no scheduler undoes it."""

from __future__ import annotations

import gc
import math
import sys
from typing import Any

from tutor.protocol.events import Steered
from tutor.worker.probe.touch import is_tensor, quiet

_OF_GROUP = ("initial_lr", "max_lr", "min_lr")
"""What schedulers keep in the groups: where they began, and the ends of a cycle."""
_OF_SCHEDULER = ("base_lrs", "max_lrs")
"""What they keep of each group themselves, as lists."""


def scale(run: int, optimizers: list[Any], factor: float) -> Steered:
    """Multiply every learning rate of ``optimizers`` by ``factor``, in the thread that uses them.

    A rate that is a tensor keeps its identity: a compiled or captured step reads it there. One that needs a
    gradient itself is left alone, because a graph of the learner's holds its value.
    """
    torch: Any = sys.modules["torch"]
    if not math.isfinite(factor) or factor <= 0:
        return Steered(run, "no rate")
    changed: list[tuple[float, float]] = []
    done: set[int] = set()
    left = 0
    with quiet(torch):
        for optimizer in optimizers:
            for group in optimizer.param_groups:
                before = group.get("lr")
                if is_tensor(torch, before) and before.requires_grad:
                    left += 1
                    continue
                old = _number(torch, before)
                if old is None:
                    continue
                for key in ("lr", *_OF_GROUP):
                    _scale_in(torch, group, key, factor, done)
                changed.append((old, _number(torch, group["lr"]) or 0.0))
        if changed:
            for scheduler in _schedulers(torch, optimizers):
                for key in _OF_SCHEDULER:
                    _scale_list(torch, scheduler.__dict__.get(key), factor, done)
    if not changed:
        return Steered(run, "no rate", left=left)
    return Steered(run, "rate", *changed[0], len(changed), left)


def _scale_in(torch: Any, holder: Any, key: Any, factor: float, done: set[int]) -> None:
    """Multiply ``holder[key]`` if it is a number; a tensor in place, and once, wherever else it is held."""
    value = holder[key] if isinstance(holder, list) else holder.get(key)
    if is_tensor(torch, value):
        if id(value) not in done and value.is_floating_point() and not value.requires_grad:
            done.add(id(value))
            value.mul_(factor)
    elif _number(torch, value) is not None:
        holder[key] = value * factor


def _scale_list(torch: Any, values: Any, factor: float, done: set[int]) -> None:
    if type(values) is list:
        for place in range(len(values)):
            _scale_in(torch, values, place, factor, done)


def _number(torch: Any, value: Any) -> float | None:
    if is_tensor(torch, value):
        return float(value) if value.numel() == 1 else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _schedulers(torch: Any, optimizers: list[Any]) -> list[Any]:
    """Every scheduler alive that drives one of them: an optimiser does not know its schedulers."""
    kind = torch.optim.lr_scheduler.LRScheduler
    found = [thing for thing in gc.get_objects() if issubclass(type(thing), kind)]
    driven = {id(optimizer) for optimizer in optimizers}
    return [scheduler for scheduler in found if id(scheduler.__dict__.get("optimizer")) in driven]

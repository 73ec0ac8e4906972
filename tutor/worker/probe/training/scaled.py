"""The loss that a gradient scaler (``torch.amp.GradScaler``) multiplies before ``backward()``, as it was."""

from __future__ import annotations

import ast
import sys
import weakref
from collections.abc import Callable
from inspect import CO_OPTIMIZED
from types import FrameType
from typing import Any

from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.training.naming import variables


def argument_of_scale(loss: ast.expr) -> tuple[str, ast.expr] | None:
    """``("scaler", loss)`` of ``scaler.scale(loss)``, also of ``self.scaler.scale(loss)``."""
    if not isinstance(loss, ast.Call) or not isinstance(loss.func, ast.Attribute) or loss.func.attr != "scale":
        return None
    if len(loss.args) != 1 or loss.keywords:
        return None
    return ast.unparse(loss.func.value), loss.args[0]


def scaler_at(frame: FrameType, path: str) -> weakref.ref[Any] | None:
    """What ``path`` is in ``frame``, if that is a gradient scaler; no code of the learner's runs."""
    amp = sys.modules.get("torch.amp.grad_scaler")
    name, _, inner = path.partition(".")
    names = variables(frame) if frame.f_code.co_flags & CO_OPTIMIZED else frame.f_globals
    found = names[name] if name in names else frame.f_globals.get(name)
    if inner:
        found = instance_dict(found).get(inner)
    return weakref.ref(found) if amp is not None and issubclass(type(found), amp.GradScaler) else None


def unscaled(loss: float, scaler: weakref.ref[Any], read: Callable[[Any, bool], float | None]) -> float:
    """``loss`` without the factor of now: it is the one that was used until ``scaler.update()``.

    ``read`` may wait for another device: it has waited for the loss.
    """
    factor = read(instance_dict(scaler()).get("_scale"), True)
    return loss / factor if factor else loss

"""Goes down a function that the learner typed, and says in words why one cannot be used."""

from __future__ import annotations

import math
from typing import Any

from tutor.protocol.playground import Descent, Place

_SAMPLES = 241


class Unusable(Exception):
    """The function cannot be gone down on; the text says why."""


def descend(program: str, steps: int, low: float, high: float) -> Descent:
    """Run ``program`` of ``tutor.playground.descent`` and so many steps of it. Raises Unusable."""
    namespace: dict[str, Any] = {"__name__": "playground"}
    try:
        exec(compile(program, "<descent>", "exec"), namespace)
        f, x, opt = namespace["f"], namespace["x"], namespace["opt"]
        _tried(f, x)
        places, diverged = _walk(namespace, x, opt, steps)
        xs = [low + (high - low) * i / (_SAMPLES - 1) for i in range(_SAMPLES)]
        return Descent(tuple(xs), tuple(_value(f, at) for at in xs), tuple(places), diverged)
    except Unusable:
        raise
    except Exception as error:
        raise Unusable(_in_words(error)) from None


def _tried(f: Any, x: Any) -> None:
    """Raises Unusable for what has no slope at ``x``."""
    import torch

    y = f(x)
    if not isinstance(y, torch.Tensor):
        raise Unusable(
            f"f(x) is a {type(y).__name__}, and no slope reaches x through it: keep to operations of torch."
        )
    if y.numel() != 1:
        raise Unusable(f"f(x) must be one number; this one has the shape {list(y.shape)}.")
    if not y.requires_grad:
        raise Unusable("f(x) does not depend on x in a way autograd can follow.")
    if not math.isfinite(float(y.detach())):
        raise Unusable(f"f({float(x.detach()):.4g}) is {float(y.detach())}: begin elsewhere.")


def _walk(namespace: dict[str, Any], x: Any, opt: Any, steps: int) -> tuple[list[Place], bool]:
    f, down = namespace["f"], namespace["down"]
    momentum = opt.param_groups[0]["momentum"]
    places: list[Place] = []
    velocity = 0.0
    for _ in range(steps + 1):
        at = float(x.detach())
        y = f(x)
        opt.zero_grad()
        y.backward()
        # A function may well not reach x on one side of a fork.
        slope = 0.0 if x.grad is None else float(x.grad)
        velocity = momentum * velocity + slope
        place = Place(at, float(y.detach()), slope, velocity)
        if not all(map(math.isfinite, (place.x, place.y, place.slope))):
            return places, True
        places.append(place)
        down()
    return places, False


def _value(f: Any, x: float) -> float:
    import torch

    try:
        with torch.no_grad():
            value = float(f(torch.tensor(x, dtype=torch.float64)))
    except (ValueError, ArithmeticError, RuntimeError):
        return math.nan
    return value if math.isfinite(value) else math.nan


def _in_words(error: Exception) -> str:
    if isinstance(error, NameError):
        name = getattr(error, "name", None) or "a name"
        return f"{name} is not known here: there are x, math, torch and everything in it, as torch.{name}."
    if isinstance(error, ZeroDivisionError):
        return "It divides by 0."
    text = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {text}"

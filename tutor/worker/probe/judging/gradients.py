"""Gradients of a learner's function: by autograd, and by central differences to hold them against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tutor.worker.probe.judging.inputs import Case, torch
from tutor.worker.probe.random_state import seed

_STEP = {"float64": 1e-6, "float32": 1e-3}
"""Half the distance of a central difference: near the cube root of the dtype's precision."""

TOLERANCE = {"float64": (1e-5, 1e-6), "float32": (2e-2, 2e-3)}
"""Relative and absolute, of a difference against a gradient."""


def by_autograd(function: Callable[..., Any], case: Case) -> tuple[list[Any] | None, str]:
    """Gradients of a weighted sum of the result, one for each floating argument; or why there are none."""
    leaves, total = _weighted(function, case, grad=True)
    if not leaves:
        return None, "no argument that has a gradient"
    if not total.requires_grad:
        return None, "a result without a graph: it does not depend on its arguments, or was detached"
    grads = torch().autograd.grad(total, leaves, allow_unused=True)
    return [torch().zeros_like(leaf) if g is None else g for leaf, g in zip(leaves, grads)], ""  # noqa: B905


def by_differences(function: Callable[..., Any], case: Case) -> list[Any]:
    """The same from values of the function alone: (f(x + h) - f(x - h)) / 2h for each element."""
    leaves, _ = _weighted(function, case, grad=False)
    found = []
    for place, leaf in enumerate(leaves):
        step = _STEP[str(leaf.dtype).removeprefix("torch.")]
        grad = torch().zeros_like(leaf)
        for element in range(leaf.numel()):
            ends = [_weighted(function, case, grad=False, moved=(place, element, s))[1] for s in (step, -step)]
            grad.view(-1)[element] = (ends[0] - ends[1]) / (2 * step)
        found.append(grad)
    return found


def _weighted(
    function: Callable[..., Any], case: Case, *, grad: bool, moved: tuple[int, int, float] | None = None
) -> tuple[list[Any], Any]:
    positional, named = case.make()
    leaves = [v for v in (*positional, *named.values()) if isinstance(v, torch().Tensor) and v.is_floating_point()]
    with torch().no_grad():
        if moved is not None:
            leaves[moved[0]].view(-1)[moved[1]] += moved[2]
    for leaf in leaves:
        leaf.requires_grad_(grad)
    seed(0)
    result = function(*positional, **named)
    results = result if isinstance(result, (tuple, list)) else [result]
    total: Any = torch().zeros((), dtype=torch().float64)
    for out in results:
        if isinstance(out, torch().Tensor) and out.is_floating_point():
            weights = torch().linspace(0.5, 1.5, max(out.numel(), 1), dtype=torch().float64)[: out.numel()]
            total = total + (out.to(torch().float64) * weights.view(out.shape)).sum()
    return leaves, total

"""Whether a name still stands for what it stood for: exactly, where a check would allow for rounding."""

from __future__ import annotations

import sys
from typing import Any

from tutor.worker.probe.compare import same

_DEEPEST = 40


def kind_of(value: Any) -> str:
    """What it is, in a word or two: ``tensor [3, 4]``, ``Linear``, ``int``."""
    torch: Any = sys.modules.get("torch")
    if torch is not None and type(value) in (torch.Tensor, torch.nn.Parameter):
        return f"{type(value).__name__.lower()} {list(value.shape)}"
    return type(value).__name__


def alike(left: Any, right: Any, depth: int = 0) -> bool:
    """Whether the two are equal bit for bit, as far as can be seen; False where that is not known."""
    if left is right:
        return True
    if type(left) is not type(right) or depth > _DEEPEST:
        return False
    torch: Any = sys.modules.get("torch")
    if torch is not None and isinstance(left, torch.Tensor):
        return _tensors(torch, left, right, depth)
    if torch is not None and isinstance(left, (torch.nn.Module, torch.optim.Optimizer)):
        return alike(_parts(torch, left), _parts(torch, right), depth + 1)
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(alike(left[key], right[key], depth + 1) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(alike(a, b, depth + 1) for a, b in zip(left, right))  # noqa: B905 - as long as each other
    by_identity: Any = object.__eq__
    if type(left).__eq__ is by_identity and hasattr(left, "__dict__"):
        return alike(vars(left), vars(right), depth + 1)
    try:
        return same(left, right)
    except Exception:
        # What cannot be compared, for whatever reason, is told as changed and so not hidden.
        return False


def _parts(torch: Any, value: Any) -> dict[str, Any]:
    """What makes a module, or an optimiser, what it is."""
    parts = {"state": dict(value.state_dict())}
    if isinstance(value, torch.nn.Module):
        parts |= {"training": value.training, "parameters": dict(value.named_parameters())}
    return parts


def _tensors(torch: Any, left: Any, right: Any, depth: int) -> bool:
    places = [(t.shape, t.dtype, t.device, t.layout, t.requires_grad) for t in (left, right)]
    if places[0] != places[1] or left.layout != torch.strided:
        return False
    with torch.no_grad():
        equal = torch.equal(left, right) or bool(((left == right) | (left.isnan() & right.isnan())).all())
    if not equal:
        return False
    grads = [t.grad if t.is_leaf else None for t in (left, right)]
    return alike(grads[0], grads[1], depth + 1)

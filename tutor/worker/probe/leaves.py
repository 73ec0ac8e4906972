"""The leaves a learner can name, with the norms of their values and gradients."""

from __future__ import annotations

from typing import Any

from tutor.protocol.gradients import LeafGradient
from tutor.worker.probe.names import walk
from tutor.worker.probe.touch import disturbs, has_values
from tutor.worker.probe.values import head, norms

SHOWN = 16
"""Elements of a leaf and of its gradient that are sent."""

_NAMED = 10_000


def named_leaves(torch: Any, namespace: dict[str, Any]) -> list[tuple[str, Any]]:
    """Leaf tensors that require a gradient, each under the first of its names. Call inside ``quiet``."""
    found, _ = walk(namespace, _NAMED)
    leaves: dict[int, tuple[str, Any]] = {}
    for path, tensor in found:
        if id(tensor) not in leaves and is_leaf(torch, tensor):
            leaves[id(tensor)] = path, tensor
    return list(leaves.values())


def describe(torch: Any, leaves: list[tuple[str, Any]]) -> tuple[LeafGradient, ...]:
    """Plain data about each. Reads ``.grad``, so it belongs on the learner's own thread, after ``backward()``."""
    if disturbs(torch):
        return ()
    tensors = [torch.Tensor.detach(tensor) for _, tensor in leaves]
    gradients = [_gradient(torch, leaf) for _, leaf in leaves]
    value_norms = norms(torch, tensors)
    filled = [gradient for gradient in gradients if gradient is not None]
    grad_norms = iter(norms(torch, filled))
    return tuple(
        LeafGradient(
            path=path,
            dtype=str(tensor.dtype).removeprefix("torch."),
            shape=tuple(tensor.shape),
            value_norm=value_norm,
            grad_norm=None if gradient is None else next(grad_norms),
            value=head(torch, tensor, SHOWN),
            grad=b"" if gradient is None else head(torch, gradient, SHOWN),
        )
        for (path, _), tensor, gradient, value_norm in zip(leaves, tensors, gradients, value_norms)  # noqa: B905
    )


def gradient_norms(torch: Any, leaves: list[Any]) -> dict[int, float]:
    """L2 norm of ``.grad`` by the ``id`` of its leaf, for those that have one."""
    held = [(id(leaf), gradient) for leaf in leaves if (gradient := _gradient(torch, leaf)) is not None]
    sizes = norms(torch, [gradient for _, gradient in held])
    return {place: size for (place, _), size in zip(held, sizes)}  # noqa: B905


def _gradient(torch: Any, leaf: Any) -> Any | None:
    """``.grad``, where it has values to be read."""
    gradient = torch.Tensor.grad.__get__(leaf)
    return gradient if gradient is not None and has_values(torch, gradient) else None


def is_leaf(torch: Any, tensor: Any) -> bool:
    """Whether ``backward()`` may fill its ``.grad``."""
    base, lazy = torch.Tensor, torch.nn.parameter.UninitializedTensorMixin
    try:
        return (
            base.requires_grad.__get__(tensor)
            and base.is_leaf.__get__(tensor)
            and has_values(torch, tensor)
            and not issubclass(type(tensor), lazy)
        )
    except Exception:
        return False

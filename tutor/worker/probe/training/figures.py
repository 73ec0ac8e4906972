"""Figures of trained tensors from samples taken before and after one step. Call inside ``quiet``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tutor.protocol.training import Spread
from tutor.worker.probe.sampling import evenly
from tutor.worker.probe.touch import has_values

SAMPLED = 2_048
"""Elements of a tensor that are looked at."""

SILENT = 0.9
"""Share of a layer's units without any gradient from which it is worth a word."""

_UNITS = 10
"""Units of the smallest layer of which that is said."""

BARS = 24
"""Bars of a histogram."""

_WHOLE = 4_000_000
"""Elements up to which a tensor whose sample is all zeros is looked at in full."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What one look says of one tensor."""

    grad_norm: float | None
    """L2 norm of the gradient, scaled up from the sample; None where there is none."""
    value_norm: float
    """The same of the value before the step."""
    update_norm: float | None
    """The same of the change; None where it was not seen."""
    zeros: float
    """Share of the gradient's elements that are exactly zero; 1.0 only where all elements of it are."""
    changed: float
    """Share of the elements that the step changed, of those with a gradient."""
    bad_values: int
    bad_grads: int
    sampled: int
    resolution: float
    """Distance from 1 to the next number of the dtype (``torch.finfo(dtype).eps``)."""
    silent: frozenset[int] | None = None
    """The sampled units whose gradient is zero: elements of a bias, rows along the first axis of a weight (of
    which only some are units: whoever knows the layer decides). None where they are few or all."""
    units: int = 0
    """Units among which ``silent`` are."""


@dataclass(slots=True, eq=False)
class Taken:
    """Copies of samples of several tensors, end to end."""

    flat: Any
    sizes: list[int]

    def parts(self) -> list[Any]:
        return list(self.flat.split(self.sizes)) if self.sizes else []


def readable(torch: Any, tensor: Any) -> bool:
    """Whether the tensor can be sampled: dense, real, floating-point, with values."""
    return bool(
        has_values(torch, tensor)
        and tensor.layout is torch.strided
        and tensor.is_floating_point()
        and not tensor.is_quantized
        and tensor.numel()
    )


def take(torch: Any, tensors: Sequence[Any]) -> Taken:
    """A copy of at most 2,048 elements of each, in float64 (which no square of a float32 leaves)."""
    parts = [_sample(torch, tensor).reshape(-1) for tensor in tensors]
    sizes = [part.numel() for part in parts]
    if not parts:
        return Taken(torch.empty(0, dtype=torch.float64, device="cpu"), sizes)
    if len({part.device for part in parts}) > 1:
        parts = [part.cpu() for part in parts]
    flat = torch.cat(parts) if len({part.dtype for part in parts}) == 1 else torch.cat([p.double() for p in parts])
    # To the CPU first: not every accelerator has float64.
    return Taken(flat.cpu().to(torch.float64), sizes)


def grads_of(torch: Any, tensors: Sequence[Any]) -> list[Any | None]:
    """``.grad`` of each; a sparse one as its stored values. Only on the learner's own thread."""
    found = []
    for tensor in tensors:
        grad = torch.Tensor.grad.__get__(tensor)
        if grad is not None and grad.layout is torch.sparse_coo:
            grad = grad.coalesce().values()
        found.append(grad if grad is not None and readable(torch, grad) else None)
    return found


def figures(torch: Any, tensors: Sequence[Any], values: Taken, grads: Sequence[Any | None]) -> list[Figures]:
    """One for each of ``tensors``, whose samples ``values`` are; the change is not in them yet."""
    held = [grad for grad in grads if grad is not None]
    taken = take(torch, held)
    # The norm of order 0 counts what is not zero.
    measured = zip(  # noqa: B905 - one of each
        _norms(torch, taken.flat, taken.sizes, 2), _norms(torch, taken.flat, taken.sizes, 0), taken.parts(), held
    )
    value_norms, parts = _norms(torch, values.flat, values.sizes, 2), values.parts()
    found = []
    for i, tensor in enumerate(tensors):
        grad_norm, zeros, bad_grads, silent, units = None, 0.0, 0, None, 0
        if grads[i] is not None:
            norm, living, part, grad = next(measured)
            bad_grads = _bad(part, norm)
            zeros = 1 - living / part.numel()
            if not living and part.numel() < grad.numel() and not _all_zero(torch, grad):
                zeros = 1 - 1 / grad.numel()
            grad_norm = norm * math.sqrt(grad.numel() / part.numel())
            if SILENT <= zeros < 1 and grad.dim():
                silent, units = _silent(torch, grad, part)
        found.append(
            Figures(
                grad_norm=grad_norm,
                value_norm=value_norms[i] * math.sqrt(tensor.numel() / values.sizes[i]),
                update_norm=None,
                zeros=zeros,
                changed=1.0,
                bad_values=_bad(parts[i], value_norms[i]),
                bad_grads=bad_grads,
                sampled=values.sizes[i],
                resolution=torch.finfo(tensor.dtype).eps,
                silent=silent,
                units=units,
            )
        )
    return found


def stepped(
    torch: Any, tensors: Sequence[Any], found: list[Figures], before: Taken, after: Taken
) -> list[Figures]:
    """The same figures with the change from ``before`` to ``after``."""
    steps = after.flat - before.flat
    sizes, changed = _norms(torch, steps, before.sizes, 2), _norms(torch, steps, before.sizes, 0)
    parts = after.parts()
    return [
        replace(
            now,
            update_norm=size * math.sqrt(tensor.numel() / part.numel()),
            changed=moved / max(1.0, part.numel() * (1 - now.zeros)),
            bad_values=now.bad_values or _bad(part, size),
        )
        for tensor, now, size, moved, part in zip(tensors, found, sizes, changed, parts)  # noqa: B905
    ]


def spread(torch: Any, grad: Any) -> Spread | None:
    """Histogram of a gradient's sample; None where nothing in it is finite."""
    values = _sample(torch, grad).reshape(-1).cpu().to(torch.float64)
    values = values[values.isfinite()]
    if not values.numel():
        return None
    low, high = values.min().item(), values.max().item()
    if low == high:
        return Spread(low, high, (values.numel(),), low, 0.0)
    counts = torch.histc(values, BARS, low, high).tolist()
    return Spread(low, high, tuple(int(n) for n in counts), values.mean().item(), values.std(correction=0).item())


def _silent(torch: Any, grad: Any, part: Any) -> tuple[frozenset[int] | None, int]:
    """The units whose gradient is zero among those in the sample ``part`` of ``grad``, and how many those are."""
    dense, shape = torch.Tensor.detach(grad), tuple(grad.shape)
    picked = evenly(shape, SAMPLED).slices()[0] if grad.numel() > SAMPLED else slice(0, shape[0])
    rows = part.reshape(len(range(shape[0])[picked]), -1)
    if len(rows) < _UNITS:
        return None, 0
    still = (rows == 0).all(1)
    if grad.dim() > 1 and grad.numel() > SAMPLED:
        # What is not zero in a row may lie beside the sample.
        still = still & (dense[picked] == 0).flatten(1).all(1).cpu()
    found = frozenset(still.nonzero().reshape(-1).tolist())
    return (found if len(found) >= SILENT * len(rows) else None), len(rows)


def _sample(torch: Any, tensor: Any) -> Any:
    dense = torch.Tensor.detach(tensor)
    shape = tuple(dense.shape)
    return dense if dense.numel() <= SAMPLED else dense[evenly(shape, SAMPLED).slices()]


def _norms(torch: Any, flat: Any, sizes: list[int], order: int) -> list[float]:
    if not sizes:
        return []
    parts = list(flat.split(sizes))
    try:
        norms = torch._foreach_norm(parts, order)
    except Exception:  # private: one by one where it is gone
        norms = [torch.linalg.vector_norm(part, order) for part in parts]
    values: list[float] = torch.stack(norms).tolist()
    return values


def _bad(part: Any, norm: float) -> int:
    """NaN and infinities; a norm that is finite says that there are none."""
    return 0 if math.isfinite(norm) else int((~part.isfinite()).sum().item())


def _all_zero(torch: Any, grad: Any) -> bool:
    return bool(grad.numel() > _WHOLE or not torch.any(grad).item())

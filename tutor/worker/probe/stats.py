"""Statistics of one tensor's elements, exact while that is quick."""

from __future__ import annotations

import math
from typing import Any

from tutor.protocol.snapshots import Stats
from tutor.worker.probe.sampling import evenly

EXACT = 10_000_000
"""Elements up to which every one is looked at (about 10 ms on one core)."""

_SAMPLE = 8_192
"""Elements of the sample above that: a mean is off by about 1 % of a standard deviation."""

_SMALL = 16_384
"""Elements up to which everything is computed in float64."""


def statistics(torch: Any, tensor: Any) -> Stats | None:
    """Of a strided tensor, for a complex one of the magnitudes; None if it has no elements.

    Call inside :func:`tutor.worker.probe.touch.quiet`.
    """
    count = tensor.numel()
    if count == 0:
        return None
    exact = count <= EXACT
    if not exact:
        tensor = tensor[evenly(tuple(tensor.shape), _SAMPLE).slices()]
        count = tensor.numel()
    # The order of elements does not matter here, and walking memory in its own order is four times quicker.
    tensor = tensor.permute(sorted(range(tensor.dim()), key=tensor.stride, reverse=True))
    values = _computable(torch, tensor.detach())
    zeros = count - int(torch.count_nonzero(values))
    low, high = _range(torch, values)
    nans = infs = 0
    if not (math.isfinite(low) and math.isfinite(high)):
        nans, infs = int(values.isnan().sum()), int(values.isinf().sum())
        values = values[values.isfinite()]
        if values.numel() == 0:
            return Stats(count, math.nan, math.nan, math.nan, math.nan, zeros, nans, infs, exact)
        low, high = _range(torch, values)
    mean, std = _mean_and_std(torch, values)
    return Stats(count, low, high, mean, std, zeros, nans, infs, exact)


def _computable(torch: Any, tensor: Any) -> Any:
    """Real floating-point values in a precision that the arithmetic below can be trusted with."""
    if tensor.is_complex():
        tensor = tensor.abs()
    if tensor.device.type == "mps":  # it has no float64
        return tensor.cpu().double() if tensor.numel() <= _SMALL else tensor.float()
    if tensor.numel() <= _SMALL or not tensor.is_floating_point():
        return tensor.to(torch.float64)
    return tensor.float() if tensor.element_size() < 4 else tensor


def _range(torch: Any, values: Any) -> tuple[float, float]:
    low, high = torch.aminmax(values)
    return float(low), float(high)


def _mean_and_std(torch: Any, values: Any) -> tuple[float, float]:
    """Mean and population standard deviation.

    σ² = ‖x‖²/N − μ² costs a fifth of ``std``, and is used where the subtraction cancels little.
    """
    mean = float(values.mean())
    if values.numel() > _SMALL:
        variance = float(torch.linalg.vector_norm(values)) ** 2 / values.numel() - mean * mean
        if math.isfinite(variance) and variance > mean * mean:
            return mean, math.sqrt(variance)
    return mean, float(values.std(correction=0))

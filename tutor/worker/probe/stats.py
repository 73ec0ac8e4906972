"""Statistics of one tensor's elements, exact while that is quick or when it is asked for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tutor.protocol.snapshots import Stats
from tutor.worker.probe.sampling import evenly

EXACT = 10_000_000
"""Elements up to which every one is looked at (about 10 ms on one core)."""

_SAMPLE = 8_192
"""Elements of the sample above that: a mean is off by about 1 % of a standard deviation."""

_SMALL = 16_384
"""Elements up to which everything is computed in float64, and up to which a histogram is of all."""

_PIECE = 4_000_000
"""Elements looked at together where there are more than ``EXACT``, so that no large copy is made."""

_BINS = 24


def statistics(torch: Any, tensor: Any, exact: bool = False) -> Stats | None:
    """Of a strided tensor, for a complex one of the magnitudes; None if it has no elements.

    Above ``EXACT`` elements they are of a sample, unless ``exact`` asks for all. Call inside
    :func:`tutor.worker.probe.touch.quiet`.
    """
    count = tensor.numel()
    if count == 0:
        return None
    tensor = tensor.detach()
    if count <= EXACT:
        return _whole(torch, tensor)
    sample = tensor[evenly(tuple(tensor.shape), _SAMPLE).slices()]
    if not exact:
        found = _whole(torch, sample)
        return replace(found, exact=False, norm=found.norm * math.sqrt(count / found.count))
    together = _together([_figures(torch, _prepared(torch, piece))[0] for piece in _pieces(tensor)])
    seen = _prepared(torch, sample)
    return _with_histogram(torch, together, seen[seen.isfinite()], sample)


def _whole(torch: Any, tensor: Any) -> Stats:
    values = _prepared(torch, tensor)
    stats, finite = _figures(torch, values)
    return _with_histogram(torch, stats, finite, tensor)


def _prepared(torch: Any, tensor: Any) -> Any:
    # The order of elements does not matter here, and walking memory in its own order is four times quicker.
    return _computable(torch, tensor.permute(sorted(range(tensor.dim()), key=tensor.stride, reverse=True)))


def _figures(torch: Any, values: Any) -> tuple[Stats, Any]:
    """Everything but the histogram, and the finite ones among ``values``."""
    count = values.numel()
    zeros = count - int(torch.count_nonzero(values))
    low, high = _range(torch, values)
    nans = infs = 0
    if not (math.isfinite(low) and math.isfinite(high)):
        # Counting what is not zero is five times quicker than a sum of bools.
        nans, infs = int(torch.count_nonzero(values.isnan())), int(torch.count_nonzero(values.isinf()))
        values = values[values.isfinite()]
        if values.numel() == 0:
            nothing = math.nan
            return Stats(count, nothing, nothing, nothing, nothing, zeros, nans, infs, exact=True), values
        low, high = _range(torch, values)
    mean, std, norm = _moments(torch, values)
    return Stats(count, low, high, mean, std, zeros, nans, infs, exact=True, norm=norm), values


def _computable(torch: Any, tensor: Any) -> Any:
    """Real floating-point values in a precision that the arithmetic below can be trusted with."""
    if tensor.is_complex():
        # Half precision has no magnitude on a CPU.
        tensor = (tensor.to(torch.complex64) if tensor.element_size() == 4 else tensor).abs()
    if tensor.device.type == "mps":  # it has no float64
        return tensor.cpu().double() if tensor.numel() <= _SMALL else tensor.float()
    if tensor.numel() <= _SMALL or not tensor.is_floating_point():
        return tensor.to(torch.float64)
    return tensor.float() if tensor.element_size() < 4 else tensor


def _range(torch: Any, values: Any) -> tuple[float, float]:
    low, high = torch.aminmax(values)
    return float(low), float(high)


def _moments(torch: Any, values: Any) -> tuple[float, float, float]:
    """Mean, population standard deviation and Euclidean norm.

    σ² = ‖x‖²/N − μ² costs a fifth of ``std``, and is used where the subtraction cancels little.
    """
    count = values.numel()
    mean, norm = float(values.mean()), float(torch.linalg.vector_norm(values))
    if not math.isfinite(norm) or (norm == 0 and int(torch.count_nonzero(values))):
        # The squares left the range of the dtype, which the values did not.
        most = float(values.abs().max())
        norm = most * float(torch.linalg.vector_norm(values.double() / most))
    if count > _SMALL:
        rms = norm / math.sqrt(count)
        variance = rms * rms - mean * mean
        if math.isfinite(variance) and variance > mean * mean:
            return mean, math.sqrt(variance), norm
    return mean, float(values.std(correction=0)), norm


def _with_histogram(torch: Any, stats: Stats, finite: Any, tensor: Any) -> Stats:
    """``stats`` with equal steps from the least to the greatest value; of integers at least 1 each."""
    low, high = stats.minimum, stats.maximum
    if not (low < high and math.isfinite(high - low)):
        return stats
    if finite.numel() > _SMALL:
        finite = finite[evenly(tuple(finite.shape), _SAMPLE).slices()]
    whole = not (tensor.is_floating_point() or tensor.is_complex())
    bins = int(min(_BINS, high - low + 1)) if whole else _BINS
    counts = torch.histc(finite.flatten(), bins, low, high).tolist()
    return replace(stats, histogram=tuple(map(int, counts)), histogram_of=finite.numel())


def _pieces(tensor: Any) -> Iterator[Any]:
    """Views that make up the tensor, none larger than a piece."""
    count = tensor.numel()
    if count <= _PIECE:
        yield tensor
        return
    axis = max(range(tensor.dim()), key=tensor.size)
    for part in tensor.split(max(1, tensor.size(axis) * _PIECE // count), axis):
        yield from _pieces(part)


def _together(parts: list[Stats]) -> Stats:
    """What the figures of disjoint parts say of the whole (Chan, Golub and LeVeque's pairwise variance)."""
    count = sum(part.count for part in parts)
    zeros, nans, infs = (sum(getattr(part, name) for part in parts) for name in ("zeros", "nans", "infs"))
    some = [(part.count - part.nans - part.infs, part) for part in parts if not math.isnan(part.mean)]
    finite = sum(weight for weight, _ in some)
    if not finite:
        nothing = math.nan
        return Stats(count, nothing, nothing, nothing, nothing, zeros, nans, infs, exact=True)
    mean = math.fsum(weight * part.mean for weight, part in some) / finite
    spread = math.fsum(weight * (part.std**2 + (part.mean - mean) ** 2) for weight, part in some) / finite
    return Stats(
        count,
        min(part.minimum for _, part in some),
        max(part.maximum for _, part in some),
        mean,
        math.sqrt(spread),
        zeros,
        nans,
        infs,
        exact=True,
        norm=math.hypot(*(part.norm for _, part in some)),
    )

"""Values out of tensors: norms, and elements as bytes. Call inside :func:`tutor.worker.probe.touch.quiet`."""

from __future__ import annotations

import ctypes
import math
import struct
import sys
from typing import Any

from tutor.worker.probe.sampling import first

_TINY, _HUGE = 1e-15, 1e18
"""Between these a float32 norm is right; outside, the squares of its elements leave float32's range."""


def packed(torch: Any, tensor: Any) -> bytes:
    """All elements of a (small, strided, real) tensor, row-major, as little-endian float64."""
    dense = torch.Tensor.detach(tensor).cpu().to(torch.float64).resolve_neg()
    if sys.byteorder != "little":
        numbers = dense.reshape(-1).tolist()
        return struct.pack(f"<{len(numbers)}d", *numbers)
    return raw(torch, dense)


def raw(torch: Any, tensor: Any) -> bytes:
    """The bits of a strided CPU tensor, row-major; its elements must all lie in its storage."""
    base = torch.Tensor
    dense = base.contiguous(tensor)
    size = base.numel(dense) * base.element_size(dense)
    return ctypes.string_at(base.data_ptr(dense), size) if size else b""


def head(torch: Any, tensor: Any, count: int) -> bytes:
    """The first ``count`` elements in row-major order as little-endian float64; magnitudes of complex ones."""
    dense = _dense(torch, torch.Tensor.detach(tensor))
    if dense.is_contiguous() and dense.is_floating_point():
        numbers = dense.view(-1)[:count].tolist()
        return struct.pack(f"<{len(numbers)}d", *numbers)
    block = dense[first(tuple(dense.shape), count).slices()]
    if block.is_complex():
        block = block.abs()
    return packed(torch, block)[: count * 8]


def norm(torch: Any, tensor: Any) -> Any:
    """L2 norm of all elements: a float for a CPU tensor, otherwise a 0-D tensor (reading it would wait)."""
    values = _stored(torch, torch.Tensor.detach(tensor))
    if values.device.type != "cpu":
        wide = None if values.device.type == "mps" or values.is_complex() else torch.float64
        return torch.linalg.vector_norm(values, dtype=wide)
    if values.dtype.itemsize < 4:
        values = values.float()
    result: float = torch.linalg.vector_norm(values).item()
    return result if _sound(result) else _wide_norm(torch, values)


def norms(torch: Any, tensors: list[Any]) -> list[float]:
    """L2 norm of each, in about half the time of one by one."""
    if not tensors:
        return []
    try:
        together = torch._foreach_norm([torch.Tensor.detach(tensor) for tensor in tensors])
        results = floats(torch, together)
    except Exception:
        return floats(torch, [norm(torch, tensor) for tensor in tensors])
    for i, result in enumerate(results):
        if not _sound(result) or tensors[i].element_size() < 4:
            results[i] = floats(torch, [norm(torch, tensors[i])])[0]
    return results


def floats(torch: Any, scalars: list[Any]) -> list[float]:
    """Plain numbers from floats and 0-D tensors; tensors of one device are fetched in one go."""
    results = [value if isinstance(value, float) else 0.0 for value in scalars]
    groups: dict[Any, list[int]] = {}
    for i, value in enumerate(scalars):
        if not isinstance(value, float):
            groups.setdefault((value.device, value.dtype), []).append(i)
    for places in groups.values():
        fetched = torch.stack([scalars[i].reshape(()) for i in places]).tolist()
        for i, value in zip(places, fetched):  # noqa: B905 - as many as were stacked
            results[i] = abs(value) if isinstance(value, complex) else float(value)
    return results


def _sound(result: float) -> bool:
    return _TINY < result < _HUGE


def _wide_norm(torch: Any, values: Any) -> float:
    if values.is_complex():
        values = torch.view_as_real(values.resolve_conj())
    result: float = torch.linalg.vector_norm(values, dtype=torch.float64).item()
    return result if math.isfinite(result) or values.dtype is torch.float64 else math.nan


def _stored(torch: Any, tensor: Any) -> Any:
    """The elements that count for a norm: of a sparse tensor those it stores."""
    if tensor.is_sparse:
        return tensor.coalesce().values()
    return _dense(torch, tensor)


def _dense(torch: Any, tensor: Any) -> Any:
    if tensor.is_quantized:
        return tensor.dequantize()
    return tensor.to_dense() if tensor.layout is not torch.strided else tensor

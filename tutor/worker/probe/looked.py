"""A quick look at a tensor's elements after a run: did they change, are there NaN among them."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from tutor.worker.probe.facts import within
from tutor.worker.probe.sampling import evenly
from tutor.worker.probe.values import raw

_LOOKED_AT = 256
"""Elements whose bits are compared from run to run; all of a tensor that has no more."""

_FEW = 100
_CODES: dict[str, Literal["f", "d"]] = {"float32": "f", "float64": "d"}
_READABLE = {"int64", "int32", "int16", "int8", "uint8", "bool"}

_DTYPE, _SHAPE, _STRIDES, _OFFSET, _DEVICE, _NBYTES, _CONTIGUOUS = 1, 2, 3, 4, 5, 11, 12
"""Places in a row of facts."""


class Looked(NamedTuple):
    """What was seen; by default nothing."""

    bits: int | None = None
    """Hash of the elements looked at; None where they are not in ordinary memory."""
    whole: bool = False
    """Whether those were all."""
    nans: int = 0
    infs: int = 0
    counted: bool = False
    """Whether NaN and infinities were counted in every element, not only in those looked at."""
    value: float | None = None
    """Of a real scalar."""


def look_at(
    torch: Any,
    tensor: Any,
    row: tuple[Any, ...],
    memory: tuple[int, int] | None,
    before: Looked | None,
    budget: list[int],
) -> Looked:
    """Look at ``tensor``, whose facts are ``row``, on a CPU; elsewhere reading would wait for the device.

    ``before`` is what was seen of the same tensor if nothing is known to have written to it. ``budget``
    holds how many elements may still be counted in this scan. Call inside
    :func:`tutor.worker.probe.touch.quiet`.
    """
    if memory is None or not memory[0] or row[_DEVICE] != "cpu":
        return Looked()
    shape = row[_SHAPE]
    count = 1
    for size in shape:
        count *= size
    try:
        pick = tensor
        if row[_CONTIGUOUS]:
            size = row[_NBYTES] // count if count else 0
            if row[_OFFSET] * size + row[_NBYTES] > memory[1]:
                return Looked()
        elif not within(shape, row[_STRIDES], row[_OFFSET], row[_NBYTES], memory[1]):
            return Looked()
        if not row[_CONTIGUOUS]:
            pick = torch.Tensor.detach(tensor)[evenly(shape, _LOOKED_AT).slices()]
        elif count > _LOOKED_AT:
            # An odd step does not keep hitting the same columns of a matrix.
            step = -(-count // _LOOKED_AT) | 1
            pick = torch.as_strided(tensor, (count // step,), (step,), row[_OFFSET])
        data = raw(torch, pick)
    except Exception:
        return Looked()
    if before is not None and before.bits == hash(data):
        return before
    return _counted(torch, tensor, pick, row, count, data, budget)


def _counted(
    torch: Any, tensor: Any, pick: Any, row: tuple[Any, ...], count: int, data: bytes, budget: list[int]
) -> Looked:
    bits = hash(data)
    whole = count <= _LOOKED_AT
    kind = row[_DTYPE]
    if "float" not in kind and "complex" not in kind:
        value = float(torch.Tensor.item(tensor)) if row[_SHAPE] == () and kind in _READABLE else None
        return Looked(bits, whole, counted=True, value=value)
    counted = whole or count <= budget[0]
    nans = infs = 0
    value = None
    try:
        values = tensor if counted else pick
        if counted and not whole:
            budget[0] -= count
        total: Any
        if count <= _FEW and kind in _CODES:
            # Of few elements Python's sum is quicker than torch's.
            total = sum(memoryview(data).cast(_CODES[kind]))
        else:
            total = torch.Tensor.sum(torch.Tensor.float(values) if kind[:6] == "float8" else values).item()
        # Of a finite sum all terms are finite; no other number less itself is 0.
        if total - total != 0:
            values = torch.Tensor.detach(values)
            nans = int(torch.count_nonzero(torch.isnan(values)))
            infs = int(torch.count_nonzero(torch.isinf(values)))
        if row[_SHAPE] == () and type(total) is float:
            value = total
    except Exception:
        return Looked(bits, whole)
    return Looked(bits, whole, nans, infs, counted, value)

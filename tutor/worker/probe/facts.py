"""The facts of one tensor, read through torch's own descriptors, so that no override in a subclass runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.touch import quiet, runs_python, torch_module, type_name

RAGGED = -1
"""Stands in a shape for an axis that has no single size (nested tensors)."""


UNSIZED = (RAGGED,)
"""Stands for the shape of a parameter that has none yet."""


class Reader:
    """Reads facts; make one and keep it, call it inside :func:`tutor.worker.probe.touch.quiet`."""

    def __init__(self, torch: Any) -> None:
        base = torch._C.TensorBase
        self._torch = torch
        self._strided = torch.strided
        self._shape, self._dtype = base.shape.__get__, base.dtype.__get__
        self._device, self._layout = base.device.__get__, base.layout.__get__
        self._requires_grad, self._is_leaf = base.requires_grad.__get__, base.is_leaf.__get__
        self._grad_fn, self._grad = base.grad_fn.__get__, base.grad.__get__
        self._retains_grad, self._version = base.retains_grad.__get__, base._version.__get__
        self._stride, self._offset = base.stride, base.storage_offset
        self._numel, self._element_size = base.numel, base.element_size
        self._contiguous, self._storage = base.is_contiguous, base.untyped_storage
        self._size, self._dim = base.size, base.dim
        self._spelled: dict[Any, str] = {}
        self._ordinary = {torch.Tensor: "Tensor", torch.nn.Parameter: "Parameter"}
        self._lazy: type = torch.nn.parameter.UninitializedTensorMixin

    def facts(self, path: str, tensor: Any, shares: tuple[str, ...] = (), change: str = "") -> TensorFacts | None:
        """None for what has no facts yet: an uninitialised parameter."""
        row = self.row(tensor)
        return None if row is None else facts_from(path, row, shares, change)

    def row(self, tensor: Any) -> tuple[Any, ...] | None:
        """The fields of :class:`TensorFacts` from ``kind`` to ``contiguous``; None as in :meth:`facts`."""
        try:
            return self._plain(tensor)
        except Exception:
            return self._guarded(tensor)

    def is_unsized(self, tensor: Any) -> bool:
        """Whether it is a parameter or buffer that gets its shape later."""
        return issubclass(type(tensor), self._lazy)

    def unsized(self, path: str, tensor: Any) -> TensorFacts | None:
        """Facts of a parameter or buffer without a shape, as far as there are any; None for anything else."""
        row = self.unsized_row(tensor)
        return None if row is None else facts_from(path, row, (), "")

    def unsized_row(self, tensor: Any) -> tuple[Any, ...] | None:
        """As :meth:`row`, for what :meth:`is_unsized`."""
        if not self.is_unsized(tensor):
            return None
        dtype = self._spell(_or(None, self._dtype, tensor))
        device = self._spell(_or(None, self._device, tensor))
        requires_grad = bool(_or(False, self._requires_grad, tensor))
        kind = type_name(type(tensor))
        return kind, dtype, UNSIZED, None, 0, device, "strided", requires_grad, True, None, False, 0, True

    def version(self, tensor: Any) -> int:
        """Counts in-place changes; -1 where torch keeps no count (inference tensors)."""
        try:
            version: int = self._version(tensor)
        except Exception:
            return -1
        return version

    def memory(self, tensor: Any) -> tuple[int, int] | None:
        """Address and bytes of the storage; None for a tensor that has none of its own."""
        if type(tensor) not in self._ordinary and runs_python(self._torch, type(tensor)):
            return None
        try:
            storage = self._storage(tensor)
            return storage.data_ptr(), storage.nbytes()
        except Exception:
            return None

    def _plain(self, tensor: Any) -> tuple[Any, ...]:
        kind = self._ordinary.get(type(tensor))
        if kind is None:
            kind = type_name(type(tensor))
            if runs_python(self._torch, type(tensor)) or issubclass(type(tensor), self._lazy):
                raise TypeError("its sizes may be symbols, or not known yet")
        layout = self._layout(tensor)
        leaf = self._is_leaf(tensor)
        made_by = None if leaf else self._grad_fn(tensor)
        return (
            kind,
            self._spell(self._dtype(tensor)),
            tuple(self._shape(tensor)),
            self._stride(tensor) if layout is self._strided else None,
            self._offset(tensor),
            self._spell(self._device(tensor)),
            self._spell(layout),
            self._requires_grad(tensor),
            leaf,
            None if made_by is None else type_name(type(made_by)),
            (leaf or self._retains_grad(tensor)) and self._grad(tensor) is not None,
            self._numel(tensor) * self._element_size(tensor),
            self._contiguous(tensor) if layout is self._strided else False,
        )

    def _guarded(self, tensor: Any) -> tuple[Any, ...] | None:
        """The same row for a tensor that refuses some questions."""
        numel = _or(None, self._numel, tensor)
        if numel is None or issubclass(type(tensor), self._lazy):
            return None
        shape = _or((), lambda t: tuple(self._shape(t)), tensor) or self._sizes(tensor)
        strides = _or(None, self._stride, tensor) if self._layout(tensor) is self._strided else None
        leaf = _or(True, self._is_leaf, tensor)
        made_by = None if leaf else _or(None, self._grad_fn, tensor)
        reads_grad = leaf or _or(False, self._retains_grad, tensor)
        return (
            type_name(type(tensor)),
            self._spell(self._dtype(tensor)),
            tuple(n if type(n) is int else RAGGED for n in shape),
            strides if strides is not None and all(type(n) is int for n in strides) else None,
            _whole(_or(0, self._offset, tensor)),
            self._spell(self._device(tensor)),
            self._spell(self._layout(tensor)),
            _or(False, self._requires_grad, tensor),
            leaf,
            None if made_by is None else type_name(type(made_by)),
            reads_grad and _or(None, self._grad, tensor) is not None,
            _whole(numel) * _whole(_or(0, self._element_size, tensor)),
            strides is not None and bool(_or(False, self._contiguous, tensor)),
        )

    def _sizes(self, tensor: Any) -> tuple[int, ...]:
        axes = range(_or(0, self._dim, tensor))
        return tuple(_or(RAGGED, lambda t: self._size(t, axis), tensor) for axis in axes)  # noqa: B023

    def _spell(self, value: Any) -> str:
        spelled = self._spelled.get(value)
        if spelled is None:
            spelled = self._spelled[value] = str(value).removeprefix("torch.")
        return spelled


def facts_from(path: str, row: tuple[Any, ...], *rest: Any) -> TensorFacts:
    """Facts from a row and the fields behind it."""
    fields: list[Any] = [path, *row, *rest]
    return TensorFacts(*fields)


_readers: dict[int, Reader] = {}


def reader() -> Reader:
    """The one reader of this process. Raises ModuleNotFoundError without torch."""
    torch = torch_module()
    if torch is None:
        raise ModuleNotFoundError("torch")
    if id(torch) not in _readers:
        _readers[id(torch)] = Reader(torch)
    return _readers[id(torch)]


def facts_of(path: str, tensor: Any) -> TensorFacts | None:
    """Facts of one tensor outside a scan; None if it has none."""
    read = reader()
    with contextlib.suppress(Exception), quiet(torch_module()):
        return read.facts(path, tensor)
    return None


def lies_in(facts: TensorFacts, storage_bytes: int) -> bool:
    """Whether every element lies inside the storage: reading past a shrunken one would end the process."""
    return within(facts.shape, facts.strides, facts.offset, facts.nbytes, storage_bytes)


def within(
    shape: tuple[int, ...], strides: tuple[int, ...] | None, offset: int, nbytes: int, storage_bytes: int
) -> bool:
    """The same from the facts themselves: sizes and steps in elements, the rest in bytes."""
    if strides is None or 0 in shape:
        return strides is not None
    count, last = 1, offset
    for size, step in zip(shape, strides):  # noqa: B905 - torch has as many
        count *= size
        last += (size - 1) * step
    return (last + 1) * (nbytes // count) <= storage_bytes


def _or(default: Any, ask: Callable[[Any], Any], tensor: Any) -> Any:
    try:
        return ask(tensor)
    except Exception:
        return default


def _whole(value: Any) -> int:
    return value if type(value) is int else 0

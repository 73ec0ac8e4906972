"""Copies a namespace so that whatever is done to the copy leaves the original alone.

``copy.deepcopy`` with one memo keeps what shares an object sharing it, and copies modules and optimisers. Of
tensors it keeps less: a copied parameter loses its ``grad`` and no longer shares storage with its views, an array
none with the tensor made of it. So storages, tensors and arrays are copied here, first, and put into its memo.
"""

from __future__ import annotations

import contextlib
import copy
import sys
import weakref
from collections import deque
from types import FunctionType, MethodType, ModuleType
from typing import Any

_GRAPH = "is part of a graph"
_PLAIN = (str, bytes, int, float, complex, bool, type(None), type(...), FunctionType, type, ModuleType)


def storage_bytes(names: dict[str, Any]) -> int:
    """Bytes of the storages under the tensors that are reached; each counts once."""
    sizes: dict[int, int] = {}
    for value in _reached(names).values():
        if _is_simple(value):
            storage = value.untyped_storage()
            sizes[storage.data_ptr()] = storage.nbytes()
    return sum(sizes.values())


def duplicate(names: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """A copy of what the names stand for, and why some have none, by name.

    What shares storage in ``names`` shares storage in the copy. Functions, classes and imported modules are not
    copied: they are the same objects. A tensor with a graph behind it cannot be copied, nor can what holds one.
    """
    left: dict[str, str] = {}
    while True:
        made, failed = _attempt({name: value for name, value in names.items() if name not in left})
        if not failed:
            return made, left
        # A memo holds what was half done when a name failed: nothing that was made with it is kept.
        left.update(failed)


def _attempt(names: dict[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    memo: dict[int, Any] = {id(module): module for module in list(sys.modules.values())}
    # An object that dies while it is copied would leave its number to another one.
    alive = list(names.values())
    _copy_tensors(names, memo)
    made: dict[str, Any] = {}
    failed: dict[str, str] = {}
    for name, value in names.items():
        try:
            made[name] = copy.deepcopy(value, memo)
        except Exception as error:
            failed[name] = _why(value, error)
    del alive
    if not failed:
        _count_steps(names, memo)
    return made, failed


def _count_steps(names: dict[str, Any], memo: dict[int, Any]) -> None:
    """A scheduler counts steps through its optimiser's own ``step``, and warns where a copy has lost that."""
    torch = _torch()
    if torch is None:
        return
    for value in _reached(names).values():
        made = memo.get(id(value))
        if made is None or not issubclass(type(value), torch.optim.lr_scheduler.LRScheduler):
            continue
        if "step" in vars(value.optimizer) and "step" not in vars(made.optimizer):
            made.optimizer.step = _counting(weakref.ref(made.optimizer))


def _counting(optimiser: weakref.ref[Any]) -> Any:
    def step(*args: Any, **settings: Any) -> Any:
        own: Any = optimiser()
        own._opt_called = True
        return type(own).step(own, *args, **settings)

    step._wrapped_by_lr_sched = True  # type: ignore[attr-defined]
    return step


def _why(value: Any, error: Exception) -> str:
    if any(_has_graph(part) for part in _reached({"": value}).values()):
        return _GRAPH
    what = type(value).__name__
    return (
        f"a {what} cannot be copied" if isinstance(error, (TypeError, NotImplementedError)) else str(error)[:200]
    )


def _torch() -> Any:
    return sys.modules.get("torch")


def _has_graph(value: Any) -> bool:
    torch = _torch()
    return torch is not None and type(value) is torch.Tensor and value.grad_fn is not None


def _is_simple(value: Any) -> bool:
    """A tensor or parameter whose values lie in a storage, at strides."""
    torch = _torch()
    return (
        torch is not None
        and type(value) in (torch.Tensor, torch.nn.Parameter)
        and value.layout == torch.strided
        and value.device.type != "meta"
        and not (value.is_quantized or value.is_inference() or value.is_conj() or value.is_neg())
        and not torch._C._functorch.is_functorch_wrapped_tensor(value)
    )


def _reached(names: dict[str, Any]) -> dict[int, Any]:
    """Everything that the names lead to through containers and attributes, by identity."""
    found: dict[int, Any] = {}
    waiting: list[Any] = list(names.values())
    torch = _torch()
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if id(value) in found or issubclass(kind, _PLAIN):
            continue
        found[id(value)] = value
        if torch is not None and kind in (torch.Tensor, torch.nn.Parameter):
            # The gradient of what is no leaf may not be looked at: torch warns.
            if value.is_leaf and value.grad is not None:
                waiting.append(value.grad)
        elif issubclass(kind, dict):
            waiting += [*dict.keys(value), *dict.values(value)]
        elif issubclass(kind, (list, tuple, set, frozenset, deque)):
            plain = next(base for base in (list, tuple, set, frozenset, deque) if issubclass(kind, base))
            waiting += list(plain.__iter__(value))
        elif kind is MethodType:
            waiting.append(value.__self__)
        else:
            with contextlib.suppress(AttributeError, TypeError):
                waiting.append(object.__getattribute__(value, "__dict__"))
    return found


def _copy_tensors(names: dict[str, Any], memo: dict[int, Any]) -> None:
    """Put the copy of every tensor and array that is reached into the memo of ``deepcopy``."""
    torch = _torch()
    if torch is None:
        return
    found = _reached(names)
    storages = _Storages(memo)
    with torch.no_grad():
        for value in found.values():
            if _is_simple(value) and not _has_graph(value):
                memo[id(value)] = storages.tensor(value)
    for value in found.values():
        made = memo.get(id(value))
        if made is None:
            continue
        if value.grad is not None and id(value.grad) in memo:
            made.grad = memo[id(value.grad)]
        if vars(value):
            with contextlib.suppress(Exception):
                vars(made).update(copy.deepcopy(vars(value), memo))
    numpy: Any = sys.modules.get("numpy")
    for value in found.values():
        if numpy is not None and type(value) is numpy.ndarray and not value.dtype.hasobject:
            memo[id(value)] = storages.array(numpy, value, memo)


class _Storages:
    """Copies of storages, each made once."""

    def __init__(self, memo: dict[int, Any]) -> None:
        # Where torch's own ``__deepcopy__`` of a storage looks, for tensors that are left to it.
        self._known: dict[int, Any] = memo.setdefault("torch", {})  # type: ignore[call-overload]
        self._blocks: list[tuple[int, int, Any]] = []
        """Address, bytes, and the copy, of those in the machine's own memory."""

    def tensor(self, old: Any) -> Any:
        """A tensor like ``old``, of the copied storage."""
        torch = _torch()
        storage = self._of(old.untyped_storage(), old.device)
        new = torch.empty(0, dtype=old.dtype, device=old.device)
        new.set_(storage, old.storage_offset(), old.size(), old.stride())
        if type(old) is torch.nn.Parameter:
            return torch.nn.Parameter(new, old.requires_grad)
        return new.requires_grad_(old.requires_grad)

    def _of(self, storage: Any, device: Any) -> Any:
        if storage._cdata not in self._known:
            made = self._known[storage._cdata] = storage.clone()
            if device.type == "cpu":
                self._blocks.append((storage.data_ptr(), storage.nbytes(), made))
        return self._known[storage._cdata]

    def array(self, numpy: Any, old: Any, memo: dict[int, Any]) -> Any:
        """An array like ``old``; of a tensor's storage, or another array's memory, where ``old`` is that."""
        torch = _torch()
        root = old
        while type(root.base) is numpy.ndarray:
            root = root.base
        address = old.__array_interface__["data"][0]
        for start, size, made in self._blocks:
            if start <= address < start + size:
                # From its beginning, as strides may be negative.
                with torch.no_grad():
                    whole = torch.empty(0, dtype=torch.uint8).set_(made).numpy()
                return numpy.ndarray(old.shape, old.dtype, whole, address - start, old.strides)
        if root is old or not root.flags.forc:
            return memo.get(id(old)) if id(old) in memo else old.copy(order="K")
        if id(root) not in memo:
            memo[id(root)] = root.copy(order="K")
        offset = address - root.__array_interface__["data"][0]
        return numpy.ndarray(old.shape, old.dtype, memo[id(root)].data, offset, old.strides)

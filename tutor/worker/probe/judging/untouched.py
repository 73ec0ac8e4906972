"""Puts a namespace back as it was: whatever judging ran, the learner's variables stay the learner's."""

from __future__ import annotations

import contextlib
import sys
from collections import OrderedDict
from collections.abc import Iterator
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

_BYTES = 64_000_000
"""Of tensors that are kept; larger ones are left to the author's care."""

_OBJECTS = 20_000

_RECORDED = (
    *("__compiled_fn_", "__resume_at_", "__comprehension_", "__import_", "__builtins_dict__"),
    *("__gen_rand_values", "__warnings_warn_wrapper", "___"),
)
"""How the names begin under which ``torch.compile`` puts what it recorded among a function's globals. It does so
once: without them the function could no longer be called."""

_PLAIN = (str, bytes, int, float, complex, bool, type(None), type(...), FunctionType, BuiltinFunctionType)


@contextlib.contextmanager
def modes() -> Iterator[None]:
    """What runs inside leaves the default dtype, and whether gradients are recorded, as it found them."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        yield
        return
    enabled, dtype = torch.is_grad_enabled(), torch.get_default_dtype()
    try:
        yield
    finally:
        torch.set_grad_enabled(enabled)
        torch.set_default_dtype(dtype)


class Kept:
    """A namespace as it is now; taken once, it can be put back any number of times."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._torch: Any = sys.modules.get("torch")
        self._seen: set[int] = set()
        self._room = _BYTES
        self._containers: list[tuple[Any, Any]] = []
        self._tensors: list[tuple[Any, ...]] = []
        self._storages: dict[int, tuple[Any, Any]] = {}
        self._walk(namespace)

    def _walk(self, root: Any) -> None:
        waiting = [root]
        while waiting and len(self._seen) < _OBJECTS:
            value = waiting.pop()
            kind = type(value)
            if id(value) in self._seen or issubclass(kind, (*_PLAIN, ModuleType, type)):
                continue
            self._seen.add(id(value))
            if self._torch is not None and kind in (self._torch.Tensor, self._torch.nn.Parameter):
                self._keep_tensor(value, waiting)
            elif issubclass(kind, dict):
                self._containers.append((value, dict(value)))
                waiting += list(dict.values(value))
            elif issubclass(kind, (list, set)):
                plain: Any = list if issubclass(kind, list) else set
                self._containers.append((value, plain(plain.__iter__(value))))
                waiting += list(plain.__iter__(value))
            elif issubclass(kind, tuple):
                waiting += list(tuple.__iter__(value))
            else:
                # The attributes of an object (a module's parameters too) are a dict like any other.
                with contextlib.suppress(AttributeError, TypeError):
                    waiting.append(object.__getattribute__(value, "__dict__"))

    def _keep_tensor(self, tensor: Any, waiting: list[Any]) -> None:
        if tensor.layout != self._torch.strided or tensor.device.type == "meta":
            return
        storage = tensor.untyped_storage()
        key = storage.data_ptr()
        if key not in self._storages:
            if storage.nbytes() > self._room:
                return
            self._room -= storage.nbytes()
            self._storages[key] = (storage, storage.clone())
        grad = tensor.grad if tensor.is_leaf else None
        if grad is not None:
            waiting.append(grad)
        place = (tensor.shape, tensor.stride(), tensor.storage_offset())
        self._tensors.append((tensor, tensor.detach(), place, tensor.requires_grad, grad))

    @contextlib.contextmanager
    def guard(self) -> Iterator[None]:
        """Put everything back after what runs inside."""
        with modes():
            try:
                yield
            finally:
                self._put_back()

    def _put_back(self) -> None:
        for container, copy in self._containers:
            if not _same(container, copy):
                _refill(container, copy)
        if self._torch is None:
            return
        with self._torch.no_grad():
            for storage, copy in self._storages.values():
                storage.copy_(copy)
            for tensor, view, place, requires_grad, grad in self._tensors:
                if (tensor.shape, tensor.stride(), tensor.storage_offset()) != place:
                    tensor.data = view
                if tensor.is_leaf:
                    if tensor.requires_grad != requires_grad:
                        tensor.requires_grad_(requires_grad)
                    if tensor.grad is not grad:
                        tensor.grad = grad


def _same(container: Any, copy: Any) -> bool:
    if len(container) != len(copy):
        return False
    if isinstance(copy, dict):
        pairs = zip(dict.items(container), copy.items())  # noqa: B905 - as long as each other
        return all(a is c and b is d for (a, b), (c, d) in pairs)
    return all(a is b for a, b in zip(container, copy))  # noqa: B905 - as long as each other


def _refill(container: Any, copy: Any) -> None:
    if isinstance(copy, dict):
        kind: Any = OrderedDict if isinstance(container, OrderedDict) else dict
        names = [name for name in dict.keys(container) if type(name) is str and name.startswith(_RECORDED)]
        recorded = {name: dict.__getitem__(container, name) for name in names}
        kind.clear(container)
        kind.update(container, {**recorded, **copy})
    elif isinstance(copy, list):
        list.__setitem__(container, slice(None), copy)
    else:
        set.clear(container)
        set.update(container, copy)

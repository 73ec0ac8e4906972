"""Puts a namespace back as it was: whatever judging ran, the learner's variables stay the learner's."""

from __future__ import annotations

import contextlib
import functools
import io
import re
import sys
import weakref
from collections import OrderedDict
from collections.abc import Container, Iterator
from types import (
    BuiltinFunctionType,
    CellType,
    FunctionType,
    GeneratorType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
)
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

_PLAIN = (
    *(str, bytes, int, float, complex, bool, type(None), type(...), range, slice),
    *(ModuleType, BuiltinFunctionType, re.Pattern, weakref.ref),
)

_DESCRIPTORS = (property, staticmethod, classmethod, GetSetDescriptorType, MemberDescriptorType)

_OWN = (None, "builtins", "__main__")
"""The modules of functions and classes that are made in a namespace, without a name or the learner's; those of
libraries are not kept."""

_WRITTEN_IN_PYTHON = 1 << 9
"""``Py_TPFLAGS_HEAPTYPE`` of CPython's ``object.h``: what a ``class`` statement makes has it."""


class _Bare:
    """As large as any object that has attributes and nothing else."""


def settings() -> tuple[object, ...]:
    """What torch is set to, where it changes what the same code leaves."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return ()
    return torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_default_device(), torch.get_num_threads()


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

    def __init__(self, namespace: dict[str, Any], only: Container[str] | None = None, room: int = _BYTES) -> None:
        """``only``: names whose values matter; those of others are left as they are. ``room``: in bytes."""
        self._torch: Any = sys.modules.get("torch")
        self._seen: set[int] = set()
        self._room = room
        self._containers: list[tuple[Any, Any]] = []
        self._cells: list[tuple[CellType, Any]] = []
        self._classes: list[tuple[type, dict[str, Any]]] = []
        self._generators: list[tuple[Any, Any]] = []
        self._tensors: list[tuple[Any, ...]] = []
        self._storages: dict[int, tuple[Any, Any]] = {}
        self.whole = True
        """Whether all that was found can be put back: no iterator, file, or other thing with a life inside."""
        self.has_graph = False
        """Whether a tensor holds on to the operations that made it; they are used up by a backward pass."""
        self._seen.add(id(namespace))
        self._containers.append((namespace, dict(namespace)))
        self._walk([value for name, value in namespace.items() if only is None or name in only])

    def _walk(self, waiting: list[Any]) -> None:
        while waiting:
            value = waiting.pop()
            kind = type(value)
            if id(value) in self._seen or issubclass(kind, _PLAIN):
                continue
            if len(self._seen) >= _OBJECTS:
                self.whole = False
                return
            self._seen.add(id(value))
            if issubclass(kind, type):
                self._keep_class(value, waiting)
            elif self._torch is not None and kind in (self._torch.Tensor, self._torch.nn.Parameter):
                self._keep_tensor(value, waiting)
            elif self._torch is not None and kind is self._torch.Generator:
                self._generators.append((value, value.get_state()))
            elif issubclass(kind, FunctionType):
                self._keep_function(value, waiting)
            elif issubclass(kind, (dict, list, set)):
                self._keep_container(value, kind, waiting)
            elif issubclass(kind, (tuple, frozenset)):
                waiting += list((tuple if issubclass(kind, tuple) else frozenset).__iter__(value))
            else:
                self._keep_object(value, kind, waiting)

    def _keep_container(self, value: Any, kind: type, waiting: list[Any]) -> None:
        plain: Any = next(base for base in (dict, list, set) if issubclass(kind, base))
        copy = plain(value) if plain is dict else plain(plain.__iter__(value))
        self._containers.append((value, copy))
        waiting += list(dict.values(value)) if plain is dict else list(copy)
        self._keep_attributes(value, waiting)

    def _keep_attributes(self, value: Any, waiting: list[Any]) -> None:
        """The attributes of an object (a module's parameters too) are a dict like any other."""
        with contextlib.suppress(AttributeError, TypeError):
            waiting.append(object.__getattribute__(value, "__dict__"))

    def _keep_object(self, value: Any, kind: type, waiting: list[Any]) -> None:
        if issubclass(kind, MethodType):
            waiting += [value.__self__, value.__func__]
        elif issubclass(kind, functools.partial):
            waiting += [value.func, value.args, value.keywords]
        elif not self._is_fixed(value):
            waiting.append(kind)
            # What is not an attribute is in the hands of C code, or in slots.
            plain = kind.__flags__ & _WRITTEN_IN_PYTHON and kind.__dictoffset__
            self.whole = self.whole and bool(plain) and kind.__basicsize__ == _Bare.__basicsize__
            self._keep_attributes(value, waiting)

    def _is_fixed(self, value: Any) -> bool:
        """Whether nothing can happen to a value: what torch names things by, a file that is closed, …"""
        if isinstance(value, (io.IOBase, GeneratorType)):
            return value.closed if isinstance(value, io.IOBase) else value.gi_frame is None
        return self._torch is not None and isinstance(value, (self._torch.dtype, self._torch.device))

    def _keep_function(self, function: FunctionType, waiting: list[Any]) -> None:
        if function.__module__ not in _OWN:
            return
        for cell in function.__closure__ or ():
            with contextlib.suppress(ValueError):
                self._cells.append((cell, cell.cell_contents))
                waiting.append(cell.cell_contents)
        waiting += [function.__defaults__ or (), function.__kwdefaults__ or {}, function.__dict__]

    def _keep_class(self, kind: type, waiting: list[Any]) -> None:
        if kind.__flags__ & _WRITTEN_IN_PYTHON and kind.__module__ in _OWN:
            self._classes.append((kind, dict(vars(kind))))
            waiting += [value for value in vars(kind).values() if type(value) not in _DESCRIPTORS]

    def as_it_was(self) -> bool:
        """Whether the classes are, too, after the rest was put back."""
        return all(_same(dict(vars(kind)), copy) for kind, copy in self._classes)

    def _keep_tensor(self, tensor: Any, waiting: list[Any]) -> None:
        # On a device it would take memory that learners measure.
        self.whole = self.whole and tensor.device.type == "cpu"
        if tensor.layout != self._torch.strided or tensor.device.type == "meta":
            self.whole = False
            return
        self.has_graph = self.has_graph or tensor.grad_fn is not None
        self._keep_attributes(tensor, waiting)
        storage = tensor.untyped_storage()
        key = storage.data_ptr()
        if key not in self._storages:
            if storage.nbytes() > self._room:
                self.whole = False
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
                self.put_back()

    def put_back(self) -> None:
        """Make the namespace, and what is in it, what they were."""
        for container, copy in self._containers:
            if not _same(container, copy):
                _refill(container, copy)
        for cell, value in self._cells:
            cell.cell_contents = value
        for generator, state in self._generators:
            generator.set_state(state)
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

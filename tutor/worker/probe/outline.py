"""What completion and help may know of torch objects: by type, and never by asking the object."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.facts import facts_of

_PROPERTIES = {
    **dict.fromkeys(("T", "mT", "H", "mH", "real", "imag", "grad", "data"), "Tensor"),
    **dict.fromkeys(("shape", "dtype", "device", "layout"), ""),
    **dict.fromkeys(("ndim", "itemsize", "nbytes", "output_nr"), "int"),
    **dict.fromkeys(("requires_grad", "is_leaf", "is_cuda", "is_sparse", "retains_grad"), "bool"),
}
_SPECIAL = {"shape": "Size", "dtype": "dtype", "device": "device", "layout": "layout"}
_PLAIN = {"int": int, "bool": bool, "float": float, "str": str}
_GROUPS = ("_parameters", "_buffers", "_modules")


def _mro(kind: type) -> tuple[type, ...]:
    found: tuple[type, ...] = type.__dict__["__mro__"].__get__(kind)
    return found


def tensor_type() -> type | None:
    """``torch.Tensor``, if torch is loaded."""
    kind = getattr(sys.modules.get("torch"), "Tensor", None)
    return kind if type(kind) is not type(None) else None


def is_tensor(kind: type) -> bool:
    """Whether objects of ``kind`` are tensors."""
    tensor = tensor_type()
    return tensor is not None and any(base is tensor for base in _mro(kind))


def is_module(kind: type) -> bool:
    """Whether objects of ``kind`` are ``nn.Module``s."""
    module = getattr(sys.modules.get("torch.nn"), "Module", None)
    return module is not None and any(base is module for base in _mro(kind))


def facts(path: str, value: Any) -> TensorFacts | None:
    """Facts of a tensor; None for one that has none, and for everything else."""
    return facts_of(path, value) if is_tensor(type(value)) else None


def in_short(value: Any) -> str:
    """``float32 (3, 4)``; empty for a tensor without facts."""
    found = facts("", value)
    if found is None:
        return ""
    sizes = ", ".join(map(str, found.shape))
    return f"{found.dtype} ({sizes}{',' if len(found.shape) == 1 else ''})"


def members(state: dict[str, Any]) -> dict[str, Any]:
    """Parameters, buffers and children of a module with this ``__dict__``, by name."""
    found: dict[str, Any] = {}
    for group in _GROUPS:
        held: Any = dict.get(state, group)
        if dict in _mro(type(held)):
            found.update((key, dict.get(held, key)) for key in list(dict.keys(held)) if type(key) is str)
    return found


def children(state: dict[str, Any]) -> dict[str, Any]:
    """Children of a module with this ``__dict__``, in their order."""
    return members({"_modules": dict.get(state, "_modules")})


def property_type(kind: type, name: str) -> type | None:
    """What a property of a tensor gives, as far as its name says."""
    if not is_tensor(kind) or name not in _PROPERTIES:
        return None
    said = _SPECIAL.get(name) or _PROPERTIES[name]
    return _PLAIN.get(said) or getattr(sys.modules["torch"], said, None)


def named_type(name: str) -> type | None:
    """The type that torch's documentation calls ``name`` behind an arrow."""
    name = name.strip().strip("`").removeprefix("torch.")
    if name in ("Tensor", "LongTensor", "BoolTensor"):
        return tensor_type()
    if name.startswith(("(Tensor", "(LongTensor")):
        return tuple
    return _PLAIN.get(name)


def is_constant(value: Any) -> bool:
    """Whether its repr is torch's own C code: ``torch.float32``, ``device(type='cpu')``."""
    torch = sys.modules.get("torch")
    kinds = ("dtype", "device", "layout", "memory_format", "Size")
    return torch is not None and any(type(value) is getattr(torch, name, None) for name in kinds)


def updates_statistics(value: Any) -> str | None:
    """Path of the first layer in or below a module whose running statistics a call would update; None if none."""
    pending = [("", value)]
    seen: set[int] = set()
    while pending:
        path, module = pending.pop()
        if not is_module(type(module)) or id(module) in seen:
            continue
        seen.add(id(module))
        state = object.__getattribute__(module, "__dict__")
        buffers: Any = dict.get(state, "_buffers")
        if state.get("training") is True and isinstance(buffers, dict) and buffers.get("running_mean") is not None:
            return path
        pending += [(f"{path}.{name}".lstrip("."), child) for name, child in reversed(children(state).items())]
    return None


def sized(value: Any) -> tuple[tuple[int, ...], str] | None:
    """Shape and dtype of an ordinary tensor; None for one whose class has ideas of its own about operations."""
    torch = sys.modules.get("torch")
    parameter = getattr(sys.modules.get("torch.nn"), "Parameter", None)
    if torch is None or type(value) not in (getattr(torch, "Tensor", None), parameter):
        return None
    found = facts_of("", value)
    return (found.shape, found.dtype) if found is not None and all(size >= 0 for size in found.shape) else None


def function_name(value: Any, names: Iterable[str]) -> str:
    """Which of ``names`` in ``torch`` or ``torch.nn.functional`` this very object is; empty if none."""
    for place in ("torch.nn.functional", "torch"):
        own = getattr(sys.modules.get(place), "__dict__", {})
        for name in names:
            if name in own and own[name] is value:
                return name
    return ""

"""Any object of the learner's as an operand: facts that can be read without running a line of its code."""

from __future__ import annotations

import re
import sys
from collections import OrderedDict
from dataclasses import replace
from itertools import islice
from types import (
    BuiltinFunctionType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from tutor.protocol.failures import Operand
from tutor.worker.probe.facts import facts_of
from tutor.worker.probe.touch import type_name

LONGEST = 5_000
"""Entries of a container that are looked through."""
_ITEMS = 6
_TEXT = 60
"""Characters of a plain value's repr."""

_FUNCTIONS = (FunctionType, BuiltinFunctionType, MethodType, MethodDescriptorType, WrapperDescriptorType)
_PLAIN = (int, float, complex, bool, str, bytes, type(None))
_SETTINGS = re.compile(r"[a-z][a-z0-9_]*")


def described(source: str, role: str, value: Any, keyword: str = "", depth: int = 0) -> Operand:
    """What ``value`` is; of containers and modules the first few items too, two levels deep."""
    kind = type(value)
    name = type_name(kind)
    operand = Operand(source, role, "object", name, keyword=keyword)
    if kind in _PLAIN:
        return replace(operand, kind="plain", text=_short(value))
    if is_tensor(value):
        return replace(operand, kind="tensor", tensor=facts_of(source, value))
    if is_module(value):
        children = list(islice(members(value, "_modules").items(), _ITEMS)) if depth < 1 else []
        items = tuple(described(str(key)[:_TEXT], "item", child, depth=depth + 1) for key, child in children)
        length, settings = len(members(value, "_modules")), _settings(value)
        return replace(
            operand, kind="module", text=_full_name(kind), settings=settings, items=items, length=length
        )
    if issubclass(kind, (list, tuple, dict, set, frozenset)):
        return replace(operand, kind="container", length=_length(value), items=_items(value, depth))
    if issubclass(kind, ModuleType):
        return replace(operand, kind="package", text=_full_name(value))
    if issubclass(kind, type):
        return replace(operand, kind="class", text=_full_name(value))
    if is_function(value):
        return replace(operand, kind="function", text=_full_name(value))
    return operand


def _short(value: Any) -> str:
    if type(value) in (str, bytes):
        return repr(value[:_TEXT]) + ("…" if len(value) > _TEXT else "")
    if type(value) is int and value.bit_length() > 200:
        return "a very large number"
    return repr(value)


def _length(value: Any) -> int:
    for base in (list, tuple, dict, set, frozenset):
        if issubclass(type(value), base):
            return base.__len__(value)
    return 0


def _items(value: Any, depth: int) -> tuple[Operand, ...]:
    if depth > 1:
        return ()
    kind = type(value)
    if issubclass(kind, list):
        pairs = enumerate(islice(list.__iter__(value), _ITEMS))
    elif issubclass(kind, tuple):
        pairs = enumerate(islice(tuple.__iter__(value), _ITEMS))
    elif issubclass(kind, dict):
        named = [(k, v) for k, v in islice(dict.items(value), _ITEMS) if type(k) in (str, int)]
        return tuple(described(_short(k), "item", v, depth=depth + 1) for k, v in named)
    else:
        return ()
    return tuple(described(str(place), "item", item, depth=depth + 1) for place, item in pairs)


def _settings(module: Any) -> tuple[tuple[str, int | str], ...]:
    """What it was built with: plain attributes of the instance."""
    found: list[tuple[str, int | str]] = []
    for name, value in islice(instance_dict(module).items(), 60):
        if type(name) is not str or not _SETTINGS.fullmatch(name):
            continue
        if type(value) is int:
            found.append((name, value))
        elif type(value) in (list, dict) and (layers := _loose_layers(value)):
            found.append((name, f"{type(value).__name__} of {layers} layers"))
        elif type(value) in (bool, float):
            found.append((name, repr(value)))
        elif type(value) is str and len(value) <= _TEXT:
            found.append((name, value))
        elif type(value) is tuple and len(value) <= 4 and all(type(item) is int for item in value):
            found.append((name, repr(value)))
    if not _full_name(type(module)).startswith("torch."):
        methods = [name for name, value in _class_members(type(module)) if type(value) is FunctionType]
        found.insert(0, ("methods", ", ".join(methods[:10])))
    return tuple(found[:20])


def _class_members(kind: type) -> list[tuple[str, Any]]:
    """What the class itself defines, whatever its metaclass says."""
    own = type.__dict__["__dict__"].__get__(kind)
    return [(name, value) for name, value in islice(own.items(), LONGEST) if type(name) is str]


def _loose_layers(value: Any) -> int:
    """How many modules a plain container holds, where ``parameters()`` does not find them."""
    return sum(is_module(item) for item in islice(value.values() if type(value) is dict else value, LONGEST))


def _full_name(value: Any) -> str:
    """``torch.cat``, ``torch.nn.modules.linear.Linear``: module and name, as far as they are plain text."""
    if issubclass(type(value), ModuleType):
        name = instance_dict(value).get("__name__", "")
        return name[:_TEXT] if type(name) is str else ""
    names = []
    for attribute in ("__module__", "__qualname__"):
        found = class_attribute(type(value), attribute, "")
        if type(found) in (GetSetDescriptorType, MemberDescriptorType):
            found = found.__get__(value)
        names.append(found if type(found) is str else "")
    return ".".join(name for name in names if name)[: 2 * _TEXT]


def class_attribute(kind: type, name: str, default: Any) -> Any:
    """What ``kind`` or the nearest class above it holds under ``name``, whatever metaclasses say."""
    for base in type.__dict__["__mro__"].__get__(kind):
        own = type.__dict__["__dict__"].__get__(base)
        if name in own:
            return own[name]
    return default


def instance_dict(value: Any) -> dict[str, Any]:
    """The attributes an object itself stores; empty where it has none, or a ``__dict__`` of its own making."""
    slot = class_attribute(type(value), "__dict__", None)
    stored = slot.__get__(value) if type(slot) in (GetSetDescriptorType, MemberDescriptorType) else None
    return stored if type(stored) is dict else {}


def is_function(value: Any) -> bool:
    # By the real type: isinstance would ask a __class__ that may be the learner's.
    return type(value) in _FUNCTIONS


def is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "Tensor") and issubclass(type(value), torch.Tensor)


def is_module(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "nn") and issubclass(type(value), torch.nn.Module)


def members(module: Any, group: str) -> dict[str, Any]:
    """``_parameters``, ``_buffers`` or ``_modules`` of a module, as they are stored."""
    held: Any = instance_dict(module).get(group) if is_module(module) else None
    known: dict[str, Any] = held if type(held) in (dict, OrderedDict) else {}
    return known

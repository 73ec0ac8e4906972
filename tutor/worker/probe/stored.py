"""Attributes and items that are stored, not computed: read without running a line of the learner's code."""

from __future__ import annotations

from collections import OrderedDict
from itertools import islice
from types import ModuleType
from typing import Any

from tutor.worker.probe.described import (
    LONGEST,
    class_attribute,
    instance_dict,
    is_function,
    is_module,
    is_tensor,
    members,
)
from tutor.worker.probe.touch import quiet, torch_module

MISSING = object()
"""What only code could tell, or what is not there."""


def attribute(owner: Any, name: str) -> Any:
    """An attribute that is stored, not computed."""
    kind = type(owner)
    if issubclass(kind, ModuleType):
        return instance_dict(owner).get(name, MISSING)
    if is_tensor(owner):
        return _tensor_attribute(owner, name)
    if is_module(owner):
        for group in ("_parameters", "_buffers", "_modules"):
            value = members(owner, group).get(name, MISSING)
            if value is not MISSING:
                return value
    # inspect.getattr_static asks a class for its __dict__, which runs a metaclass of the learner's.
    shared = class_attribute(type(owner), name, MISSING)
    own = instance_dict(owner).get(name, MISSING)
    if issubclass(type(owner), type):
        own = class_attribute(owner, name, MISSING)
    found = own if own is not MISSING and not _is_computed(shared) else shared
    return MISSING if found is MISSING or _is_computed(found) else found


def _is_computed(found: Any) -> bool:
    """Whether what a class holds makes the attribute when asked (a property, a slot): that is not asked for."""
    return not is_function(found) and class_attribute(type(found), "__get__", None) is not None


def _tensor_attribute(tensor: Any, name: str) -> Any:
    torch = torch_module()
    if name not in ("grad", "data") or type(tensor) not in (torch.Tensor, torch.nn.Parameter):  # type: ignore[union-attr]
        return MISSING
    with quiet(torch):
        if name == "data":
            return torch.Tensor.detach(tensor)  # type: ignore[union-attr]
        # Asking a tensor that keeps no gradient for it makes torch print a warning.
        base = torch._C.TensorBase  # type: ignore[union-attr]
        if base.is_leaf.__get__(tensor) or base.retains_grad.__get__(tensor):
            return base.grad.__get__(tensor)
    return None


def item(owner: Any, key: Any) -> Any:
    kind = type(owner)
    if kind in (list, tuple) and type(key) is int:
        return owner[key] if -len(owner) <= key < len(owner) else MISSING
    if kind in (dict, OrderedDict) and type(key) in (str, int, bool):
        # Looked through, not looked up: another key's __eq__ could be the learner's.
        pairs = islice(dict.items(owner), LONGEST)
        return next((value for name, value in pairs if type(name) is type(key) and name == key), MISSING)
    if is_module(owner) and type(key) is int:
        layers = list(members(owner, "_modules").values())
        return layers[key] if -len(layers) <= key < len(layers) else MISSING
    return MISSING

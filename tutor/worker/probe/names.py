"""The tensors a namespace reaches, by the names a learner would type; nothing is evaluated and nothing called."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.touch import torch_module

LIMIT = 1_000
"""Tensors that are named; the rest is counted."""

ITEMS = 32
"""Items of a container that are named."""

_VISITS = 20_000
"""Objects looked at in one walk; past that, what is left is not even counted."""

_NAME_LENGTH = 80

_HEAD = re.compile(r"\w+")


def walk(namespace: dict[str, Any], limit: int = LIMIT) -> tuple[list[tuple[str, Any]], int]:
    """``(path, tensor)`` in the order the names were made, and how many tensors were left out.

    Reached are tensors under a name, in a list, tuple (by the names of its items where it has them) or dict
    under a name (one level), and the parameters
    and buffers of modules in either place. A tensor under two names is there twice, a module once. Names
    that begin with an underscore are not walked.
    """
    torch = torch_module()
    if torch is None:
        return [], 0
    walker = _Walk(torch, limit)
    for name, value in list(namespace.items()):
        if type(name) is str and name[:1] != "_" and name.isidentifier():
            walker.name(name, value)
    return walker.found, walker.more


def find(namespace: dict[str, Any], path: str) -> Any | None:
    """The tensor that :func:`walk` names ``path``, or None."""
    head = _HEAD.match(path)
    if head is None or head[0] not in namespace:
        return None
    found, _ = walk({head[0]: namespace[head[0]]})
    return next((tensor for name, tensor in found if name == path), None)


class _Walk:
    def __init__(self, torch: Any, limit: int) -> None:
        self.found: list[tuple[str, Any]] = []
        self.more = 0
        self._limit = limit
        self._tensor: type = torch.Tensor
        self._module: type = torch.nn.Module
        self._modules: set[int] = set()
        self._visits = _VISITS

    def name(self, name: str, value: Any) -> None:
        kind = type(value)
        try:
            if issubclass(kind, tuple) and (fields := _fields(kind)):
                for field, item in zip(fields, tuple.__iter__(value)):  # noqa: B905 - the class may say anything
                    self._value(f"{name}.{field}", item)
            elif issubclass(kind, tuple):
                self._items(name, enumerate(tuple.__iter__(value)))
            elif kind is list:
                self._items(name, enumerate(value))
            elif kind is dict or kind is OrderedDict:
                self._items(name, value.items())
            else:
                self._value(name, value)
        except Exception:  # a metaclass that raises, a container changed by another thread
            return

    def _items(self, path: str, items: Iterator[tuple[Any, Any]]) -> None:
        for place, (key, item) in enumerate(islice(items, self._visits)):
            self._visits -= 1
            named = type(key) is int or (type(key) is str and len(key) <= _NAME_LENGTH)
            if place < ITEMS and named:
                self._value(f"{path}[{key!r}]", item)
            elif issubclass(type(item), self._tensor):
                self.more += 1

    def _value(self, path: str, value: Any) -> None:
        if issubclass(type(value), self._tensor):
            self._add(path, value)
        elif issubclass(type(value), self._module):
            self._tree(path, value)

    def _add(self, path: str, tensor: Any) -> None:
        if len(self.found) < self._limit:
            self.found.append((path, tensor))
        else:
            self.more += 1

    def _tree(self, path: str, root: Any) -> None:
        """Parameters and buffers, a module's own before its children's, without calling a method of it."""
        pending = [(path, root)]
        while pending:
            path, module = pending.pop()
            if id(module) in self._modules or self._visits <= 0:
                continue
            self._modules.add(id(module))
            self._visits -= 1
            for group in ("_parameters", "_buffers"):
                for name, tensor in members(module, group):
                    if issubclass(type(tensor), self._tensor):
                        self._add(f"{path}.{name}", tensor)
            children = [
                (f"{path}.{name}", child)
                for name, child in members(module, "_modules")
                if issubclass(type(child), self._module)
            ]
            pending.extend(reversed(children))


def _fields(kind: type) -> tuple[str, ...]:
    """The names of a named tuple's items, as ``collections.namedtuple`` keeps them; empty for other tuples."""
    for base in type.__dict__["__mro__"].__get__(kind):
        names = type.__dict__["__dict__"].__get__(base).get("_fields")
        if type(names) is tuple and all(type(name) is str and name.isidentifier() for name in names):
            return names[:ITEMS]
    return ()


def members(module: Any, group: str) -> list[tuple[str, Any]]:
    """What a module holds in ``_parameters``, ``_buffers`` or ``_modules``; no method of it is called."""
    members = instance_dict(module).get(group)
    if type(members) is not dict and type(members) is not OrderedDict:
        return []
    return [(k, v) for k, v in members.items() if type(k) is str and len(k) <= _NAME_LENGTH]

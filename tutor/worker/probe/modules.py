"""An ``nn.Module`` as a tree of plain data; no method of the learner's own classes is called."""

from __future__ import annotations

import contextlib
import inspect
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import FunctionType
from typing import Any

from tutor.protocol.views import ModuleRow, ModuleTree
from tutor.worker.probe.forwards import Forward, forwards, shapes
from tutor.worker.probe.names import members
from tutor.worker.probe.touch import type_name

_WALKED = 5_000
"""Modules looked at in one tree."""
_LINES = 40
"""Lines of a tree; what would make it longer is folded."""
_FOLDED_FROM = 3
"""Equal neighbours become one line from this many on."""
_ARGUMENTS = 120
"""Characters of a module's arguments."""


def is_plain_module(kind: type) -> bool:
    """Whether a subclass of Module leaves it to torch how it is shown."""
    return _from_torch(inspect.getattr_static(kind, "__repr__", None))


def module_line(torch: Any, module: Any) -> str:
    """``Linear(in_features=3, out_features=16)  64 parameters``"""
    node = _Walk(torch).node("", module)
    count = sum(node.sizes.values())
    arguments = f"({node.arguments})" if node.arguments else ""
    return f"{node.type}{arguments}" + (f"  {count:,} parameters" if count else "")


def module_tree(torch: Any, root: Any) -> ModuleTree:
    """At most 40 lines: equal neighbours in one, and what lies deepest counted instead of listed."""
    walk = _Walk(torch, forwards().of(root))
    node = walk.node("", root)
    rows: list[ModuleRow] = []
    for depth in range(_deepest(node), 0, -1):
        rows = []
        _list(node, 0, depth, rows)
        if len(rows) <= _LINES:
            break
    cut = max(0, len(rows) - _LINES)
    return ModuleTree(
        rows=tuple(rows[:_LINES]),
        parameters=sum(node.sizes.values()),
        trainable=sum(size for key, size in node.sizes.items() if key in walk.trainable),
        nbytes=walk.nbytes,
        more=cut + walk.unseen,
    )


@dataclass(slots=True)
class _Node:
    name: str
    type: str
    arguments: str
    own: list[tuple[str, str, int, bool]]
    """Parameters of the module itself: name, shape, elements, whether trainable."""
    children: list[_Node]
    outputs: tuple[tuple[int, ...], ...] = ()
    sizes: dict[int, int] = field(default_factory=dict)
    """Elements of every parameter in and below, by the id of the parameter."""
    trainable: int = 0
    lists_own: bool = False
    likeness: int = 0
    """Equal for modules of one tree that a reader would call the same."""


class _Walk:
    """Reads a tree of modules once; what holds itself ends there."""

    def __init__(self, torch: Any, forward: Forward | None = None) -> None:
        self._torch = torch
        self._passed = forward.passed if forward is not None else {}
        self._visits = _WALKED
        self._inside: set[int] = set()
        self._counted: set[int] = set()
        self._kinds: dict[tuple[Any, ...], int] = {}
        self.trainable: set[int] = set()
        self.unseen = 0
        self.nbytes = 0

    def node(self, name: str, module: Any) -> _Node:
        kind = type(module)
        node = _Node(name, type_name(kind), layer_arguments(kind, module), [], [])
        if (passed := self._passed.get(id(module))) is not None:
            node.outputs = shapes(passed.outputs)
        node.lists_own = not kind.__module__.startswith("torch.")
        self._visits -= 1
        self._inside.add(id(module))
        for label, tensor in members(module, "_parameters"):
            self._parameter(node, label, tensor)
        for _, tensor in members(module, "_buffers"):
            self._size(tensor)
        for label, child in members(module, "_modules"):
            if not issubclass(type(child), self._torch.nn.Module) or id(child) in self._inside:
                continue
            if self._visits <= 0:
                self.unseen += 1
                continue
            inner = self.node(label, child)
            node.children.append(inner)
            node.sizes.update(inner.sizes)
        self._inside.discard(id(module))
        node.trainable = sum(size for key, size in node.sizes.items() if key in self.trainable)
        own = tuple(part[1:] for part in node.own)
        below = tuple((child.name, child.likeness) for child in node.children)
        alike = node.type, node.arguments, node.outputs, own, below
        node.likeness = self._kinds.setdefault(alike, len(self._kinds))
        return node

    def _parameter(self, node: _Node, label: str, tensor: Any) -> None:
        if not issubclass(type(tensor), self._torch.Tensor):
            return
        count = self._size(tensor)
        node.sizes[id(tensor)] = count
        base = self._torch._C.TensorBase
        trains = False
        shape = ""
        with contextlib.suppress(Exception):  # a parameter that has no size yet
            trains = base.requires_grad.__get__(tensor)
            shape = str(list(base.shape.__get__(tensor)))
        if trains:
            self.trainable.add(id(tensor))
        node.own.append((label, shape, count, trains))

    def _size(self, tensor: Any) -> int:
        base = self._torch._C.TensorBase
        count = 0
        with contextlib.suppress(Exception):
            count = int(base.numel(tensor))
            if id(tensor) not in self._counted:
                self._counted.add(id(tensor))
                self.nbytes += count * int(base.element_size(tensor))
        return count


def _deepest(node: _Node) -> int:
    return 1 + max((_deepest(child) for child in node.children), default=0)


def _list(node: _Node, depth: int, deepest: int, rows: list[ModuleRow]) -> None:
    """``node`` and what is below it, down to ``deepest``."""
    hidden = _count(node) - 1 if depth >= deepest else 0
    total = sum(node.sizes.values())
    rows.append(
        ModuleRow(
            depth, node.name, node.type, node.arguments, total, node.trainable, below=hidden, outputs=node.outputs
        )
    )
    if depth >= deepest:
        return
    if node.lists_own:
        for name, shape, count, trains in node.own:
            rows.append(ModuleRow(depth + 1, name, "Parameter", shape, count, count if trains else 0))
    for group in _neighbours(node.children):
        first = len(rows)
        _list(group[0], depth + 1, deepest, rows)
        if len(group) > 1:
            name = f"{group[0].name}–{group[-1].name}"
            rows[first] = replace(rows[first], name=name, times=len(group))


def _neighbours(children: list[_Node]) -> list[list[_Node]]:
    groups: list[list[_Node]] = []
    for child in children:
        if groups and groups[-1][0].likeness == child.likeness:
            groups[-1].append(child)
        else:
            groups.append([child])
    return [
        part
        for group in groups
        for part in ([group] if len(group) >= _FOLDED_FROM else [[child] for child in group])
    ]


def _count(node: _Node) -> int:
    return 1 + sum(_count(child) for child in node.children)


def _from_torch(function: Any) -> bool:
    return type(function) is FunctionType and str(function.__module__).startswith("torch.")


def layer_arguments(kind: type, module: Any) -> str:
    """``extra_repr()`` where that is torch's own, less what says the same as the default."""
    describe = inspect.getattr_static(kind, "extra_repr", None)
    if not _from_torch(describe):
        return ""
    text = ""
    with contextlib.suppress(Exception):
        text = describe(module)
    defaults = _defaults(kind)
    parts = [part for part in _parts(text) if part and not _is_default(part, defaults)]
    line = " ".join(", ".join(parts).split())
    return line if len(line) <= _ARGUMENTS else f"{line[: _ARGUMENTS - 1]}…"


def _parts(text: str) -> list[str]:
    """``text`` cut at the commas outside brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(text):
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and not depth:
            parts.append(text[start:place].strip())
            start = place + 1
    return [*parts, text[start:].strip()]


@lru_cache(maxsize=512)
def _defaults(kind: type) -> dict[str, str]:
    """Defaults of the constructor's arguments as text, where the constructor is torch's."""
    make = inspect.getattr_static(kind, "__init__", None)
    if not _from_torch(make):
        return {}
    return {
        name: repr(parameter.default)
        for name, parameter in inspect.signature(make).parameters.items()
        if parameter.default is not parameter.empty
    }


def _is_default(part: str, defaults: dict[str, str]) -> bool:
    name, equals, value = part.partition("=")
    default = defaults.get(name)
    if not equals or default is None:
        return False
    # A Conv2d made with stride=1 says stride=(1, 1).
    return value == default or set(value.strip("()").replace(",", " ").split()) == {default}

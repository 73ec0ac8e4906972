"""What the names in the source stand for now: looked up, never evaluated."""

from __future__ import annotations

import ast
from types import ModuleType
from typing import Any

from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.touch import has_values
from tutor.worker.probe.watch.cell import Region

MANY = 1_000_000
"""Elements of a tensor whose values are read; a larger one is left alone."""

_FAR = 4_096
"""The same on another device, where reading waits for it."""


class Live:
    """The learner's namespace, and the names of one running function where there is one."""

    def __init__(self, torch: Any, namespace: dict[str, Any]) -> None:
        self.torch = torch
        self._namespace = namespace

    def value(self, node: ast.AST | None, region: Region) -> Any | None:
        """The object that a name or an attribute of a library or model stands for; None if that is unknown."""
        if isinstance(node, ast.Attribute):
            return self._attribute(self.value(node.value, region), node.attr)
        if not isinstance(node, ast.Name):
            return None
        passed = region.arguments.get(node.id)
        if passed is not None and region.caller is not None:
            return self.value(passed, region.caller)
        return None if node.id in region.own else self._namespace.get(node.id)

    def _attribute(self, base: Any, name: str) -> Any | None:
        if type(base) is ModuleType or issubclass(type(base), ModuleType):
            return ModuleType.__getattribute__(base, "__dict__").get(name)
        if not self.is_module(base):
            return None
        held = instance_dict(base)
        for group in ("_modules", "_parameters", "_buffers"):
            members = held.get(group)
            if type(members) is dict and name in members:
                return members[name]
        return None

    def named(self, name: str) -> Any | None:
        return self._namespace.get(name)

    def tensor(self, node: ast.AST | None, region: Region) -> Any | None:
        """The tensor a name stands for, if its facts can be read."""
        value = self.value(node, region)
        return value if self.is_plain(value) else None

    def module(self, node: ast.AST | None, region: Region) -> Any | None:
        value = self.value(node, region)
        return value if self.is_module(value) else None

    def optimizer(self, node: ast.AST | None, region: Region) -> Any | None:
        value = self.value(node, region)
        return value if issubclass(type(value), self.torch.optim.Optimizer) else None

    def is_plain(self, value: Any) -> bool:
        """Whether it is a tensor of torch's own, with values: a subclass may run Python when it is read."""
        return type(value) in (self.torch.Tensor, self.torch.nn.Parameter) and has_values(self.torch, value)

    def is_module(self, value: Any) -> bool:
        return issubclass(type(value), self.torch.nn.Module)

    def is_optimizer(self, value: Any) -> bool:
        return issubclass(type(value), self.torch.optim.Optimizer)

    def readable(self, tensor: Any) -> bool:
        """Whether there are few enough values to read them, laid out as usual."""
        return bool(
            tensor.layout == self.torch.strided
            and not tensor.is_quantized
            and 0 < tensor.numel() <= (MANY if tensor.is_cpu else _FAR)
        )

    def from_torch(self, node: ast.AST | None, region: Region) -> bool:
        """Whether a name stands for ``torch`` or a part of it (``F``, ``nn``)."""
        value = self.value(node, region)
        if not issubclass(type(value), ModuleType):
            return False
        name = ModuleType.__getattribute__(value, "__dict__").get("__name__")
        return type(name) is str and name.partition(".")[0] == "torch"

    def modules(self, root: Any, limit: int = 1_000) -> list[tuple[str, Any]]:
        """``(path, module)`` of a module and all below it; nothing of the learner's is called."""
        found: list[tuple[str, Any]] = []
        seen: set[int] = set()
        pending = [("", root)]
        while pending and len(found) < limit:
            path, module = pending.pop()
            if not self.is_module(module) or id(module) in seen:
                continue
            seen.add(id(module))
            found.append((path, module))
            held = instance_dict(module).get("_modules")
            children = list(held.items()) if type(held) is dict else []
            pending.extend((f"{path}.{name}".lstrip("."), child) for name, child in reversed(children))
        return found

    def parameters(self, root: Any) -> list[Any]:
        """Parameters of a module and all below it."""
        found = []
        for _, module in self.modules(root):
            held = instance_dict(module).get("_parameters")
            found += [p for p in held.values() if self.is_plain(p)] if type(held) is dict else []
        return found

    def optimized(self, optimizer: Any) -> list[Any]:
        """The parameters an optimizer of torch's own holds."""
        groups = instance_dict(optimizer).get("param_groups")
        found = []
        for group in groups if type(groups) is list else []:
            held = group.get("params") if type(group) is dict else None
            found += [p for p in held if self.is_plain(p)] if type(held) is list else []
        return found

    def gradient(self, tensor: Any) -> Any | None:
        return self.torch.Tensor.grad.__get__(tensor)

    def all(self) -> list[tuple[str, Any]]:
        """Names that a learner would type, with what they stand for."""
        return [(n, v) for n, v in list(self._namespace.items()) if type(n) is str and not n.startswith("_")]


def shape(value: Any) -> str:
    """``(50, 1)`` as Python writes it."""
    return str(tuple(int(size) for size in value.shape))

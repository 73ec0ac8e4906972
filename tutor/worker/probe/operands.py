"""The operands of a failing expression, looked up without running a line of the learner's code.

Names come out of the frame's own dictionaries, attributes out of instance dictionaries and torch's own
descriptors, items out of exact lists, tuples and dicts. What would need a call is not known, and said so.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections import OrderedDict
from dataclasses import replace
from itertools import islice
from types import BuiltinFunctionType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from tutor.protocol.snapshots import Operand
from tutor.worker.expressions import Expression, Part, spelled
from tutor.worker.probe.facts import facts_of
from tutor.worker.probe.touch import quiet, torch_module, type_name

_LIMIT = 12
"""Operands of one expression."""
_ITEMS = 6
_KEYS = 5_000
"""Entries of a dictionary that are looked through for a key."""
_TEXT = 60
"""Characters of a plain value's repr."""
_INSIDE = 6
"""Arguments of one library function."""

_PLAIN = (int, float, complex, bool, str, bytes, type(None))
_MISSING = object()
_SETTINGS = re.compile(r"[a-z][a-z0-9_]*")
_TENSOR_VIEWS = ("T", "mT", "H", "mH")


def operands(frame: FrameType, expression: Expression) -> tuple[Operand, ...]:
    """Each operand with its value as far as it is known; names inside those that are not known come after."""
    look = _Lookup(frame)
    found: list[Operand] = []
    inner: list[Operand] = []
    for part in expression.parts:
        operand = look.describe(part)
        found.append(operand)
        if operand.kind == "unknown":
            inner += look.names_in(part.node)
    seen = {operand.source for operand in found}
    for operand in inner:
        if operand.source not in seen:
            seen.add(operand.source)
            found.append(operand)
    return tuple(found[:_LIMIT])


def inside(frames: list[FrameType], learner: FrameType, expression: Expression | None) -> tuple[Operand, ...]:
    """Arguments of the library functions between the learner's line and the error, innermost first.

    Looked at are the function that raised, the one of ``torch/nn/functional.py``, and the innermost method of a
    module, whose ``self`` gets the learner's name for it.
    """
    torch = sys.modules.get("torch")
    if torch is None or not frames:
        return ()
    chosen: list[FrameType] = []
    for frame in (frames[-1], _innermost(frames, _is_functional), _innermost(frames, _is_layer)):
        if frame is not None and frame not in chosen:
            chosen.append(frame)
    roots = _Lookup(learner).modules(expression) if expression is not None else []
    found = [operand for frame in chosen for operand in _arguments(frame, roots)]
    return tuple(found)


def _innermost(frames: list[FrameType], wanted: Any) -> FrameType | None:
    return next((frame for frame in reversed(frames) if wanted(frame)), None)


def _is_functional(frame: FrameType) -> bool:
    return frame.f_code.co_filename.endswith(("torch/nn/functional.py", "torch\\nn\\functional.py"))


def _is_layer(frame: FrameType) -> bool:
    names = frame.f_code.co_varnames[:1]
    if names != ("self",) or frame.f_code.co_name.startswith(("_call_impl", "_wrapped_call_impl", "__getattr__")):
        return False
    return _is_module(_variables(frame).get("self"))


def _arguments(frame: FrameType, roots: list[tuple[str, Any]]) -> list[Operand]:
    code, variables = frame.f_code, _variables(frame)
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARARGS)
    found = []
    for name in code.co_varnames[:count][:_INSIDE]:
        value = variables.get(name, _MISSING)
        if value is _MISSING:
            continue
        operand = _described(name, code.co_name, value)
        if name == "self" and operand.kind == "module":
            operand = replace(operand, source=_path_of(value, roots) or name)
        found.append(operand)
    return found


def _path_of(module: Any, roots: list[tuple[str, Any]]) -> str:
    """How the learner reaches a module: ``net[2]`` in a Sequential, ``net.fc`` elsewhere."""
    pending, seen = list(roots), 0
    while pending and seen < _KEYS:
        path, current = pending.pop(0)
        seen += 1
        if current is module:
            return path
        for name, child in _members(current, "_modules").items():
            if type(name) is str and _is_module(child):
                pending.append((f"{path}[{name}]" if name.isdigit() else f"{path}.{name}", child))
    return ""


def _variables(frame: FrameType) -> dict[str, Any]:
    """The frame's variables; a namespace of a class under construction may be any mapping and is not touched."""
    if frame.f_code.co_flags & inspect.CO_OPTIMIZED:
        return dict(frame.f_locals)
    return frame.f_locals if type(frame.f_locals) is dict else {}


class _Lookup:
    """Looks expressions up in one frame."""

    def __init__(self, frame: FrameType) -> None:
        self._locals = _variables(frame)
        self._globals = frame.f_globals
        self._builtins = frame.f_builtins if type(frame.f_builtins) is dict else {}

    def describe(self, part: Part) -> Operand:
        source = part.source or spelled(part.node)
        value = self.value(part.node)
        if value is not _MISSING:
            return _described(source, part.role, value, part.keyword)
        if isinstance(part.node, (ast.List, ast.Tuple)):
            items = tuple(self.describe(Part("item", item)) for item in part.node.elts[:_ITEMS])
            name = type(part.node).__name__.lower()
            return Operand(
                source, part.role, "container", name, keyword=part.keyword, length=len(part.node.elts), items=items
            )
        return self._view(part, source) or Operand(source, part.role, "unknown", keyword=part.keyword)

    def _view(self, part: Part, source: str) -> Operand | None:
        """``x.T`` and its like have the facts of ``x`` with the last two axes changed over."""
        node = part.node
        if not isinstance(node, ast.Attribute) or node.attr not in _TENSOR_VIEWS:
            return None
        base = self.describe(Part(part.role, node.value, part.keyword))
        if base.tensor is None or len(base.tensor.shape) != 2:
            return None
        facts = replace(
            base.tensor,
            path=source,
            shape=base.tensor.shape[::-1],
            strides=base.tensor.strides and base.tensor.strides[::-1],
        )
        return replace(base, source=source, tensor=facts)

    def names_in(self, node: ast.expr) -> list[Operand]:
        """The largest known expressions inside an unknown one."""
        found: list[Operand] = []
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.keyword):
                child = child.value
            if not isinstance(child, ast.expr) or isinstance(child, (ast.Constant, ast.Lambda, ast.UnaryOp)):
                continue
            value = self.value(child)
            if value is _MISSING:
                found += self.names_in(child)
            elif not isinstance(value, (ModuleType, BuiltinFunctionType, FunctionType, type)):
                found.append(_described(spelled(child), "part", value))
        return found

    def modules(self, expression: Expression) -> list[tuple[str, Any]]:
        """Modules that are named in the expression, with their names."""
        nodes = [n for part in expression.parts for n in ast.walk(part.node) if isinstance(n, ast.expr)]
        named = [
            (spelled(node), self.value(node)) for node in nodes if isinstance(node, (ast.Name, ast.Attribute))
        ]
        return [(name, value) for name, value in named if _is_module(value)]

    def value(self, node: ast.expr) -> Any:
        """The object an expression stands for, or ``_MISSING``."""
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                for names in (self._locals, self._globals, self._builtins):
                    value = dict.get(names, node.id, _MISSING)
                    if value is not _MISSING:
                        return value
                return _MISSING
            case ast.Attribute():
                owner = self.value(node.value)
                return _MISSING if owner is _MISSING else _attribute(owner, node.attr)
            case ast.Subscript():
                owner, key = self.value(node.value), self.value(node.slice)
                return _MISSING if owner is _MISSING or key is _MISSING else _item(owner, key)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=number)):
                return -number if isinstance(number, (int, float, complex)) else _MISSING
            case _:
                return _MISSING


def _attribute(owner: Any, name: str) -> Any:
    """An attribute that is stored, not computed."""
    kind = type(owner)
    if issubclass(kind, ModuleType):
        return dict.get(object.__getattribute__(owner, "__dict__"), name, _MISSING)
    if _is_tensor(owner):
        return _tensor_attribute(owner, name)
    if _is_module(owner):
        for group in ("_parameters", "_buffers", "_modules"):
            value = _members(owner, group).get(name, _MISSING)
            if value is not _MISSING:
                return value
    try:
        value = inspect.getattr_static(owner, name)
    except Exception:  # AttributeError, or a metaclass of the learner's that has its own mind
        return _MISSING
    if isinstance(value, (staticmethod, classmethod)):
        return _MISSING
    # What a class computes when asked (properties, slots, __getattr__) is not asked for.
    computed = any(hasattr(type(value), hook) for hook in ("__get__", "__set__")) and not _is_function(value)
    return _MISSING if computed else value


def _tensor_attribute(tensor: Any, name: str) -> Any:
    torch = torch_module()
    if name not in ("grad", "data") or type(tensor) not in (torch.Tensor, torch.nn.Parameter):  # type: ignore[union-attr]
        return _MISSING
    with quiet(torch):
        if name == "data":
            return torch.Tensor.detach(tensor)  # type: ignore[union-attr]
        # Asking a tensor that keeps no gradient for it makes torch print a warning.
        base = torch._C.TensorBase  # type: ignore[union-attr]
        if base.is_leaf.__get__(tensor) or base.retains_grad.__get__(tensor):
            return base.grad.__get__(tensor)
    return None


def _item(owner: Any, key: Any) -> Any:
    kind = type(owner)
    if kind in (list, tuple) and type(key) is int:
        return owner[key] if -len(owner) <= key < len(owner) else _MISSING
    if kind in (dict, OrderedDict) and type(key) in (str, int, bool):
        # Looked through, not looked up: another key's __eq__ could be the learner's.
        pairs = islice(dict.items(owner), _KEYS)
        return next((value for name, value in pairs if type(name) is type(key) and name == key), _MISSING)
    if _is_module(owner) and type(key) is int:
        layers = list(_members(owner, "_modules").values())
        return layers[key] if -len(layers) <= key < len(layers) else _MISSING
    return _MISSING


def _described(source: str, role: str, value: Any, keyword: str = "", depth: int = 0) -> Operand:
    kind = type(value)
    name = type_name(kind)
    operand = Operand(source, role, "object", name, keyword=keyword)
    if kind in _PLAIN:
        return replace(operand, kind="plain", text=_short(value))
    if _is_tensor(value):
        return replace(operand, kind="tensor", tensor=facts_of(source, value))
    if _is_module(value):
        children = list(islice(_members(value, "_modules").items(), _ITEMS)) if depth < 1 else []
        items = tuple(_described(str(key)[:_TEXT], "item", child, depth=depth + 1) for key, child in children)
        length = len(_members(value, "_modules"))
        return replace(operand, kind="module", settings=_settings(value), items=items, length=length)
    if issubclass(kind, (list, tuple, dict, set, frozenset)):
        return replace(operand, kind="container", length=_length(value), items=_items(value, depth))
    if issubclass(kind, ModuleType):
        return replace(operand, kind="package", text=_full_name(value))
    if issubclass(kind, type):
        return replace(operand, kind="class", text=_full_name(value))
    if _is_function(value):
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
        return tuple(_described(_short(k), "item", v, depth=depth + 1) for k, v in named)
    else:
        return ()
    return tuple(_described(str(place), "item", item, depth=depth + 1) for place, item in pairs)


def _settings(module: Any) -> tuple[tuple[str, int | str], ...]:
    """What it was built with: plain attributes of the instance."""
    found: list[tuple[str, int | str]] = []
    for name, value in islice(object.__getattribute__(module, "__dict__").items(), 60):
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
    return tuple(found[:20])


def _loose_layers(value: Any) -> int:
    """How many modules a plain container holds, where ``parameters()`` does not find them."""
    return sum(_is_module(item) for item in islice(value.values() if type(value) is dict else value, _KEYS))


def _full_name(value: Any) -> str:
    """``torch.cat``, ``torch.nn.modules.linear.Linear``: module and name, as far as they are plain text."""
    if issubclass(type(value), ModuleType):
        name = dict.get(object.__getattribute__(value, "__dict__"), "__name__", "")
        return name[:_TEXT] if type(name) is str else ""
    names = []
    for attribute in ("__module__", "__qualname__"):
        try:
            name = inspect.getattr_static(value, attribute)
            if type(name).__name__ in ("getset_descriptor", "member_descriptor"):
                name = name.__get__(value)
        except Exception:  # a metaclass of the learner's
            name = ""
        names.append(name if type(name) is str else "")
    return ".".join(name for name in names if name)[: 2 * _TEXT]


def _is_function(value: Any) -> bool:
    return isinstance(value, (FunctionType, BuiltinFunctionType, MethodType)) or type(value).__name__ in (
        "method_descriptor",
        "wrapper_descriptor",
    )


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "Tensor") and issubclass(type(value), torch.Tensor)


def _is_module(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and hasattr(torch, "nn") and issubclass(type(value), torch.nn.Module)


def _members(module: Any, group: str) -> dict[str, Any]:
    members: Any = object.__getattribute__(module, "__dict__").get(group) if _is_module(module) else None
    known: dict[str, Any] = members if type(members) in (dict, OrderedDict) else {}
    return known

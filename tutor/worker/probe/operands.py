"""The operands of a failing expression, looked up without running a line of the learner's code.

Names come out of the frame's own dictionaries, attributes out of instance dictionaries and torch's own
descriptors, items out of exact lists, tuples and dicts. What would need a call is not known, and said so.
"""

from __future__ import annotations

import ast
import inspect
import sys
from dataclasses import replace
from types import FrameType, ModuleType
from typing import Any

from tutor.protocol.failures import Operand
from tutor.worker.expressions import Expression, Part, spelled
from tutor.worker.probe.described import (
    LONGEST,
    described,
    is_function,
    is_module,
    is_tensor,
    members,
)
from tutor.worker.probe.given import given
from tutor.worker.probe.stored import MISSING, attribute, item

_LIMIT = 12
"""Operands of one expression."""
_ITEMS = 6
_INSIDE = 6
"""Arguments of one library function."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_RESULTS = (ast.Call, ast.BinOp, ast.Subscript, ast.UnaryOp, ast.Attribute)
_TENSOR_VIEWS = ("T", "mT", "H", "mH")


def operands(frame: FrameType, expression: Expression, called: FrameType | None = None) -> tuple[Operand, ...]:
    """Each operand with its value as far as it is known; names inside those that are not known come after.

    ``called`` is the frame of the library function that the expression called, if there is one.
    """
    look = _Lookup(frame)
    if called is not None:
        look.learn(expression, called)
    found: list[Operand] = []
    inner: list[Operand] = []
    for part in expression.parts:
        operand = look.describe(part)
        found.append(operand)
        if operand.kind == "unknown" or look.is_result(part.node):
            inner += look.names_in(part.node)
        elif operand.type == "NoneType":
            inner += [*look.owner(part.node), *look.makers(operand.source, expression.made)]
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
    return is_module(_variables(frame).get("self"))


def _arguments(frame: FrameType, roots: list[tuple[str, Any]]) -> list[Operand]:
    code, variables = frame.f_code, _variables(frame)
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & inspect.CO_VARARGS)
    found = []
    for name in code.co_varnames[:count][:_INSIDE]:
        value = variables.get(name, MISSING)
        if value is MISSING:
            continue
        operand = described(name, code.co_name, value)
        if name == "self" and operand.kind == "module":
            operand = replace(operand, source=_path_of(value, roots) or name)
        found.append(operand)
    return found


def _path_of(module: Any, roots: list[tuple[str, Any]]) -> str:
    """How the learner reaches a module: ``net[2]`` in a Sequential, ``net.fc`` elsewhere."""
    pending, seen = list(roots), 0
    while pending and seen < LONGEST:
        path, current = pending.pop(0)
        seen += 1
        if current is module:
            return path
        for name, child in members(current, "_modules").items():
            if type(name) is str and is_module(child):
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
        self._given: dict[ast.expr, Any] = {}
        self._locals = _variables(frame)
        self._globals = frame.f_globals
        self._builtins = frame.f_builtins if type(frame.f_builtins) is dict else {}

    def learn(self, expression: Expression, called: FrameType) -> None:
        """Know the arguments of a call that are in no variable from the function that was called."""
        callee = next((self.value(part.node) for part in expression.parts if part.role == "function"), MISSING)
        held = given(expression, called, None if callee is MISSING else callee)
        unknown = {node: value for node, value in held.items() if self.value(node) is MISSING}
        # A function that has bound its parameter anew tells of another value than it was given.
        if all(self.value(node) is value for node, value in held.items() if isinstance(node, ast.Name)):
            self._given = {n: v for n, v in unknown.items() if is_tensor(v) and isinstance(n, _RESULTS)}

    def is_result(self, node: ast.expr) -> bool:
        """Whether something is known of a value that is in no variable."""
        return node in self._given or self.value(node) is MISSING

    def describe(self, part: Part) -> Operand:
        source = part.source or spelled(part.node)
        value = self.value(part.node)
        if value is not MISSING:
            return described(source, part.role, value, part.keyword)
        if isinstance(part.node, (ast.List, ast.Tuple)):
            items = tuple(self.describe(Part("item", item)) for item in part.node.elts[:_ITEMS])
            name = type(part.node).__name__.lower()
            return Operand(
                source, part.role, "container", name, keyword=part.keyword, length=len(part.node.elts), items=items
            )
        return self._view(part, source) or Operand(source, part.role, "unknown", keyword=part.keyword)

    def _view(self, part: Part, source: str) -> Operand | None:
        """``x.T``, ``x.t()`` and their like have the facts of ``x`` with the last two axes changed over."""
        node: ast.expr = part.node
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "t":
            node = ast.Attribute(node.func.value, "T") if not (node.args or node.keywords) else node
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

    def names_in(self, node: ast.expr, bound: frozenset[str] = frozenset()) -> list[Operand]:
        """The largest known expressions inside an unknown one; ``bound`` are names of its own."""
        found: list[Operand] = []
        if isinstance(node, ast.Lambda):
            return found  # its body has not run, and its parameters are no variables
        children: list[ast.AST] = list(ast.iter_child_nodes(node))
        if isinstance(node, _COMPREHENSIONS):
            targets = [part for loop in node.generators for part in ast.walk(loop.target)]
            bound |= {part.id for part in targets if isinstance(part, ast.Name)}
            children += [loop.iter for loop in node.generators]
        for child in children:
            if isinstance(child, ast.keyword):
                child = child.value
            if not isinstance(child, ast.expr) or isinstance(child, (ast.Constant, ast.Lambda, ast.UnaryOp)):
                continue
            own = any(isinstance(part, ast.Name) and part.id in bound for part in ast.walk(child))
            value = MISSING if own else self.value(child)
            if value is MISSING or (is_function(value) and isinstance(child, ast.Attribute)):
                found += self.names_in(child, bound)
            elif not is_function(value) and not issubclass(type(value), (ModuleType, type)):
                found.append(described(spelled(child), "part", value))
        return found

    def owner(self, node: ast.expr) -> list[Operand]:
        """Whose attribute an expression is: of ``w.grad`` that is ``w``."""
        value = self.value(node.value) if isinstance(node, ast.Attribute) else MISSING
        return [] if value is MISSING else [described(spelled(node.value), "owner", value)]  # type: ignore[attr-defined]

    def makers(self, name: str, made: tuple[str, ...]) -> list[Operand]:
        """What was called to make a name, when that is known: ``net`` for ``out`` after ``out = net(x)``."""
        for line in made:
            try:
                statement = ast.parse(line).body[0]
            except (SyntaxError, ValueError, IndexError):
                continue
            if isinstance(statement, ast.Assign) and [spelled(t) for t in statement.targets] == [name]:
                callee = statement.value.func if isinstance(statement.value, ast.Call) else None
                if isinstance(callee, (ast.Name, ast.Attribute)):
                    value = self.value(callee)
                    return [] if value is MISSING else [described(spelled(callee), "maker", value)]
        return []

    def modules(self, expression: Expression) -> list[tuple[str, Any]]:
        """Modules that are named in the expression, with their names."""
        nodes = [n for part in expression.parts for n in ast.walk(part.node) if isinstance(n, ast.expr)]
        named = [
            (spelled(node), self.value(node)) for node in nodes if isinstance(node, (ast.Name, ast.Attribute))
        ]
        return [(name, value) for name, value in named if is_module(value)]

    def value(self, node: ast.expr) -> Any:
        """The object an expression stands for, or ``MISSING``."""
        if node in self._given:
            return self._given[node]
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                for names in (self._locals, self._globals, self._builtins):
                    value = dict.get(names, node.id, MISSING)
                    if value is not MISSING:
                        return value
                return MISSING
            case ast.Attribute():
                owner = self.value(node.value)
                return MISSING if owner is MISSING else attribute(owner, node.attr)
            case ast.Subscript():
                owner, key = self.value(node.value), self.value(node.slice)
                return MISSING if owner is MISSING or key is MISSING else item(owner, key)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=number)):
                return -number if isinstance(number, (int, float, complex)) else MISSING
            case _:
                return MISSING

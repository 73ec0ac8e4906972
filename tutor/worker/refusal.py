"""Which expressions are not watched because they would change something.

What is known by name is refused: assignments, ``:=``, methods that end in ``_``, ``out=`` and ``inplace=True``,
methods that change a list, a dict, a module or an optimiser, ``backward()``, and calling a module that would
update its running statistics. What a function of the learner's own does inside cannot be known beforehand;
the evaluation notices a changed name or tensor afterwards and says so.
"""

from __future__ import annotations

import ast
from typing import Any

from tutor.worker.probe.outline import is_module, members, updates_statistics

LONGEST = 500
"""Characters of an expression."""

_CHANGING = frozenset(
    (
        "append", "extend", "insert", "pop", "popitem", "remove", "clear", "update", "setdefault", "sort",
        "reverse", "discard", "backward", "step", "zero_grad", "train", "eval", "load_state_dict", "apply",
        "add_module",
        "register_buffer", "register_parameter", "register_module", "register_forward_hook", "register_hook",
        "register_forward_pre_hook", "register_full_backward_hook", "retain_grad", "set_default_dtype",
        "set_default_device", "set_grad_enabled", "manual_seed", "seed", "set_rng_state", "set_num_threads",
        "share_memory", "save", "system", "write",
    )
)  # fmt: skip
"""Methods and functions; ``add`` is not among them, for it is oftener that of a tensor than that of a set."""
_MOVING = frozenset(("to", "cuda", "cpu", "xpu", "half", "float", "double", "bfloat16", "type", "to_empty"))
"""Methods that change a module in place, and make a new tensor."""
_BUILTINS = frozenset(
    ("exec", "eval", "compile", "input", "breakpoint", "exit", "quit", "setattr", "delattr", "open", "__import__")
)


def why_not(expression: str, namespace: dict[str, Any]) -> str:
    """Why ``expression`` is not evaluated, in one sentence; empty when it is."""
    if len(expression) > LONGEST:
        return f"longer than {LONGEST} characters"
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError) as error:
        return _statement(expression) or f"not an expression: {getattr(error, 'msg', error)}"
    for node in ast.walk(tree):
        reason = _reason(node, namespace)
        if reason:
            return reason
    return ""


def calls(expression: str) -> bool:
    """Whether it calls anything: what does not can change nothing."""
    return any(isinstance(node, ast.Call) for node in ast.walk(ast.parse(expression.strip(), mode="eval")))


def _statement(expression: str) -> str:
    try:
        body = ast.parse(expression.strip()).body
    except (SyntaxError, ValueError, RecursionError):
        return ""
    kind = type(body[0]) if body else None
    if kind in (ast.Assign, ast.AugAssign, ast.AnnAssign):
        return "an assignment would change your names; a watch only looks"
    return "a statement, not an expression" if body else "nothing to evaluate"


def _reason(node: ast.AST, namespace: dict[str, Any]) -> str:
    if isinstance(node, ast.NamedExpr):
        return f":= would make the name {ast.unparse(node.target)}; a watch only looks"
    if isinstance(node, (ast.Await, ast.Yield, ast.YieldFrom)):
        return "await and yield need a function around them"
    if not isinstance(node, ast.Call):
        return ""
    for keyword in node.keywords:
        if keyword.arg == "out" or (keyword.arg == "inplace" and ast.unparse(keyword.value) != "False"):
            return f"{keyword.arg}= writes into a tensor; a watch only looks"
    if isinstance(node.func, ast.Attribute):
        return _method(node.func, namespace)
    if isinstance(node.func, ast.Name) and node.func.id in _BUILTINS and node.func.id not in namespace:
        return f"{node.func.id}() does more than look"
    return _called(node.func, namespace)


def _method(function: ast.Attribute, namespace: dict[str, Any]) -> str:
    name = function.attr
    if name.endswith("_") and not name.endswith("__"):
        return f".{name}() changes its tensor in place; a watch only looks"
    if name.startswith(("__set", "__del", "__i")) and name not in ("__init__", "__iter__", "__int__", "__index__"):
        return f".{name}() changes its object; a watch only looks"
    if name in _CHANGING:
        return f".{name}() changes something; a watch only looks"
    owner = _found(function.value, namespace)
    if name in _MOVING and owner is not None and is_module(type(owner)):
        return f".{name}() changes a module in place; a watch only looks"
    return _called(function, namespace)


def _called(function: ast.expr, namespace: dict[str, Any]) -> str:
    module = _found(function, namespace)
    part = updates_statistics(module) if module is not None else None
    if part is None:
        return ""
    where = ast.unparse(function) + (f".{part}" if part else "")
    return f"calling it in train mode would update the running statistics of {where}"


def _found(node: ast.expr, namespace: dict[str, Any]) -> Any | None:
    """The object of ``name``, ``name.part`` or ``name[0]`` where only modules are in between; calls nothing."""
    if isinstance(node, ast.Name):
        return namespace.get(node.id)
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        owner, name = _found(node.value, namespace), str(node.slice.value)
    elif isinstance(node, ast.Attribute):
        owner, name = _found(node.value, namespace), node.attr
    else:
        return None
    if owner is None or not is_module(type(owner)):
        return None
    return members(object.__getattribute__(owner, "__dict__")).get(name)

"""What a call was given, read from the frame of the function that was called.

An argument that is itself a call, ``layer(torch.randn(3, 5))``, is in no variable of the learner's; the called
function still holds it under its parameter's name.
"""

from __future__ import annotations

import ast
import inspect
from types import FrameType, FunctionType, MethodType
from typing import Any

from tutor.worker.expressions import Expression

_MODULE_CALLS = ("_wrapped_call_impl", "_call_impl")


def given(expression: Expression, called: FrameType, function: Any) -> dict[ast.expr, Any]:
    """Values of the arguments of a call by their nodes; empty unless ``called`` is surely the frame of that call.

    ``function`` is what was called, as far as it is known.
    """
    code, variables = called.f_code, called.f_locals
    if expression.operation != "call" or not code.co_flags & inspect.CO_OPTIMIZED:
        return {}
    bound = code.co_varnames[:1] == ("self",)
    if code.co_name in _MODULE_CALLS and bound:
        if function is not None and variables.get("self") is not function:
            return {}
    elif isinstance(function, MethodType):
        if function.__func__.__code__ is not code:
            return {}
    elif type(function) is not FunctionType or function.__code__ is not code:
        return {}
    else:
        bound = False
    names = code.co_varnames[bound : code.co_argcount]
    count = code.co_argcount + code.co_kwonlyargcount
    rest = variables.get(code.co_varnames[count], ()) if code.co_flags & inspect.CO_VARARGS else ()
    last = count + bool(code.co_flags & inspect.CO_VARARGS)
    extra = variables.get(code.co_varnames[last], {}) if code.co_flags & inspect.CO_VARKEYWORDS else {}
    values = [*(variables.get(name) for name in names), *rest]
    by_name = {**{name: variables[name] for name in code.co_varnames[:count] if name in variables}, **extra}
    found: dict[ast.expr, Any] = {}
    place = 0
    for part in expression.parts:
        if part.role != "argument":
            continue
        if isinstance(part.node, ast.Starred) or part.keyword == "**":
            break
        if part.keyword and part.keyword in by_name:
            found[part.node] = by_name[part.keyword]
        elif not part.keyword and place < len(values):
            found[part.node] = values[place]
            place += 1
    return found

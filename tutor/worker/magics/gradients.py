"""``%gradcheck``: a gradient against finite differences."""

from __future__ import annotations

import ast
from typing import Any

from tutor.worker.magics.context import Context, UsageError

_USE = "Use: %gradcheck f(x, y), or with a formula of your own: %gradcheck f, df, x"


def gradcheck(context: Context, arguments: str, _body: str) -> Any:
    """The comparison; what it shows is what the value of a cell shows."""
    function, formula, given = _parts(context, arguments)
    values = [context.execute(text, "<gradcheck>") for text in (function, *given)]
    derivative = context.execute(formula, "<gradcheck>") if formula else None
    with context.paused():
        return context.gradcheck(values[0], derivative, values[1:], (function, formula, given))


def _parts(context: Context, arguments: str) -> tuple[str, str, list[str]]:
    """Source of the function, of the formula (empty if there is none) and of each argument. Raises UsageError."""
    try:
        tree = ast.parse(f"({arguments}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        raise UsageError(_USE) from None
    if isinstance(tree, ast.Call) and tree.args and not tree.keywords:
        if any(isinstance(argument, ast.Starred) for argument in tree.args):
            raise UsageError(_USE)
        return ast.unparse(tree.func), "", [ast.unparse(argument) for argument in tree.args]
    if not isinstance(tree, ast.Tuple) or len(tree.elts) < 2:
        raise UsageError(_USE)
    function, *rest = (ast.unparse(part) for part in tree.elts)
    if callable(context.execute(rest[0], "<gradcheck>")):
        if not rest[1:]:
            raise UsageError(_USE)
        return function, rest[0], rest[1:]
    return function, "", rest

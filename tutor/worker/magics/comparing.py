"""``%compare``: two tensors, side by side and value by value."""

from __future__ import annotations

import ast
from typing import Any

from tutor.worker.magics.context import Context, UsageError

_USE = "Use: %compare a b, or with a comma between two expressions: %compare model(x), y"


def compare(context: Context, arguments: str, _body: str) -> Any:
    """The comparison of two names or expressions; what it shows is what the value of a cell shows."""
    left, right = _two(arguments)
    one, two = (context.execute(text, "<compare>") for text in (left, right))
    found = context.contrast(left, one, right, two)
    if found is None:
        raise UsageError(f"{left} and {right} must both be tensors. {_USE}")
    return found


def _two(arguments: str) -> tuple[str, str]:
    """The two expressions. Raises UsageError."""
    words = arguments.split()
    if len(words) == 2 and "," not in arguments:
        return words[0], words[1]
    try:
        tree = ast.parse(f"({arguments}\n)", mode="eval").body
    except (SyntaxError, ValueError):
        raise UsageError(_USE) from None
    if not isinstance(tree, ast.Tuple) or len(tree.elts) != 2:
        raise UsageError(_USE)
    left, right = (ast.unparse(part) for part in tree.elts)
    return left, right

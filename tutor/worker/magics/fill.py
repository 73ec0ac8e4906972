"""``$name`` and ``{expression}`` in a line for the shell."""

from __future__ import annotations

import ast
import re
from typing import Any

_PLACE = re.compile(r"(?P<twice>\$\$)(?=\w)|\$(?P<name>[^\W\d]\w*)|(?<![$\\])\{(?P<code>[^{}]+)\}")


def filled(line: str, namespace: dict[str, Any]) -> str:
    """``line`` with the learner's values in it; ``$$name`` stands for the shell's own ``$name``.

    What is no name of the learner's, no expression, or one that fails, is left to the shell: ``$HOME``,
    ``{a,b}``, ``awk '{print $1}'``.
    """

    def value(match: re.Match[str]) -> str:
        if match["twice"]:
            return "$"
        if match["name"]:
            return str(namespace[match["name"]]) if match["name"] in namespace else match[0]
        return _evaluated(match["code"], namespace, match[0])

    return _PLACE.sub(value, line)


def _evaluated(code: str, namespace: dict[str, Any], otherwise: str) -> str:
    code, form = _parts(code)
    if not code:
        return otherwise
    try:
        return format(eval(code, namespace), form)
    except Exception:
        return otherwise


def _parts(code: str) -> tuple[str, str]:
    """Expression and format; empty where it is neither, and for what a shell would take for alternatives."""
    head, _, form = code.rpartition(":")
    for expression, spec in ((code, ""), (head, form)):
        try:
            tree = ast.parse(expression.strip(), mode="eval")
        except (SyntaxError, ValueError):
            continue
        return ("", "") if isinstance(tree.body, ast.Tuple) else (expression.strip(), spec)
    return "", ""

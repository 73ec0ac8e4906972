"""Compares Python sources by what they mean to the parser."""

from __future__ import annotations

import ast


def same_code(left: str, right: str) -> bool:
    """Whether two sources have the same syntax tree: spaces, quotes and comments do not matter."""
    try:
        return ast.dump(ast.parse(left)) == ast.dump(ast.parse(right))
    except (SyntaxError, ValueError):
        return False

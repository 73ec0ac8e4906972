"""The names that code says, in its text or once it is compiled, and the code that made them."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterable
from types import CodeType

_WORD = re.compile(r"[^\W\d]\w*")


def words(*texts: str) -> set[str]:
    """Whatever in them may be a name."""
    return set(_WORD.findall("\n".join(texts)))


def looked_up(code: CodeType) -> set[str]:
    """Names and attributes that a function, and what is defined in it, may look up outside of itself."""
    inner = (looked_up(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return set(code.co_names).union(*inner)


def makers(sources: Iterable[str], names: set[str]) -> str:
    """Those statements of ``sources`` that bind one of ``names``, or, in turn, one that such a statement says."""
    waiting = [statement for source in sources for statement in _statements(source)]
    said, found = set(names), []
    while reached := [one for one in waiting if one[0] & said]:
        waiting = [one for one in waiting if not one[0] & said]
        for _, text in reached:
            found.append(text)
            said |= words(text)
    return "\n".join(found)


@functools.lru_cache(maxsize=256)
def _statements(source: str) -> tuple[tuple[frozenset[str], str], ...]:
    """Each statement at the top of ``source`` that binds names: those, and its text; none of what is no Python."""
    try:
        found = [(frozenset(_bound(statement)), ast.unparse(statement)) for statement in ast.parse(source).body]
    except (SyntaxError, ValueError, RecursionError):  # whoever runs it says so
        return ()
    return tuple(one for one in found if one[0])


def _bound(node: ast.AST) -> set[str]:
    """Names that a statement binds where it stands, and those whose values it changes."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, ast.alias):
        return {(node.asname or node.name).partition(".")[0]}
    if isinstance(node, ast.Name):
        return {node.id} if isinstance(node.ctx, ast.Store) else set()
    if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
        return words(ast.unparse(node.value))
    return set().union(*map(_bound, ast.iter_child_nodes(node)))

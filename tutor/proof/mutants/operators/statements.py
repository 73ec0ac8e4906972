"""A statement left out, in the wrong order, or behind its loop instead of in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from tutor.proof.mutants.edits import Around, Edit, brief, called_name

_UNSEEN = frozenset({
    "manual_seed", "sleep", "train", "eval", "__init__", "set_num_threads", "synchronize", "close", "format",
    "clone",
})  # fmt: skip
"""Calls that leave no trace which is judged, or without which nothing works at all."""

_ORDERED = frozenset({"zero_grad", "backward", "step"})


def statements(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of the statements in the body of ``node``."""
    body = getattr(node, "body", None)
    if not isinstance(body, list) or isinstance(node, ast.ClassDef):
        return
    for statement in (*body, *getattr(node, "orelse", ())):
        if _may_go(statement, around):
            yield Edit("drop", brief(statement), statement, None)
        elif isinstance(statement, ast.With) and _is_seen(statement, around):
            yield Edit("unwrap", brief(statement.items[0].context_expr), statement, statement.body)
        if isinstance(statement, ast.If):
            yield Edit("negate", brief(statement.test), statement.test, ast.UnaryOp(ast.Not(), statement.test))
    yield from _exchanged(node, body)
    if isinstance(node, ast.For) and len(body) > 1 and _may_go(body[-1], around):
        shorter = ast.For(node.target, node.iter, body[:-1], node.orelse)
        said = "it stands behind the loop"
        yield Edit("behind-loop", brief(body[-1]), node, [shorter, body[-1]], said, body[-1])


def _exchanged(node: ast.AST, body: list[ast.stmt]) -> Iterator[Edit]:
    """Two neighbours of ``zero_grad``, ``backward`` and ``step`` change places."""
    for place, (first, second) in enumerate(pairwise(body)):
        if _called(first) in _ORDERED and _called(second) in _ORDERED:
            fields: dict[str, Any] = dict(ast.iter_fields(node))
            fields["body"] = [*body[:place], second, first, *body[place + 2 :]]
            said = f"it comes behind `{brief(second)}`"
            yield Edit("exchange", f"{_called(first)},{_called(second)}", node, type(node)(**fields), said, first)


def _may_go(statement: ast.stmt, around: Around) -> bool:
    """Whether the program goes on without it, and something else should come out."""
    if around.steers_while(statement):
        return False
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = called_name(statement.value)
        return name not in _UNSEEN and (name != "print" or around.sight.prints)
    if isinstance(statement, ast.Assign):
        return all(_is_bound(target, around) for target in statement.targets)
    return isinstance(statement, (ast.AugAssign, ast.Raise)) or (
        isinstance(statement, ast.If) and not statement.orelse
    )


def _is_bound(target: ast.expr, around: Around) -> bool:
    """Whether there is something of this name already."""
    if isinstance(target, ast.Name):
        return around.bound_before(target.id, target)
    owner = target.value if isinstance(target, (ast.Attribute, ast.Subscript)) else None
    return owner is not None and not (isinstance(owner, ast.Name) and owner.id == "self")


def _is_seen(statement: ast.With, around: Around) -> bool:
    """Whether what is made inside would be another with a graph: it is changed in place, or looked at itself."""
    judged = {subject.name for subject in around.sight.subjects}
    return any(
        isinstance(node, ast.AugAssign)
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in judged)
        for inner in statement.body
        for node in ast.walk(inner)
    )


def _called(statement: ast.stmt) -> str:
    return called_name(statement.value) if isinstance(statement, ast.Expr) else ""

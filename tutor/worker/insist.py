"""Lets a second Ctrl+C out of code that swallows the first.

``while True: try: step() except: pass`` catches a KeyboardInterrupt like any other error. Cells are
therefore compiled with one call more at the head of each handler that can catch it, and of each
``finally``; after the second press that call raises, from inside the handler, where nothing catches it.
(A trace function set from the signal handler did the same and drove CPython 3.11.7 into an endless loop
about once in 2,500 interrupts.)
"""

from __future__ import annotations

import ast
import builtins

HOOK = "__tutor_insist__"
"""Name in ``builtins`` of what the extra calls call."""

_HARMLESS = frozenset(
    name for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, Exception)
)
"""Handlers of these cannot catch KeyboardInterrupt; most handlers are one of them and stay as they are."""


def insist(tree: ast.Module, source: str) -> ast.Module:
    """``tree``, parsed from ``source``, with the extra calls; line numbers stay."""
    if "try" not in source:
        return tree
    return ast.fix_missing_locations(_Heads().visit(tree))  # type: ignore[no-any-return]


class _Heads(ast.NodeTransformer):
    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        self.generic_visit(node)
        if _may_catch_interrupt(node.type):
            node.body.insert(0, _call(node.body[0]))
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:
        self.generic_visit(node)
        if node.finalbody:
            node.finalbody.insert(0, _call(node.finalbody[0]))
        return node

    visit_TryStar = visit_Try  # noqa: N815 - ast names it


def _may_catch_interrupt(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(map(_may_catch_interrupt, kind.elts))
    return not (isinstance(kind, ast.Name) and kind.id in _HARMLESS)


def _call(before: ast.stmt) -> ast.stmt:
    call = ast.Expr(ast.Call(ast.Name(HOOK, ast.Load()), [], []))
    return ast.copy_location(call, before)

"""Which names a piece of code makes, and which it must be given. Nothing is run."""

from __future__ import annotations

import ast
import builtins
import symtable
from collections.abc import Iterable, Iterator

_BUILTINS = frozenset(dir(builtins))


def needed(source: str) -> set[str]:
    """Global names that ``source`` reads before it makes them, in functions too; ``source`` parses.

    What one branch makes counts as made: which branch runs nobody knows.
    """
    reader = _Reader()
    reader.read(ast.parse(source).body)
    for name in list(reader.inside):
        reader.call(name)
    return reader.missing - _BUILTINS


def made(source: str) -> set[str]:
    """Global names that ``source`` may make."""
    return {name for statement in ast.parse(source).body for name in _made(_table(statement))}


class _Reader:
    """Goes through statements in the order in which they run."""

    def __init__(self) -> None:
        self.made: set[str] = set()
        self.missing: set[str] = set()
        self.inside: dict[str, set[str]] = {}
        """Functions that were not named since they were made: what they read is read when they are called."""

    def read(self, statements: Iterable[ast.stmt]) -> None:
        for statement in statements:
            self._read(statement)

    def call(self, name: str) -> None:
        """The name is read; of a function, so is what it reads in its turn."""
        if name not in self.made:
            self.missing.add(name)
        for inner in self.inside.pop(name, ()):
            self.call(inner)

    def _read(self, statement: ast.stmt) -> None:
        match statement:
            case ast.If(test=test, body=body, orelse=other) | ast.While(test=test, body=body, orelse=other):
                self._simple(ast.Expr(test))
                self.read([*body, *other])
            case ast.For(target=target, iter=source, body=body, orelse=other):
                self._simple(ast.Assign([target], source, lineno=1))
                self.read([*body, *other])
            case ast.With(items=items, body=body):
                for item in items:
                    bound = item.optional_vars
                    what = item.context_expr
                    self._simple(ast.Assign([bound], what, lineno=1) if bound else ast.Expr(what))
                self.read(body)
            case ast.Try(body=body, handlers=handlers, orelse=other, finalbody=last):
                self.read(body)
                for handler in handlers:
                    if handler.type:
                        self._simple(ast.Expr(handler.type))
                    self.made |= {handler.name} if handler.name else set()
                    self.read(handler.body)
                self.read([*other, *last])
            case _:
                self._simple(statement)

    def _simple(self, statement: ast.stmt) -> None:
        table = _table(statement)
        read = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_referenced()}
        later: set[str] = set()
        for child in table.get_children():
            if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
                later |= set(_globals(child))
            elif isinstance(statement, ast.ClassDef):
                # The body of a class runs now, those of its methods when somebody has named the class.
                read |= set(_own_globals(child))
                later |= {name for method in child.get_children() for name in _globals(method)}
            else:
                read |= set(_globals(child))
        for name in read | _changed(statement):
            self.call(name)
        self.made |= _made(table)
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.inside[statement.name] = later


def _table(statement: ast.stmt) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(statement), "<answer>", "exec")


def _made(table: symtable.SymbolTable) -> set[str]:
    return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()}


def _changed(statement: ast.stmt) -> set[str]:
    """``x += 1`` and ``del x`` need x as much as reading it does."""
    found: set[str] = set()
    for node in ast.walk(statement):
        name = node.target if isinstance(node, ast.AugAssign) else node
        if isinstance(name, ast.Name) and (name is not node or isinstance(name.ctx, ast.Del)):
            found.add(name.id)
    return found


def _own_globals(table: symtable.SymbolTable) -> Iterator[str]:
    return (symbol.get_name() for symbol in table.get_symbols() if symbol.is_global() and symbol.is_referenced())


def _globals(table: symtable.SymbolTable) -> Iterator[str]:
    yield from _own_globals(table)
    for child in table.get_children():
        yield from _globals(child)

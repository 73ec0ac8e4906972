"""Which of the code that a learner ran at a step is the answer."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_NOT_PYTHON = ("%", "!")
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_LOOKS = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Tuple, ast.Slice, ast.expr_context)


@dataclass(frozen=True, slots=True)
class _Part:
    source: str
    body: list[ast.stmt]

    @property
    def only_looks(self) -> bool:
        """``x``, ``x.shape``, ``x[0]``: shows something, does nothing."""
        return all(
            isinstance(statement, ast.Expr) and all(isinstance(node, _LOOKS) for node in ast.walk(statement.value))
            for statement in self.body
        )

    @property
    def bound(self) -> set[str]:
        """Names it is sure to bind."""
        return {name for statement in self.body for name in _bound(statement)}

    @property
    def read(self) -> set[str]:
        found: set[str] = set()
        for node in (node for statement in self.body for node in ast.walk(statement)):
            # `x += 1` and `del x` need a name as much as reading it does.
            name = node.target if isinstance(node, ast.AugAssign) else node
            if isinstance(name, ast.Name) and (name is not node or not isinstance(name.ctx, ast.Store)):
                found.add(name.id)
        return found


def own_answer(cells: Iterable[str]) -> str:
    """The cells that together make what the last ones left, in order, joined; empty when there are none.

    Left out are lines that are no Python, cells that only show something, and cells whose every result a later
    one replaced unread. In doubt a cell stays: the answer must run alone.
    """
    parts = [part for cell in cells if (part := _parse(cell)) and not part.only_looks]
    defined, hidden = _functions(parts)
    kept: list[str] = []
    replaced: set[str] = set()
    for part in reversed(parts):
        bound = part.bound
        if bound and bound <= replaced - hidden and _only_binds(part, defined):
            continue
        kept.append(part.source)
        replaced = (replaced | bound) - part.read
    return "\n".join(reversed(kept))


def only_binds(source: str) -> bool:
    """Whether the code does nothing but bind names, as far as can be told without running it."""
    part = _parse(source)
    return part is not None and _only_binds(part, _functions([part])[0])


def _parse(cell: str) -> _Part | None:
    lines = [line for line in cell.strip("\n").splitlines() if not line.startswith(_NOT_PYTHON)]
    source = "\n".join(lines).rstrip()
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return _Part(source, body) if body else None


def _bound(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Assign(targets=targets):
            nodes = (node for target in targets for node in ast.walk(target))
            return [node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return [(alias.asname or alias.name).partition(".")[0] for alias in names]
    return []


def _only_binds(part: _Part, own: set[str]) -> bool:
    """Whether the part does nothing but bind names: no loop, no bare call, nothing that changes in place."""
    for statement in part.body:
        if not _bound(statement):
            return False
        for node in ast.walk(statement):
            if isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
                return False
            if isinstance(node, ast.Call) and not _seems_pure(node, own):
                return False
    return True


def _seems_pure(call: ast.Call, own: set[str]) -> bool:
    """torch's names of what changes a tensor end in ``_``; of the learner's own functions nothing is known."""
    match call.func:
        case ast.Name(id=name):
            return name not in own and name not in ("next", "exec", "eval", "setattr")
        case ast.Attribute(attr=name):
            return not name.endswith("_") and name not in ("append", "pop", "update", "backward", "step")
    return False


def _functions(parts: Sequence[_Part]) -> tuple[set[str], set[str]]:
    """The names of functions and classes; and all names inside them, which are read whenever they are called."""
    defined: set[str] = set()
    inside: set[str] = set()
    nodes = (node for part in parts for statement in part.body for node in ast.walk(statement))
    for node in nodes:
        if isinstance(node, _FUNCTIONS):
            inside |= {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
            if not isinstance(node, ast.Lambda):
                defined.add(node.name)
    return defined, inside

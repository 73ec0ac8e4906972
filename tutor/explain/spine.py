"""How a value came to be, read from the statements that made it: where the way back to the weights is cut."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_STEPS = {
    "argmax",
    "argmin",
    "round",
    "floor",
    "ceil",
    "trunc",
    "sign",
    "long",
    "int",
    "bool",
    "eq",
    "ne",
    "gt",
    "lt",
}
_OUT = {"item", "detach", "numpy", "tolist", "data"}
_MAKERS = {"tensor", "as_tensor", "float", "from_numpy", "Tensor", "FloatTensor"}
_SYMBOLS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">="}


@dataclass(frozen=True, slots=True)
class Cut:
    """What cuts a value off from the graph."""

    line: str
    """The statement it stands in."""
    what: str
    """``==``, ``argmax``, ``item``."""
    step: bool
    """True for an operation without slope, False for a way out of the graph."""


def parsed(line: str) -> ast.stmt | None:
    """The statement a line holds, without the ``with`` before it; None when the line is not whole."""
    try:
        found = ast.parse(line).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if not found:
        return None
    return found[0].body[0] if isinstance(found[0], ast.With) else found[0]


def first_cut(source: str, made: Sequence[str]) -> Cut | None:
    """The cut nearest to the failing expression ``source``, on the way from it through ``made``."""
    return next(((cut) for line, node in _path(source, made) if (cut := _cut_in(line, node)) is not None), None)


def lines_on_path(source: str, made: Sequence[str]) -> list[str]:
    """The statements that made the value, nearest first, without those that only made its other arguments."""
    return [line for line, _ in _path(source, made)]


def _path(source: str, made: Sequence[str]) -> Iterator[tuple[str, ast.expr]]:
    statement = parsed(source)
    if not isinstance(statement, (ast.Expr, ast.Assign)):
        return
    wanted = {node.id for node in _spine(statement.value) if isinstance(node, ast.Name)}
    yield source, statement.value
    for line in made:
        bound = parsed(line)
        if not isinstance(bound, (ast.Assign, ast.AugAssign, ast.AnnAssign)) or bound.value is None:
            continue
        targets = bound.targets if isinstance(bound, ast.Assign) else [bound.target]
        if wanted & {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}:
            yield line, bound.value
            wanted |= {node.id for node in _spine(bound.value) if isinstance(node, ast.Name)}


def _spine(node: ast.expr) -> Iterator[ast.expr]:
    """The parts a gradient would flow back through: receivers and first arguments, both sides of an operator."""
    pending = [node]
    while pending:
        current = pending.pop(0)
        yield current
        if isinstance(current, ast.Call):
            # Of a function's arguments the first is the data, the others are targets and settings.
            pending += [current.func, *current.args[:1]]
        elif isinstance(current, (ast.Attribute, ast.Subscript, ast.Starred)):
            pending.append(current.value)
        elif isinstance(current, ast.BinOp):
            pending += [current.left, current.right]
        elif isinstance(current, ast.UnaryOp):
            pending.append(current.operand)


def _cut_in(line: str, value: ast.expr) -> Cut | None:
    for node in _spine(value):
        if isinstance(node, ast.Compare):
            return Cut(line, _SYMBOLS.get(type(node.ops[0]), "=="), step=True)
        name = node.attr if isinstance(node, ast.Attribute) else ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _MAKERS:
            return Cut(line, node.func.id, step=False)
        if name in _STEPS:
            return Cut(line, name, step=True)
        if name in _OUT or (name in _MAKERS and isinstance(node, ast.Attribute) and _is_torch(node.value)):
            return Cut(line, name, step=False)
    return None


def _is_torch(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "torch"

"""Which part of a line failed, and what it is made of: syntax only, no values."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

_LARGEST = 300_000
"""Characters of a file that are parsed; the learner's are a few thousand."""
_SOURCE = 200
"""Characters of an expression that are kept."""
_MADE = 6
"""Statements of a history."""

_OPERATORS = {
    "Add": "+", "Sub": "-", "Mult": "*", "MatMult": "@", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "LShift": "<<", "RShift": ">>", "BitOr": "|", "BitXor": "^", "BitAnd": "&",
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=",
    "Is": "is", "IsNot": "is not", "In": "in", "NotIn": "not in", "USub": "-", "UAdd": "+", "Invert": "~",
    "Not": "condition", "And": "condition", "Or": "condition",
}  # fmt: skip
_SIMPLE_STATEMENTS = {
    ast.Raise: "raise",
    ast.Assert: "assert",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.Delete: "delete",
}
_OPERATIONS = (ast.BinOp, ast.Call, ast.Subscript, ast.Compare, ast.BoolOp)
_Scope = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


@dataclass(frozen=True)
class Span:
    """A place in a file as CPython gives it: 1-based lines, 0-based columns in UTF-8 bytes; None if unknown."""

    line: int
    end_line: int | None = None
    column: int | None = None
    end_column: int | None = None


@dataclass(frozen=True)
class Part:
    """One operand of an expression."""

    role: str
    node: ast.expr
    keyword: str = ""
    source: str = ""


@dataclass(frozen=True)
class Expression:
    """The failing expression."""

    source: str
    operation: str
    parts: tuple[Part, ...]
    made: tuple[str, ...] = ()


@dataclass
class _Found:
    node: ast.AST
    parents: list[ast.AST] = field(default_factory=list)


def failing(file: str, span: Span) -> Expression | None:
    """What stands at ``span``; None when the source is not known or cannot be parsed."""
    source = "".join(linecache.getlines(file))
    if not source or len(source) > _LARGEST:
        return None
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = _at(tree, span)
    if found is None:
        return None
    operation, parts = _taken_apart(found)
    parts = [replace(part, source=text(source, part.node)) for part in parts]
    names = {n.id for part in parts for n in ast.walk(part.node) if isinstance(n, ast.Name)}
    return Expression(text(source, found.node), operation, tuple(parts), _made(source, tree, found, names))


def text(source: str, node: ast.AST) -> str:
    """The source of a node, cut when it is long."""
    return " ".join((ast.get_source_segment(source, node) or "").split())[:_SOURCE]


def spelled(node: ast.expr) -> str:
    """The node as code, cut when it is long."""
    try:
        return ast.unparse(node)[:_SOURCE]
    except (RecursionError, ValueError):
        return ""


def _at(tree: ast.Module, span: Span) -> _Found | None:
    if span.column is None or span.end_line is None or span.end_column is None:
        return _on_line(tree, span.line)
    end = (span.end_line, span.end_column)
    start = (span.line, span.column)
    best: _Found | None = None
    for node, parents in _walk(tree):
        if not isinstance(node, (ast.expr, ast.stmt)) or (node.end_lineno, node.end_col_offset) != end:
            continue
        begin = (node.lineno, node.col_offset)
        # A chain of calls over several lines begins earlier than CPython says.
        chained = begin < start and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if begin == start or (chained and best is None):
            best = _Found(node, parents)
    return best or _header(tree, span) or _on_line(tree, span.line)


def _header(tree: ast.Module, span: Span) -> _Found | None:
    """The statement that begins at the span: of a long one CPython marks the first line only."""
    for node, parents in _walk(tree):
        if isinstance(node, ast.stmt) and (node.lineno, node.col_offset) == (span.line, span.column):
            return _Found(node, parents)
    return None


def _on_line(tree: ast.Module, line: int) -> _Found | None:
    """Without columns (before Python 3.11): the only operation of the innermost statement, else that statement."""
    statement: _Found | None = None
    for node, parents in _walk(tree):
        if isinstance(node, ast.stmt) and node.lineno <= line <= (node.end_lineno or node.lineno):
            statement = _Found(node, parents)
    if statement is None or isinstance(statement.node, tuple(_SIMPLE_STATEMENTS)):
        return statement
    operations = [
        (node, parents)
        for node, parents in _walk(statement.node)
        if isinstance(node, _OPERATIONS) and node.lineno <= line and not _is_print(node)
    ]
    if len(operations) == 1 and not isinstance(statement.node, (ast.AugAssign, ast.For)):
        node, parents = operations[0]
        return _Found(node, [*statement.parents, *parents])
    return statement


def _is_print(node: ast.AST) -> bool:
    """``print`` is around many an expression and hardly ever what fails."""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def _walk(tree: ast.AST) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    """Every node with its parents, outermost first; parents before children."""
    pending: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while pending:
        node, parents = pending.pop()
        yield node, parents
        below = [*parents, node]
        pending.extend((child, below) for child in ast.iter_child_nodes(node))


def _taken_apart(found: _Found) -> tuple[str, list[Part]]:
    node = found.node
    parent = found.parents[-1] if found.parents else None
    if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", None), ast.Store):
        return _stored(node, parent)
    if isinstance(node, ast.Expr):
        node = node.value
    if isinstance(node, ast.stmt):
        return _statement(node)
    assert isinstance(node, ast.expr)  # noqa: S101 - _at gives nothing else
    # A test that has a value fails when that value is asked for its truth; its own operation is what is shown.
    return _operation(node)


def _stored(target: ast.expr, parent: ast.AST | None) -> tuple[str, list[Part]]:
    """The target of an assignment: what it unpacks, or the object that takes the value."""
    unpacks = isinstance(target, (ast.Tuple, ast.List))
    value = parent.iter if isinstance(parent, (ast.For, ast.comprehension)) else getattr(parent, "value", None)
    parts = [Part("value", value)] if isinstance(value, ast.expr) else []
    if unpacks:
        return "unpack", [Part("target", target), *parts]
    operation, inner = _operation(target)
    return "assign" if operation in ("attribute", "index") else operation, [*inner, *parts]


def _statement(node: ast.stmt) -> tuple[str, list[Part]]:
    if isinstance(node, ast.AugAssign):
        return f"{_symbol(node.op)}=", [Part("left", node.target), Part("right", node.value)]
    if isinstance(node, (ast.For, ast.AsyncFor)):
        return "iterate", [Part("value", node.iter)]
    simple = next((name for kind, name in _SIMPLE_STATEMENTS.items() if isinstance(node, kind)), "")
    if simple:
        return simple, []
    values = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return "", [Part("part", value) for value in values]


def _symbol(operator: ast.AST) -> str:
    return _OPERATORS[type(operator).__name__]


def _operation(node: ast.expr) -> tuple[str, list[Part]]:
    match node:
        case ast.BinOp():
            return _symbol(node.op), [Part("left", node.left), Part("right", node.right)]
        case ast.Compare():
            others = [Part("right", value) for value in node.comparators]
            return _symbol(node.ops[0]), [Part("left", node.left), *others]
        case ast.BoolOp():
            return "condition", [Part("value", value) for value in node.values]
        case ast.UnaryOp():
            return _symbol(node.op), [Part("value", node.operand)]
        case ast.Call():
            return "call", _call(node)
        case ast.Subscript():
            return "index", [Part("receiver", node.value), Part("index", node.slice)]
        case ast.Attribute():
            return "attribute", [Part("receiver", node.value)]
        case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
            return "iterate", [Part("value", node.generators[0].iter)]
        case _:
            return "", [Part("value", node)]


def _call(node: ast.Call) -> list[Part]:
    parts = [Part("function", node.func)]
    if isinstance(node.func, ast.Attribute):
        parts.insert(0, Part("receiver", node.func.value))
    parts += [Part("argument", value) for value in node.args]
    parts += [Part("argument", keyword.value, keyword.arg or "**") for keyword in node.keywords]
    return parts


# How the names came to be


def _made(source: str, tree: ast.Module, found: _Found, names: set[str]) -> tuple[str, ...]:
    """The statements that bound ``names``, and those that bound the names in these, nearest first."""
    scopes = [parent for parent in found.parents if isinstance(parent, _Scope)]
    scope: ast.AST = scopes[-1] if scopes else tree
    bindings = list(_bindings(scope))
    line = getattr(found.node, "lineno", 1)
    made: list[str] = []
    wanted, used = sorted(names), set[int]()
    while wanted and len(made) < _MADE:
        name = wanted.pop(0)
        binding = _nearest([b for b in bindings if name in b[1] and id(b[0]) not in used], line)
        if binding is None:
            continue
        statement, _, heading = binding
        used.add(id(statement))
        made.append((heading + text(source, statement))[:_SOURCE])
        value = getattr(statement, "value", None)
        inner = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)} if value is not None else set()
        if isinstance(statement, ast.AugAssign):
            inner.add(name)
        wanted += [n for n in sorted(inner) if n not in wanted]
    return tuple(made)


_Binding = tuple[ast.stmt, set[str], str]


def _nearest(bindings: list[_Binding], line: int) -> _Binding | None:
    """The last one up to ``line``; in a loop the name may have been bound further down, the round before."""
    before = [binding for binding in bindings if binding[0].lineno <= line]
    return max(before or bindings, key=lambda binding: binding[0].lineno, default=None)


def _bindings(scope: ast.AST) -> Iterator[_Binding]:
    """Assignments of one scope, not of functions inside it, with the names they bind and the ``with`` around."""
    pending: list[tuple[ast.AST, str]] = [(child, "") for child in ast.iter_child_nodes(scope)]
    while pending:
        node, heading = pending.pop()
        if isinstance(node, _Scope):
            continue
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}
            yield node, names, heading
        if isinstance(node, ast.With):
            heading = f"with {', '.join(spelled(item.context_expr) for item in node.items)}: "
        pending.extend((child, heading) for child in ast.iter_child_nodes(node))

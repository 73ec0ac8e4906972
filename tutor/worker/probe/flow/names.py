"""How operands and results are written in the source: read off its syntax, after the run."""

from __future__ import annotations

import ast
import linecache
from types import ModuleType
from typing import Any

from tutor.worker.probe.flow.frames import Place
from tutor.worker.probe.flow.values import At, Facts
from tutor.worker.probe.names import walk

_LARGEST = 300_000
_TEXT = 120
_SYMBOLS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.MatMult: "matmul", ast.Pow: "pow",
    ast.FloorDiv: "floordiv", ast.Mod: "remainder", ast.BitAnd: "and", ast.BitOr: "or", ast.BitXor: "xor",
}  # fmt: skip


class Sources:
    """The source files of one run, each parsed once."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace
        self._nodes: dict[str, dict[tuple[int, int, int, int], ast.AST]] = {}
        self._targets: dict[int, str] = {}
        self._held: dict[tuple[int, int], str] | None = None
        self._reached: dict[tuple[int, int], str] | None = None

    def holder(self, key: tuple[int, int], facts: Facts, deep: bool = False) -> str:
        """The name of the namespace that holds the tensor with this identity; empty if none does.

        ``deep`` looks into modules and containers too: for what is known to be alive, or was it in the whole run.
        """
        if self._held is None:
            self._held = {
                facts.key(value): name
                for name, value in list(self._namespace.items())
                if type(value) in facts.own and type(name) is str and not name.startswith("_")
            }
        if deep and key not in self._held:
            if self._reached is None:
                found = [(path, tensor) for path, tensor in walk(self._namespace)[0] if type(tensor) in facts.own]
                self._reached = {facts.key(tensor): path for path, tensor in reversed(found)}
            return self._reached.get(key, "")
        return self._held.get(key, "")

    def text(self, place: Place) -> str:
        """The source of a span on one line, cut when it is long."""
        lines = linecache.getlines(place.file)[place.line - 1 : place.end_line]
        if not lines:
            return ""
        if place.column < 0:
            return " ".join(" ".join(lines).split())[:_TEXT]
        parts = [line.encode() for line in lines]
        parts[-1] = parts[-1][: place.end_column]
        parts[0] = parts[0][place.column :]
        return " ".join(b" ".join(parts).decode("utf-8", "replace").split())[:_TEXT]

    def node(self, place: Place) -> ast.AST | None:
        """What stands at a span; None where that is not known."""
        if place.column < 0:
            return None
        if place.file not in self._nodes:
            self._nodes[place.file] = self._parsed(place.file)
        nodes = self._nodes[place.file]
        return nodes.get((place.line, place.column, place.end_line, place.end_column)) or self._chained(
            nodes, place
        )

    def _chained(self, nodes: dict[tuple[int, int, int, int], ast.AST], place: Place) -> ast.AST | None:
        """A chain of method calls over several lines begins earlier than CPython says."""
        for (_, _, end_line, end_column), node in nodes.items():
            if (end_line, end_column) == (place.end_line, place.end_column) and isinstance(node, ast.Call):
                return node
        return None

    def _parsed(self, file: str) -> dict[tuple[int, int, int, int], ast.AST]:
        source = "".join(linecache.getlines(file))
        found: dict[tuple[int, int, int, int], ast.AST] = {}
        if not source or len(source) > _LARGEST:
            return found
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return found
        for node in ast.walk(tree):
            if isinstance(node, (ast.expr, ast.AugAssign)):
                span = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
                found.setdefault(span, node)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                self._targets[id(node.value)] = node.targets[0].id
        return found

    def result(self, node: ast.AST | None) -> str:
        """The name that takes the value of an expression; empty if none does at once."""
        if isinstance(node, ast.AugAssign):
            return ast.unparse(node.target)[:_TEXT]
        return self._targets.get(id(node), "")

    def is_operation(self, node: ast.AST | None, name: str) -> bool:
        """Whether the expression is the operation itself, and not a call of something that does it."""
        plain = name.strip("_")
        match node:
            case ast.Call(func=ast.Attribute(attr=called)) | ast.Call(func=ast.Name(id=called)):
                return called.strip("_") == plain
            case ast.BinOp(op=operator) | ast.AugAssign(op=operator):
                known = _SYMBOLS.get(type(operator), "")
                return plain in (known, f"r{known}", f"i{known}", f"true{known}", f"itrue{known}", f"rtrue{known}")
            case ast.UnaryOp() | ast.Compare():
                return True
            case ast.Subscript():
                return plain in ("getitem", "setitem")
            case ast.Attribute(attr=called):
                return called == plain
            case _:
                return False

    def operands(self, node: ast.AST | None, name: str, args: Any, kwargs: Any) -> dict[int, ast.expr]:
        """Which expression each operand is, by its number."""
        if not self.is_operation(node, name):
            return {}
        found: dict[int, ast.expr] = {}
        match node:
            case ast.Call():
                self._of_call(node, args, kwargs, found)
            case ast.Subscript():
                _of_index(node, args, found)
            case ast.BinOp():
                pair = [node.left, node.right]
                tensors = [item for item in args if isinstance(item, At)]
                # `1 - x` is x.__rsub__(1): the tensor comes first whichever side it stands on.
                reflected = name.startswith("__r") or (len(tensors) == 1 and isinstance(node.left, ast.Constant))
                _match(tuple(args), pair[::-1] if reflected else pair, found)
            case ast.AugAssign():
                _match(tuple(args), [node.target, node.value], found)
            case ast.Compare():
                _match(tuple(args), [node.left, *node.comparators], found)
            case ast.UnaryOp():
                _match(tuple(args), [node.operand], found)
            case ast.Attribute():
                _match(tuple(args), [node.value], found)
        return found

    def _of_call(self, node: ast.Call, args: Any, kwargs: Any, found: dict[int, ast.expr]) -> None:
        given = list(node.args)
        if isinstance(node.func, ast.Attribute) and not self._is_module(node.func.value):
            given.insert(0, node.func.value)
        _match(tuple(args), given, found)
        for keyword in node.keywords:
            if keyword.arg in kwargs:
                _match((kwargs[keyword.arg],), [keyword.value], found)

    def _is_module(self, node: ast.expr) -> bool:
        """Whether ``torch``, ``F`` and the like stand there and not a tensor."""
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and isinstance(self._namespace.get(node.id), ModuleType)


def _of_index(node: ast.Subscript, args: Any, found: dict[int, ast.expr]) -> None:
    _match(tuple(args[:1]), [node.value], found)
    if len(args) > 1 and isinstance(node.slice, ast.Tuple) and isinstance(args[1], tuple):
        _match(args[1], node.slice.elts, found)
    elif len(args) > 1:
        _match((args[1],), [node.slice], found)


def _match(values: Any, nodes: list[ast.expr], found: dict[int, ast.expr]) -> None:
    if any(isinstance(node, ast.Starred) for node in nodes):
        return
    for value, node in zip(values, nodes):  # noqa: B905 - trailing arguments are no matter
        if isinstance(value, At):
            if not isinstance(node, ast.Constant):
                found[value.place] = node
        elif isinstance(value, (list, tuple)) and isinstance(node, (ast.List, ast.Tuple)):
            _match(value, node.elts, found)


def is_name(node: ast.expr) -> bool:
    """Whether an operand is something that has a name, and not the result of another operation."""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return isinstance(node, ast.Name)

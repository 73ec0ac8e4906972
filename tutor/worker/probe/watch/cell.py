"""The source of one run as trees: the cell itself, and the functions it called as far as they are known."""

from __future__ import annotations

import ast
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

_SOURCE = 100_000
"""Characters of source; a longer cell is not read."""

_NODES = 20_000
_SECONDS = 0.2
"""Time for all rules together; what they have not seen by then stays unseen."""

_REGIONS = 40
_DEPTH = 3
_REMEMBERED = 500
"""Functions and classes of earlier cells that are remembered, each."""

Function = ast.FunctionDef | ast.AsyncFunctionDef
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.While, ast.AsyncFor)

N = TypeVar("N", bound=ast.AST)


@dataclass(eq=False, slots=True)
class Region:
    """Statements that ran in one scope."""

    body: list[ast.stmt]
    line: int = 0
    """Line of the call that led here; 0 in the cell itself, whose nodes have lines of their own."""
    arguments: dict[str, ast.expr] = field(default_factory=dict)
    """For a function, what its caller passed, by parameter."""
    own: frozenset[str] = frozenset()
    """Names that the function binds itself: no look at the namespace tells their values."""
    caller: Region | None = None
    off: bool = False
    """Whether the function is decorated with ``no_grad`` or ``inference_mode``."""
    nodes: list[ast.AST] = field(default_factory=list)
    """In the order of the source, without the bodies of inner functions and classes."""
    parents: dict[ast.AST, ast.AST] = field(default_factory=dict)
    kinds: dict[type, list[Any]] = field(default_factory=dict)
    """The nodes again, by their class."""

    def __post_init__(self) -> None:
        pending: list[ast.AST] = list(reversed(self.body))
        while pending and len(self.nodes) < _NODES:
            node = pending.pop()
            self.nodes.append(node)
            self.kinds.setdefault(type(node), []).append(node)
            if isinstance(node, _SCOPES):
                continue
            children = list(ast.iter_child_nodes(node))
            for child in children:
                self.parents[child] = node
            pending.extend(reversed(children))

    def line_of(self, node: ast.AST) -> int:
        """Where it stands in the source that ran."""
        return self.line or int(getattr(node, "lineno", 0))

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What the node is part of, innermost first."""
        parent = self.parents.get(node)
        while parent is not None:
            yield parent
            parent = self.parents.get(parent)

    def loop_of(self, node: ast.AST) -> ast.For | ast.While | ast.AsyncFor | None:
        """The innermost loop that the node is repeated by."""
        return next((above for above in self.above(node) if isinstance(above, LOOPS)), None)

    def within(self, top: ast.AST, kind: type[N]) -> list[N]:
        """Nodes of ``kind`` inside ``top``, in the order of the source."""
        return [node for node in self.kinds.get(kind, ()) if any(a is top for a in self.above(node))]


@dataclass(eq=False, slots=True)
class Cell:
    """One run's source."""

    source: str
    regions: list[Region]
    """The cell itself first."""
    functions: dict[str, Function]
    classes: dict[str, ast.ClassDef]
    """Classes of this cell and of earlier ones."""
    _words: set[str] | None = None
    deadline: float = field(default_factory=lambda: time.perf_counter() + _SECONDS)

    @property
    def main(self) -> Region:
        return self.regions[0]

    def each(self, kind: type[N]) -> Iterator[tuple[N, Region]]:
        """Every node of ``kind`` that ran, as far as the source tells."""
        for region in self.regions:
            for node in region.kinds.get(kind, ()):
                if time.perf_counter() > self.deadline:
                    return
                yield node, region

    def calls(self, *names: str) -> Iterator[tuple[ast.Call, Region]]:
        """Calls of a function or method with one of these last names."""
        for call, region in self.each(ast.Call):
            if called(call) in names:
                yield call, region

    def stored(self) -> dict[str, int]:
        """Names that the cell itself binds, with the line of the first time, in the order of the source."""
        lines: dict[str, int] = {}
        for node in self.main.kinds.get(ast.Name, ()):
            if isinstance(node.ctx, ast.Store):
                lines.setdefault(node.id, node.lineno)
        return lines

    def mentions(self, *names: str) -> bool:
        """Whether an attribute, a name or an argument of one of these names is in what ran."""
        if self._words is None:
            self._words = {_name(node) for region in self.regions for node in region.nodes}
        return not self._words.isdisjoint(names)

    @property
    def says_something(self) -> bool:
        """Whether there is any name in it: without one nothing can have been done to a tensor."""
        return not self.main.kinds.keys().isdisjoint((ast.Name, ast.FunctionDef, ast.ClassDef))


class Sources:
    """Reads one cell after another, and remembers the functions and classes they define."""

    def __init__(self) -> None:
        self._functions: dict[str, Function] = {}
        self._classes: dict[str, ast.ClassDef] = {}

    def read(self, source: str) -> Cell | None:
        """None where there is nothing to be read: a syntax error, or very much of it."""
        if len(source) > _SOURCE:
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # the interpreter has shown what the source is warned of
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None
        main = Region(tree.body)
        for node in main.nodes:
            if isinstance(node, ast.ClassDef):
                _remember(self._classes, node.name, node)
            elif isinstance(node, Function):
                _remember(self._functions, node.name, node)
        cell = Cell(source, [main], self._functions, self._classes)
        self._follow(cell, main, 0)
        return cell

    def _follow(self, cell: Cell, region: Region, depth: int) -> None:
        for call in [node for node in region.nodes if isinstance(node, ast.Call)]:
            function = self._functions.get(call.func.id) if isinstance(call.func, ast.Name) else None
            known = function is None or any(inner.body is function.body for inner in cell.regions)
            if function is None or known or len(cell.regions) >= _REGIONS:
                continue
            defined_here = any(node is function for node in cell.main.nodes)
            arguments = _arguments(function, call)
            inner = Region(function.body, 0 if defined_here else region.line_of(call), arguments, caller=region)
            inner.off = any(
                _name(_undecorated(d)) in ("no_grad", "inference_mode") for d in function.decorator_list
            )
            stored = {n.id for n in inner.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
            inner.own = frozenset(stored | {argument.arg for argument in _parameters(function)})
            cell.regions.append(inner)
            if depth < _DEPTH:
                self._follow(cell, inner, depth + 1)


def _undecorated(decorator: ast.expr) -> ast.expr:
    return decorator.func if isinstance(decorator, ast.Call) else decorator


def _remember(known: dict[str, N], name: str, node: N) -> None:
    known.pop(name, None)
    known[name] = node
    if len(known) > _REMEMBERED:
        del known[next(iter(known))]


def _parameters(function: Function) -> list[ast.arg]:
    spec = function.args
    extra = [argument for argument in (spec.vararg, spec.kwarg) if argument is not None]
    return [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, *extra]


def _arguments(function: Function, call: ast.Call) -> dict[str, ast.expr]:
    """What is passed for each parameter; nothing for the rest where ``*`` or ``**`` spreads a value."""
    places = [*function.args.posonlyargs, *function.args.args]
    passed: dict[str, ast.expr] = {}
    for parameter, value in zip(places, call.args):  # noqa: B905 - a default may stand for the rest
        if isinstance(value, ast.Starred):
            break
        passed[parameter.arg] = value
    return passed | {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}


def called(call: ast.Call) -> str:
    """The last name of what is called: ``softmax`` for ``F.softmax(x)`` and for ``x.softmax(1)``."""
    return _name(call.func)


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.keyword):
        return node.arg or ""
    return ""


def receiver(call: ast.Call) -> ast.expr | None:
    """``x`` in ``x.softmax(1)``."""
    return call.func.value if isinstance(call.func, ast.Attribute) else None


def argument(call: ast.Call, place: int, *names: str) -> ast.expr | None:
    """The argument in that place (from 0), or under one of the names."""
    if len(call.args) > place:
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg in names), None)


def constant(node: ast.expr | None) -> object:
    """The value of a literal number, string, True, False or None; ``...`` for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        return -value if isinstance(value, (int, float)) else ...
    return ...


def text_of(node: ast.AST, limit: int = 40) -> str:
    """The code of a node, shortened."""
    try:
        text = ast.unparse(node)
    except (ValueError, RecursionError):
        return "…"
    return text if len(text) <= limit else text[: limit - 1] + "…"

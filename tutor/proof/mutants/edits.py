"""One change of a program: a node of its tree that becomes another, or is left out."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tutor.proof.mutants.mutant import Mutant
from tutor.proof.mutants.subjects import Sight

_SHOWN = 50


@dataclass(frozen=True, slots=True, eq=False)
class Edit:
    """``node`` becomes ``new``: another node, several statements, or nothing."""

    kind: str
    detail: str
    node: ast.AST
    new: ast.AST | list[ast.stmt] | None
    said: str = ""
    """What to say of it instead of what was there and what is there now."""
    at: ast.AST | None = None
    """What it is named after, where that is only a part of ``node``."""

    @property
    def place(self) -> ast.AST:
        """What it is named after."""
        return self.at or self.node

    def mutant(self, tree: ast.Module) -> Mutant:
        """The program ``tree`` with this change."""
        line = getattr(self.place, "lineno", 1)
        changed = ast.fix_missing_locations(_replaced(tree, self.node, self.new))
        return Mutant(f"{self.kind}:{self.detail}@L{line}", ast.unparse(changed) + "\n", self._what(tree, line))

    def _what(self, tree: ast.Module, line: int) -> str:
        if isinstance(self.node, (ast.Constant, ast.UnaryOp, ast.Slice)) and isinstance(self.new, ast.AST):
            # A number alone says little: what it is a part of.
            whole = next(n for n in ast.walk(tree) if self.node in ast.iter_child_nodes(n))
            return f"`{brief(whole)}` in line {line} became `{brief(_replaced(whole, self.node, self.new))}`"
        old = brief(self.place)
        if self.said:
            return f"`{old}` in line {line}: {self.said}"
        if self.new is None:
            return f"`{old}` in line {line} is left out"
        if isinstance(self.new, list):
            return f"`{old}` in line {line} became `{'; '.join(map(brief, self.new))}`"
        return f"`{old}` in line {line} became `{brief(self.new)}`"


class Around:
    """The program that a node stands in, and what of its answer is looked at."""

    def __init__(self, tree: ast.Module, sight: Sight) -> None:
        self.tree = tree
        self.sight = sight
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def parent(self, node: ast.AST) -> ast.AST | None:
        """What it is a part of; None of the whole."""
        return self._parents.get(node)

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """What it is in, from the inside outwards."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def bound_before(self, name: str, node: ast.AST) -> bool:
        """Whether the name has a value already where ``node`` gives it one: from above, or as a parameter."""
        line = getattr(node, "lineno", 0)
        return any(
            (isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name and n.lineno < line)
            or (isinstance(n, ast.arg) and n.arg == name and n.lineno < line)
            for n in ast.walk(self.tree)
        )

    def steers_while(self, node: ast.AST) -> bool:
        """Whether a change of it may keep a ``while`` going for ever: its statement has to do with the test."""
        inside = node
        for loop in self.above(node):
            if isinstance(loop, ast.While) and (inside is loop.test or _names(inside) & _names(loop.test)):
                return True
            inside = loop
        return False


def _names(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def brief(node: ast.AST) -> str:
    """Its code on one line, not too long."""
    text = ast.unparse(node)
    line = text.partition("\n")[0]
    return line if text == line and len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()} …"


def number_of(node: ast.AST | None) -> int | float | None:
    """The value of a number as it is written, also of a negative one; None of anything else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        inside = number_of(node.operand)
        return None if inside is None else -inside
    if (
        isinstance(node, ast.Constant)
        and isinstance(node.value, (int, float))
        and not isinstance(node.value, bool)
    ):
        return node.value
    return None


def whole_number(node: ast.AST | None) -> int | None:
    """The same for whole numbers alone."""
    value = number_of(node)
    return value if isinstance(value, int) else None


def constant(value: float | str) -> ast.expr:
    """A number, a flag or a text as code."""
    return ast.parse(repr(value), mode="eval").body


def called_name(node: ast.AST) -> str:
    """The last word of what a call calls: ``sum`` of ``torch.sum(x)``, ``x.sum()`` and ``sum(x)``."""
    if not isinstance(node, ast.Call):
        return ""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


_MODULES = ("torch", "F", "nn", "np", "numpy", "math", "optim", "functional", "linalg", "init")


def is_method(call: ast.Call) -> bool:
    """Whether ``x`` of ``x.f()`` is a value and no module."""
    if not isinstance(call.func, ast.Attribute):
        return False
    owner = call.func.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")) not in _MODULES


def renamed(call: ast.Call, name: str) -> ast.Call:
    """The call with another last word."""
    func = call.func
    if isinstance(func, ast.Attribute):
        return ast.Call(ast.Attribute(func.value, name, ast.Load()), call.args, call.keywords)
    return ast.Call(ast.Name(name, ast.Load()), call.args, call.keywords)


def with_argument(call: ast.Call, place: int, value: ast.expr) -> ast.Call:
    """The call with another positional argument."""
    return ast.Call(call.func, [*call.args[:place], value, *call.args[place + 1 :]], call.keywords)


def with_keyword(call: ast.Call, name: str, value: ast.expr | None) -> ast.Call:
    """The call with another value of a keyword, or without the keyword."""
    kept = [keyword for keyword in call.keywords if keyword.arg != name]
    return ast.Call(call.func, call.args, [*kept, *([ast.keyword(name, value)] if value is not None else [])])


def keyword_of(call: ast.Call, *names: str) -> ast.keyword | None:
    """The first keyword of these names."""
    return next((keyword for keyword in call.keywords if keyword.arg in names), None)


def _replaced(node: Any, old: ast.AST, new: ast.AST | list[ast.stmt] | None) -> Any:
    """A tree in which ``new`` stands where ``old`` did; what is untouched is shared."""
    if node is old:
        return new
    if not isinstance(node, ast.AST):
        return node
    fields: dict[str, Any] = {}
    for name, value in ast.iter_fields(node):
        if not isinstance(value, list):
            fields[name] = _replaced(value, old, new)
            continue
        items: list[Any] = []
        for item in value:
            if item is old and (new is None or isinstance(new, list)):
                items += new or []
            else:
                items.append(_replaced(item, old, new))
        fields[name] = items or ([ast.Pass()] if value and name == "body" else [])
    return ast.copy_location(type(node)(**fields), node)

"""How the operands in the statement at the cursor meet, before it runs.

The statement's tree is walked with shapes in the place of tensors. Names are looked up, never called; what the
unfinished cell itself binds above the cursor is worked out the same way, or is not known.
"""

from __future__ import annotations

import ast
from typing import Any

from tutor.protocol.events import Aligned
from tutor.worker.complete import sized
from tutor.worker.complete.operations import (
    JOINING,
    KNOWN_FUNCTIONS,
    MAKING,
    MEETING,
    SHAPING,
    Sized,
    attribute,
    made,
    shaped,
)
from tutor.worker.complete.resolve import Resolver
from tutor.worker.complete.statement import names_in, parsed, statements
from tutor.worker.complete.steps import Steps
from tutor.worker.probe import outline

_DEEPEST = 40
_UNKNOWN = object()
_SIGNS = (
    *((ast.Add, "+"), (ast.Sub, "-"), (ast.Mult, "*"), (ast.Div, "/"), (ast.Pow, "**"), (ast.Mod, "%")),
    *((ast.FloorDiv, "//"), (ast.MatMult, "@"), (ast.BitAnd, "&"), (ast.BitOr, "|"), (ast.BitXor, "^")),
    *((ast.Eq, "=="), (ast.NotEq, "!="), (ast.Lt, "<"), (ast.Gt, ">"), (ast.LtE, "<="), (ast.GtE, ">=")),
)
_SIGN: dict[type, str] = dict(_SIGNS)


def aligned(namespace: dict[str, Any], number: int, source: str, cursor: int) -> Aligned:
    """The answer to :class:`~tutor.protocol.commands.Align`."""
    before, text, begin = statements(source, cursor)
    walk = _Walk(namespace)
    for statement in before:
        walk.bind(statement)
    found = parsed(text)
    if found is None:
        return Aligned(number, (), 0)
    tree, whole, skipped = found
    walk.follow(tree, whole)
    return Aligned(number, tuple(walk.steps.found), walk.steps.chosen(cursor - begin - skipped))


class _Walk:
    """One statement after the other."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._resolver = Resolver(namespace)
        self._bound: dict[str, Any] = {}
        self._steps = Steps("")

    @property
    def steps(self) -> Steps:
        """The operations of the last statement that was followed."""
        return self._steps

    def bind(self, text: str) -> None:
        """Take note of what a statement before the cursor's binds."""
        found = parsed(text)
        if found is None:
            self._bound.update(dict.fromkeys(names_in(text), _UNKNOWN))
            return
        tree, whole, _ = found
        match tree:
            case ast.Assign(targets=[ast.Name(id=name)]):
                value = self.follow(tree, whole)
                self._bound[name] = _UNKNOWN if value is None else value
            case ast.AugAssign() | ast.Expr():
                pass
            case _:
                self._bound.update(dict.fromkeys(names_in(text), _UNKNOWN))

    def follow(self, tree: ast.stmt, text: str) -> Any:
        """Walk one statement; its value, as far as it is known, for an assignment."""
        self._steps = Steps(text)
        if isinstance(tree, ast.AugAssign):
            target, value = self._visit(tree.target, 0), self._visit(tree.value, 0)
            sign = f"{_SIGN.get(type(tree.op), '')}="
            rule = "matmul" if isinstance(tree.op, ast.MatMult) else "in-place"
            if sign != "=":
                self._steps.meet(tree, rule, sign, [(tree.target, target), (tree.value, value)])
            return None
        value = getattr(tree, "value", None)
        return self._visit(value, 0) if isinstance(value, ast.expr) else None

    def _visit(self, node: ast.expr, depth: int) -> Any:
        """A Sized, a plain value, or None for what is not known."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                value = self._bound.get(node.id)
                return self._known(node) if value is None else None if value is _UNKNOWN else value
            case ast.Attribute():
                owner = self._visit(node.value, depth + 1)
                if isinstance(owner, Sized):
                    return attribute(owner, node.attr)
                return self._known(node) if self._is_free(node) else None
            case ast.Subscript():
                return self._item(node, depth)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                # These bind names of their own.
                return None
            case ast.Tuple() | ast.List():
                items = [self._visit(item, depth + 1) for item in node.elts]
                return None if any(item is None for item in items) else (*items,)
            case ast.Call():
                return self._call(node, depth)
            case ast.UnaryOp() | ast.BinOp() | ast.Compare(ops=[_]):
                return self._operator(node, depth)
            case _:
                return self._inner(node, depth)

    def _inner(self, node: ast.expr, depth: int) -> None:
        """Nothing is known of the whole, but there may be operations inside."""
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                self._visit(child, depth + 1)

    def _operator(self, node: ast.UnaryOp | ast.BinOp | ast.Compare, depth: int) -> Any:
        if isinstance(node, ast.UnaryOp):
            value = self._visit(node.operand, depth + 1)
            if type(value) in (int, float) and isinstance(node.op, ast.USub):
                return -value
            return value if isinstance(value, Sized) and not isinstance(node.op, ast.Not) else None
        other = node.comparators[0] if isinstance(node, ast.Compare) else node.right
        sign = _SIGN.get(type(node.ops[0] if isinstance(node, ast.Compare) else node.op), "")
        left, right = self._visit(node.left, depth + 1), self._visit(other, depth + 1)
        rule = "matmul" if sign == "@" else "broadcast"
        return self._steps.meet(node, rule, sign, [(node.left, left), (other, right)]) if sign else None

    def _is_free(self, node: ast.expr) -> bool:
        """Whether no name of an expression is one that the unfinished cell binds."""
        return not any(isinstance(part, ast.Name) and part.id in self._bound for part in ast.walk(node))

    def _known(self, node: ast.expr) -> Any:
        """A tensor as its shape, a plain number as itself; nothing is called."""
        thing = self._resolver.resolve(ast.unparse(node))
        if not thing.known:
            return None
        found = outline.sized(thing.value)
        if found is not None:
            return Sized(*found)
        return thing.value if type(thing.value) in (int, float, bool, str) else None

    def _item(self, node: ast.Subscript, depth: int) -> Any:
        owner = self._visit(node.value, depth + 1)
        key = self._key(node.slice, depth)
        if isinstance(owner, Sized):
            shape = None if key is _UNKNOWN else sized.indexed(owner.shape, key)
            return None if shape is None else Sized(shape, owner.dtype)
        if type(owner) is tuple:
            return owner[key] if type(key) is int and -len(owner) <= key < len(owner) else None
        return self._known(node) if owner is None and self._is_free(node) else None

    def _key(self, node: ast.expr, depth: int) -> Any:
        if isinstance(node, ast.Tuple):
            keys = [self._key(part, depth) for part in node.elts]
            return _UNKNOWN if any(key is _UNKNOWN for key in keys) else tuple(keys)
        if isinstance(node, ast.Slice):
            parts = (node.lower, node.upper, node.step)
            ends = [None if part is None else self._key(part, depth) for part in parts]
            return slice(*ends) if all(end is None or type(end) is int for end in ends) else _UNKNOWN
        if isinstance(node, ast.Constant) and (node.value is None or node.value is Ellipsis):
            return node.value
        value = self._visit(node, depth + 1)
        return value if type(value) is int else _UNKNOWN

    def _call(self, node: ast.Call, depth: int) -> Any:
        values = [self._visit(argument, depth + 1) for argument in node.args]
        words = {word.arg: self._visit(word.value, depth + 1) for word in node.keywords if word.arg}
        given = list(zip(node.args, values, strict=True))
        if isinstance(node.func, ast.Attribute):
            owner = self._visit(node.func.value, depth + 1)
            if isinstance(owner, Sized):
                given.insert(0, (node.func.value, owner))
                return self._operation(node, node.func.attr, given, words)
        if not self._is_free(node.func):
            return None
        thing = self._resolver.resolve(ast.unparse(node.func))
        if not thing.known:
            return None
        name = outline.function_name(thing.value, (*KNOWN_FUNCTIONS, *SHAPING, *MAKING))
        plain_words = {key: value for key, value in words.items() if value is not None}
        return made(name, values, plain_words) if name in MAKING else self._operation(node, name, given, words)

    def _operation(
        self, node: ast.expr, name: str, given: list[tuple[ast.expr, Any]], words: dict[str, Any]
    ) -> Any:
        values = [value for _, value in given]
        if name in MEETING and (len(given) == 2 or (len(given) == 1 and name in ("cross_entropy", "mse_loss"))):
            given = given if len(given) == 2 else []
            option = "none" if words.get("reduction") == "none" else ""
            return self._steps.meet(node, MEETING[name], name, given, option)
        if name == "where" and len(given) == 3:
            return self._steps.meet(node, "broadcast", name, given)
        if name == "einsum" and values and type(values[0]) is str:
            return self._steps.meet(node, "einsum", name, given[1:], values[0])
        if name in JOINING and given and isinstance(given[0][0], (ast.Tuple, ast.List)):
            dim = values[1] if len(values) > 1 else words.get("dim", 0)
            parts = values[0] if type(values[0]) is tuple else ()
            rule = "stack" if name == "stack" else "cat"
            if type(dim) is int and parts:
                return self._steps.meet(
                    node, rule, name, list(zip(given[0][0].elts, parts, strict=True)), str(dim)
                )
            return None
        if values and isinstance(values[0], Sized) and not any(value is None for value in values[1:]):
            return shaped(name, values[0], values[1:], words)
        return None

"""How the operands in the statement at the cursor meet, before it runs.

The statement's tree is walked with shapes in the place of tensors. Names are looked up, never called; what the
unfinished cell itself binds above the cursor is worked out the same way, or is not known.
"""

from __future__ import annotations

import ast
from typing import Any

from tutor.protocol.alignment import Alignment, Term, align
from tutor.protocol.events import Aligned
from tutor.worker.complete import sized
from tutor.worker.complete.operations import (
    JOINING,
    KNOWN_FUNCTIONS,
    MAKING,
    MEETING,
    SHAPING,
    TRUTHS,
    Sized,
    attribute,
    made,
    shaped,
)
from tutor.worker.complete.resolve import Resolver
from tutor.worker.complete.statement import names_in, parsed, statements
from tutor.worker.probe import outline

_STEPS = 12
_DEEPEST = 40
_TEXT = 60
_LARGEST = 2**62
_UNKNOWN = object()
_SIGNS: dict[type, str] = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.Mod: "%", ast.FloorDiv: "//"},
    **{ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^"},
    **{ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.Gt: ">", ast.LtE: "<=", ast.GtE: ">="},
}


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
    return Aligned(number, tuple(step for step, _, _ in walk.steps), walk.chosen(cursor - begin - skipped))


class _Walk:
    """One statement after the other; ``steps`` are the operations of the last one with their spans."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._resolver = Resolver(namespace)
        self._bound: dict[str, Any] = {}
        self._text = ""
        self.steps: list[tuple[Alignment, int, int]] = []

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
        self._text, self.steps = text, []
        if isinstance(tree, ast.AugAssign):
            target, value = self._visit(tree.target, 0), self._visit(tree.value, 0)
            sign = f"{_SIGNS.get(type(tree.op), '')}="
            rule = "matmul" if isinstance(tree.op, ast.MatMult) else "in-place"
            if sign != "=":
                self._meet(tree, rule, sign, [(tree.target, target), (tree.value, value)])
            return None
        value = getattr(tree, "value", None)
        return self._visit(value, 0) if isinstance(value, ast.expr) else None

    def chosen(self, cursor: int) -> int:
        """The step to show first: one that fails, one that grows, else the innermost at the cursor, else the last."""
        for place, (step, _, _) in enumerate(self.steps):
            if step.problem:
                return place
        for place, (step, _, _) in enumerate(self.steps):
            if step.grows:
                return place
        around = [(end - start, place) for place, (_, start, end) in enumerate(self.steps) if start <= cursor <= end]
        return min(around)[1] if around else max(len(self.steps) - 1, 0)

    def _visit(self, node: ast.expr, depth: int) -> Any:
        """A Sized, a plain value, or None for what is not known."""
        if depth > _DEEPEST:
            return None
        match node:
            case ast.Constant():
                return node.value
            case ast.Name():
                if node.id in self._bound:
                    value = self._bound[node.id]
                    return None if value is _UNKNOWN else value
                return self._known(node)
            case ast.Attribute():
                owner = self._visit(node.value, depth + 1)
                if isinstance(owner, Sized):
                    return attribute(owner, node.attr)
                return self._known(node) if self._is_free(node) else None
            case ast.Subscript():
                return self._item(node, depth)
            case ast.Tuple() | ast.List():
                items = [self._visit(item, depth + 1) for item in node.elts]
                return None if any(item is None for item in items) else (*items,)
            case ast.UnaryOp():
                value = self._visit(node.operand, depth + 1)
                if type(value) in (int, float) and isinstance(node.op, ast.USub):
                    return -value
                return value if isinstance(value, Sized) and not isinstance(node.op, ast.Not) else None
            case ast.BinOp():
                left, right = self._visit(node.left, depth + 1), self._visit(node.right, depth + 1)
                rule = "matmul" if isinstance(node.op, ast.MatMult) else "broadcast"
                sign = _SIGNS.get(type(node.op), "")
                return self._meet(node, rule, sign, [(node.left, left), (node.right, right)]) if sign else None
            case ast.Compare(ops=[operator], comparators=[other]):
                left, right = self._visit(node.left, depth + 1), self._visit(other, depth + 1)
                sign = _SIGNS.get(type(operator), "")
                return self._meet(node, "broadcast", sign, [(node.left, left), (other, right)]) if sign else None
            case ast.Call():
                return self._call(node, depth)
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return None
            case _:
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self._visit(child, depth + 1)
                return None

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
            parts = [self._key(part, depth) for part in node.elts]
            return _UNKNOWN if any(part is _UNKNOWN for part in parts) else tuple(parts)
        if isinstance(node, ast.Slice):
            ends = [None if part is None else self._key(part, depth) for part in (node.lower, node.upper, node.step)]
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
            return self._meet(node, MEETING[name], name, given, option)
        if name == "where" and len(given) == 3:
            return self._meet(node, "broadcast", name, given)
        if name == "einsum" and values and type(values[0]) is str:
            return self._meet(node, "einsum", name, given[1:], values[0])
        if name in JOINING and given and isinstance(given[0][0], (ast.Tuple, ast.List)):
            dim = values[1] if len(values) > 1 else words.get("dim", 0)
            parts = values[0] if type(values[0]) is tuple else ()
            rule = "stack" if name == "stack" else "cat"
            if type(dim) is int and parts:
                return self._meet(node, rule, name, list(zip(given[0][0].elts, parts, strict=True)), str(dim))
            return None
        if values and isinstance(values[0], Sized) and not any(value is None for value in values[1:]):
            return shaped(name, values[0], values[1:], words)
        return None

    def _meet(
        self, node: ast.expr | ast.stmt, rule: str, sign: str, given: list[tuple[ast.expr, Any]], option: str = ""
    ) -> Any:
        """One operation; a plain number beside a tensor changes nothing and is no step."""
        tensors = [(part, value) for part, value in given if isinstance(value, Sized)]
        numbers = [value for _, value in given if type(value) in (int, float, bool)]
        if len(tensors) == 1 and len(numbers) == 1 and rule in ("broadcast", "in-place"):
            return Sized(tensors[0][1].shape)
        if not tensors or len(tensors) != len(given):
            return None
        if any(size >= _LARGEST for _, value in tensors for size in value.shape):
            return None
        terms = tuple(Term(self._written(part), value.shape, value.dtype) for part, value in tensors)
        step = align(self._written(node), rule, sign, terms, option)
        if len(self.steps) < _STEPS and any(term.shape for term in terms):
            self.steps.append((step, *self._span(node)))
        if step.result is None:
            return None
        return Sized(step.result, "bool" if sign in TRUTHS or sign in ("==", "!=", "<", ">", "<=", ">=") else "")

    def _written(self, node: ast.AST) -> str:
        text = " ".join((ast.get_source_segment(self._text, node) or "").split())
        return text if len(text) <= _TEXT else f"{text[: _TEXT - 1]}…"

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        """First and last character of a node in the text that was parsed."""
        lines = self._text.split("\n")
        ends = ((node.lineno, node.col_offset), (node.end_lineno or 1, node.end_col_offset or 0))
        start, end = (
            sum(len(line) + 1 for line in lines[: row - 1]) + len(lines[row - 1].encode()[:column].decode(errors="ignore"))
            for row, column in ends
        )
        return start, end

"""A dropped term, swapped operands, another operator, another comparison."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.proof.mutants.edits import Around, Edit, brief, called_name, number_of, whole_number

_OTHER: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.MatMult: ast.Mult, ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}  # fmt: skip

_ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
"""Operators whose operands cannot change places."""

_NEUTRAL: dict[type[ast.operator], int] = {ast.Add: 0, ast.Sub: 0, ast.Mult: 1, ast.Div: 1, ast.Pow: 1}

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip

_EVEN = ("abs", "square", "mse_loss", "l1_loss", "norm", "MSELoss", "L1Loss", "dist", "std", "var")
"""Functions that give the same for a value of the other sign."""


def arithmetic(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of an expression that computes or compares, and of an assignment such as ``x -= 1``."""
    if around.steers_while(node):
        return
    if isinstance(node, ast.BinOp):
        yield from _binary(node, around)
    elif isinstance(node, ast.AugAssign) and (other := _OTHER.get(type(node.op))) is not None:
        yield Edit("operator", _said(node.op, other()), node, ast.AugAssign(node.target, other(), node.value))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield from _compared(node)
    elif isinstance(node, ast.BoolOp):
        swapped = ast.And() if isinstance(node.op, ast.Or) else ast.Or()
        yield Edit("logic", "and-or", node, ast.BoolOp(swapped, node.values))
    elif isinstance(node, ast.UnaryOp) and number_of(node) is None and not isinstance(node.op, ast.UAdd):
        yield Edit("drop-sign", brief(node), node, node.operand)
    elif isinstance(node, ast.IfExp):
        yield Edit("branches", "swapped", node, ast.IfExp(node.test, node.orelse, node.body))


def _binary(node: ast.BinOp, around: Around) -> Iterator[Edit]:
    kind = type(node.op)
    other = _OTHER.get(kind)
    if other is None or _is_text(node.left) or _is_text(node.right):
        return
    neutral = _NEUTRAL.get(kind)
    if neutral is not None and number_of(node.right) == neutral:
        return
    if not (number_of(node.left) is not None and number_of(node.right) is not None):
        yield Edit("operator", _said(node.op, other()), node, ast.BinOp(node.left, other(), node.right))
        if isinstance(node.op, _ORDERED) and not (kind is ast.Sub and _even(node, around)):
            yield Edit("swap", _said(node.op), node, ast.BinOp(node.right, node.op, node.left))
    if isinstance(node.op, (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.MatMult)):
        yield Edit("drop-term", brief(node.right), node, node.left)
    if isinstance(node.op, (ast.Add, ast.Mult, ast.MatMult)) and number_of(node.left) != neutral:
        yield Edit("drop-term", brief(node.left), node, node.right)


def _even(node: ast.BinOp, around: Around) -> bool:
    """Whether what becomes of it is the same if its sign is the other one: it is squared, for example."""
    parent = around.parent(node)
    if isinstance(parent, ast.BinOp) and isinstance(parent.op, ast.Pow) and parent.left is node:
        exponent = whole_number(parent.right)
        return exponent is not None and exponent % 2 == 0
    if isinstance(parent, ast.Attribute):
        call = around.parent(parent)
        power = isinstance(call, ast.Call) and parent.attr == "pow" and whole_number((*call.args, None)[0]) == 2
        return parent.attr in _EVEN or power
    return parent is not None and called_name(parent) in _EVEN


def _compared(node: ast.Compare) -> Iterator[Edit]:
    operator, right = node.ops[0], node.comparators
    flipped = _FLIPPED[type(operator)]()
    yield Edit("compare", _said(operator, flipped), node, ast.Compare(node.left, [flipped], right))
    boundary = _BOUNDARY.get(type(operator))
    # Whether a float is just at a bound is hardly ever seen; whole numbers are.
    if boundary is not None and (whole_number(right[0]) or 0) != 0:
        yield Edit("boundary", _said(operator, boundary()), node, ast.Compare(node.left, [boundary()], right))


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


_SIGNS = {
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**", ast.FloorDiv: "//", ast.Mod: "%",
    ast.MatMult: "@", ast.BitAnd: "&", ast.BitOr: "|", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
    ast.Eq: "==", ast.NotEq: "!=", ast.Is: "is", ast.IsNot: "is-not", ast.In: "in", ast.NotIn: "not-in",
}  # fmt: skip


def _said(*operators: ast.AST) -> str:
    return "->".join(_SIGNS[type(operator)] for operator in operators)

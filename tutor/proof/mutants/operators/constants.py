"""Numbers a little off, loops that turn once too often, flags the other way round, another pattern."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tutor.proof.mutants.edits import Around, Edit, called_name, constant, number_of, whole_number, with_argument
from tutor.proof.mutants.operators.axes import is_axis

_UNSEEN = frozenset({
    "Dropout", "dropout", "Dropout1d", "Dropout2d", "manual_seed", "seed", "print", "round", "sleep",
    "getattr", "flatten",
})  # fmt: skip
"""Calls whose numbers nothing that is judged depends on, or not enough to be told."""

_UNSEEN_KEYWORDS = frozenset({
    "eps", "p", "num_workers", "seed", "generator", "dpi", "width", "precision", "dim", "axis", "start_dim",
    "end_dim", "momentum", "start",
})  # fmt: skip

_FLAGS = frozenset({"requires_grad", "bias", "batch_first", "training", "unbiased", "descending", "affine"})

_MANY = 20
"""Steps of a training, from which one more or less is as right: it has arrived, or is as near."""

_FREE = frozenset({"reshape", "view", "expand", "unflatten"})
"""Calls in which ``-1`` is no number."""


def constants(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of a number, a flag or a pattern that is written out."""
    if around.steers_while(node):
        return
    if isinstance(node, ast.Call) and called_name(node) == "range":
        yield from _turns(node, around)
    elif isinstance(node, ast.keyword) and node.arg in _FLAGS and isinstance(node.value, ast.Constant):
        if isinstance(node.value.value, bool):
            flag = not node.value.value
            yield Edit("flag", f"{node.arg}={flag}", node.value, constant(flag))
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from _pattern(node, node.value, around)
    elif isinstance(node, ast.Constant) and isinstance(around.parent(node), (ast.Return, ast.Assign)):
        if isinstance(node.value, bool):
            yield Edit("flag", f"{not node.value}", node, constant(not node.value))
        else:
            yield from _number(node, around)
    elif isinstance(node, (ast.Constant, ast.UnaryOp)) and not isinstance(around.parent(node), ast.UnaryOp):
        yield from _number(node, around)


def _turns(node: ast.Call, around: Around) -> Iterator[Edit]:
    """One turn less, one more; of a training, whose outcome hardly changes by that, one turn in all."""
    if not node.args or node.keywords:
        return
    place = 0 if len(node.args) == 1 else 1
    stop = node.args[place]
    number = whole_number(stop)
    if around.sight.trained or ((number or 0) >= _MANY and _trains(node, around)):
        if number is None or number > 1:
            yield Edit("turns", f"{ast.unparse(stop)}->1", node, with_argument(node, place, constant(1)))
        return
    if number is None:
        fewer = ast.BinOp(stop, ast.Sub(), constant(1))
        yield Edit("turns", "one-less", node, with_argument(node, place, fewer))
    else:
        for other in (number - 1, number + 1):
            yield Edit("turns", f"{number}->{other}", node, with_argument(node, place, constant(other)))
    start = whole_number(node.args[0]) if place else None
    if start is not None:
        later = with_argument(node, 0, constant(start + 1))
        yield Edit("turns", f"from-{start}->{start + 1}", node, later)


def _trains(node: ast.Call, around: Around) -> bool:
    """Whether the loop that this ``range`` leads goes downhill."""
    loop = around.parent(node)
    return isinstance(loop, ast.For) and any(
        called_name(inner) in ("backward", "step", "grad") for inner in ast.walk(loop)
    )


def _number(node: ast.expr, around: Around) -> Iterator[Edit]:
    value = number_of(node)
    if value is None or _unseen(node, around):
        return
    if isinstance(value, int):
        if not around.sight.trained:
            yield Edit("number", f"{value}->{value + 1}", node, constant(value + 1))
            yield Edit("number", f"{value}->{value - 1}", node, constant(value - 1))
        return
    factor = 100 if around.sight.trained else 10
    changed = (value * factor, value / factor) if value else (1.0,)
    for other in changed:
        yield Edit("number", f"{value:g}->{other:g}", node, constant(float(f"{other:.12g}")))


def _unseen(node: ast.expr, around: Around) -> bool:
    """Whether the number is another operator's, or one whose change need not be seen."""
    parent = around.parent(node)
    if isinstance(parent, (ast.Subscript, ast.Slice, ast.FormattedValue)):
        return True
    if isinstance(parent, ast.Tuple) and isinstance(around.parent(parent), ast.Subscript):
        return True
    if isinstance(parent, ast.keyword):
        return parent.arg in _UNSEEN_KEYWORDS or called_name(around.parent(parent) or parent) in _UNSEEN
    if isinstance(parent, ast.Call):
        name = called_name(parent)
        if name in _UNSEEN or name == "range" or (name in _FREE and number_of(node) == -1):
            return True
        return is_axis(parent, node)
    return False


def _pattern(node: ast.Constant, text: str, around: Around) -> Iterator[Edit]:
    """The axes of an ``einsum`` that stay in another order, or another one of them."""
    parent = around.parent(node)
    if called_name(parent or node) != "einsum" or "->" not in text:
        return
    inputs, result = text.split("->", 1)
    kept = result.strip()
    if len(kept) > 1 and kept[::-1] != kept:
        yield Edit("pattern", f"{kept}->{kept[::-1]}", node, constant(f"{inputs}->{kept[::-1]}"))
    summed = [letter for letter in dict.fromkeys(inputs) if letter.isalpha() and letter not in kept]
    if summed and kept:
        other = kept[:-1] + summed[0]
        yield Edit("pattern", f"{kept}->{other}", node, constant(f"{inputs}->{other}"))
    if kept:
        yield Edit("pattern", f"{kept}->{kept[:-1]}", node, constant(f"{inputs}->{kept[:-1]}"))

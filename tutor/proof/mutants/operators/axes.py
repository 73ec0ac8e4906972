"""Another axis, an axis that is not kept, axes in another order."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from tutor.proof.mutants.edits import (
    Around,
    Edit,
    called_name,
    constant,
    is_method,
    keyword_of,
    number_of,
    whole_number,
    with_argument,
    with_keyword,
)

_FIRST = frozenset({
    "sum", "mean", "prod", "std", "var", "argmax", "argmin", "any", "all", "softmax", "log_softmax", "cumsum",
    "cumprod", "logsumexp", "amax", "amin", "max", "min", "unsqueeze", "squeeze", "flatten", "size", "select",
    "unbind", "median", "sort", "argsort", "flip", "glu", "norm_dim",
})  # fmt: skip
"""Methods whose first argument is an axis; as a function of torch it is the second."""

_SECOND = frozenset({"cat", "concat", "stack", "chunk", "split"})
"""Functions (and methods) whose axis comes behind another argument."""

_ORDER = frozenset({"permute", "transpose", "swapaxes", "movedim"})
_SIZES = frozenset({
    "reshape", "view", "zeros", "ones", "rand", "randn", "empty", "full", "expand", "repeat", "Linear",
    "randint", "unflatten",
})  # fmt: skip


def axes(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of a call that has to do with axes."""
    if not isinstance(node, ast.Call):
        return
    name = called_name(node)
    named = keyword_of(node, "dim", "axis")
    if named is not None and named.arg is not None:
        for axis in _others(named.value):
            yield _dim(named.value, axis)
    elif (place := _place(node, name)) is not None:
        for axis in _others(node.args[place]):
            yield _dim(node.args[place], axis)
    if name == "stack" and named is None and len(node.args) == 1:
        yield Edit("dim", "0->1", node, with_keyword(node, "dim", constant(1)))
    kept = keyword_of(node, "keepdim")
    if kept is not None and isinstance(kept.value, ast.Constant) and not _comes_back(node, named, around):
        flag = bool(kept.value.value)
        yield Edit("keepdim", f"{flag}->{not flag}", node, with_keyword(node, "keepdim", constant(not flag)))
    if name in _ORDER or name in _SIZES:
        yield from _reordered(node, name)


def is_axis(call: ast.Call, argument: ast.expr) -> bool:
    """Whether this argument of the call says which axis."""
    name = called_name(call)
    place = _place(call, name)
    return name in _ORDER or (place is not None and call.args[place] is argument)


def _dim(old: ast.expr, axis: int) -> Edit:
    return Edit("dim", f"{ast.unparse(old)}->{axis}", old, constant(axis))


def _others(axis: ast.expr) -> tuple[int, ...]:
    """Axes to take by mistake. Of ``-1`` the one before it: ``0`` is the same where there is one axis only."""
    number = whole_number(axis)
    if number is None:
        return ()
    return {0: (1,), 1: (0,), -1: (-2,)}.get(number, (number - 1, 0) if number > 0 else (number + 1,))


def _place(call: ast.Call, name: str) -> int | None:
    """Where the axis stands among the positional arguments."""
    place = int(not is_method(call)) if name in _FIRST and isinstance(call.func, ast.Attribute) else None
    if name in _SECOND:
        place = 1
    return place if place is not None and place < len(call.args) else None


def _comes_back(call: ast.Call, named: ast.keyword | None, around: Around) -> bool:
    """Whether broadcasting puts back the axis that is not kept: the first one, in arithmetic."""
    first = named is not None and number_of(named.value) == 0
    return first and isinstance(around.parent(call), ast.BinOp)


def _reordered(call: ast.Call, name: str) -> Iterator[Edit]:
    """Two neighbouring numbers change places; which two ``transpose`` swaps does not depend on their order."""
    if name == "transpose" or name == "swapaxes" or (name == "Linear" and len(call.args) < 2):
        return
    numbers = [number_of(argument) for argument in call.args]
    # ``full(size, value)``, ``randint(low, high, size)``: only what are all sizes.
    if not all(number is not None for number in numbers) or name in ("full", "randint", "unflatten"):
        return
    for place, (left, right) in enumerate(pairwise(numbers)):
        if left != right:
            swapped = with_argument(with_argument(call, place, call.args[place + 1]), place + 1, call.args[place])
            kind = "order" if name in _ORDER else "sizes"
            yield Edit(kind, f"{left},{right}->{right},{left}", call, swapped)

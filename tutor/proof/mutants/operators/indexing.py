"""The next index, the other axis, a slice that begins or ends one too late or too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from tutor.proof.mutants.edits import Around, Edit, constant, whole_number


def indexing(node: ast.AST, around: Around) -> Iterator[Edit]:
    """Changes of what stands between square brackets, annotations apart."""
    if not isinstance(node, ast.Subscript) or around.steers_while(node) or _is_annotation(node, around):
        return
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    sizes = isinstance(node.value, ast.Attribute) and node.value.attr == "shape"
    for part in parts:
        yield from _part(part, sizes=sizes)
    for place, (left, right) in enumerate(pairwise(parts)):
        if ast.dump(left) != ast.dump(right):
            swapped = [*parts[:place], right, left, *parts[place + 2 :]]
            changed = ast.Subscript(node.value, ast.Tuple(swapped, ast.Load()), node.ctx)
            yield Edit("index-order", f"{ast.unparse(left)},{ast.unparse(right)}", node, changed)
    if len(parts) == 1 and isinstance(parts[0], ast.Constant) and parts[0].value is None:
        yield Edit("drop-index", "None", node, node.value)


def _part(part: ast.expr, *, sizes: bool) -> Iterator[Edit]:
    number = whole_number(part)
    if number is not None:
        other = number + 1 if number >= 0 else number - 1
        yield Edit("index", f"{number}->{other}", part, constant(other))
        # The first axis of a vector is its last one too.
        if number in (0, -1) and not sizes:
            yield Edit("index", f"{number}->{-1 - number}", part, constant(-1 - number))
    if not isinstance(part, ast.Slice):
        return
    lower, upper = whole_number(part.lower), whole_number(part.upper)
    if lower is not None:
        later = ast.Slice(constant(lower + 1 if lower >= 0 else lower - 1), part.upper, part.step)
        yield Edit("slice", ast.unparse(part), part, later)
    if upper is not None:
        sooner = ast.Slice(part.lower, constant(upper - 1), part.step)
        yield Edit("slice", ast.unparse(part), part, sooner)
    if part.step is not None:
        yield Edit("slice", ast.unparse(part), part, ast.Slice(part.lower, part.upper, None))


def _is_annotation(node: ast.AST, around: Around) -> bool:
    child = node
    for above in around.above(node):
        if isinstance(above, (ast.arg, ast.AnnAssign, ast.FunctionDef)) and child in (
            getattr(above, "annotation", None),
            getattr(above, "returns", None),
        ):
            return True
        child = above
    return False

"""Mutants with one place of the solution changed, as a learner would have it who has not understood that place."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from tutor.lesson.steps import BLANK
from tutor.proof.mutants.edits import Around
from tutor.proof.mutants.mutant import Mutant
from tutor.proof.mutants.operators import OPERATORS
from tutor.proof.mutants.subjects import Sight


def source_mutants(solution: str, sight: Sight, gaps: str | None = None) -> Iterator[Mutant]:
    """Every change that any operator knows. ``gaps`` is the code of a ``fill``: then only its gaps change."""
    tree = ast.parse(solution)
    around = Around(tree, sight)
    allowed = _within(gaps, solution) if gaps is not None else None
    for operator in OPERATORS:
        for node in ast.walk(tree):
            for edit in operator(node, around):
                if allowed is None or allowed(edit.place):
                    yield edit.mutant(tree)


def _within(gaps: str, filled: str) -> Callable[[ast.AST], bool]:
    """Whether a node of the tree of ``filled`` lies in what stands where ``gaps`` has a gap."""
    spans: list[tuple[int, int, int]] = []
    for number, (before, after) in enumerate(zip(gaps.splitlines(), filled.splitlines()), 1):  # noqa: B905
        spans += ((number, start, end) for start, end in _filled(before, after))

    def inside(node: ast.AST) -> bool:
        line, start, end = (getattr(node, name, -1) for name in ("lineno", "col_offset", "end_col_offset"))
        return any(line == number and start < last and end > first for number, first, last in spans)

    return inside


def _filled(before: str, after: str) -> Iterator[tuple[int, int]]:
    """Where in ``after`` the gaps of ``before`` are filled, in bytes as ``ast`` counts them."""
    fixed = BLANK.split(before)
    place = len(fixed[0].encode())
    rest = after.encode()
    for piece in fixed[1:]:
        text = piece.encode()
        end = rest.find(text, place) if text else len(rest)
        end = len(rest) if end < 0 else end
        yield place, end
        place = end + len(text)

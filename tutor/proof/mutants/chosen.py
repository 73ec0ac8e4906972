"""Which of many mutants are run: few of every kind rather than all of one."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from itertools import chain, zip_longest

from tutor.proof.mutants.mutant import Mutant

MOST = 40
_VALUES = 18
"""Of them, those whose values are wrong, where there are as many of the others as there is room for."""


def chosen(solution: str, values: Iterable[Iterable[Mutant]], edited: Iterable[Mutant]) -> list[Mutant]:
    """At most ``MOST``, of different programs and different names, none of them the solution."""
    seen = {_tree(solution)}
    made = _new(_in_turn(values), seen)
    families: dict[str, list[Mutant]] = {}
    for mutant in _new(edited, seen):
        families.setdefault(mutant.family, []).append(mutant)
    others = _in_turn(families.values())
    room = max(MOST - len(others), _VALUES)
    kept = made[:room]
    return [*kept, *others[: MOST - len(kept)]]


def _new(mutants: Iterable[Mutant], seen: set[str]) -> list[Mutant]:
    """Those that are Python and no program in ``seen``, which they are added to."""
    fresh = []
    for mutant in mutants:
        tree = _tree(mutant.code)
        if tree and tree not in seen:
            seen.add(tree)
            fresh.append(mutant)
    return fresh


def _in_turn(groups: Iterable[Iterable[Mutant]]) -> list[Mutant]:
    """The first of each group, then the second of each, with names that differ."""
    turns = chain.from_iterable(zip_longest(*groups))
    named: dict[str, Mutant] = {}
    for mutant in turns:
        if mutant is None:
            continue
        name, number = mutant.name, 1
        while name in named:
            number += 1
            name = f"{mutant.name}#{number}"
        named[name] = Mutant(name, mutant.code, mutant.what)
    return list(named.values())


def _tree(code: str) -> str:
    try:
        return ast.dump(ast.parse(code))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""

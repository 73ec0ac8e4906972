"""A run that is over, as the rules see it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from tutor.protocol.failures import Notice
from tutor.protocol.gradients import GradientSnapshot
from tutor.worker.probe.watch.cell import Cell, Region
from tutor.worker.probe.watch.graphs import Graphs
from tutor.worker.probe.watch.live import Live

_FACT = 60


@dataclass(frozen=True, slots=True)
class Ended:
    """What ran, what its names stand for now, and what ``backward()`` showed meanwhile."""

    cell: Cell
    live: Live
    graphs: Graphs
    gradients: GradientSnapshot | None
    had_gradients: frozenset[int]
    """Ids of the optimisers that held gradients when the run began."""

    def settled(self, node: ast.AST | None, region: Region) -> bool:
        """Whether a name still stands for what it stood for where it was used: it is bound once at most."""
        if not isinstance(node, ast.Name):
            return False
        passed = region.arguments.get(node.id)
        if passed is not None and region.caller is not None:
            return self.settled(passed, region.caller)
        main = self.cell.main
        times = 0
        for other in main.kinds.get(ast.Name, ()):
            if other.id == node.id and isinstance(other.ctx, ast.Store):
                times += 1
                if times > 1 or main.loop_of(other) is not None or isinstance(main.parents[other], ast.AugAssign):
                    return False
        return True

    def is_data(self, node: ast.expr) -> bool:
        """Whether names other than those of libraries are in an expression."""
        names = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        return any(not isinstance(self.live.named(name), ModuleType) for name in names)


Rule = Callable[[Ended], Iterator[Notice]]


def notice(rule: str, line: int, **facts: object) -> Notice:
    """A notice whose facts are short strings."""
    return Notice(rule, line, tuple((key, str(value)[:_FACT]) for key, value in facts.items()))

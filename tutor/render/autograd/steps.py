"""The recorded backward pass, replayed: what has arrived at each node after so many steps."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

from tutor.render.autograd.rules import derivative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.gradients import GraphNode
    from tutor.protocol.graphs import GraphView
    from tutor.render.autograd.tree import Row


@dataclass(frozen=True, slots=True)
class Arrived:
    """The gradient at a node."""

    grad: float | None
    """Itself where the node's result has one element."""
    norm: float | None
    parts: int
    """How many of the ``sides`` have passed theirs on."""
    sides: int

    @property
    def whole(self) -> bool:
        return self.parts == self.sides


def arrived(view: GraphView, step: int) -> list[Arrived]:
    """At each node after ``step`` steps of the pass; 0 is before the first, when only the root has its 1."""
    ran = set(view.order[:step])
    sides, parts = [0] * len(view.nodes), [0] * len(view.nodes)
    sums: list[float | None] = [0.0] * len(view.nodes)
    for i, node in enumerate(view.nodes):
        for child, passed in _passed(node):
            sides[child] += 1
            if i in ran:
                parts[child] += 1
                so_far = sums[child]
                sums[child] = None if so_far is None or passed is None else so_far + passed
    found = []
    for i, node in enumerate(view.nodes):
        if parts[i] == sides[i]:
            found.append(Arrived(node.grad, node.grad_norm, sides[i], sides[i]))
        else:
            partly = sums[i] if parts[i] and is_number(node) else None
            found.append(Arrived(partly, None if partly is None else abs(partly), parts[i], sides[i]))
    return found


def _passed(node: GraphNode) -> Sequence[tuple[int, float | None]]:
    passed = node.passed if len(node.passed) == len(node.inputs) else (None,) * len(node.inputs)
    return list(zip(node.inputs, passed, strict=True))


def is_number(node: GraphNode) -> bool:
    """Whether the node's result has one element."""
    return node.shape is not None and prod(node.shape) == 1


def local(view: GraphView, node: int, edge: int) -> float | None:
    """∂out/∂in along one edge between two numbers: as it was in the recorded pass, else by the rule."""
    above = view.nodes[node]
    below = view.nodes[above.inputs[edge]]
    if not is_number(above) or not is_number(below):
        return None
    passed = above.passed[edge] if edge < len(above.passed) else None
    if passed is not None and above.grad and above.grad - above.grad == 0:
        return passed / above.grad
    operand = above.operands[edge] if edge < len(above.operands) else edge
    return derivative(above, operand)


def path_to(rows: Sequence[Row], row: int) -> list[tuple[int, int]]:
    """The edges from the root to a row: the node above, and which of its inputs."""
    found = []
    while rows[row].above >= 0:
        found.append((rows[row].source, rows[row].edge))
        row = rows[row].above
    return found[::-1]


def along(view: GraphView, path: Sequence[tuple[int, int]]) -> list[float] | None:
    """The local derivative of each edge of a path; None where one is not known."""
    found = [local(view, node, edge) for node, edge in path]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None

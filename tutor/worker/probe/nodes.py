"""Nodes of the autograd graph: where it starts, how it goes on, what each node is called and keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tutor.worker.probe.touch import is_tensor, type_name

COUNTED = 400
"""Nodes at which counting stops before a ``backward()``."""

LEAF = "AccumulateGrad"

_NUMBERS = ("alpha", "beta", "dim", "exponent", "negative_slope", "p", "reduction", "threshold")

Edge = tuple[Any, int]
"""A node and the number of its output that a gradient is for."""

_FIRST_UNUSED = 1 << 62
"""No operation has so high a number; leaves have the highest there is, so that they run first."""


def leaf_of(node: Any) -> Any | None:
    """The tensor in whose ``.grad`` this node adds up; None for an operation."""
    return getattr(node, "variable", None) if type_name(type(node)) == LEAF else None


def number_of(node: Any) -> int:
    """When the node was made, among the nodes of its thread; -1 for a leaf, or where torch does not say."""
    try:
        number = node._sequence_nr()
    except Exception:  # the method is not documented
        return -1
    return number if type(number) is int and number < _FIRST_UNUSED else -1


def roots_of(torch: Any, tensors: Any) -> list[Edge]:
    """Where ``backward(tensors)`` starts; a tensor that needs no gradient has no such place."""
    if is_tensor(torch, tensors) or _is_edge(tensors):
        listed = [tensors]
    elif isinstance(tensors, (list, tuple)):
        listed = list(tensors)
    else:  # an iterator can be read once, and that is torch's right
        return []
    edges: list[Edge] = []
    for item in listed:
        if _is_edge(item):
            edges.append((item.node, item.output_nr))
        elif item.grad_fn is not None:
            edges.append((item.grad_fn, item.output_nr))
        elif item.requires_grad:
            with torch.enable_grad():
                edges.append((torch.autograd.graph.get_gradient_edge(item).node, 0))
    return edges


@dataclass(slots=True)
class Walked:
    """The nodes that were reached, in depth-first order, and the edges between them by their places."""

    nodes: list[Any]
    inputs: list[tuple[int, ...]]
    operands: list[tuple[int, ...]]
    """For each input which operand of the operation it is."""
    used: list[set[int]]
    """Of each node the outputs that are used."""
    complete: bool
    """False when the walk stopped at its limit."""


def walk_edges(roots: Sequence[Edge], limit: int = COUNTED) -> Walked:
    """Walk from the roots, through at most ``limit`` nodes.

    Iterative, because a graph may be deeper than Python's stack.
    """
    place: dict[Any, int] = {}
    nodes: list[Any] = []
    edges: list[Any] = []
    pending = [node for node, _ in reversed(roots)]
    while pending and len(nodes) < limit:
        node = pending.pop()
        if node in place:
            continue
        place[node] = len(nodes)
        nodes.append(node)
        following = node.next_functions
        edges.append(following)
        for child, _ in reversed(following):
            if child is not None and child not in place:
                pending.append(child)
    complete = all(node in place for node in pending)
    inputs: list[tuple[int, ...]] = []
    operands: list[tuple[int, ...]] = []
    used: list[set[int]] = [set() for _ in nodes]
    for following in edges:
        found = [(n, place[child], output) for n, (child, output) in enumerate(following) if child in place]
        operands.append(tuple([n for n, _, _ in found]))
        inputs.append(tuple([i for _, i, _ in found]))
        for _, i, output in found:
            used[i].add(output)
    for node, output in roots:
        if node in place:
            used[place[node]].add(output)
    return Walked(nodes, inputs, operands, used, complete)


def _is_edge(value: Any) -> bool:
    return type_name(type(value)) == "GradientEdge"


def name_of(node: Any) -> str:
    """``AddBackward0``, …"""
    name = type_name(type(node))
    if name == "CppFunction":  # a node of an extension: only the node knows
        name = str(node.name()).rpartition("::")[2][:80]
    return name


def shape_of(node: Any, used: set[int]) -> tuple[int, ...] | None:
    """Shape of the one result that is used; None if there are several or torch does not say."""
    return result_of(node, used)[0]


def result_of(node: Any, used: set[int]) -> tuple[tuple[int, ...] | None, str]:
    """Shape and dtype of the one result that is used; None and empty if torch does not say."""
    if len(used) != 1:
        return None, ""
    try:
        facts = node._input_metadata[next(iter(used))]
        shape, dtype = tuple(facts.shape), str(facts.dtype).removeprefix("torch.")
    except Exception:  # the attribute is not documented
        return None, ""
    return (shape, dtype) if all(type(size) is int for size in shape) else (None, dtype)


@cache
def saved_names(kind: Any) -> tuple[str, ...]:
    """Names of the tensors that nodes of a class of torch's own save."""
    prefix = "_raw_saved_"
    return tuple(sorted(name.removeprefix(prefix) for name in vars(kind) if name.startswith(prefix)))


@cache
def plain_names(kind: Any) -> tuple[str, ...]:
    """Names of what nodes of a class of torch's own save beside tensors."""
    held = vars(kind)
    return tuple(name for name in _NUMBERS if f"_saved_{name}" in held and f"_raw_saved_{name}" not in held)

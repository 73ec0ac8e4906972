"""Nodes of the autograd graph: where it starts, how it goes on, what each node is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.worker.probe.touch import is_tensor, type_name

COUNTED = 400
"""Nodes at which counting stops."""

LEAF = "AccumulateGrad"

Edge = tuple[Any, int]
"""A node and the number of its output that a gradient is for."""


def leaf_of(node: Any) -> Any | None:
    """The tensor in whose ``.grad`` this node adds up; None for an operation."""
    return getattr(node, "variable", None) if type_name(type(node)) == LEAF else None


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


def walk(
    roots: Sequence[Edge], limit: int = COUNTED
) -> tuple[list[Any], list[tuple[int, ...]], list[set[int]], bool]:
    """Nodes in depth-first order, for each the places of those it feeds and the outputs that are used.

    Iterative, because a graph may be deeper than Python's stack. Stops after ``limit`` nodes; the last
    value says whether it did not have to.
    """
    place: dict[Any, int] = {}
    nodes: list[Any] = []
    pending = [node for node, _ in reversed(roots)]
    while pending and len(nodes) < limit:
        node = pending.pop()
        if node in place:
            continue
        place[node] = len(nodes)
        nodes.append(node)
        pending.extend(child for child, _ in reversed(node.next_functions) if child is not None)
    complete = all(node in place for node in pending)
    inputs: list[tuple[int, ...]] = []
    used: list[set[int]] = [set() for _ in nodes]
    for node in nodes:
        edges = [(place[child], output) for child, output in node.next_functions if child in place]
        inputs.append(tuple(dict.fromkeys(i for i, _ in edges)))
        for i, output in edges:
            used[i].add(output)
    for node, output in roots:
        used[place[node]].add(output)
    return nodes, inputs, used, complete


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
    if len(used) != 1:
        return None
    try:
        shape = tuple(node._input_metadata[next(iter(used))].shape)
    except Exception:  # the attribute is not documented
        return None
    return shape if all(type(size) is int for size in shape) else None

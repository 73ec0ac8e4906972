"""The autograd graph of one ``backward()``: its nodes, and the gradient that arrives at each.

Nodes keep the tensors they saved alive, so a pass is closed as soon as its ``backward()`` is over; what
leaves this module is plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from time import perf_counter
from typing import Any

from tutor.protocol.snapshots import GradientGraph, GraphNode
from tutor.worker.probe.touch import is_tensor, quiet, type_name
from tutor.worker.probe.values import floats, norm

COUNTED = 400
"""Nodes at which counting stops."""

DRAWN = 60
"""Nodes a graph may have to be drawn, and so to be listened to."""

LEAF = "AccumulateGrad"

Edge = tuple[Any, int]
"""A node and the number of its output that a gradient is for."""


class Pass:
    """What is known of one ``backward()`` before, while and after it runs."""

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._nodes: list[Any] = []
        self._described: list[tuple[str, str, tuple[int, ...] | None, tuple[int, ...], bool]] = []
        self._handles: list[Any] = []
        self._arrived: dict[int, tuple[Any, Any]] = {}
        self.leaves: list[Any] = []
        """Leaf tensors the graph ends in."""
        self.complete = False
        """Whether the walk reached every node."""
        self.total = 0
        self.failure: Exception | None = None
        self.seconds = 0.0
        """Spent listening."""

    def open(self, roots: Sequence[Edge], paths: dict[int, str]) -> None:
        """Walk from the roots and, if the graph is small enough to draw, listen at every node.

        ``paths`` names leaf tensors by their ``id``. To be called just before ``backward()``.
        """
        self._nodes, inputs, used, self.complete = walk(roots)
        self.total = len(self._nodes)
        for node in self._nodes:
            if type(node).__name__ == LEAF and (leaf := getattr(node, "variable", None)) is not None:
                self.leaves.append(leaf)
        if not self.complete or self.total > DRAWN:
            self._nodes = []
            return
        for i, node in enumerate(self._nodes):
            path, shape = _result(node, used[i], paths)
            self._described.append((_name(node), path, shape, inputs[i], len(used[i]) == 1))
            self._handles.append(node.register_prehook(partial(self._arrive, i)))

    def close(self) -> None:
        """Stop listening and let go of every node and tensor. May be called more than once."""
        for handle in self._handles:
            handle.remove()
        self._handles, self._nodes, self.leaves = [], [], []

    def graph(self) -> GradientGraph:
        """The graph as plain data, after ``backward()``."""
        places = list(self._arrived)
        norms = floats(self._torch, [self._arrived[i][0] for i in places])
        signed = [i for i in places if self._arrived[i][1] is not None]
        values = floats(self._torch, [self._arrived[i][1] for i in signed])
        norm_at, value_at = dict(zip(places, norms)), dict(zip(signed, values))  # noqa: B905
        nodes = tuple(
            GraphNode(name, path, shape, inputs, norm_at.get(i), value_at.get(i))
            for i, (name, path, shape, inputs, _) in enumerate(self._described)
        )
        return GradientGraph(nodes, self.total)

    def _arrive(self, i: int, gradients: tuple[Any, ...]) -> None:
        """Called by autograd, maybe on a device's own thread, before the node runs."""
        started = perf_counter()
        try:
            with quiet(self._torch):
                parts = [g.detach() for g in gradients if g is not None]
                if not parts:
                    return
                value = None
                if len(parts) == 1 and parts[0].numel() == 1 and self._described[i][4]:
                    # A copy: autograd may add to this very tensor later.
                    value = parts[0].item() if parts[0].device.type == "cpu" else parts[0].clone()
                    value = float(value) if isinstance(value, int) else value
                sizes = [norm(self._torch, part) for part in parts]
                together = sizes[0] if len(sizes) == 1 else sum(size**2 for size in sizes) ** 0.5
                self._arrived[i] = together, None if isinstance(value, complex) else value
        except Exception as error:
            self.failure = error
        finally:
            self.seconds += perf_counter() - started


def roots_of(torch: Any, tensors: Any) -> list[Edge]:
    """Where ``backward(tensors)`` starts; a tensor that needs no gradient has no such place."""
    listed = [tensors] if is_tensor(torch, tensors) or _is_edge(tensors) else list(tensors)
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


def _name(node: Any) -> str:
    name = type_name(type(node))
    if name == "CppFunction":  # a node of an extension: only the node knows
        name = str(node.name()).rpartition("::")[2][:80]
    return name


def _result(node: Any, used: set[int], paths: dict[int, str]) -> tuple[str, tuple[int, ...] | None]:
    """The learner's name for a leaf, and the shape of the node's result."""
    try:
        if type(node).__name__ == LEAF:
            leaf = node.variable
            return paths.get(id(leaf), ""), tuple(leaf.shape)
        if len(used) != 1:
            return "", None
        shape = tuple(node._input_metadata[next(iter(used))].shape)
        return "", shape if all(type(size) is int for size in shape) else None
    except Exception:  # neither attribute is documented
        return "", None

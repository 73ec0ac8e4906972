"""What one ``backward()`` does to its graph: the gradient that arrives at each node.

Nodes keep the tensors they saved alive, so a pass is closed as soon as its ``backward()`` is over; what
leaves this module is plain data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

from tutor.protocol.snapshots import GradientGraph, GraphNode
from tutor.worker.probe.nodes import Edge, leaf_of, name_of, shape_of, walk
from tutor.worker.probe.touch import has_values, quiet
from tutor.worker.probe.values import floats, norm

DRAWN = 60
"""Nodes a graph may have to be drawn, and so to be listened to."""


@dataclass(frozen=True, slots=True)
class _Described:
    """What is known of a node before anything arrives."""

    name: str
    path: str
    shape: tuple[int, ...] | None
    inputs: tuple[int, ...]
    single: bool
    """Whether one result of it is used, and no more."""


class Pass:
    """What is known of one ``backward()`` before, while and after it runs.

    Operations are listened to by a hook before they run. A leaf is not: its node lives from step to step,
    and would go on paying for a hook long after it was removed. What arrived there is its ``.grad`` where
    that was empty before, and otherwise the sum of what the operations above passed on.
    """

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._described: list[_Described] = []
        self._handles: list[Any] = []
        self._arrived: dict[int, tuple[Any, Any]] = {}
        self._sums: dict[int, Any] = {}
        self._fresh: dict[int, Any] = {}
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
        nodes, inputs, used, self.complete = walk(roots)
        self.total = len(nodes)
        drawn = self.complete and self.total <= DRAWN
        filled: dict[Any, int] = {}
        for i, node in enumerate(nodes):
            leaf = leaf_of(node)
            if leaf is not None:
                self.leaves.append(leaf)
            if not drawn:
                continue
            path = paths.get(id(leaf), "") if leaf is not None else ""
            shape = shape_of(node, used[i]) if leaf is None else tuple(leaf.shape)
            self._described.append(_Described(name_of(node), path, shape, inputs[i], len(used[i]) == 1))
            if leaf is None:
                self._handles.append(node.register_prehook(partial(self._arrive, i)))
            elif self._torch.Tensor.grad.__get__(leaf) is None:
                self._fresh[i] = leaf
            elif not leaf._backward_hooks:  # those may change the gradient on its way, unseen by us
                filled[node] = i
        if filled:
            self._listen_above(nodes, filled)

    def close(self) -> None:
        """Stop listening and let go of every tensor. May be called more than once."""
        for handle in self._handles:
            handle.remove()
        self._handles, self.leaves = [], []
        self._fresh, self._sums = {}, {}

    def graph(self, grad_norms: dict[int, float]) -> GradientGraph:
        """The graph as plain data, after ``backward()``; ``grad_norms`` of leaves, by ``id``, where known."""
        for i, leaf in self._fresh.items():
            gradient = self._torch.Tensor.grad.__get__(leaf)
            if gradient is not None and has_values(self._torch, gradient):
                self._keep(i, [gradient.detach()], grad_norms.get(id(leaf)))
        for i, total in self._sums.items():
            self._keep(i, [total])
        places = list(self._arrived)
        norms = floats(self._torch, [self._arrived[i][0] for i in places])
        signed = [i for i in places if self._arrived[i][1] is not None]
        values = floats(self._torch, [self._arrived[i][1] for i in signed])
        norm_at, value_at = dict(zip(places, norms)), dict(zip(signed, values))  # noqa: B905
        nodes = tuple(
            GraphNode(node.name, node.path, node.shape, node.inputs, norm_at.get(i), value_at.get(i))
            for i, node in enumerate(self._described)
        )
        return GradientGraph(nodes, self.total)

    def _listen_above(self, nodes: list[Any], filled: dict[Any, int]) -> None:
        for node in nodes:
            passed = [(k, filled[child]) for k, (child, _) in enumerate(node.next_functions) if child in filled]
            if passed:
                self._handles.append(node.register_hook(partial(self._pass_on, passed)))

    def _arrive(self, i: int, gradients: tuple[Any, ...]) -> None:
        """Called by autograd, maybe on a device's own thread, before the node runs."""
        started = perf_counter()
        try:
            with quiet(self._torch):
                self._keep(i, [g.detach() for g in gradients if g is not None and has_values(self._torch, g)])
        except Exception as error:
            self.failure = error
        finally:
            self.seconds += perf_counter() - started

    def _pass_on(self, passed: list[tuple[int, int]], gradients: tuple[Any, ...], _: tuple[Any, ...]) -> None:
        """Called after a node ran, with what it hands to each node below."""
        started = perf_counter()
        try:
            with quiet(self._torch):
                for k, place in passed:
                    part = gradients[k]
                    if part is not None and has_values(self._torch, part):
                        # A copy: autograd may add what comes next to this very tensor.
                        before = self._sums.get(place)
                        self._sums[place] = part.detach().clone() if before is None else before + part.detach()
        except Exception as error:
            self.failure = error
        finally:
            self.seconds += perf_counter() - started

    def _keep(self, i: int, parts: list[Any], known: float | None = None) -> None:
        """Note size, and for one element the value, of what arrived at node ``i``, output by output."""
        if not parts:
            return
        if len(parts) == 1 and parts[0].numel() == 1 and self._described[i].single and not parts[0].is_complex():
            if parts[0].device.type == "cpu":
                value = float(parts[0].item())
                self._arrived[i] = abs(value), value
                return
            # A copy: autograd may add to this very tensor later.
            self._arrived[i] = norm(self._torch, parts[0]), parts[0].clone()
            return
        sizes = [norm(self._torch, part) for part in parts] if known is None else [known]
        together = sizes[0] if len(sizes) == 1 else sum(size**2 for size in sizes) ** 0.5
        self._arrived[i] = together, None

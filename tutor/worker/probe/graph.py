"""What one ``backward()`` does to its graph: the gradient that arrives at each node.

Nodes keep the tensors they saved alive, so a pass is closed as soon as its ``backward()`` is over; what
leaves this module is plain data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from time import perf_counter
from typing import Any

from tutor.protocol.gradients import GradientGraph, GraphNode, SavedTensor
from tutor.worker.probe.nodes import Edge, leaf_of, name_of, number_of, result_of, walk_edges
from tutor.worker.probe.origins import origins
from tutor.worker.probe.reached import last_pass
from tutor.worker.probe.saved import is_freed, saved_by, settings_of
from tutor.worker.probe.touch import has_values, quiet
from tutor.worker.probe.values import floats, norm

DRAWN = 60
"""Nodes a graph may have to be drawn, and so to be listened to."""

_Measured = tuple[Any, Any]
"""Norm, and where there is one element its value: floats, or tensors still to be fetched."""


@dataclass(frozen=True, slots=True)
class _Described:
    """What is known of a node before anything arrives."""

    name: str
    path: str
    shape: tuple[int, ...] | None
    dtype: str
    inputs: tuple[int, ...]
    operands: tuple[int, ...]
    single: bool
    """Whether one result of it is used, and no more."""
    number: int
    value: float | None
    saved: tuple[SavedTensor, ...]
    settings: tuple[tuple[str, float], ...]


class Pass:
    """What is known of one ``backward()`` before, while and after it runs.

    Operations are listened to by a hook before they run. A leaf is not: its node lives from step to step,
    and would go on paying for a hook long after it was removed. What arrived there is its ``.grad`` where
    that was empty before, and otherwise the sum of what the operations above passed on. What was passed on is
    listened to only where several nodes pass to the same one.
    """

    def __init__(self, torch: Any) -> None:
        self._torch = torch
        self._described: list[_Described] = []
        self._handles: list[Any] = []
        self._arrived: dict[int, _Measured] = {}
        self._passed: dict[tuple[int, int], _Measured] = {}
        self._order: list[int] = []
        self._sums: dict[int, Any] = {}
        self._fresh: dict[int, Any] = {}
        self._saving: Any = None
        """A node that has saved something."""
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
        walked = walk_edges(roots)
        self.complete, self.total = walked.complete, len(walked.nodes)
        drawn = self.complete and self.total <= DRAWN
        filled: set[int] = set()
        reached = last_pass()
        reached.begin(self.complete)
        for i, node in enumerate(walked.nodes):
            leaf = leaf_of(node)
            if leaf is not None:
                self.leaves.append(leaf)
                reached.note(self._torch, leaf)
            if not drawn:
                continue
            used = walked.used[i]
            shape, dtype = result_of(node, used) if leaf is None else _facts(leaf)
            path = paths.get(id(leaf), "") if leaf is not None else ""
            saved = saved_by(self._torch, node) if leaf is None else ()
            settings = settings_of(node) if leaf is None else ()
            if self._saving is None and any(not one.state for one in saved):
                self._saving = node
            edges = walked.inputs[i], walked.operands[i]
            value = None if leaf is None else _value(self._torch, leaf)
            single = len(used) == 1
            number = number_of(node)
            self._described.append(
                _Described(name_of(node), path, shape, dtype, *edges, single, number, value, saved, settings)
            )
            if leaf is None:
                self._handles.append(node.register_prehook(partial(self._arrive, i)))
            elif self._torch.Tensor.grad.__get__(leaf) is None:
                self._fresh[i] = leaf
            elif not leaf._backward_hooks:  # those may change the gradient on its way, unseen by us
                filled.add(i)
        if drawn:
            self._listen_above(walked.nodes, filled)

    def close(self) -> None:
        """Stop listening and let go of every tensor. May be called more than once."""
        for handle in self._handles:
            handle.remove()
        self._handles, self.leaves = [], []
        self._fresh, self._sums = {}, {}
        self._saving = None

    def graph(self, grad_norms: dict[int, float]) -> GradientGraph:
        """The graph as plain data, after ``backward()``; ``grad_norms`` of leaves, by ``id``, where known."""
        for i, leaf in self._fresh.items():
            gradient = self._torch.Tensor.grad.__get__(leaf)
            if gradient is not None and has_values(self._torch, gradient):
                self._keep(i, [gradient.detach()], grad_norms.get(id(leaf)))
        for i, total in self._sums.items():
            self._keep(i, [total])
        arrived, passed = self._fetched(self._arrived), self._fetched(self._passed)
        sides = Counter(child for about in self._described for child in about.inputs)
        # What a node alone passes on is what arrives there.
        passed |= {
            (i, k): arrived[child]
            for i, about in enumerate(self._described)
            for k, child in enumerate(about.inputs)
            if sides[child] == 1 and (i, k) not in passed and i in arrived and child in arrived
        }
        nodes = tuple(
            self._node(i, about, arrived, [passed.get((i, k)) for k in range(len(about.inputs))])
            for i, about in enumerate(self._described)
        )
        freed = None if self._saving is None else is_freed(self._torch, self._saving)
        return GradientGraph(nodes, self.total, order=self._ran(arrived), freed=freed)

    def _node(
        self,
        i: int,
        about: _Described,
        arrived: dict[int, tuple[float, float | None]],
        passed: list[tuple[float, float | None] | None],
    ) -> GraphNode:
        size, grad = arrived.get(i, (None, None))
        known = origins().of(about.number)
        value = about.value if known is None else known.value
        return GraphNode(
            *(about.name, about.path, about.shape, about.inputs, size, grad),
            dtype=about.dtype,
            number=about.number,
            operands=about.operands,
            passed=tuple(map(_told, passed)),
            value=value,
            value_norm=(None if value is None else abs(value)) if known is None else known.norm,
            saved=about.saved,
            settings=about.settings,
            line=0 if known is None else known.line,
            source="" if known is None else known.source,
        )

    def _fetched(self, measured: dict[Any, _Measured]) -> dict[Any, tuple[float, float | None]]:
        places = list(measured)
        norms = floats(self._torch, [measured[i][0] for i in places])
        signed = [i for i in places if measured[i][1] is not None]
        values = dict(zip(signed, floats(self._torch, [measured[i][1] for i in signed])))  # noqa: B905
        return {i: (size, values.get(i)) for i, size in zip(places, norms)}  # noqa: B905

    def _ran(self, arrived: dict[int, Any]) -> tuple[int, ...]:
        """The nodes in the order they ran: a leaf does as soon as the last of its gradients is there."""
        missing = Counter(child for about in self._described for child in about.inputs)
        order = [i for i, about in enumerate(self._described[:1]) if about.number < 0 and not about.inputs]
        for i in self._order:
            order.append(i)
            for child in self._described[i].inputs:
                missing[child] -= 1
                if not missing[child] and self._described[child].number < 0 and child in arrived:
                    order.append(child)
        return tuple(order)

    def _listen_above(self, nodes: list[Any], filled: set[int]) -> None:
        """Hear what is passed to nodes that get it from several sides, and to leaves that hold one already."""
        sides = Counter(child for about in self._described for child in about.inputs)
        for i, about in enumerate(self._described):
            heard = [
                (k, operand, child)
                for k, (operand, child) in enumerate(zip(about.operands, about.inputs))  # noqa: B905
                if child in filled or sides[child] > 1
            ]
            if heard:
                self._handles.append(nodes[i].register_hook(partial(self._pass_on, i, heard, filled)))

    def _arrive(self, i: int, gradients: tuple[Any, ...]) -> None:
        """Called by autograd, maybe on a device's own thread, before the node runs."""
        started = perf_counter()
        try:
            self._order.append(i)
            with quiet(self._torch):
                self._keep(i, [g.detach() for g in gradients if g is not None and has_values(self._torch, g)])
        except Exception as error:
            self.failure = error
        finally:
            self.seconds += perf_counter() - started

    def _pass_on(
        self,
        i: int,
        heard: list[tuple[int, int, int]],
        filled: set[int],
        gradients: tuple[Any, ...],
        _: tuple[Any, ...],
    ) -> None:
        """Called after a node ran, with what it hands to each node below."""
        started = perf_counter()
        try:
            with quiet(self._torch):
                for k, operand, child in heard:
                    part = gradients[operand]
                    if part is None or not has_values(self._torch, part):
                        continue
                    self._passed[i, k] = self._measured([part.detach()], self._described[child].single)
                    if child in filled:
                        # A copy: autograd may add what comes next to this very tensor.
                        before = self._sums.get(child)
                        self._sums[child] = part.detach().clone() if before is None else before + part.detach()
        except Exception as error:
            self.failure = error
        finally:
            self.seconds += perf_counter() - started

    def _keep(self, i: int, parts: list[Any], known: float | None = None) -> None:
        """Note size, and for one element the value, of what arrived at node ``i``, output by output."""
        if parts:
            self._arrived[i] = self._measured(parts, self._described[i].single, known)

    def _measured(self, parts: list[Any], single: bool, known: float | None = None) -> _Measured:
        if len(parts) == 1 and parts[0].numel() == 1 and single and not parts[0].is_complex():
            if parts[0].device.type == "cpu":
                value = float(parts[0].item())
                return abs(value), value
            # A copy: autograd may add to this very tensor later.
            return norm(self._torch, parts[0]), parts[0].clone()
        sizes = [norm(self._torch, part) for part in parts] if known is None else [known]
        return sizes[0] if len(sizes) == 1 else sum(size**2 for size in sizes) ** 0.5, None


def _told(measured: tuple[float, float | None] | None) -> float | None:
    if measured is None:
        return None
    return measured[0] if measured[1] is None else measured[1]


def _facts(leaf: Any) -> tuple[tuple[int, ...], str]:
    return tuple(leaf.shape), str(leaf.dtype).removeprefix("torch.")


def _value(torch: Any, leaf: Any) -> float | None:
    """Of a leaf with one element, where reading it does not wait for a device."""
    if prod(leaf.shape) != 1 or leaf.device.type != "cpu" or leaf.is_complex() or not has_values(torch, leaf):
        return None
    return float(leaf.detach().item())

"""The autograd graph behind a tensor of the namespace, looked at between two runs; nothing of it is kept."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from tutor.protocol.gradients import GradientGraph, GraphNode, SavedTensor
from tutor.protocol.graphs import GraphView
from tutor.worker.probe.names import walk
from tutor.worker.probe.nodes import Walked, leaf_of, name_of, number_of, result_of, walk_edges
from tutor.worker.probe.origins import origins
from tutor.worker.probe.saved import is_freed, saved_by, settings_of
from tutor.worker.probe.touch import disturbs, has_values, quiet
from tutor.worker.probe.values import floats, norms

SENT = 400
"""Nodes that are described at once, those nearest to the beginning."""
WALKED = 50_000
"""Nodes at which counting stops."""
_NAMED = 10_000
_READ = 4_000_000
"""Elements that are read for values and norms in one look."""

_Found = list[tuple[str, Any]]


def look(
    torch: Any,
    namespace: dict[str, Any],
    path: str,
    start: int,
    changed: frozenset[str],
    record: GradientGraph | None,
) -> tuple[GraphView | None, tuple[str, ...]]:
    """The graph behind ``path`` from node ``start`` on, and the names of all tensors with a graph.

    An empty path is the root of ``record``, the last ``backward()`` that was recorded, or else the newest tensor
    with a graph; ``changed`` are the names that the last run changed.
    """
    with quiet(torch):
        found, _ = walk(namespace, _NAMED)
        behind = _with_graph(torch, found)
        names = tuple(name for name, _ in behind)
        chosen = _chosen(torch, behind, path, changed, record)
        if chosen is not None:
            return _seen(torch, *chosen, start, behind, found, record), names
        if not path and record is not None and record.nodes:
            return recorded(record), names
        return _without(torch, found, path, changed), names


def recorded(record: GradientGraph) -> GraphView:
    """What was recorded of a graph that no name leads to any more."""
    root = record.nodes[0]
    places = tuple(range(len(record.nodes)))
    state = {True: "freed", False: "kept", None: ""}[record.freed]
    nodes = tuple(replace(node, saved=_freed(node.saved)) for node in record.nodes) if state else record.nodes
    return GraphView(
        *("", root.shape or (), root.dtype, nodes, places, (0,) * len(places), record.total, True),
        order=record.order,
        state=state,
        alive=False,
    )


def _with_graph(torch: Any, found: _Found) -> _Found:
    """Tensors that an operation made, each under its first name, and gradients that have a graph of their own."""
    seen: set[int] = set()
    behind: _Found = []
    base = torch.Tensor
    for name, tensor in found:
        if id(tensor) in seen:
            continue
        seen.add(id(tensor))
        try:
            if base.grad_fn.__get__(tensor) is not None:
                behind.append((name, tensor))
            elif base.requires_grad.__get__(tensor):
                gradient = base.grad.__get__(tensor)
                if gradient is not None and base.grad_fn.__get__(gradient) is not None:
                    behind.append((f"{name}.grad", gradient))
        except RuntimeError:  # a wrapper whose transform is over
            continue
    return behind


def _chosen(
    torch: Any, behind: _Found, path: str, changed: frozenset[str], record: GradientGraph | None
) -> tuple[str, Any] | None:
    if path:
        return next(((name, tensor) for name, tensor in behind if name == path), None)
    recorded_root = record.nodes[0].number if record is not None and record.nodes else -1
    newest = [(name, tensor) for name, tensor in behind if name in changed] or behind
    for name, tensor in behind:
        if recorded_root >= 0 and number_of(torch.Tensor.grad_fn.__get__(tensor)) == recorded_root:
            # What was made after that backward() is newer than it.
            later = [one for one in newest if number_of(torch.Tensor.grad_fn.__get__(one[1])) > recorded_root]
            return later[-1] if later else (name, tensor)
    scalars = [(name, tensor) for name, tensor in newest if torch.Tensor.numel(tensor) == 1]
    newest = scalars or newest
    return newest[-1] if newest else None


@dataclass(slots=True)
class _Look:
    """One look while it lasts."""

    torch: Any
    walked: Walked
    names: dict[Any, tuple[str, Any]]
    """By node, the learner's name for what it gave, and that tensor."""
    leaves: dict[int, str]
    """Names of leaves by ``id``."""
    record: dict[int, GraphNode] = field(default_factory=dict)
    """Recorded nodes by place in the walk."""
    read: bool = True
    budget: int = _READ


def _seen(
    torch: Any, path: str, tensor: Any, start: int, behind: _Found, found: _Found, record: GradientGraph | None
) -> GraphView:
    base = torch.Tensor
    root = base.grad_fn.__get__(tensor), base.output_nr.__get__(tensor)
    walked = walk_edges([root], WALKED)
    start = start if 0 <= start < len(walked.nodes) else 0
    places = _nearest(walked, start)
    names = {base.grad_fn.__get__(one): (name, one) for name, one in reversed(behind)}
    names[root[0]] = (path, tensor)
    leaves = {id(one): name for name, one in reversed(found)}
    here = _Look(torch, walked, names, leaves, read=not disturbs(torch))
    whole = _match(here, places, record)
    index = {place: i for i, place in enumerate(places)}
    nodes, values = [], []
    for place in places:
        node, value = _node(here, place, index)
        nodes.append(node)
        values.append(value)
    beyond = tuple(sum(i not in index for i in walked.inputs[place]) for place in places)
    freed = [is_freed(torch, walked.nodes[place]) for place in places]
    state = "freed" if True in freed else "kept" if here.record and False in freed else ""
    order = tuple(index[i] for i in record.order if i in index) if whole and record is not None else ()
    return GraphView(
        *(path, tuple(base.shape.__get__(tensor)), _dtype(base, tensor), _filled(torch, nodes, values)),
        *(tuple(places), beyond, len(walked.nodes), walked.complete),
        order=order,
        state=state,
    )


def _nearest(walked: Walked, start: int) -> list[int]:
    """At most ``SENT`` places, breadth first from ``start``: that one first, the others as they were walked."""
    found = {start: None}
    pending = deque([start])
    while pending and len(found) < SENT:
        for child in walked.inputs[pending.popleft()]:
            if child not in found and len(found) < SENT:
                found[child] = None
                pending.append(child)
    return [start, *sorted(place for place in found if place != start)]


def _match(here: _Look, places: list[int], record: GradientGraph | None) -> bool:
    """Find the recorded nodes again; True if this is the recorded graph from its root on."""
    if record is None or not record.nodes:
        return False
    nodes = here.walked.nodes
    if record.nodes[0].number == number_of(nodes[0]) >= 0 and len(record.nodes) == len(nodes):
        here.record = dict(enumerate(record.nodes))
        return True
    by_number = {node.number: node for node in record.nodes if node.number >= 0}
    for place in places:
        known = by_number.get(number_of(nodes[place]))
        if known is not None and known.name == name_of(nodes[place]):
            here.record[place] = known
    return False


def _node(here: _Look, place: int, index: dict[int, int]) -> tuple[GraphNode, Any]:
    """A node, and a tensor whose value is still to be read, or None."""
    torch, node, walked = here.torch, here.walked.nodes[place], here.walked
    known = here.record.get(place)
    leaf = leaf_of(node)
    kept = [k for k, child in enumerate(walked.inputs[place]) if child in index]
    number = number_of(node)
    origin = origins().of(number)
    saved: tuple[SavedTensor, ...] = ()
    if leaf is None:
        shape, dtype = result_of(node, walked.used[place])
        name, tensor = here.names.get(node, ("", None))
        saved = saved_by(torch, node) or (_freed(known.saved) if known is not None else ())
    else:
        shape, dtype = tuple(leaf.shape), _dtype(torch.Tensor, leaf)
        name, tensor = here.leaves.get(id(leaf), ""), leaf
    passed = known.passed if known is not None and len(known.passed) == len(walked.inputs[place]) else ()
    made = GraphNode(
        *(name_of(node), name, shape, tuple(index[walked.inputs[place][k]] for k in kept)),
        known.grad_norm if known is not None else None,
        known.grad if known is not None else None,
        dtype=dtype,
        number=number,
        operands=tuple(walked.operands[place][k] for k in kept),
        passed=tuple(passed[k] for k in kept) if passed else (None,) * len(kept),
        value=origin.value if origin is not None else None,
        value_norm=origin.norm if origin is not None else None,
        saved=saved,
        settings=settings_of(node) if leaf is None else (),
        line=origin.line if origin is not None else 0,
        source=origin.source if origin is not None else "",
    )
    return made, tensor if tensor is not None and _readable(here, tensor) else None


def _readable(here: _Look, tensor: Any) -> bool:
    base = here.torch.Tensor
    if not here.read or not has_values(here.torch, tensor) or base.is_complex(tensor):
        return False
    count = base.numel(tensor)
    here.budget -= count
    return count > 0 and here.budget >= 0


def _filled(torch: Any, nodes: list[GraphNode], tensors: list[Any]) -> tuple[GraphNode, ...]:
    """The nodes with the values that their tensors hold now."""
    held = [(i, tensor) for i, tensor in enumerate(tensors) if tensor is not None]
    sizes = norms(torch, [tensor for _, tensor in held])
    single = [(i, tensor) for i, tensor in held if torch.Tensor.numel(tensor) == 1]
    values = floats(torch, [torch.Tensor.detach(tensor).reshape(()) for _, tensor in single])
    value_at = {i: value for (i, _), value in zip(single, values)}  # noqa: B905
    for (i, _), size in zip(held, sizes):  # noqa: B905
        nodes[i] = replace(nodes[i], value=value_at.get(i), value_norm=size)
    return tuple(nodes)


def _freed(saved: tuple[SavedTensor, ...]) -> tuple[SavedTensor, ...]:
    return tuple(replace(one, state=one.state or "freed") for one in saved)


def _without(torch: Any, found: _Found, path: str, changed: frozenset[str]) -> GraphView | None:
    """Why there is no graph behind a tensor."""
    chosen = (
        [one for one in found if one[0] == path] if path else [one for one in found if one[0] in changed] or found
    )
    if not chosen:
        return GraphView(path, (), "", (), (), (), 0, True, note="gone") if path else None
    name, tensor = chosen[-1]
    base = torch.Tensor
    kind, line = _reason(torch, tensor)
    try:
        shape = tuple(base.shape.__get__(tensor))
    except RuntimeError:
        shape = ()
    return GraphView(name, shape, _dtype(base, tensor), (), (), (), 0, True, note=kind, line=line)


def _reason(torch: Any, tensor: Any) -> tuple[str, int]:
    base = torch.Tensor
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return "transform", 0
    if base.requires_grad.__get__(tensor):
        return "leaf", 0
    if not (base.is_floating_point(tensor) or base.is_complex(tensor)):
        return "integer", 0
    cut = origins().why_plain(tensor)
    if cut is not None:
        return cut.kind, cut.line
    return ("inference" if base.is_inference(tensor) else "plain"), 0


def _dtype(base: Any, tensor: Any) -> str:
    return str(base.dtype.__get__(tensor)).removeprefix("torch.")

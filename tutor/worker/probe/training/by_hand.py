"""Loops without an optimiser: what changes between one ``backward()`` (or ``grad()``) and the next."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tutor.protocol.training import Spread
from tutor.worker.probe.nodes import leaf_of, roots_of, walk_edges
from tutor.worker.probe.training.figures import Figures, Taken, figures, readable, stepped, take

_CLOSE = 0.5
"""A new tensor in the place of an old one is the old one updated where it is nearer to it than half its norm;
a fresh batch of inputs, which is a leaf as well, is not."""


@dataclass(slots=True, eq=False)
class Open:
    """A look that waits for the next call, to see what the learner did to the tensors meanwhile."""

    site: int
    step: int
    named: list[tuple[str, weakref.ref[Any]]]
    versions: list[int]
    before: Taken
    found: list[Figures]
    drawn: Spread | None


def leaves_of(torch: Any, roots: Any) -> list[Any]:
    """Leaf tensors of the graph behind what ``backward()`` was given; it may be freed by now."""
    nodes = walk_edges(roots_of(torch, roots)).nodes
    return [leaf for node in nodes if (leaf := leaf_of(node)) is not None and readable(torch, leaf)]


def opened(
    torch: Any, site: int, step: int, named: Sequence[tuple[str, Any]], grads: Sequence[Any | None],
    drawn: Spread | None,
) -> Open:  # fmt: skip
    tensors = [tensor for _, tensor in named]
    before = take(torch, tensors)
    return Open(
        site, step, [(path, weakref.ref(tensor)) for path, tensor in named], [t._version for t in tensors],
        before, figures(torch, tensors, before, grads), drawn,
    )  # fmt: skip


def closed(
    torch: Any, look: Open, leaves: Sequence[Any]
) -> tuple[list[tuple[str, Any]], list[Figures], bool] | None:
    """The tensors, their figures, and whether the learner has updated one of them.

    ``leaves`` are those of the next call: where a tensor was not changed in place but replaced, they hold its
    successor. None where neither the old ones nor their successors are there.
    """
    tensors = [ref() for _, ref in look.named]
    same = all(tensor is not None for tensor in tensors) and _held(tensors, leaves)
    if not same:
        sizes = look.before.sizes
        if len(leaves) != len(sizes) or [min(leaf.numel(), size) for leaf, size in zip(leaves, sizes)] != sizes:  # noqa: B905
            return None
        tensors = list(leaves)
    after = take(torch, tensors)
    if after.sizes != look.before.sizes:
        return None
    found = stepped(torch, tensors, look.found, look.before, after)
    if same:
        updated = any(t is not None and t._version != v for t, v in zip(tensors, look.versions))  # noqa: B905
    else:
        updated = any(now.update_norm and now.update_norm < _CLOSE * now.value_norm for now in found)
    return [(path, tensor) for (path, _), tensor in zip(look.named, tensors)], found, updated  # noqa: B905


def _held(tensors: Sequence[Any], leaves: Sequence[Any]) -> bool:
    ids = {id(leaf) for leaf in leaves}
    return any(id(tensor) in ids for tensor in tensors)

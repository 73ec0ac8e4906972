"""A thumbnail of a tensor: what a detail is, from a bounded number of elements whatever its size."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from tutor.protocol.snapshots import TensorDetail, TensorFacts
from tutor.worker.probe.details import detail
from tutor.worker.probe.facts import reader
from tutor.worker.probe.sampling import Pick, evenly
from tutor.worker.probe.touch import quiet, torch_module

_EXACT = 16_384
"""Elements up to which the statistics are of all of them."""
_STACK = 8
"""Matrices of a stack that are in it."""


def thumbnail(path: str, tensor: Any, limit: int, facts: TensorFacts | None = None) -> TensorDetail | None:
    """At most ``limit`` elements, and statistics that say whether they are of more; None without facts.

    ``facts`` are those of the last scan: what they say about sharing and change is kept.
    """
    torch = torch_module()
    if torch is None:
        return None
    with quiet(torch):
        now = facts or reader().facts(path, tensor)
        if now is None:
            return None
        count = math.prod(now.shape)
        if type(tensor) not in (torch.Tensor, torch.nn.Parameter) or now.layout != "strided" or count <= limit:
            return _whole(path, tensor, now) if count <= _EXACT else _unread(now)
        try:
            pick = _pick(now.shape, limit)
            part = detail(path, torch.Tensor.detach(tensor)[pick.slices()])
            stats = _whole(path, tensor, now).stats if count <= _EXACT else None
        except Exception:  # a dtype that can be stored and not be read
            return _unread(now)
    if part is None or part.sample is None:
        return _unread(now, part.note if part is not None else "")
    if stats is None and part.stats is not None:
        stats = replace(part.stats, exact=False)
    return TensorDetail(now, stats, replace(part.sample, start=pick.start, steps=pick.steps), part.note)


def _whole(path: str, tensor: Any, facts: TensorFacts) -> TensorDetail:
    found = detail(path, tensor, facts)
    return found if found is not None else _unread(facts)


def _unread(facts: TensorFacts, note: str = "") -> TensorDetail:
    return TensorDetail(
        facts, None, None, note or "its values are too many, or of too rare a kind, for a small drawing"
    )


def _pick(shape: tuple[int, ...], limit: int) -> Pick:
    """The last two axes thinned evenly; of those before them the first few matrices."""
    lead: list[int] = []
    room = _STACK
    for size in reversed(shape[:-2]):
        lead.insert(0, min(size, room))
        room = max(1, room // max(lead[0], 1))
    last = evenly(shape[-2:], max(1, limit // max(math.prod(lead), 1)))
    return Pick((0,) * len(shape), (1,) * len(lead) + last.steps, (*lead, *last.shape))

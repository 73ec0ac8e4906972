"""All tensors of a namespace after a run: facts, who shares memory with whom, and what changed."""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.facts import Reader, facts_from, reader
from tutor.worker.probe.looked import Looked, look_at
from tutor.worker.probe.names import walk
from tutor.worker.probe.touch import disturbs, quiet, torch_module

_SHARES = 32
"""Paths listed as sharing a tensor's storage, at most."""

_HISTORY = 32
"""Values of a scalar that are remembered."""

_SCALARS = 64
"""Scalars whose values are remembered."""

Row = tuple[Any, ...]
"""The fields of TensorFacts from ``kind`` to ``contiguous``."""
_DTYPE, _SHAPE, _NBYTES, _CONTIGUOUS = 1, 2, 11, 12
"""Their places in a row."""


@dataclass(slots=True)
class _Seen:
    """What is remembered of a tensor between runs; never the tensor."""

    ref: weakref.ref[Any]
    row: Row
    version: int
    looked: Looked
    storage: int
    """Bytes of its storage; 0 where it has none of its own."""
    home: list[str]
    """Every path in the same memory."""
    facts: TensorFacts | None = None


class TensorWatch:
    """Remembers the last scan, to tell what a run changed."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}
        self._values: dict[str, deque[float]] = {}

    def history(self, path: str) -> tuple[float, ...]:
        """What a scalar was after the last runs that changed it, the latest last; empty for anything else."""
        return tuple(self._values.get(path, ()))

    def scan(self, namespace: dict[str, Any], glance: bool = False) -> tuple[tuple[TensorFacts, ...], int]:
        """Facts of every tensor the namespace reaches, and how many were left out.

        The first scan calls everything ``new``. Storage addresses are compared within one scan only: a
        freed one is soon used again. A ``glance`` is not remembered.
        """
        torch = torch_module()
        if torch is None:
            return (), 0
        found, more = walk(namespace)
        if not found:
            if not glance:
                self._seen, self._values = {}, {}
            return (), more
        with quiet(torch):
            seen = self._look(torch, reader(), found)
        rows = tuple(self._told(path, entry, seen, glance) for path, entry in seen.items())
        if glance:
            return rows, more
        self._seen = seen
        self._values = {path: values for path, values in self._values.items() if path in seen}
        return rows, more

    def _look(self, torch: Any, read: Reader, found: list[tuple[str, Any]]) -> dict[str, _Seen]:
        hands_off = disturbs(torch)
        budget = [_COUNTED]
        seen: dict[str, _Seen] = {}
        homes: dict[Any, list[str]] = {}
        for path, tensor in found:
            row = read.row(tensor) or read.unsized_row(tensor)
            if row is None:
                continue
            version = read.version(tensor)
            memory = read.memory(tensor)
            before = self._seen.get(path)
            same = before is not None and before.ref() is tensor and before.version == version
            known = before.looked if before is not None and same and before.row == row else None
            looked = Looked() if hands_off else look_at(torch, tensor, row, memory, known, budget)
            # A tensor without elements in memory has a home of its own.
            home: Any = ("object", id(tensor)) if memory is None else (row[5], memory[0] or path)
            tenants = homes.setdefault(home, [])
            tenants.append(path)
            seen[path] = _Seen(
                weakref.ref(tensor), row, version, looked, memory[1] if memory is not None else 0, tenants
            )
        return seen

    def _told(self, path: str, entry: _Seen, seen: dict[str, _Seen], glance: bool) -> TensorFacts:
        before = self._seen.get(path)
        change = _change(before, entry)
        if change and entry.row[_SHAPE] == () and not glance:
            self._remember(path, entry.looked.value)
        looked = entry.looked
        shares: tuple[str, ...] = ()
        view_of = same_as = ""
        if len(entry.home) > 1:
            shares = tuple(other for other in entry.home if other != path)[:_SHARES]
            view_of, same_as = _relation(path, entry, seen)
        tail = (shares, change, view_of, same_as, looked.nans, looked.infs, looked.counted)
        facts = None if before is None or change else before.facts
        if facts is None or _tail(facts) != tail:
            facts = facts_from(path, entry.row, *tail)
        entry.facts = facts
        return facts

    def _remember(self, path: str, value: float | None) -> None:
        if value is not None and (path in self._values or len(self._values) < _SCALARS):
            self._values.setdefault(path, deque(maxlen=_HISTORY)).append(value)


_COUNTED = 4_000_000
"""Elements in which NaN and infinities are counted in one scan, all tensors together (about 1 ms)."""


def _tail(facts: TensorFacts) -> Row:
    return (
        *(facts.shares, facts.change, facts.view_of, facts.same_as),
        *(facts.nans, facts.infs, facts.counted),
    )


def _change(before: _Seen | None, now: _Seen) -> str:
    if before is None:
        return "new"
    if before.ref() is not now.ref():
        return "rebound"
    if before.row != now.row or before.looked.bits != now.looked.bits:
        return "modified"
    # A write through a view counts for every tensor on the storage: only unseen elements leave it open.
    return "modified" if before.version != now.version and not now.looked.whole else ""


def _relation(path: str, entry: _Seen, seen: dict[str, _Seen]) -> tuple[str, str]:
    """Whose memory it looks into, and which earlier path is the same object; either may be empty."""
    this = entry.ref()
    earlier = entry.home[: entry.home.index(path)]
    same = next((other for other in earlier if seen[other].ref() is this), "")
    if same:
        return "", same
    owner = max(entry.home, key=lambda other: _extent(seen[other]))
    return ("" if owner == path else owner), ""


def _extent(entry: _Seen) -> tuple[int, bool]:
    """How much of its memory a tensor is. An expanded one has more elements than there is memory: it is no larger
    than what it looks into; of two as large, the one that lies there in order is no view."""
    return min(entry.row[_NBYTES], entry.storage), bool(entry.row[_CONTIGUOUS])

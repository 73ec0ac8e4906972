"""All tensors of a namespace after a run: facts, who shares memory with whom, and what changed."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, replace
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.facts import lies_in, reader
from tutor.worker.probe.names import walk
from tutor.worker.probe.sampling import evenly
from tutor.worker.probe.touch import disturbs, quiet, torch_module
from tutor.worker.probe.values import raw

_LOOKED_AT = 256
"""Elements whose bits are compared from run to run; all of a tensor that has no more."""

_SHARES = 32
"""Paths listed as sharing a tensor's storage, at most."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What is remembered of a tensor between runs; never the tensor."""

    ref: weakref.ref[Any]
    facts: TensorFacts
    version: int
    bits: int | None
    """Hash of the elements looked at; None where they are not in ordinary memory."""


class TensorWatch:
    """Remembers the last scan, to tell what a run changed."""

    def __init__(self) -> None:
        self._seen: dict[str, _Seen] = {}

    def scan(self, namespace: dict[str, Any]) -> tuple[tuple[TensorFacts, ...], int]:
        """Facts of every tensor the namespace reaches, and how many were left out.

        The first scan calls everything ``new``. Storage addresses are compared within one scan only: a
        freed one is soon used again.
        """
        torch = torch_module()
        if torch is None:
            return (), 0
        found, more = walk(namespace)
        if not found:
            self._seen = {}
            return (), more
        with quiet(torch):
            read = reader()
            hands_off = disturbs(torch)
            seen: dict[str, _Seen] = {}
            together: dict[str, list[str]] = {}
            homes: dict[str, list[str]] = {}
            for path, tensor in found:
                facts = read.facts(path, tensor)
                if facts is None:
                    continue
                memory = read.memory(tensor)
                bits = None if hands_off else _bits(torch, tensor, facts, memory)
                seen[path] = _Seen(weakref.ref(tensor), facts, read.version(tensor), bits)
                tenants = homes.setdefault(_home(path, tensor, facts, memory), [])
                tenants.append(path)
                together[path] = tenants
        rows = tuple(
            _finish(entry.facts, _change(self._seen.get(path), entry), together[path])
            for path, entry in seen.items()
        )
        self._seen = seen
        return rows, more


def _bits(torch: Any, tensor: Any, facts: TensorFacts, memory: tuple[int, int] | None) -> int | None:
    if memory is None or not memory[0] or facts.device != "cpu" or not lies_in(facts, memory[1]):
        return None
    count = _count(facts)
    try:
        if not facts.contiguous:
            pick = torch.Tensor.detach(tensor)[evenly(facts.shape, _LOOKED_AT).slices()]
        elif count <= _LOOKED_AT:
            pick = tensor
        else:
            # An odd step does not keep hitting the same columns of a matrix.
            step = -(-count // _LOOKED_AT) | 1
            pick = torch.as_strided(tensor, (count // step,), (step,), facts.offset)
        return hash(raw(torch, pick))
    except Exception:
        return None


def _home(path: str, tensor: Any, facts: TensorFacts, memory: tuple[int, int] | None) -> str:
    """Equal for tensors in the same memory; a tensor without elements in memory has a home of its own."""
    if memory is None:
        return f"object {id(tensor)}"
    return f"{facts.device} {memory[0]}" if memory[0] else f"nowhere {path}"


def _change(before: _Seen | None, now: _Seen) -> str:
    if before is None:
        return "new"
    if before.ref() is not now.ref():
        return "rebound"
    if before.facts != now.facts or before.bits != now.bits:
        return "modified"
    # A write through a view counts for every tensor on the storage: only unseen elements leave it open.
    all_seen = now.bits is not None and _count(now.facts) <= _LOOKED_AT
    return "modified" if before.version != now.version and not all_seen else ""


def _finish(facts: TensorFacts, change: str, together: list[str]) -> TensorFacts:
    if not change and len(together) < 2:
        return facts
    shares = tuple(path for path in together if path != facts.path)[:_SHARES]
    return replace(facts, shares=shares, change=change)


def _count(facts: TensorFacts) -> int:
    count = 1
    for size in facts.shape:
        count *= size
    return count

"""The storage under one tensor: who else has a name on it, what lies in it, and what the last run wrote to it.

Only asked for while the pane is shown. Between two looks nothing is kept but copies of at most a few thousand
values; whether two looks saw one storage is told by an object that was on it both times, never by an address,
which is soon used again.
"""

from __future__ import annotations

import weakref
from collections import deque
from dataclasses import dataclass
from typing import Any

from tutor.protocol.memory import StorageSnapshot
from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.facts import Reader, lies_in, reader
from tutor.worker.probe.names import walk
from tutor.worker.probe.touch import disturbs, quiet, runs_python, torch_module
from tutor.worker.probe.values import packed, raw

_WINDOW = 4_096
"""Slots whose values are read."""
_TENANTS = 32
_CHANGED = 512
_KEPT = 8
"""Storages that are remembered."""


@dataclass(slots=True, eq=False)
class _Seen:
    """One storage at one look: copies of its values, and weak references to the tensors on it.

    Never compared by its fields: equal weak references ask the tensors whether they are equal.
    """

    refs: list[weakref.ref[Any]]
    start: int
    itemsize: int
    bits: bytes
    run: int
    before: bytes | None
    """Its values at the look before, as far as that was at another run."""
    runs: int


class StorageWatch:
    """Looks, and remembers the last looks."""

    def __init__(self) -> None:
        self._seen: deque[_Seen] = deque(maxlen=_KEPT)

    def look(self, namespace: dict[str, Any], path: str, run: int) -> StorageSnapshot | None:
        """The storage of the tensor at ``path`` after the ``run``-th run; None if there is no such tensor."""
        torch = torch_module()
        if torch is None:
            return None
        found, _ = walk(namespace)
        tensor = next((value for name, value in found if name == path), None)
        if tensor is None:
            return None
        with quiet(torch):
            return self._look(torch, found, path, tensor, run)

    def _look(
        self, torch: Any, found: list[tuple[str, Any]], path: str, tensor: Any, run: int
    ) -> StorageSnapshot | None:
        read = reader()
        facts = read.facts(path, tensor)
        if facts is None:
            return None
        memory = read.memory(tensor)
        refusal = _refusal(torch, tensor, facts, memory)
        if refusal or memory is None:
            return StorageSnapshot((facts,), 0, 0, 0, 0, b"", (), 0, refusal)
        tenants = _tenants(read, found, facts, memory, path, tensor)
        itemsize: int = torch._C.TensorBase.element_size(tensor)
        start = 0 if facts.offset < _WINDOW // 2 else facts.offset
        values, bits, note = _values(torch, tensor, facts, start, memory[1] // itemsize)
        seen = self._remember([value for _, value in tenants], start, itemsize, bits, run)
        shown = (facts, *(fact for fact, _ in tenants if fact.path != path))
        return StorageSnapshot(
            *(shown[:_TENANTS], max(0, len(shown) - _TENANTS), itemsize, memory[1], start, values),
            *(_changed(seen), seen.runs if seen.before is not None else 0, note),
        )

    def _remember(self, tensors: list[Any], start: int, itemsize: int, bits: bytes, run: int) -> _Seen:
        old = next((seen for seen in self._seen if _same(seen, tensors, start, itemsize)), None)
        now = _Seen([weakref.ref(tensor) for tensor in tensors], start, itemsize, bits, run, None, 0)
        if old is not None:
            again = old.run == run
            # Asked twice after one run, the answer is the same twice.
            now.before, now.runs = (old.before, old.runs) if again else (old.bits, run - old.run)
            self._seen.remove(old)
        self._seen.append(now)
        return now


def _same(seen: _Seen, tensors: list[Any], start: int, itemsize: int) -> bool:
    if (seen.start, seen.itemsize) != (start, itemsize):
        return False
    before = [ref() for ref in seen.refs]
    return any(one is two for one in before if one is not None for two in tensors)


def _refusal(torch: Any, tensor: Any, facts: TensorFacts, memory: tuple[int, int] | None) -> str:
    """Why there is no strip of memory to show; empty when there is."""
    if facts.device.startswith("meta"):
        return "a meta tensor has a shape and strides, but no memory"
    if runs_python(torch, type(tensor)):
        return f"a {facts.kind} keeps its memory to itself: it wraps other tensors or stands for one"
    if facts.layout != "strided" or facts.strides is None:
        return f"a tensor of layout {facts.layout} has no strides: its values lie in several tensors"
    if memory is None:
        return "its memory cannot be looked at"
    if not memory[0]:
        return "no memory: it has no elements" if 0 in facts.shape else "its storage has been freed"
    return ""


def _tenants(
    read: Reader, found: list[tuple[str, Any]], facts: TensorFacts, memory: tuple[int, int], path: str, tensor: Any
) -> list[tuple[TensorFacts, Any]]:
    """Every named tensor on the same storage of the same device, the one asked for included."""
    tenants = [(facts, tensor)]
    for name, other in found:
        place = read.memory(other)
        if name == path or place is None or place[0] != memory[0]:
            continue
        row = read.facts(name, other)
        if row is not None and row.device == facts.device and row.strides is not None:
            tenants.append((row, other))
    return tenants


def _values(torch: Any, tensor: Any, facts: TensorFacts, start: int, slots: int) -> tuple[bytes, bytes, str]:
    """Values and bits of the slots from ``start`` on; empty, and why, where they are not read."""
    if facts.device != "cpu":
        return b"", b"", "values on an accelerator are not fetched for this pane"
    if disturbs(torch):
        return b"", b"", "a mode that watches every operation is on, so values are not read"
    if facts.dtype.startswith("q") or not lies_in(facts, slots * torch._C.TensorBase.element_size(tensor)):
        return b"", b"", "its values cannot be read slot by slot"
    try:
        size = max(0, min(_WINDOW, slots - start))
        flat = torch.as_strided(torch.Tensor.detach(tensor), (size,), (1,), start)
        flat = flat.resolve_conj().resolve_neg()
        bits = raw(torch, flat)
        return packed(torch, flat.abs() if flat.is_complex() else flat), bits, ""
    except Exception:
        return b"", b"", "torch cannot read values of this dtype one by one"


def _changed(seen: _Seen) -> tuple[int, ...]:
    if seen.before is None or seen.before == seen.bits or len(seen.before) != len(seen.bits):
        return ()
    size = seen.itemsize
    places = range(0, len(seen.bits), size)
    slots = (seen.start + at // size for at in places if seen.bits[at : at + size] != seen.before[at : at + size])
    return tuple(slots)[:_CHANGED]

"""What lies in a storage, and whose it is, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import TensorFacts


@dataclass(frozen=True, slots=True)
class StorageSnapshot:
    """The storage of one tensor. A slot is one element of that tensor's size; slots are counted from 0."""

    tenants: tuple[TensorFacts, ...]
    """Tensors with a name on the same storage, the one that was asked for first."""
    more: int
    """Tenants left out because there were too many."""
    itemsize: int
    """Bytes of a slot; 0 when the tensor has no storage that can be looked at."""
    nbytes: int
    """Bytes of the whole storage."""
    start: int
    """Slot of the first value."""
    values: bytes
    """Values from ``start`` on as little-endian float64 (magnitudes of complex numbers); empty when not read."""
    changed: tuple[int, ...]
    """Slots among the values that hold something else than at the look before the last run."""
    runs: int
    """How many runs ago that look was; 0 when there was none to compare with."""
    note: str = ""
    """Why there is no storage or no values, when there is none."""

    @property
    def slots(self) -> int:
        return self.nbytes // self.itemsize if self.itemsize else 0

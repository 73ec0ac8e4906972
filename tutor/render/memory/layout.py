"""Between an index and a slot of the storage: arithmetic on shape, strides and offset, in elements.

``slot = offset + sum(index[i] * strides[i])``, as ``torch.Tensor.stride`` defines it; strides are never negative
in torch. Positions number the elements in index order, the last axis fastest.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.snapshots import TensorFacts

Ints = tuple[int, ...]
Runs = tuple[tuple[int, int], ...]
"""Slots as half-open ranges, in order, apart from each other."""

MOST_RUNS = 20_000
"""Ranges that are worked out; a tensor scattered over more is known by its first and last slot only."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the elements of one tensor lie."""

    shape: Ints
    strides: Ints
    offset: int

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    def slot(self, index: Sequence[int]) -> int:
        return self.offset + sum(at * step for at, step in zip(index, self.strides, strict=True))

    def index(self, position: int) -> Ints:
        """The index of the ``position``-th element."""
        found = []
        for size in reversed(self.shape):
            position, at = divmod(position, max(size, 1))
            found.append(at)
        return tuple(reversed(found))

    def position(self, index: Sequence[int]) -> int:
        place = 0
        for at, size in zip(index, self.shape, strict=True):
            place = place * size + at
        return place

    def slot_of(self, position: int) -> int:
        return self.slot(self.index(position))

    @property
    def last(self) -> int:
        """The highest slot in use; of an empty tensor the one before its offset."""
        if not self.count:
            return self.offset - 1
        return self.slot([size - 1 for size in self.shape])

    @property
    def distinct(self) -> int | None:
        """How many different slots are in use; None when that was not worked out."""
        found = self.runs()
        return None if found is None else sum(end - start for start, end in found)

    def runs(self) -> Runs | None:
        """The slots in use; None when they are scattered over too many ranges."""
        return _runs(self)

    @property
    def flat(self) -> bool:
        """Whether ``view(-1)`` works: one step leads from each element to the next, all the way."""
        axes = [(size, step) for size, step in zip(self.shape, self.strides, strict=True) if size != 1]
        if not self.count:
            return True
        return all(step == below_size * below_step for (_, step), (below_size, below_step) in pairwise(axes))

    @property
    def repeats(self) -> Ints:
        """Axes along which the same slots are read again and again (stride 0, more than one element)."""
        return tuple(axis for axis, size in enumerate(self.shape) if size > 1 and self.strides[axis] == 0)


@lru_cache(maxsize=64)
def _runs(layout: Layout) -> Runs | None:
    if not layout.count:
        return ()
    axes = zip(layout.shape, layout.strides, strict=True)
    steps = sorted((step, size) for size, step in axes if size > 1 and step)
    block = 1
    while steps and steps[0][0] <= block:
        # Blocks that touch or overlap are one longer block.
        step, size = steps.pop(0)
        block += step * (size - 1)
    if math.prod(size for _, size in steps) > MOST_RUNS:
        return None
    jumps = [range(0, step * size, step) for step, size in steps]
    merged: list[tuple[int, int]] = []
    for start in sorted(layout.offset + sum(jump) for jump in product(*jumps)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], start + block))
        else:
            merged.append((start, start + block))
    return tuple(merged)


def layout_of(facts: TensorFacts) -> Layout | None:
    """None for a tensor without strides, or whose facts contradict each other."""
    if facts.strides is None or len(facts.strides) != len(facts.shape):
        return None
    if facts.offset < 0 or any(n < 0 for n in (*facts.shape, *facts.strides)):
        return None
    return Layout(facts.shape, facts.strides, facts.offset)


def itemsize_of(facts: TensorFacts) -> int:
    """Bytes of one element; 0 for a tensor that has none."""
    count = math.prod(facts.shape)
    return facts.nbytes // count if count > 0 else 0


def in_slots(runs: Runs, size: int, slot: int) -> Runs:
    """Ranges of elements of ``size`` bytes as ranges of slots of ``slot`` bytes, touched ones included."""
    return runs if size == slot else tuple((a * size // slot, -(-b * size // slot)) for a, b in runs)


def covered(runs: Runs, start: int, end: int) -> int:
    """How many slots of ``start`` to ``end`` (not included) are in ``runs``."""
    first = max(bisect_right(runs, (start, math.inf)) - 1, 0)
    total = 0
    for begin, stop in runs[first:]:
        if begin >= end:
            break
        total += max(0, min(stop, end) - max(begin, start))
    return total


def contiguous_strides(shape: Ints) -> Ints:
    """Strides of a fresh tensor of this shape."""
    steps = []
    step = 1
    for size in reversed(shape):
        steps.append(step)
        step *= max(size, 1)
    return tuple(reversed(steps))

"""The sample of a tensor as something to draw: values, and what each axis of the pick stands for."""

from __future__ import annotations

import math
import sys
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.snapshots import TensorDetail
    from tutor.render.lines import Line


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a pick: position ``p`` of ``count`` is index ``start + p * step`` of ``size``."""

    number: int
    size: int
    count: int
    start: int
    step: int

    def index(self, position: int) -> int:
        return self.start + position * self.step

    def position(self, index: int) -> int:
        """The position nearest to ``index`` (negative: from the end)."""
        wanted = index + self.size if index < 0 else index
        return min(max(round((wanted - self.start) / self.step), 0), self.count - 1)

    @property
    def whole(self) -> bool:
        return self.count == self.size


@dataclass(frozen=True, slots=True)
class Patch:
    """Row-major ``values`` over ``axes``; ``fixed`` are the leading indices already chosen."""

    values: Sequence[float]
    axes: tuple[Axis, ...]
    dtype: str
    name: str
    fixed: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        return all(axis.whole for axis in self.axes)

    def fix(self, position: int) -> Patch:
        """The slice at ``position`` of the first axis."""
        size = math.prod(axis.count for axis in self.axes[1:])
        part = self.values[position * size : (position + 1) * size]
        return Patch(part, self.axes[1:], self.dtype, self.name, (*self.fixed, self.axes[0].index(position)))

    def slices(self) -> list[Patch]:
        return [self.fix(position) for position in range(self.axes[0].count)]

    @property
    def title(self) -> str:
        """The Python expression for this slice: ``x[0, 2]``."""
        return f"{self.name}[{', '.join(map(str, self.fixed))}]" if self.fixed else self.name


@dataclass(slots=True)
class Picture:
    """Lines of a drawing, and what belongs under it."""

    lines: list[Line] = field(default_factory=list)
    legend: Line | None = None
    """What the colours or shades stand for."""
    notes: list[str] = field(default_factory=list)


def patch_of(detail: TensorDetail, name: str) -> Patch | None:
    """The detail's sample, ready to draw; None when there is none, or it is empty or contradicts itself."""
    sample, facts = detail.sample, detail.facts
    rank = len(facts.shape)
    if sample is None or not len(sample.shape) == len(sample.start) == len(sample.steps) == rank:
        return None
    if len(sample.values) != 8 * math.prod(sample.shape) or not sample.values:
        return None
    values = array("d")
    values.frombytes(sample.values)
    if sys.byteorder == "big":
        values.byteswap()
    axes = tuple(
        Axis(i, facts.shape[i], sample.shape[i], sample.start[i], max(1, sample.steps[i])) for i in range(rank)
    )
    dtype = "float32" if sample.part else facts.dtype
    return Patch(values, axes, dtype, name)


def narrow(patch: Patch, index: Sequence[int], keep: int) -> Patch:
    """``patch`` with leading axes fixed by ``index`` (then by 0) until ``keep`` axes are left."""
    wanted = iter(index)
    while len(patch.axes) > keep:
        patch = patch.fix(patch.axes[0].position(next(wanted, 0)))
    return patch


def chosen(count: int, room: int) -> range:
    """Positions to show of ``count`` when only ``room`` fit: evenly spaced from the first."""
    return range(0, count, max(1, -(-count // max(1, room))))

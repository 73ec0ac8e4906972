"""The sample of a tensor as something to draw: values, and what each axis of the pick stands for."""

from __future__ import annotations

import cmath
import math
import sys
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tutor.render.drawings.view import PARTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.snapshots import Sample, TensorDetail
    from tutor.render.drawings.view import Grid
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

    @property
    def gapless(self) -> bool:
        """Whether nothing is left out between its first and its last element along any axis."""
        return all(axis.step == 1 for axis in self.axes)

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
    grid: Grid | None = None
    """Where the elements are; None where there is nothing to point at."""
    tiles: bool = False
    """Whether a cell of the grid is a small picture: its rows are axis 1 of a batch, its columns axis 0."""

    def above(self, *lines: Line) -> Picture:
        """Put lines on top; gives the picture itself."""
        self.lines[:0] = lines
        if self.grid is not None:
            self.grid = self.grid.moved(down=len(lines))
        return self


def patch_of(detail: TensorDetail, name: str, part: str = PARTS[0]) -> Patch | None:
    """The detail's sample, ready to draw; None when there is none, or it is empty or contradicts itself.

    ``part`` says what of complex numbers.
    """
    sample, facts = detail.sample, detail.facts
    rank = len(facts.shape)
    if sample is None or not len(sample.shape) == len(sample.start) == len(sample.steps) == rank:
        return None
    if len(sample.values) != 8 * math.prod(sample.shape) or not sample.values:
        return None
    values: Sequence[float] = unpacked(sample.values)
    dtype = facts.dtype
    if len(sample.imag) == len(sample.values):
        values = _parts(values, unpacked(sample.imag), part)
        dtype = "float64" if dtype == "complex128" else "float32"
    axes = tuple(
        Axis(i, facts.shape[i], sample.shape[i], sample.start[i], max(1, sample.steps[i])) for i in range(rank)
    )
    return Patch(values, axes, dtype, name)


def unpacked(data: bytes) -> array[float]:
    """The numbers of a sample."""
    values = array("d")
    values.frombytes(data)
    if sys.byteorder == "big":
        values.byteswap()
    return values


def _parts(real: Sequence[float], imag: Sequence[float], part: str) -> Sequence[float]:
    if part == "real":
        return real
    if part == "imag":
        return imag
    if part == "phase":
        return [_phase(complex(a, b)) for a, b in zip(real, imag, strict=True)]
    return list(map(math.hypot, real, imag))


def _phase(z: complex) -> float:
    """From -π to π; NaN where either part is NaN."""
    return math.nan if cmath.isnan(z) else cmath.phase(z)


def value_at(sample: Sample, index: tuple[int, ...]) -> float | complex | None:
    """The element at an index of the tensor; None where the sample does not hold it."""
    place = 0
    if len(index) != len(sample.shape):
        return None
    for at, start, step, count in zip(index, sample.start, sample.steps, sample.shape, strict=True):
        position, between = divmod(at - start, max(1, step))
        if between or not 0 <= position < count:
            return None
        place = place * count + position
    values = unpacked(sample.values[place * 8 : place * 8 + 8])
    imag = unpacked(sample.imag[place * 8 : place * 8 + 8])
    if not values:
        return None
    return complex(values[0], imag[0]) if imag else values[0]


def narrow(patch: Patch, index: Sequence[int], keep: int) -> Patch:
    """``patch`` with leading axes fixed by ``index`` (then by 0) until ``keep`` axes are left."""
    wanted = iter(index)
    while len(patch.axes) > keep:
        patch = patch.fix(patch.axes[0].position(next(wanted, 0)))
    return patch


def chosen(count: int, room: int) -> range:
    """Positions to show of ``count`` when only ``room`` fit: evenly spaced from the first."""
    return range(0, count, max(1, -(-count // max(1, room))))

"""Which elements of a tensor are looked at: pure arithmetic on shapes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

DRAWN = 4_096
"""Elements a drawing gets at most."""

_CAPS = {0: (), 1: (DRAWN,), 2: (64, 64), 3: (8, 64, 64), 4: (8, 4, 32, 32)}
"""Most elements along each axis, by number of axes: a batch of 4-D is N, C, H, W."""


@dataclass(frozen=True, slots=True)
class Pick:
    """Along axis ``i``, ``shape[i]`` elements: every ``steps[i]``-th from ``start[i]``."""

    start: tuple[int, ...]
    steps: tuple[int, ...]
    shape: tuple[int, ...]

    def slices(self) -> tuple[slice, ...]:
        """Index of a tensor that gives the pick as a view."""
        return tuple(
            slice(start, start + count * step, step)
            for start, step, count in zip(self.start, self.steps, self.shape)  # noqa: B905 - equal by construction
        )


def for_drawing(shape: tuple[int, ...], index: tuple[int, ...] = ()) -> Pick:
    """At most 4,096 elements of a tensor of this shape, as a pane draws it.

    The last two axes are thinned evenly. The axes before them show a run of neighbours that begins at
    ``index`` (negative counts from the end, too far means the last); of more than four axes, those before
    the last four show one element.
    """
    rank = len(shape)
    caps = _CAPS[rank] if rank <= 4 else (1,) * (rank - 4) + _CAPS[4]
    lead = max(rank - 2, 0)
    start = [0] * rank
    count = list(shape)
    steps = [1] * rank
    for axis in range(lead):
        start[axis] = _place(shape[axis], index[axis] if axis < len(index) else 0)
        count[axis] = min(caps[axis], shape[axis] - start[axis])
    for axis in range(lead, rank):
        steps[axis] = max(1, -(-shape[axis] // caps[axis]))
        count[axis] = -(-shape[axis] // steps[axis])
    while _product(count) > DRAWN:
        # Axes of equal size are thinned together: a square picture stays square.
        longest = max(count[lead:])
        for axis in range(lead, rank):
            if count[axis] == longest:
                steps[axis] += 1
                count[axis] = -(-shape[axis] // steps[axis])
    return Pick(tuple(start), tuple(steps), tuple(count))


@lru_cache(maxsize=256)
def evenly(shape: tuple[int, ...], limit: int) -> Pick:
    """At most ``limit`` elements spread over the whole tensor."""
    count = list(shape)
    steps = [1] * len(shape)
    while _product(count) > limit:
        axis = count.index(max(count))
        # At most halved at a time, so that the other axes get their turn. Odd steps do not keep hitting the
        # same columns, nor the same lines of the processor's cache.
        excess = -(-_product(count) // limit)
        steps[axis] = -(-shape[axis] // max(1, count[axis] // min(excess, 2))) | 1
        count[axis] = -(-shape[axis] // steps[axis])
    return Pick((0,) * len(shape), tuple(steps), tuple(count))


def first(shape: tuple[int, ...], limit: int) -> Pick:
    """The smallest block at the start that holds the first ``limit`` elements in row-major order."""
    count: list[int] = []
    needed = limit
    for size in reversed(shape):
        count.append(min(size, max(needed, 1)))
        needed = -(-needed // size) if size else 0
    count.reverse()
    return Pick((0,) * len(shape), (1,) * len(shape), tuple(count))


def _place(size: int, wanted: int) -> int:
    place = wanted + size if wanted < 0 else wanted
    return min(max(place, 0), max(size - 1, 0))


def _product(counts: list[int]) -> int:
    product = 1
    for count in counts:
        product *= count
    return product

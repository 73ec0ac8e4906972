"""Which elements of a tensor are looked at: pure arithmetic on shapes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

DRAWN = 4_096
"""Elements a drawing of one or two axes gets at most."""

STACKED = 16_384
"""Elements where there are more axes: several pictures."""

_CAPS = {0: (), 1: (DRAWN,), 2: (64, 64), 3: (8, 64, 64), 4: (8, 4, 32, 32)}
"""Most elements along each axis, by number of axes: a batch of 4-D is N, C, H, W."""

_FEW_IMAGES = 4
"""Of a batch, rather fewer pictures than coarser ones, down to this many."""

Window = tuple[tuple[int, int], ...]


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


def for_drawing(shape: tuple[int, ...], index: tuple[int, ...] = (), window: Window = ()) -> Pick:
    """At most 4,096 elements of a tensor of this shape (16,384 of three axes or more), as a pane draws it.

    The last two axes are thinned evenly, inside ``window`` where that is given (the first index and one past
    the last of each of the last axes). The axes before them show a run of neighbours that begins at
    ``index`` (negative counts from the end, too far means the last); of more than four axes, those before
    the last four show one element, and so do all where ``index`` leaves a matrix of a batch.
    """
    rank = len(shape)
    caps = _CAPS[rank] if rank <= 4 else (1,) * (rank - 4) + _CAPS[4]
    lead = max(rank - 2, 0)
    if rank > 3 and len(index) >= lead:
        caps = (1,) * lead + _CAPS[2]
    start, count, steps = [0] * rank, list(shape), [1] * rank
    for axis in range(lead):
        start[axis] = _place(shape[axis], index[axis] if axis < len(index) else 0)
        count[axis] = min(caps[axis], shape[axis] - start[axis])
    for axis in range(lead, rank):
        start[axis], length = _part(shape[axis], window, axis - rank)
        steps[axis] = max(1, -(-length // caps[axis]))
        count[axis] = -(-length // steps[axis])
    most = DRAWN if rank <= 2 else STACKED
    if rank >= 4 and _product(count) > most:
        each = max(1, _product(count[rank - 3 :]))
        count[rank - 4] = min(count[rank - 4], max(_FEW_IMAGES, most // each))
    while _product(count) > most:
        # Axes of equal size are thinned together: a square picture stays square.
        longest = max(count[lead:])
        for axis in range(lead, rank):
            if count[axis] == longest:
                steps[axis] += 1
                length = _part(shape[axis], window, axis - rank)[1]
                count[axis] = -(-length // steps[axis])
    return Pick(tuple(start), tuple(steps), tuple(count))


def _part(size: int, window: Window, axis: int) -> tuple[int, int]:
    """Start and length of the window along an axis (negative: from the last); all of it without a window."""
    if -axis > len(window):
        return 0, size
    first, end = window[axis]
    first = min(max(first, 0), max(size - 1, 0))
    return first, min(max(end - first, 1), size - first)


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

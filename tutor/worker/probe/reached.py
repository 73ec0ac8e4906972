"""Which leaves the last ``backward()`` that was looked at reached, and what they were then.

Leaves are held by weak references, and of their values a copy of a sample is kept.
"""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from functools import cache
from typing import Any

from tutor.worker.probe.touch import has_values

_LEAVES = 64
_SAMPLE = 2_048
"""Elements of a leaf that are remembered."""


@dataclass(eq=False, slots=True)
class Reached:
    """One leaf as the pass began."""

    leaf: Any
    """A weak reference."""
    filled: bool
    """Whether it held a gradient already."""
    sample: Any
    """A copy of some of its elements, one axis; None where there are too many leaves."""


class LastPass:
    """The last pass that was looked at."""

    def __init__(self) -> None:
        self.begin(complete=True)

    def begin(self, complete: bool) -> None:
        """A pass begins; ``complete`` says whether all its leaves will be noted."""
        self.complete = complete
        self._leaves: dict[int, Reached] = {}

    def note(self, torch: Any, leaf: Any) -> None:
        """The pass will reach ``leaf``. Call inside :func:`tutor.worker.probe.touch.quiet`."""
        filled = torch.Tensor.grad.__get__(leaf) is not None
        few = len(self._leaves) < _LEAVES and has_values(torch, leaf) and leaf.layout is torch.strided
        sample = sample_of(torch, leaf).clone() if few else None
        self._leaves[id(leaf)] = Reached(weakref.ref(leaf), filled, sample)

    def of(self, leaf: Any) -> Reached | None:
        """What is known of ``leaf``; None if the pass did not reach it."""
        found = self._leaves.get(id(leaf))
        return found if found is not None and found.leaf() is leaf else None


@cache
def last_pass() -> LastPass:
    return LastPass()


def sample_of(torch: Any, leaf: Any) -> Any:
    """At most ``_SAMPLE`` elements of ``leaf``, evenly apart where they lie in order."""
    values = torch.Tensor.detach(leaf)
    count = values.numel()
    if not values.is_contiguous():
        values = (
            values.reshape(-1) if count <= _SAMPLE else values[tuple([slice(0, 8)] * values.dim())].reshape(-1)
        )
        return values[:_SAMPLE]
    return values.view(-1)[:: max(1, -(-count // _SAMPLE))]

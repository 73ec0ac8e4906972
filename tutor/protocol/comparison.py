"""Two tensors compared, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import TensorDetail, TensorFacts


@dataclass(frozen=True, slots=True)
class Extreme:
    """Where two tensors are furthest apart."""

    at: tuple[int, ...]
    left: float
    right: float
    """Both values; of complex numbers the magnitudes."""
    by: float
    """The difference: ``|left - right|``, or that over ``|right|``."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A test of closeness and how it came out: ``|left - right| <= atol + rtol * |right|`` for every pair."""

    rtol: float
    atol: float
    outside: int
    """Pairs that are further apart; a NaN is far from everything."""


@dataclass(frozen=True, slots=True)
class Values:
    """What the elements of two tensors of one shape have to say."""

    count: int
    """Pairs there are."""
    looked: int
    """Pairs looked at; fewer than ``count`` in a sample, and then every figure is of the sample."""
    differing: int
    """Pairs that are not equal; NaN equals nothing, not even NaN."""
    allclose: Verdict
    """With the defaults of ``torch.allclose``."""
    strict: Verdict
    """With the tolerances of ``torch.testing.assert_close`` for the dtype."""
    largest: Extreme | None
    """The largest absolute difference of pairs that are both numbers; None when none differ."""
    relative: Extreme | None
    """The largest difference relative to the right value, where that is neither 0 nor infinite."""
    nans: tuple[int, int, int]
    """Pairs with a NaN on the left only, on the right only, on both sides."""
    nan_at: tuple[tuple[int, ...], ...]
    """The first few places where only one side is NaN."""


@dataclass(frozen=True, slots=True)
class Comparison:
    left: TensorFacts
    right: TensorFacts
    same: bool
    """Two names of one and the same object."""
    shares: bool
    """Both use the same storage."""
    values: Values | None
    """None when they were not compared; ``note`` then says why."""
    difference: TensorDetail | None
    """A sample of ``left - right``, to be drawn; None when there is nothing to draw."""
    note: str = ""

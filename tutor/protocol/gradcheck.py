"""A gradient compared with finite differences, as plain data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorstElement:
    """Where a derivative and its finite difference are furthest apart, by what the tolerances allow."""

    at: tuple[int, ...]
    """Index into the input."""
    output: tuple[int, ...]
    """Index into the result."""
    analytic: float
    """What the backward, or the formula, says."""
    numeric: float
    """What the difference says."""
    relative: float
    """``|analytic - numeric| / |numeric|``; infinite where the difference is 0 and the other is not."""
    kink: bool
    """The difference to the right is not that to the left: there is no derivative to compare with."""


@dataclass(frozen=True, slots=True)
class CheckedInput:
    """All derivatives with respect to one input."""

    name: str
    shape: tuple[int, ...]
    elements: int
    """Derivatives there are: elements of the input times elements of the result; where each element of the result
    hangs on its own element of the input alone, only those."""
    outside: int
    """Those of them that are further from the difference than the tolerances allow."""
    worst: WorstElement | None
    """None when there are no derivatives at all."""
    ratio: float | None
    """By what the true derivatives are multiplied, where it is the same factor everywhere, and not 1."""
    analytic: bytes
    """Of the element of the result that is worst: the derivatives by the first few elements of the input from the
    worst one's neighbourhood, as little-endian float64."""
    numeric: bytes
    first: int
    """Of these the first one's place in the input, row-major."""


@dataclass(frozen=True, slots=True)
class GradientCheck:
    function: str
    """As the learner wrote it."""
    formula: str
    """The formula that was compared; empty for autograd's own way through the function."""
    inputs: tuple[CheckedInput, ...]
    result: tuple[int, ...]
    """Shape of the result."""
    rtol: float
    atol: float
    step: float
    """Half the distance of the two points of a difference."""

    @property
    def ok(self) -> bool:
        return not any(one.outside for one in self.inputs)

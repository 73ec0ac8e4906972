"""A training loop while it runs and after it, as plain data: curves, layers, learning rates, warning signs."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import Sample


@dataclass(frozen=True, slots=True)
class Curve:
    """One loss over the steps of a run, thinned when there are more points than are kept."""

    name: str
    """As the learner wrote it: ``loss``, ``criterion(model(x), y)``."""
    steps: tuple[int, ...]
    """Step of each value, from 1, in order."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One trained tensor at the last step that was looked at."""

    path: str
    shape: tuple[int, ...]
    grad_norm: float | None
    """L2 norm of its gradient, scaled up from the sample where it is one; None where there is no gradient."""
    update_ratio: float | None
    """Norm of the last change over the norm of the value; None while no two steps were seen."""
    trend: tuple[float, ...]
    """``grad_norm`` at the last looks, the oldest first."""
    zeros: float
    """Share of the gradient's elements that are zero, of those that were looked at."""
    not_finite: int
    """NaN and infinite elements of value and gradient among those that were looked at."""
    sampled: int
    """Elements that were looked at; all of them where this is the product of ``shape``."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The learning rate of one parameter group."""

    optimizer: str
    """The learner's name for it, or its class."""
    kind: str
    """Class name: ``SGD``, ``AdamW``."""
    group: int
    value: float


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign that the training is in trouble."""

    kind: str
    """``not finite``, ``vanishing``, ``exploding``, ``dead``, ``stalled``, ``diverging``."""
    path: str
    """Of the layer, or the name of the loss."""
    step: int
    """Where it was first seen."""
    numbers: tuple[float, ...] = ()
    """What the words about it need, in the order the renderer says."""


@dataclass(frozen=True, slots=True)
class TrainingSnapshot:
    """One training run."""

    run: int
    """Counts the training runs of this worker from 1."""
    step: int
    """Optimiser steps; where there is no optimiser, calls of ``backward`` or ``autograd.grad``."""
    per_second: float
    state: str
    """``running``, ``paused``, ``done``, ``stopped`` (by the person) or ``failed``."""
    curves: tuple[Curve, ...]
    layers: tuple[Layer, ...]
    more_layers: int
    rates: tuple[Rate, ...]
    flags: tuple[Flag, ...]
    cost: float
    """Share of the run's time that the watching itself has taken."""
    histogram: Sample | None = None
    """Gradient of the layer ``chosen``, a sample of at most 2,048 elements."""
    chosen: str = ""
    cell: int = 0
    """Number of the cell, for a name of the run."""
    source: str = ""
    """First line of the loop, as the learner wrote it."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was true at one step of a run: of each layer, and of each parameter group."""

    step: int
    grad_norms: tuple[float | None, ...]
    """One for each layer, in an order that whoever keeps them knows; one that came later is missing at the end."""
    update_ratios: tuple[float | None, ...]
    rates: tuple[float, ...]

"""A training loop while it runs and after it, as plain data: curves, layers, learning rates, warning signs."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Curve:
    """One loss over the steps of a run, thinned when there are more points than are kept."""

    name: str
    """As the learner wrote it: ``loss``, ``criterion(model(x), y)``."""
    steps: tuple[int, ...]
    """Step of each value, from 1, in order."""
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Spread:
    """A histogram of a gradient, of those of its elements that were looked at and are finite."""

    low: float
    high: float
    counts: tuple[int, ...]
    """Elements in equal steps from ``low`` to ``high``; one number where all are the same."""
    mean: float
    std: float
    """Population standard deviation."""


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
    """NaN and infinite elements of the gradient among those that were looked at."""
    sampled: int
    """Elements that were looked at; all of them where this is the product of ``shape``."""
    spread: Spread | None = None
    """While a run goes on only of the layer ``TrainingSnapshot.chosen``."""
    bad_values: int = 0
    """NaN and infinite elements of the value among those that were looked at."""


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
    """``not finite``, ``vanishing``, ``exploding``, ``dead``, ``dead units``, ``stalled``, ``diverging``."""
    path: str
    """Of the layer, or the name of the loss."""
    step: int
    """Where it was first seen."""
    numbers: tuple[float, ...] = ()
    """What the words about it need.

    ``not finite`` of a loss: its first value that was seen and is not, and the step after the last one at which
    it was; of a layer: 1 for its value or 0 for its gradient, elements, that step, layers concerned.
    ``dead units``: their share of the layer, looks at which they were silent, layers concerned. ``diverging``:
    the loss where it began, where it is. Of the others: update over value for ``vanishing`` and ``stalled``,
    gradient over its first ones for ``exploding``, 1 for ``dead``; then the resolution of the dtype, and layers
    concerned."""


@dataclass(frozen=True, slots=True)
class TrainingSnapshot:
    """One training run."""

    run: int
    """Counts the training runs of this worker from 1."""
    step: int
    """Optimiser steps; where there is no optimiser, calls of ``backward`` or ``autograd.grad``.

    Optimisers that take turns (a GAN) make one step together: a new one begins where one of them comes again."""
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
    chosen: str = ""
    """Path of the layer whose ``spread`` is taken while the run goes on."""
    cell: int = 0
    """Number of the cell, for a name of the run."""
    source: str = ""
    """First line of the loop, as the learner wrote it."""
    seconds: float = 0.0
    """What it has taken since its first ``backward()``, without its pauses."""
    seen: int = 0
    """Step whose gradients ``layers`` show, where those of ``step`` were not to be had; else 0."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was true at one step of a run: of each layer, and of each parameter group."""

    step: int
    grad_norms: tuple[float | None, ...]
    """One for each layer, in an order that whoever keeps them knows; one that came later is missing at the end."""
    update_ratios: tuple[float | None, ...]
    rates: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come since it was last told of: only what changes quickly."""

    run: int
    step: int
    per_second: float
    cost: float
    fresh: tuple[Curve, ...]
    """What came to each curve, to be put at its end; not every value where they come too fast to be seen."""
    seconds: float = 0.0
    """As in :class:`TrainingSnapshot`."""


def moved(training: TrainingSnapshot, progress: Progress) -> TrainingSnapshot:
    """The run as it is after ``progress``; unchanged where that is of another run."""
    if progress.run != training.run:
        return training
    fresh = {curve.name: curve for curve in progress.fresh}
    curves = tuple(_joined(curve, fresh.pop(curve.name, None)) for curve in training.curves)
    return replace(
        training, step=progress.step, per_second=progress.per_second, cost=progress.cost,
        curves=(*curves, *fresh.values()), seconds=progress.seconds,
    )  # fmt: skip


def _joined(curve: Curve, fresh: Curve | None) -> Curve:
    if fresh is None:
        return curve
    return replace(curve, steps=curve.steps + fresh.steps, values=curve.values + fresh.values)

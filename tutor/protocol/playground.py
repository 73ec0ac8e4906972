"""A small network while it learns in the playground, and a descent on a curve, as plain data.

Maps travel as bytes, one a value, row by row from the upper left: see :data:`ZERO`.
"""

from __future__ import annotations

from dataclasses import dataclass

ZERO = 100
"""The byte of 0; values from -1 to 1 are the bytes from 0 to 200."""
MISSING = 255
"""The byte of NaN and of an infinity."""
MOST_CELLS = 40_000
"""Values of the largest map there is."""
MOST_POINTS = 240
"""Points of a curve that are kept."""


@dataclass(frozen=True, slots=True)
class Look:
    """The size of the maps that are wanted, in values."""

    columns: int
    rows: int
    tile_columns: int
    tile_rows: int
    layer: int = -1
    """Which neuron the large map shows: 0 are the inputs, then the hidden layers; -1 is the network's answer."""
    neuron: int = 0


@dataclass(frozen=True, slots=True)
class Data:
    """The points of a data set; the first ``train`` are trained on."""

    x1: tuple[float, ...]
    x2: tuple[float, ...]
    labels: tuple[float, ...]
    """0 and 1 for classes; where a number is to be learned, that number."""
    train: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Steps made in a row with one learning rate."""

    rate: float
    steps: int


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one linear layer."""

    rows: tuple[tuple[float, ...], ...]
    """``rows[i][j]`` goes from input ``j`` to neuron ``i``."""
    bias: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """What deserves a word: ``diverged``, ``dead``, ``stalled`` or ``overfits``."""

    kind: str
    numbers: tuple[float, ...] = ()
    """``dead``: the layer (from 1), its dead neurons, its neurons. ``stalled``: steps. ``overfits``: the lowest
    test loss there was. ``diverged``: the loss at the beginning."""


@dataclass(frozen=True, slots=True)
class Playing:
    """The network after ``step`` steps."""

    run: int
    """The number that the client gave to this beginning."""
    step: int
    epoch: float
    """Times every training point was used."""
    per_second: float
    """Steps a second of the last second; 0 while none are made."""
    train_loss: float
    test_loss: float
    train_right: float | None
    """Share of the points whose class is found; None where a number is to be learned."""
    test_right: float | None
    grad_norm: float | None
    """L2 norm over all parameters at the last step; None before the first."""
    steps: tuple[int, ...]
    """Where the curves below have points, thinned when there are many."""
    train_curve: tuple[float, ...]
    test_curve: tuple[float, ...]
    map: bytes
    tiles: tuple[tuple[bytes, ...], ...]
    """Each neuron's output over the plane: the inputs, then the hidden layers."""
    weights: tuple[Weights, ...]
    stretches: tuple[Stretch, ...]
    look: Look
    """What ``map`` and ``tiles`` are of."""
    sign: Sign | None = None
    data: Data | None = None
    """With the first answer of a run only."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a descent is after some steps."""

    x: float
    y: float
    slope: float
    """f'(x), as autograd gives it."""
    velocity: float
    """What momentum has gathered with this slope; the slope itself where there is none."""


@dataclass(frozen=True, slots=True)
class Descent:
    """A function and the way down it, from the start."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    """f at ``xs``; NaN where it has no value."""
    places: tuple[Place, ...]
    """The start, and a place for each step; it ends early where numbers are no longer finite."""
    diverged: bool
    """It ended early."""

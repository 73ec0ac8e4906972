"""Snapshots: what a live torch object looked like at one moment, as plain data.

The worker's probe makes them, the UI draws them. They hold bounded samples, never whole tensors and
never the object itself, so keeping one costs nothing and keeps nothing of the learner's alive.
Shapes are tuples of sizes, memory is in bytes, times are in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TensorFacts:
    """One tensor in the learner's namespace, without its values."""

    path: str
    """How the learner reaches it: ``x``, ``xs[1]``, ``d['w']``, ``model.0.weight``."""
    kind: str
    """Class name: ``Tensor``, ``Parameter``, or that of a subclass."""
    dtype: str
    """As torch spells it without the prefix: ``float32``, ``int64``, ``bool``."""
    shape: tuple[int, ...]
    strides: tuple[int, ...] | None
    """In elements, as ``Tensor.stride()``; None where a layout has none (sparse)."""
    offset: int
    """``storage_offset()``, in elements."""
    device: str
    layout: str
    """``strided``, ``sparse_coo``, …"""
    requires_grad: bool
    is_leaf: bool
    grad_fn: str | None
    """Name of the node that made it, for example ``AddBackward0``; None for a leaf."""
    has_grad: bool
    """Whether ``.grad`` is filled."""
    nbytes: int
    """Bytes its elements take: ``numel() * element_size()``."""
    contiguous: bool
    shares: tuple[str, ...]
    """Other paths that use the same storage."""
    change: str
    """What the last run did to the name: ``""`` nothing, ``new``, ``rebound`` (another object under the
    same name), ``modified`` (same object, other values or facts)."""
    view_of: str = ""
    """Path of the tensor whose memory it looks into; empty for the one that spans most of that memory."""
    same_as: str = ""
    """An earlier path of the same object."""
    nans: int = 0
    infs: int = 0
    """NaN and infinities that were met in it, of either sign."""
    counted: bool = False
    """Whether every element was looked at; otherwise there may be more of them."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Statistics of a tensor's elements; NaN and infinities are counted apart and left out of the rest."""

    count: int
    """Number of elements looked at."""
    minimum: float
    maximum: float
    mean: float
    std: float
    """Population standard deviation (divides by N)."""
    zeros: int
    nans: int
    infs: int
    exact: bool
    """False when only a sample was looked at: then every figure here is of the sample."""
    norm: float = math.nan
    """Euclidean (L2) norm; from a sample, what that says of the whole tensor."""
    histogram: tuple[int, ...] = ()
    """Elements in equal steps from ``minimum`` to ``maximum``; empty where all are the same."""
    histogram_of: int = 0
    """Elements that are in it: fewer than ``count`` where it is of a sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A strided pick of a tensor's elements: along axis ``i``, every ``steps[i]``-th from ``start[i]``."""

    shape: tuple[int, ...]
    """Sizes of the pick; same number of axes as the tensor."""
    start: tuple[int, ...]
    steps: tuple[int, ...]
    """All 1 when the pick is the whole tensor (and ``shape`` is then the tensor's shape)."""
    values: bytes
    """The elements in row-major order as little-endian float64; of complex numbers the real parts."""
    imag: bytes = b""
    """Of complex numbers the imaginary parts; empty for real ones."""


@dataclass(frozen=True, slots=True)
class TensorDetail:
    """Everything the pane needs to draw one tensor."""

    facts: TensorFacts
    stats: Stats | None
    sample: Sample | None
    """None when there is nothing to draw; ``note`` then says why."""
    note: str = ""
    history: tuple[float, ...] = ()
    """Of a scalar: what it was after the last runs that changed it, the latest last."""
    found: tuple[int, ...] | None = None
    """Index of the NaN or infinity that was asked for; None when there is none, or none was asked for."""
    element: Sample | None = None
    """The one element that was asked for; None when none was, or there is no such element."""

"""Expressions that are evaluated after each run, and what came of them, as plain data."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import Sample, Stats, TensorFacts


@dataclass(frozen=True, slots=True)
class WatchRow:
    """One expression after one run."""

    expression: str
    status: str
    """``value``; ``error`` (it raised); ``refused`` (it would change something); ``late`` (it took too long, and
    is not evaluated again until it is asked for); ``interrupted``."""
    text: str
    """A plain value on one line, or in one line why there is none; empty for a tensor."""
    type: str = ""
    """Class name of the value."""
    tensor: TensorFacts | None = None
    stats: Stats | None = None
    sample: Sample | None = None
    """At most 256 elements, spread over the whole tensor."""
    number: float | None = None
    """The value, where it is one real number."""
    mark: str = ""
    """Equal for values that look the same: their shape, dtype, statistics and sample, or their text."""


@dataclass(frozen=True, slots=True)
class WatchLine:
    """One expression over the runs, as the UI keeps it."""

    row: WatchRow
    change: str
    """``new``, ``same``, ``changed`` (the value) or ``type`` (also its shape, dtype or class)."""
    before: WatchRow | None = None
    """The row after the run before, where it had a value."""
    history: tuple[float, ...] = ()
    """The number after each run, the oldest first, where it is one."""

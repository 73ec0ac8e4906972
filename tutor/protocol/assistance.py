"""What can be typed at a place, and what is known of a name."""

from __future__ import annotations

from dataclasses import dataclass

from tutor.protocol.snapshots import TensorFacts


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that can be typed at a place."""

    text: str
    """What would stand there."""
    kind: str
    """``function``, ``class``, ``module``, ``tensor``, ``property``, ``value``, ``name`` (bound in the unfinished
    cell), ``keyword``, ``parameter``, ``key``, ``file`` or ``magic``."""
    detail: str = ""
    """A few words more: dtype and shape of a tensor, the default of a parameter, the type of a value."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is known about an object or a call without running any of the learner's code."""

    name: str
    """As the learner wrote it: ``torch.sum``."""
    type: str
    """``function``, ``method``, ``class``, ``property``, or the class of an object, with its module when that is
    neither ``builtins`` nor the learner's own."""
    parameters: tuple[str, ...] | None
    """Parameters as they would be written (``dim``, ``*``, ``dtype=None``); None if it cannot be called, or
    nobody says how."""
    returns: str
    """What follows the arrow; empty if nothing does."""
    current: int
    """Index of the parameter being typed; -1 if none, or not known."""
    doc: str
    """The docstring, cut when long; for a call only its first paragraph."""
    source: str = ""
    """Only in full: the source, cut when long; empty if it is not to be had."""
    file: str = ""
    line: int = 0
    """Where the definition begins, 1-based; 0 if unknown."""
    tensor: TensorFacts | None = None

"""What came of judging an answer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CheckPart:
    """One thing a check looked at: shape, dtype, values, …"""

    label: str
    ok: bool
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The outcome of one check of an exercise."""

    label: str
    """What counts as done, in words: ``col_means is right``."""
    status: str
    """``pass``, ``fail``, ``error`` (the learner's code raised), ``timeout`` (it did not end), ``broken`` (the
    lesson's fault); empty where it is judged only when the learner asks."""
    parts: tuple[CheckPart, ...]
    message: str
    """The default explanation, in the learner's own names."""
    feedback: str
    """What the author wrote for this check; may be empty."""

"""What became of each axis of an operation's operands: shape arithmetic alone, tested against torch."""

from __future__ import annotations

from tutor.worker.probe.flow.rules.model import Ruling, Told
from tutor.worker.probe.flow.rules.table import KINDS, RULES

__all__ = ["Ruling", "Told", "ruling"]


def ruling(told: Told) -> Ruling:
    """The rule of the operation applied to its shapes; ``other``, without a word, where none is known or it does
    not come out.
    """
    rule = RULES.get(told.name) or RULES.get(told.name.rstrip("_"))
    if rule is None:
        return Ruling("other" if told.operands else "make")
    try:
        found = rule(told)
    except (ValueError, TypeError, IndexError, KeyError, AttributeError):
        return Ruling(KINDS.get(rule, "other") if told.operands else "make")
    return found if _fits(found, told) else Ruling(found.kind, (), found.settings, found.roles)


def _fits(found: Ruling, told: Told) -> bool:
    """Whether the rule speaks of axes that are there; a size that goes on unchanged must be the result's."""
    count = len(told.results[0]) if told.results else 0
    for shape, axes in zip(told.operands, found.axes):  # noqa: B905 - trailing operands may be unsaid
        if axes and len(axes) != len(shape):
            return False
        for size, axis in zip(shape, axes):  # noqa: B905 - both have the same length, if there is any
            if told.results and any(not 0 <= to < count for to in axis.to):
                return False
            if (
                told.results
                and axis.fate == "kept"
                and axis.to
                and [told.results[0][to] for to in axis.to] != [size]
            ):
                return False
    return True

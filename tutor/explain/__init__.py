"""Errors explained: from an error as data to what went wrong, the rule that was broken, and the likely fix.

Pure: no torch, no screen. Nothing is said unless the clues agree; an unknown error stays an honest traceback.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.explain.evidence import Failure
from tutor.explain.model import Explanation
from tutor.explain.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.failures import ErrorReport

__all__ = ["Explanation", "explain"]


def explain(chain: Sequence[ErrorReport]) -> Explanation | None:
    """The explanation of the error that ended the run, or of the one it was explicitly raised from.

    None when no rule fits.
    """
    for place in range(len(chain) - 1, -1, -1):
        failure = Failure(chain[place])
        for rule in RULES:
            explanation = rule.explain(failure)
            if explanation is not None:
                return explanation
        if place and chain[place - 1].relation != "cause":
            return None
    return None

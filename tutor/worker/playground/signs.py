"""When training deserves a word."""

from __future__ import annotations

import math
from typing import Any

from tutor.protocol.playground import Sign
from tutor.worker.playground.curves import Curves

_BLOWN_UP = 10.0
"""Times the first loss."""
_LONG = 1_000
"""Steps over which a loss should have moved."""
_MOVED = 0.002
"""Share of itself."""
_UNFINISHED = 0.4
"""Share of the loss without any training above which there is something left to learn."""
_OVERFITS = 1.4
"""Times the lowest test loss."""
_NOTABLE = 0.2
"""Share of the first test loss below which it is small whatever it does."""


def sign_of(step: int, curves: Curves, hidden: list[Any], variance: float) -> Sign | None:
    """The gravest sign there is. ``hidden``: outputs ``[n, width]`` of layers whose neurons can die.

    ``variance`` of the labels is the squared error of always answering with their mean.
    """
    loss = curves.train[-1]
    if not math.isfinite(loss) or loss > _BLOWN_UP * max(curves.train[0], 0.5):
        return Sign("diverged", (curves.train[0],))
    for number, values in enumerate(hidden):
        dead = int((values <= 0).all(dim=0).sum())
        if 2 * dead > values.shape[1]:
            return Sign("dead", (number + 1, dead, values.shape[1]))
    before = curves.before(step - _LONG)
    unfinished = _UNFINISHED * min(curves.train[0], max(variance, 0.05) if variance < 0.2 else 1.0)
    if before is not None and loss > unfinished and abs(before - loss) < _MOVED * before:
        return Sign("stalled", (_LONG,))
    best = min(curves.test)
    now = curves.test[-1]
    if now > max(_OVERFITS * best, 3 * loss, _NOTABLE * curves.test[0]) and best < curves.test[0]:
        return Sign("overfits", (best,))
    return None

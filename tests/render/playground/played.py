"""Trainings and descents as they would arrive, made up."""

from __future__ import annotations

import itertools
import math
from typing import Any

from tutor.protocol.playground import MISSING, ZERO, Data, Descent, Look, Place, Playing, Sign, Stretch, Weights

LOOK = Look(20, 20, 4, 4)


def field(columns: int, rows: int) -> bytes:
    """From -1 at the left to 1 at the right."""
    return bytes(round(2 * ZERO * column / max(1, columns - 1)) for _ in range(rows) for column in range(columns))


def playing(widths: tuple[int, ...] = (2, 4, 2), look: Look = LOOK, **changes: Any) -> Playing:
    """``widths``: of the inputs and the hidden layers."""
    sizes = (*widths, 1)
    weights = tuple(
        Weights(tuple(tuple(math.sin(i + 2 * j + 1) for j in range(a)) for i in range(b)), (0.0,) * b)
        for a, b in itertools.pairwise(sizes)
    )
    tile = field(look.tile_columns, look.tile_rows)
    made: dict[str, Any] = {
        "run": 1,
        "step": 1_240,
        "epoch": 124.0,
        "per_second": 812.0,
        "train_loss": 0.0123,
        "test_loss": 0.0345,
        "train_right": 0.97,
        "test_right": 0.93,
        "grad_norm": 0.25,
        "steps": (1, 100, 500, 1_240),
        "train_curve": (0.7, 0.4, 0.1, 0.0123),
        "test_curve": (0.7, 0.45, 0.2, 0.0345),
        "map": field(look.columns, look.rows),
        "tiles": tuple(tuple(tile for _ in range(width)) for width in widths),
        "weights": weights,
        "stretches": (Stretch(0.03, 1_240),),
        "look": look,
        "sign": None,
        "data": DATA,
    }
    return Playing(**made | changes)


DATA = Data((-2.0, 2.0, 0.0, 1.0), (-2.0, 2.0, 0.0, -2.5), (0.0, 1.0, 1.0, 0.0), 2)
MISSING_MAP = bytes([MISSING]) * 400
SIGNS = (
    Sign("diverged", (0.7,)),
    Sign("dead", (1.0, 3.0, 4.0)),
    Sign("stalled", (1000.0,)),
    Sign("overfits", (0.05,)),
)


def descent(rate: float = 0.1, steps: int = 20) -> Descent:
    """On x squared, from 2."""
    places, x = [], 2.0
    for _ in range(steps + 1):
        places.append(Place(x, x * x, 2 * x, 2 * x))
        x -= rate * 2 * x
    xs = tuple(-3 + 6 * i / 100 for i in range(101))
    return Descent(xs, tuple(x * x for x in xs), tuple(places), diverged=False)

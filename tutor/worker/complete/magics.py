"""The magics that completion knows of."""

from __future__ import annotations


def names() -> tuple[str, ...]:
    """Names of the magics, without their percent sign."""
    return ("timeit", "time", "who", "whos", "reset", "run", "save")

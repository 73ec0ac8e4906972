"""Figures beside what they must reach, as a table that can stand in the README."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Table:
    """Rows are printed as they come, so that a long run shows how far it is."""

    wide: int = 62
    missed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        print(f"| {'what':<{self.wide}} | {'measured':>22} | must reach |")
        print(f"|{'-' * (self.wide + 2)}|{'-' * 23}:|------------|")

    def row(self, what: str, measured: str, goal: str = "", *, reached: bool = True) -> None:
        """One line; ``reached`` False marks it and is remembered."""
        if not reached:
            self.missed.append(what)
        mark = "" if reached else "  ← missed"
        print(f"| {what:<{self.wide}} | {measured:>22} | {goal:<10} |{mark}", flush=True)


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds * 1000:,.0f} ms"


def quantile(times: Sequence[float], q: float) -> float:
    """The value below which the share ``q`` of ``times`` lies."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def median(times: Sequence[float]) -> float:
    return statistics.median(times)

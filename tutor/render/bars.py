"""Bars for gradient norms, on a logarithmic scale: a vanishing gradient is still seen beside a large one."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.render.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.render.look import Look

_DECADES = 6
"""Most powers of ten a bar spans; what is smaller than that gets the shortest bar."""


@dataclass(frozen=True, slots=True)
class LogScale:
    """From 10**low (no bar) to ``greatest`` (a full bar)."""

    low: float
    greatest: float

    def bar(self, value: float | None, cells: int, look: Look) -> str:
        """Nothing for None, 0 and NaN; a full bar for infinity."""
        if value is None or math.isnan(value) or value <= 0 or cells < 1:
            return ""
        part = (
            1.0 if math.isinf(value) else (math.log10(value) - self.low) / (math.log10(self.greatest) - self.low)
        )
        ends = look.glyphs.eighths
        eighths = min(max(1, round(part * cells * len(ends))), cells * len(ends))
        full, rest = divmod(eighths, len(ends))
        return ends[-1] * full + (ends[rest - 1] if rest else "")

    def heading(self, cells: int) -> str:
        """What stands above bars of ``cells``: that their length is no proportion."""
        return ("log scale" if cells >= len("log scale") else "log")[:cells].ljust(cells)

    def words(self) -> str:
        return f"bars: log scale, {number(10**self.low)} to {number(self.greatest)}"


def log_scale(values: Iterable[float | None]) -> LogScale:
    """A scale that ends at the greatest value and starts a power of ten or so under the least."""
    seen = [v for v in values if v is not None and math.isfinite(v) and v > 0] or [1.0]
    least, greatest = math.log10(min(seen)), math.log10(max(seen))
    return LogScale(max(math.floor(least) - 1.0, math.floor(greatest) - _DECADES), max(seen))

"""The sentences under a picture: statistics, what a cell is, and a reading for those who cannot see it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.drawings.heat import all_finite
from tutor.render.lines import Line
from tutor.render.numbers import count, is_exact, number, ordinal
from tutor.render.palette import axis_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tutor.protocol.snapshots import Stats
    from tutor.render.drawings.patch import Axis, Patch
    from tutor.render.look import Look
    from tutor.render.palette import Palette

_SPREAD = "histogram "
_HISTOGRAM_FROM = 8
"""Elements from which a histogram says more than they do."""
_NAMED = 3
"""Positions of NaN or infinities that are written out."""


def stats_lines(stats: Stats | None, dtype: str, look: Look) -> list[Line]:
    """``min 0  max 11  mean 5.5  std 3.452  norm 22.49  zeros 1 of 12  nonzero 11  NaN 1``, in words.

    Figures of a sample are marked ``~``.
    """
    if stats is None or stats.count == 0:
        return []
    ink = look.palette
    figures = _figures(stats, dtype)
    if not figures:
        return []
    lines = [Line()]
    if "complex" in dtype:
        lines[0].add("of |z|:", ink.dim)
    for label, value in figures:
        mark = "" if stats.exact else "~"
        cells = len(label) + len(mark) + len(value) + 3
        if lines[-1].cells and lines[-1].cells + cells > look.width:
            lines.append(Line())
        style = ink.missing if label in ("NaN", "Inf") else ink.dim
        lines[-1].add("  " if lines[-1].cells else "").add(f"{label} ", style).add(mark + value, ink.number)
    if not stats.exact:
        note = f"~ of a sample of {count(stats.count)}"
        if lines[-1].cells + len(note) + 2 > look.width:
            lines.append(Line(note, ink.dim))
        else:
            lines[-1].add("  ").add(note, ink.dim)
    return lines


def _figures(stats: Stats, dtype: str) -> list[tuple[str, str]]:
    total, nonzero = count(stats.count), count(stats.count - stats.zeros)
    figures: list[tuple[str, str]] = []
    if dtype == "bool":
        figures += [("True", f"{nonzero} of {total}"), ("False", count(stats.zeros))]
    elif stats.count > 1 and not math.isnan(stats.mean):
        exact = is_exact(dtype)
        figures += [("min", number(stats.minimum, 12, exact)), ("max", number(stats.maximum, 12, exact))]
        figures += [("mean", number(stats.mean)), ("std", number(stats.std))]
        if not math.isnan(stats.norm):
            figures.append(("norm", number(stats.norm)))
        figures += [("zeros", f"{count(stats.zeros)} of {total}"), ("nonzero", nonzero)]
    if stats.nans:
        figures.append(("NaN", count(stats.nans)))
    if stats.infs:
        figures.append(("Inf", count(stats.infs)))
    return figures


def histogram_lines(stats: Stats | None, dtype: str, look: Look) -> list[Line]:
    """How often values occur, from the least to the greatest: ``-2.1 ▁▃█▅▁ 3.4``; nothing for a few values."""
    if stats is None or dtype == "bool" or not any(stats.histogram) or stats.count < _HISTOGRAM_FROM:
        return []
    ink, bars = look.palette, look.glyphs.bars
    exact = is_exact(dtype)
    mark = "" if stats.exact else "~"
    low, high = mark + number(stats.minimum, 9, exact), mark + number(stats.maximum, 9, exact)
    counts = list(stats.histogram)
    while len(counts) > 1 and len(counts) + len(low) + len(high) + len(_SPREAD) + 2 > look.width:
        counts = [sum(counts[at : at + 2]) for at in range(0, len(counts), 2)]
    most = max(counts)
    heights = [bars[-(-n * (len(bars) - 1) // most)] if n > 0 else " " for n in counts]
    line = (
        Line(_SPREAD, ink.dim)
        .add(f"{low} ", ink.number)
        .add("".join(heights), ink.bar)
        .add(f" {high}", ink.number)
    )
    if not stats.exact or stats.histogram_of >= stats.count - stats.nans - stats.infs:
        return [line]
    words = f"  of a sample of {count(stats.histogram_of)}"
    return [line.add(words, ink.dim)] if line.cells + len(words) <= look.width else [line, Line(words, ink.dim)]


def cell_note(axes: Iterable[tuple[Axis, int, str]], unit: str = "cell") -> str:
    """What one cell is; each axis comes with the drawing's step through the sample and a word for its lines."""
    parts = []
    for axis, stride, word in axes:
        step = axis.step * stride
        if step > 1:
            parts.append(f"every {ordinal(step)} {word}")
        elif not axis.whole:
            parts.append(f"{word}s {axis.start} to {axis.index(axis.count - 1)} of {count(axis.size)}")
    if not parts:
        return f"1 {unit} = 1 value"
    return f"1 {unit} = 1 value; shown: {', '.join(parts)}"


def missing_note(patch: Patch, stats: Stats | None) -> str:
    """Where the NaN and infinities are; says so when they lie outside the sample."""
    bad = [] if all_finite(patch.values) else [p for p, v in enumerate(patch.values) if not math.isfinite(v)]
    known = stats.nans + stats.infs if stats is not None and stats.exact else 0
    if not bad:
        return "NaN or Inf are not among the values shown." if known else ""
    places = ", ".join(f"[{', '.join(map(str, _unravel(patch, p)))}]" for p in bad[:_NAMED])
    kinds = {"NaN" if math.isnan(patch.values[p]) else "Inf" for p in bad}
    more = max(len(bad), known) - _NAMED
    return f"{' and '.join(sorted(kinds, reverse=True))} at {places}{f' and {more} more' if more > 0 else ''}."


def _unravel(patch: Patch, position: int) -> list[int]:
    places = []
    for axis in reversed(patch.axes):
        position, at = divmod(position, axis.count)
        places.append(axis.index(at))
    return [*patch.fixed, *reversed(places)]


def axes_line(axes: Iterable[tuple[Axis, str]], ink: Palette, indent: int = 0) -> Line:
    """``i axis 0 ↓ 3   j axis 1 → 4``: its letter, which way it runs and how long it is."""
    line = Line(" " * indent)
    for place, (axis, arrow) in enumerate(axes):
        line.add("   " if place else "")
        line.add(f"{axis_letter(axis.number)} axis {axis.number} {arrow} ", ink.axis(axis.number))
        line.add(count(axis.size), ink.dim)
    return line


def axes_lines(axes: Sequence[tuple[Axis, str]], look: Look) -> list[Line]:
    """:func:`axes_line` on as many lines as the width asks for, two axes together."""
    line = axes_line(axes, look.palette)
    if line.cells <= look.width or len(axes) <= 2:
        return [line]
    return [axes_line(axes[at : at + 2], look.palette) for at in range(0, len(axes), 2)]


def plural(n: int, word: str) -> str:
    """``1 row``, ``3 rows``, ``2 axes``."""
    ending = "" if n == 1 else "s"
    return f"{count(n)} {word}{ending}"

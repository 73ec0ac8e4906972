"""Long output, folded to its beginning and its end once the cell has finished. No widgets here.

What is folded away stays in memory, up to a bound for all folds together: then the oldest lose theirs.
"""

from __future__ import annotations

from collections import deque

from tutor.ui.widgets.lines import Framed, Line, Packed, count
from tutor.ui.widgets.ring import Ring

_LONG = 200
"""Rows from which output is folded."""
_HEAD, _TAIL = 30, 10
"""Rows that stay."""
_LINES_KEPT = 20_000
_CHARACTERS_KEPT = 4_000_000
_WIDTH = 80
"""Cells of a row before anything was laid out."""


class Fold(Framed):
    """The line that stands for what is folded away."""

    __slots__ = ("hidden_lines", "size", "whole")

    def __init__(self, whole: list[Line | str], hidden_lines: int, key: str) -> None:
        super().__init__(f"{hidden_lines:,} more lines · click or {key} shows all", "info", "… ")
        self.hidden_lines = hidden_lines
        self.whole = whole
        """Every line of the output, those that still stand there too; empty once it is too old to be kept."""
        self.size = sum(map(_length, whole))

    def forget(self) -> None:
        """Let go of the lines."""
        self.whole = []
        self.raw = f"{self.hidden_lines:,} more lines, no longer kept"


class Folds:
    """Folds the end of a ring; ``key`` is how a person is told to open a fold."""

    def __init__(self, ring: Ring, key: str) -> None:
        self._ring = ring
        self._key = key
        self._start = 0
        self._kept: deque[Fold] = deque()

    @property
    def latest(self) -> Fold | None:
        """The newest fold that still has its lines."""
        return self._kept[-1] if self._kept else None

    def begin(self) -> None:
        """What is written from here on is one piece of output."""
        self._start = self._ring.dropped + len(self._ring)

    def clear(self) -> None:
        self._kept.clear()
        self._start = 0

    def fold(self) -> Fold | None:
        """Fold what was written since :meth:`begin`, if it is long; another piece begins then."""
        ring = self._ring
        first = max(self._start, ring.dropped)
        lines = ring.since(first)
        width = ring.width or _WIDTH
        head, tail = _reach(lines, width, _HEAD), len(lines) - _reach(lines[::-1], width, _TAIL)
        made = None
        if tail - head > 1 and (len(lines) > _LONG or sum(count(line, width) for line in lines) > _LONG):
            made = Fold(lines, tail - head, self._key)
            ring.replace(first + head, first + tail, made)
            self._keep(made)
        self.begin()
        return made

    def _keep(self, fold: Fold) -> None:
        self._kept.append(fold)
        while len(self._kept) > 1 and (
            sum(len(old.whole) for old in self._kept) > _LINES_KEPT
            or sum(old.size for old in self._kept) > _CHARACTERS_KEPT
        ):
            self._kept.popleft().forget()


def _reach(lines: list[Line | str], width: int, rows: int) -> int:
    """How many lines make up ``rows`` rows; all where there are fewer."""
    reached = 0
    for place, line in enumerate(lines):
        reached += count(line, width)
        if reached >= rows:
            return place + 1
    return len(lines)


def _length(line: Line | str) -> int:
    text = line if isinstance(line, str) else line.raw
    return len(text.plain) if isinstance(text, Packed) else len(text)

"""Rows as they leave a widget, with padding, background and filters, kept for the next repaint.

Textual makes every line of a widget anew when it scrolls, at 0.1 ms a line; of a transcript that follows its
end all but the last lines are the same as before, one row higher.
"""

from __future__ import annotations

from collections.abc import Callable

from textual.cache import LRUCache
from textual.geometry import Region
from textual.strip import Strip

Content = Callable[[int], "tuple[int, object] | None"]
Render = Callable[[Region], list[Strip]]


class FinishedRows:
    """Finished rows by their number, each good for as long as its content is the same object."""

    def __init__(self, size: int) -> None:
        """``size`` is how many rows are kept."""
        self._rows: LRUCache[int, tuple[object, Strip]] = LRUCache(size)
        self._span = (0, 0)

    def clear(self) -> None:
        """Forget all, because another style is in force."""
        self._rows.clear()

    def lines(self, crop: Region, content: Content, render: Render) -> list[Strip]:
        """The lines of ``crop``; ``render`` makes those that are not known.

        ``content`` says which row stands in a line, and what its content is; None for a line not to be kept.
        """
        if crop.column_span != self._span:
            self.clear()
            self._span = crop.column_span
        made = {y: self._known(content(y)) for y in crop.line_range}
        for first, count in _runs([y for y, strip in made.items() if strip is None]):
            for y, strip in enumerate(render(Region(crop.x, first, crop.width, count)), first):
                made[y] = strip
                # Only rendering may have made the content.
                what = content(y)
                if what is not None:
                    self._rows[what[0]] = (what[1], strip)
        return [strip for strip in made.values() if strip is not None]

    def _known(self, what: tuple[int, object] | None) -> Strip | None:
        if what is None:
            return None
        content, strip = self._rows.get(what[0], (None, None))
        return strip if content is what[1] else None


def _runs(lines: list[int]) -> list[tuple[int, int]]:
    """First line and count of each run of consecutive lines."""
    runs: list[tuple[int, int]] = []
    for y in lines:
        if runs and sum(runs[-1]) == y:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((y, 1))
    return runs

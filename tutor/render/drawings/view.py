"""How a tensor is to be drawn, and where in the drawing its elements stand."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

PARTS = ("magnitude", "phase", "real", "imag")
"""Ways to draw complex numbers."""


@dataclass(frozen=True, slots=True)
class View:
    """What a person chose to see."""

    index: tuple[int, ...] = ()
    """Goes along the leading axes. Of a 3-D tensor one index says which slice is in front, of a 4-D tensor at
    which one the row of pictures starts; further ones go into the tensor: ``(n, c)`` of a 4-D tensor draws that
    one matrix. A tensor with more than four axes has its leading axes fixed, at the index or at 0."""
    cursor: tuple[int, ...] | None = None
    """Index of the element that is marked and written out; its last axes count, the others are the index's."""
    part: str = PARTS[0]
    """One of ``PARTS``, for complex numbers."""
    merged: bool = False
    """Three channels of an image as one picture in their colours."""
    axis: int = 0
    """The leading axis that is being moved along."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a drawing: ``rows`` and ``columns`` hold the index each begins with, in rising order.

    With one axis the element of a cell is the sum of both.
    """

    axes: int
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    top: int = 0
    """Line of the drawing the first row is on."""
    left: int = 0
    width: int = 1
    """Terminal cells of a column."""
    height: int = 1
    """Lines of a row."""

    def moved(self, down: int = 0, right: int = 0) -> Grid:
        return replace(self, top=self.top + down, left=self.left + right)

    def cell(self, cursor: tuple[int, ...]) -> tuple[int, int]:
        """Row and column of the cell that stands for the last axes of ``cursor``; the nearest if none does."""
        if self.axes == 1:
            row = max(0, bisect_right(self.rows, cursor[-1] - self.columns[0]) - 1)
            return row, max(0, bisect_right(self.columns, cursor[-1] - self.rows[row]) - 1)
        down, across = cursor[-2:]
        return max(0, bisect_right(self.rows, down) - 1), max(0, bisect_right(self.columns, across) - 1)

    def element(self, row: int, column: int) -> tuple[int, ...]:
        """Index along the last axes of the element a cell begins with."""
        first, second = self.rows[row], self.columns[column]
        return (first + second,) if self.axes == 1 else (first, second)

    def at(self, line: int, cells: int) -> tuple[int, ...] | None:
        """The element at a place in the drawing; None beside the grid."""
        row, column = (line - self.top) // self.height, (cells - self.left) // self.width
        if not (0 <= row < len(self.rows) and 0 <= column < len(self.columns)):
            return None
        return self.element(row, column)

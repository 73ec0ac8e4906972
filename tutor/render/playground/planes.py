"""A function of two variables as a field of colour, two values above each other in a cell, with points on it.

Cold is below 0 and warm above, the dark seam between them is 0: the boundary of a classifier. What a point
is, its shape says: class 0 is hollow, class 1 is full, points that were not trained on are diamonds.
Without colour a cell is one value: ``-`` and ``=`` below 0, shades above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style

from tutor.protocol.playground import MISSING, ZERO
from tutor.render.lines import Line
from tutor.render.palette import NONE, colour_pair, ink_on, signed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tutor.protocol.playground import Data
    from tutor.render.lines import Piece
    from tutor.render.look import Look

_STEPS = 12
"""Shades on each side of 0: few enough that the field shows its levels, as a map of heights does."""
_REACH = 3.0
_PLAIN = "=--·░▒█"
_NARROW = 26
"""Columns below which the legend has no words."""
_ROOMY = 40
"""Columns from which the legend is written out."""


@dataclass(frozen=True, slots=True)
class Field:
    """``columns`` by ``rows`` values of a map, row by row from the upper left; two rows are one line."""

    values: bytes
    columns: int
    rows: int

    def resized(self, columns: int, rows: int) -> Field:
        """The same with another number of values, each the nearest there is."""
        if (columns, rows) == (self.columns, self.rows):
            return self
        across = [column * self.columns // columns for column in range(columns)]
        down = [row * self.rows // rows * self.columns for row in range(rows)]
        return Field(bytes(self.values[start + at] for start in down for at in across), columns, rows)


def field_lines(field: Field, look: Look, marks: Mapping[tuple[int, int], str] | None = None,
                two: bool = False) -> list[Line]:  # fmt: skip
    """Half as many lines as the field has rows. ``marks`` are by line and column; ``two``: only signs are told."""
    values = field.values.translate(_SIGNS if two else _STEPPED)
    by_line: dict[int, list[tuple[int, str]]] = {}
    for (number, column), mark in sorted((marks or {}).items()):
        by_line.setdefault(number, []).append((column, mark))
    lines = []
    for number in range(field.rows // 2):
        start = 2 * number * field.columns
        upper = values[start : start + field.columns]
        lower = values[start + field.columns : start + 2 * field.columns]
        lines.append(_line(upper, lower, by_line.get(number, []), look))
    return lines


def _line(upper: bytes, lower: bytes, marks: list[tuple[int, str]], look: Look) -> Line:
    """Cells of one line, equal neighbours as one piece, with its marks by column."""
    line, start = Line(), 0
    for column, mark in marks:
        _add_cells(line, upper[start:column], lower[start:column], look)
        line.add(*_marked((upper[column], lower[column]), mark, look))
        start = column + 1
    _add_cells(line, upper[start:], lower[start:], look)
    return line


def _add_cells(line: Line, upper: bytes, lower: bytes, look: Look) -> None:
    for pair, run in groupby(zip(upper, lower, strict=True)):
        text, style = _cell(*pair, look)
        line.pieces.append((text * sum(1 for _ in run), style))
    line.cells += len(upper)


def level(value: int) -> float:
    """What a byte of a map stands for, in the steps that are drawn."""
    return round((value - ZERO) / ZERO * _STEPS) / _STEPS


_STEPPED = bytes(MISSING if v == MISSING else ZERO + round(level(min(v, 2 * ZERO)) * ZERO) for v in range(256))
_SIGNS = bytes(value if value == MISSING else 180 if value > ZERO else 20 for value in range(256))
"""Only these steps are drawn, so that there are few different cells, whatever the values are."""


@lru_cache(maxsize=4_096)
def _cell(upper: int, lower: int, look: Look) -> Piece:
    if MISSING in (upper, lower):
        return "!", look.palette.missing
    if not look.colour:
        return _plain((upper + lower) // 2, look.unicode), NONE
    return (look.glyphs.half[0], _pair(level(upper), level(lower)))


@lru_cache(maxsize=4_096)
def _pair(upper: float, lower: float) -> Style:
    return colour_pair(signed(upper), signed(lower))


def _plain(value: int, unicode: bool) -> str:
    step = min(int(value / (2 * ZERO + 1) * len(_PLAIN)), len(_PLAIN) - 1)
    return _PLAIN[step] if unicode else "=--.:+#"[step]


@lru_cache(maxsize=4_096)
def _marked(pair: tuple[int, int], mark: str, look: Look) -> Piece:
    if not look.colour:
        return mark, look.palette.name
    ground = signed(level((pair[0] + pair[1]) // 2 if MISSING not in pair else ZERO))
    ink = ink_on(ground)
    return mark, Style(color=Color.from_rgb(*ink), bgcolor=Color.from_rgb(*ground), bold=True)


def marks_of(data: Data, columns: int, lines: int, look: Look, *, test: bool) -> dict[tuple[int, int], str]:
    """The points by line and column; of several in one cell the one trained on, and the first."""
    shapes = "○●◇◆" if look.unicode else "oxqd"
    found: dict[tuple[int, int], str] = {}
    middle = 0.5 if set(data.labels) <= {0.0, 1.0} else 0.0
    for number, (x1, x2, label) in enumerate(zip(data.x1, data.x2, data.labels, strict=True)):
        new = number >= data.train
        if new and not test:
            break
        column = int((x1 + _REACH) / (2 * _REACH) * columns)
        line = int((_REACH - x2) / (2 * _REACH) * lines)
        if 0 <= column < columns and 0 <= line < lines:
            found.setdefault((line, column), shapes[2 * new + (label > middle)])
    return found


def legend(look: Look, *, of: str, test: bool) -> Line:
    """What colours and shapes mean in a map ``of`` ``classes``, of a ``number`` or of one ``neuron``."""
    ink = look.palette
    hollow, full, new_hollow, new_full = "○●◇◆" if look.unicode else "oxqd"
    low, high = _ENDS[of] if look.width >= _NARROW else ("", "")
    line = Line("" if of == "neuron" else f"{hollow} ", ink.dim).add(f"{low} ", ink.dim)
    half = 4 if look.width >= _ROOMY else 2
    for step in range(-half, half + 1):
        value = round(ZERO + step / half * ZERO)
        line.add(*_cell(value, value, look))
    line.add(f" {high}", ink.dim).add("" if of == "neuron" else f" {full}", ink.dim)
    if test:
        line.add(
            f"   {new_hollow} {new_full} test" if look.width >= _ROOMY else f" {new_hollow}{new_full}", ink.dim
        )
    return line


_ENDS = {"classes": ("class 0", "class 1"), "number": ("-1", "+1"), "neuron": ("below 0", "above")}

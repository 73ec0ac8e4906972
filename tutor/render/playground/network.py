"""The network from left to right: inputs, hidden layers, answer; each neuron as a map of what it says.

A weight is a line between two neurons: solid and warm where it is positive, broken and cold where it is
negative, twice as thick where it is large, and none where it hardly counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.color import Color
from rich.style import Style

from tutor.render.lines import Line, fit
from tutor.render.palette import NONE, signed
from tutor.render.playground.canvas import Canvas
from tutor.render.playground.planes import Field, field_lines

if TYPE_CHECKING:
    from tutor.protocol.playground import Playing, Weights
    from tutor.render.look import Look

_OUT = 4
"""Cells for the answer at the right."""
_LARGEST_TILE = 12
_ROOMY = 6
"""Cells before the inputs from which their names are whole."""
_SHORT = {"x1·x2": "x·x", "sin x1": "s1", "sin x2": "s2"}
_FAINT, _THICK = 0.12, 0.6
"""Shares of the largest weight of a layer: below the one nothing is drawn, from the other on two lines."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where everything stands. Cells."""

    label: int
    tile: int
    tile_rows: int
    gap: int
    rows: int

    def left(self, layer: int) -> int:
        """The first column of a layer's tiles."""
        return self.label + layer * (self.tile + self.gap)

    def top(self, neuron: int, neurons: int) -> int:
        """The first row of a tile."""
        return self.middle(neuron, neurons) - self.tile_rows // 2

    def middle(self, neuron: int, neurons: int) -> int:
        """The row in the middle of a tile; row 0 is the heading."""
        return 1 + int((neuron + 0.5) * (self.rows - 1) / neurons)


def plan(inputs: tuple[str, ...], hidden: tuple[int, ...], width: int, rows: int) -> Plan:
    """For these inputs and layers of so many neurons, in ``width`` by ``rows`` cells."""
    widths = (len(inputs), *hidden)
    most = max(widths)
    tile_rows = max(1, min((rows - 1) // most - (1 if (rows - 1) // most > 2 else 0), _LARGEST_TILE // 2))
    label = 1 + min(max(map(len, inputs)), 6 if width > 9 * len(widths) else 3)
    each = (width - label - _OUT) // len(widths)
    tile = max(1, min(2 * tile_rows, each // 2 if each < 8 else round(0.55 * each)))
    tile_rows = max(1, min(tile_rows, -(-tile // 2)))
    return Plan(label, tile, tile_rows, max(1, each - tile), rows)


def network_lines(
    playing: Playing, inputs: tuple[str, ...], look: Look, chosen: tuple[int, int] | None = None
) -> list[Line]:
    """``look.height`` lines. ``chosen`` is the layer and the neuron that are looked at more closely."""
    rows = look.height or 20
    widths = tuple(len(layer) for layer in playing.tiles)
    made = plan(inputs, widths[1:], look.width, rows)
    grid = [Line() for _ in range(rows)]
    for layer, tiles in enumerate(playing.tiles):
        _column(grid, made, playing, layer, inputs, look, chosen)
        after = widths[layer + 1] if layer + 1 < len(widths) else 1
        _wires(grid, made, playing.weights[layer], (len(tiles), after), look)
    for row, line in enumerate(grid):
        if row == made.middle(0, 1):
            line.add(look.glyphs.pointer, look.palette.accent).add("out", look.palette.name)
    return grid


def _column(grid: list[Line], made: Plan, playing: Playing, layer: int, inputs: tuple[str, ...], look: Look,
            chosen: tuple[int, int] | None) -> None:  # fmt: skip
    """The tiles of one layer and what stands before them, into ``grid``."""
    ink, tiles = look.palette, playing.tiles[layer]
    title = (
        ("inputs" if made.tile + made.gap > 6 else "in")
        if layer == 0
        else f"hidden {layer}"
        if made.tile + made.gap > 9
        else str(layer)
    )
    grid[0].pad(made.left(layer))
    grid[0].add(fit(title, made.tile + made.gap - 1, look), ink.dim)
    field = (playing.look.tile_columns, playing.look.tile_rows)
    drawn: dict[int, Line] = {}
    for neuron, values in enumerate(tiles):
        top = made.top(neuron, len(tiles))
        shown = Field(values, *field).resized(made.tile, 2 * made.tile_rows)
        for row, line in enumerate(field_lines(shown, look)):
            drawn[top + row] = line
        mark = look.glyphs.pointer if chosen == (layer, neuron) else ""
        name = inputs[neuron] if layer == 0 and neuron < len(inputs) else ""
        name = _SHORT.get(name, name) if made.label < _ROOMY else name
        _name(grid, made, layer, made.middle(neuron, len(tiles)), name, mark, look)
    for row, line in enumerate(grid):
        if row:
            line.pad(made.left(layer))
            line.extend(drawn[row].pieces if row in drawn else [(" " * made.tile, NONE)])


def _name(grid: list[Line], made: Plan, layer: int, row: int, name: str, mark: str, look: Look) -> None:
    """What stands before a tile: an input's name, and a mark where the neuron is chosen."""
    line = grid[row]
    if layer == 0:
        room = made.label - 1
        line.add(f"{fit(name, room, look):>{room}}", look.palette.name).add(mark or " ", look.palette.accent)
    elif mark:
        line.pieces[-1:] = _with_mark(line.pieces[-1], mark, look)


def _with_mark(piece: tuple[str, Style], mark: str, look: Look) -> list[tuple[str, Style]]:
    text, style = piece
    return [(text[:-1], style), (mark, look.palette.name)]


def _wires(grid: list[Line], made: Plan, weights: Weights, sizes: tuple[int, int], look: Look) -> None:
    """The weights of one layer, from ``sizes[0]`` neurons to ``sizes[1]``."""
    before, after = sizes
    if not look.unicode or made.gap < 2:
        for line in grid[1:]:
            line.add(" " * made.gap)
        return
    canvas = Canvas(made.gap, made.rows)
    all_weights = [(abs(w), w, i, j) for i, row in enumerate(weights.rows) for j, w in enumerate(row)]
    most = max((size for size, *_ in all_weights), default=0.0)
    for size, weight, to, source in sorted(all_weights):
        share = size / most if most > 0 else 0.0
        if not share >= _FAINT:
            continue
        start = (0, 4 * made.middle(source, before) + 1)
        end = (canvas.width - 1, 4 * made.middle(to, after) + 1)
        style = _wire(share if weight > 0 else -share, look.colour)
        canvas.line(start, end, style, dash=0 if weight > 0 else 2)
        if share >= _THICK:
            canvas.line((start[0], start[1] + 1), (end[0], end[1] + 1), style, dash=0 if weight > 0 else 2)
    for number, line in enumerate(grid):
        if number:
            line.extend(canvas.row(number).pieces)


@lru_cache(maxsize=256)
def _style(step: int) -> Style:
    return Style(color=Color.from_rgb(*signed(step / 8)))


def _wire(share: float, colour: bool) -> Style:
    if not colour:
        return Style(bold=abs(share) >= _THICK)
    # Even the faintest can be seen.
    step = max(3, round(abs(share) * 8))
    return _style(step if share > 0 else -step)

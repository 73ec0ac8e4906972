"""The tree of a model: which layers are listed, in which columns, one line each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style

from tutor.render.lines import Line, clean, fit
from tutor.render.numbers import short_count
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.models import Layer, ModelSnapshot, Shape
    from tutor.render.lines import Piece
    from tutor.render.look import Look

_BOLD = Style(bold=True)
_GAP = 2
_TREE = 20
"""Cells that the tree wants before the columns beside it."""
_MANY = 60
"""Layers from which a model is folded at first."""


@lru_cache(maxsize=8)
def paths(snapshot: ModelSnapshot) -> tuple[str, ...]:
    """How the learner reaches each layer: ``model.body.0``."""
    found: list[str] = []
    above: list[str] = []
    for layer in snapshot.layers:
        del above[layer.depth :]
        above.append(layer.name)
        found.append(".".join(above))
    return tuple(found)


def visible(snapshot: ModelSnapshot, folded: frozenset[str]) -> list[int]:
    """Numbers of the layers that are listed: all but those below a folded one."""
    shown: list[int] = []
    hidden = 0
    for number, (layer, path) in enumerate(zip(snapshot.layers, paths(snapshot), strict=True)):
        if hidden and layer.depth >= hidden:
            continue
        hidden = layer.depth + 1 if path in folded else 0
        shown.append(number)
    return shown


def beginning(snapshot: ModelSnapshot) -> frozenset[str]:
    """What is folded at first: nothing, but of a large model all below the second level."""
    if len(snapshot.layers) <= _MANY:
        return frozenset()
    places = zip(snapshot.layers, paths(snapshot), strict=True)
    return frozenset(path for layer, path in places if layer.depth >= 2 and layer.below)


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells of each column; 0 leaves it out."""

    tree: int
    inputs: int
    outputs: int
    parameters: int
    cost: int


def columns(snapshot: ModelSnapshot, shown: Sequence[int], folded: frozenset[str], look: Look) -> Columns:
    """Output, parameters, multiply-adds (MACs) and input, in this order, as far as they fit beside the tree."""
    layers = [snapshot.layers[number] for number in shown]
    wanted = {
        "outputs": max(len(_shape(layer.outputs)) for layer in layers),
        "parameters": max(len(short_count(layer.parameters)) if layer.parameters else 0 for layer in layers),
        "cost": max(len(short_count(layer.mult_adds)) if layer.mult_adds else 0 for layer in layers),
        "inputs": max(len(_shape(layer.inputs)) for layer in layers),
    }
    titles = {"outputs": 6, "parameters": 6, "cost": 4, "inputs": 5}
    whole = [_name(snapshot, snapshot.layers[n], paths(snapshot)[n] in folded, 10_000, look) for n in shown]
    widest = 2 + max(sum(cell_len(text) for text, _ in pieces) for pieces in whole)
    tree = min(widest, max(_TREE, look.width * 2 // 5))
    room = look.width - tree
    given = {}
    for name, cells in wanted.items():
        cells = max(cells, titles[name]) if cells else 0
        # What came in is mostly what the layer above gave: not at the cost of a name or a mark.
        enough = room - (widest - tree) if name == "inputs" else room
        given[name] = cells if cells and cells + _GAP <= enough else 0
        room -= given[name] + _GAP if given[name] else 0
    return Columns(tree + max(0, min(room, widest - tree)), **given)


def heading(widths: Columns, first: int, listed: int, rows: int, look: Look) -> Line:
    """Titles of the columns, and where in a long tree this is."""
    where = f"layers {first + 1}-{min(first + rows, listed)} of {listed}" if listed > rows else "layer"
    line = Line(f"  {where}", look.palette.heading).clip(widths.tree, "").pad(widths.tree)
    for title, cells, right in (
        ("input", widths.inputs, False),
        ("output", widths.outputs, False),
        ("params", widths.parameters, True),
        ("MACs", widths.cost, True),
    ):
        if cells:
            text = title.rjust(cells) if right else title.ljust(cells)
            line.add(" " * _GAP).add(text, look.palette.heading)
    return line


def row(
    snapshot: ModelSnapshot, number: int, folded: frozenset[str], widths: Columns, chosen: bool, look: Look
) -> Line:
    """One layer."""
    ink, layer = look.palette, snapshot.layers[number]
    line = Line(f"{look.glyphs.pointer} " if chosen else "  ", ink.accent)
    line.extend(_name(snapshot, layer, paths(snapshot)[number] in folded, widths.tree - 2, look))
    line = line.clip(widths.tree, look.glyphs.ellipsis).pad(widths.tree)
    start = widths.tree
    for shapes, cells in ((layer.inputs, widths.inputs), (layer.outputs, widths.outputs)):
        if cells:
            line.pad(start + _GAP).extend(_pieces(shapes, look))
            start += cells + _GAP
            line.pad(start)
    for number_, cells, least in (
        (layer.parameters, widths.parameters, False),
        (layer.mult_adds, widths.cost, bool(layer.uncounted)),
    ):
        if cells:
            text = short_count(number_) if number_ else ">0" if least else ""
            line.add(" " * _GAP).add(text.rjust(cells), ink.number)
    if chosen:
        line.pieces = [(text, style + _BOLD) for text, style in line.pieces]
    return line


def _name(snapshot: ModelSnapshot, layer: Layer, folded: bool, cells: int, look: Look) -> list[Piece]:
    """Fold, name, class, kernel, marks; where they do not fit the class is cut first."""
    ink = look.palette
    fold = (look.glyphs.right if folded else look.glyphs.down) if layer.below else look.glyphs.dot
    pieces: list[Piece] = [("  " * layer.depth, ink.dim), (f"{fold} ", ink.dim)]
    pieces.append((f"{clean(layer.name, look)} ", ink.name))
    behind: list[Piece] = []
    if layer.kernel:
        behind.append((f" {look.glyphs.times.join(map(str, layer.kernel))}", ink.dim))
    behind += [(f" {mark}", ink.warn) for mark in _marks(snapshot, layer, look)]
    if folded:
        behind.append((f" {look.glyphs.ellipsis}{layer.below} inside", ink.dim))
    room = cells - sum(cell_len(text) for text, _ in (*pieces, *behind))
    kind = fit(clean(layer.type, look), max(room, 6), look)
    return [*pieces, (kind, ink.accent), *behind]


def _marks(snapshot: ModelSnapshot, layer: Layer, look: Look) -> list[str]:
    marks = []
    if layer.same_as:
        marks.append(f"= {clean(layer.same_as.partition('.')[2] or layer.same_as, look)}")
    if any(held.same_as for held in layer.held):
        marks.append("tied")
    if layer.lazy:
        marks.append("lazy")
    if layer.parameters and not layer.trainable:
        marks.append("frozen")
    elif layer.parameters > layer.trainable:
        marks.append("part frozen")
    if layer.training != snapshot.layers[0].training:
        marks.append("train" if layer.training else "eval")
    if layer.calls > 1:
        marks.append(f"{look.glyphs.times}{layer.calls}")
    return marks


def _shape(shapes: Sequence[Shape]) -> str:
    if not shapes:
        return ""
    return shape_text(shapes[0]) + (f" +{len(shapes) - 1}" if len(shapes) > 1 else "")


def _pieces(shapes: Sequence[Shape], look: Look) -> list[Piece]:
    if not shapes:
        return []
    more = [(f" +{len(shapes) - 1}", look.palette.dim)] if len(shapes) > 1 else []
    return [*shape_pieces(shapes[0], look), *more]

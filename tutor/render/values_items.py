"""Containers: one line an item, keys under keys, tensors by what they are; short plain items side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit
from tutor.render.numbers import count, nbytes
from tutor.render.tensors import dtype_short, shape_pieces, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.snapshots import TensorFacts
    from tutor.protocol.views import Item, Items
    from tutor.render.look import Look

_INDENT = 2
_GAP = "  "
_FLOW_ROWS = 12


def container(items: Items, look: Look) -> list[Line]:
    """A heading and the items; never more lines than the snapshot has rows, and one."""
    heading = _heading(items, look)
    if items.flows:
        return [heading, *_flow(items, look)]
    lines = [heading]
    for place, row in enumerate(items.rows):
        lines.append(_item(row, _widths(items.rows, place, look), look))
    return lines


def _heading(items: Items, look: Look) -> Line:
    ink = look.palette
    line = Line(clean(items.type, look), ink.accent)
    if items.record:
        return line
    line.add(f" of {count(items.count)}", ink.dim)
    tensors = [row.tensor for row in items.rows if row.depth == 0 and row.tensor is not None]
    if len(tensors) > 1 and len(tensors) == items.count:
        line.add(f"{_GAP}{nbytes(sum(facts.nbytes for facts in tensors))}", ink.dim)
    return line


def _widths(rows: Sequence[Item], place: int, look: Look) -> tuple[int, int, int]:
    """Cells of key, dtype and shape among the neighbours of one depth, so that they stand under each other."""
    depth = rows[place].depth
    first = place
    while first and rows[first - 1].depth >= depth:
        first -= 1
    group = []
    for row in rows[first:]:
        if row.depth < depth:
            break
        if row.depth == depth:
            group.append(row)
    key = max((cell_len(clean(row.key, look)) for row in group), default=0)
    facts = [row.tensor for row in group if row.tensor is not None]
    dtype = max((cell_len(dtype_short(clean(f.dtype, look))) for f in facts), default=0)
    shape = max((len(shape_text(f.shape)) for f in facts), default=0)
    return min(key, look.width // 2), min(dtype, 12), min(shape, max(4, look.width // 3))


def _item(row: Item, widths: tuple[int, int, int], look: Look) -> Line:
    ink = look.palette
    line = Line(" " * (_INDENT * (row.depth + 1)))
    if row.omitted:
        return line.add(f"{look.glyphs.ellipsis} {count(row.omitted)} more", ink.dim)
    start = line.cells
    if widths[0]:
        line.add(fit(clean(row.key, look), widths[0], look), ink.name).pad(start + widths[0])
        line.add(_GAP)
    if row.tensor is None:
        return line.add(clean(row.text, look))
    return _tensor(line, row.tensor, row.text, widths, look)


def _tensor(line: Line, facts: TensorFacts, values: str, widths: tuple[int, int, int], look: Look) -> Line:
    ink, glyphs = look.palette, look.glyphs
    end = line.cells + widths[1]
    line.add(fit(dtype_short(clean(facts.dtype, look)), widths[1], look), ink.accent).pad(end).add(_GAP)
    end = line.cells + widths[2]
    shape = shape_text(facts.shape)
    if len(shape) <= widths[2]:
        line.extend(shape_pieces(facts.shape, look)).pad(end)
    else:
        line.add(fit(shape, widths[2], look), ink.dim)
    line.add(_GAP).add(clean(values, look) if values else nbytes(facts.nbytes), ink.number if values else ink.dim)
    if facts.device != "cpu":
        line.add(_GAP).add(clean(facts.device, look), ink.warn)
    if facts.grad_fn:
        line.add(_GAP).add(glyphs.nabla + clean(facts.grad_fn, look), ink.accent)
    elif facts.requires_grad:
        line.add(_GAP).add(f"{glyphs.yes}grad", ink.good)
    if facts.kind != "Tensor":
        line.add(_GAP).add(clean(facts.kind, look), ink.accent)
    return line


def _flow(items: Items, look: Look) -> list[Line]:
    """Short values in columns, at most twelve rows of them."""
    texts = [clean(row.text, look) for row in items.rows if not row.omitted]
    cell = max((cell_len(text) for text in texts), default=1)
    each = max(1, (look.width - _INDENT + len(_GAP)) // (cell + len(_GAP)))
    right = not any(text[:1] in "'\"" for text in texts)
    shown = texts[: each * _FLOW_ROWS]
    lines = []
    for start in range(0, len(shown), each):
        line = Line(" " * _INDENT)
        for place, text in enumerate(shown[start : start + each]):
            space = " " * (cell - cell_len(text))
            line.add(_GAP if place else "").add(space if right else "").add(text, look.palette.number)
            line.add("" if right else space)
        lines.append(line)
    if items.count > len(shown):
        more = f"{look.glyphs.ellipsis} {count(items.count - len(shown))} more"
        lines.append(Line(" " * _INDENT).add(more, look.palette.dim))
    return lines

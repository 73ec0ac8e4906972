"""Watched expressions: each with its value, how it changed, and a small drawing."""

from __future__ import annotations

import struct
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.curves import sparkline
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import number
from tutor.render.tensors import dtype_short, identity_lines, shape_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.watches import WatchLine, WatchRow
    from tutor.render.look import Look

_BARS = 40
_SPELLED = 6
"""Elements that are written out."""


def watches(lines: Sequence[WatchLine], cursor: int, look: Look) -> Text:
    """All of them, the one at ``cursor`` marked and in view."""
    blocks = [_block(line, place == cursor, look) for place, line in enumerate(lines)]
    if look.height is None:
        return to_text([part for block in blocks for part in block], look)
    first = min(max(cursor, 0), max(len(blocks) - 1, 0))
    room = look.height - len(blocks[first]) if blocks else 0
    while first and room >= len(blocks[first - 1]):
        first -= 1
        room -= len(blocks[first])
    return to_text([part for block in blocks[first:] for part in block][: look.height], look)


def _block(line: WatchLine, chosen: bool, look: Look) -> list[Line]:
    ink, row = look.palette, line.row
    mark = look.glyphs.pointer if chosen else " "
    head = Line(f"{mark} ", ink.accent).add(
        fit(clean(row.expression, look), max(look.width // 2, 12), look), ink.name
    )
    if row.status != "value":
        word = {"late": "too slow", "refused": "not watched"}.get(row.status, row.status)
        head.add(f"  {word}", ink.warn)
        return [head, *(Line("  ").extend(part.pieces) for part in _indented(row.text, look))]
    inner = replace(look, width=max(look.width - 2, 8))
    change = _change(line, look)
    if row.number is not None:
        head.add("  ").add(number(row.number), ink.number).add(
            f"  {change}", ink.warn if line.change != "same" else ink.dim
        )
        if row.tensor is not None:
            head.add(f"  {dtype_short(clean(row.tensor.dtype, look))} ", ink.accent).extend(
                shape_pieces(row.tensor.shape, look)
            )
        if len(line.history) > 1:
            room = min(look.width - head.cells - 2, _BARS)
            if room >= 4:
                head.add("  ").add(sparkline(line.history, room, look), ink.bar)
        return [head]
    head.add(f"  {change}", ink.warn if line.change != "same" else ink.dim)
    if row.tensor is None:
        return [head, *(Line("  ").extend(part.pieces) for part in _indented(row.text, look))]
    facts = replace(row.tensor, path=row.type, change="", kind="Tensor")
    lines = [head, *(Line("  ").extend(part.pieces) for part in identity_lines(facts, inner))]
    return [*lines, *_values(row, inner)]


def _indented(text: str, look: Look) -> list[Line]:
    return sentence(clean(text, look), look.palette.dim, replace(look, width=max(look.width - 2, 8)))[:3]


def _values(row: WatchRow, look: Look) -> list[Line]:
    """The elements where they are few; else their range, and their heights side by side."""
    ink, sample = look.palette, row.sample
    if sample is None:
        return [Line("  ").extend(part.pieces) for part in sentence(clean(row.text, look), ink.dim, look)]
    values = struct.unpack(f"<{len(sample.values) // 8}d", sample.values)
    if not values:
        return [Line("  no elements", ink.dim)]
    if len(values) <= _SPELLED and all(step == 1 for step in sample.steps):
        texts = ", ".join(number(value) for value in values)
        if cell_len(texts) + 4 <= look.width:
            return [Line("  ").add(f"[{texts}]", ink.number)]
    line = Line("  ").add(sparkline(values, min(_BARS, look.width // 2), look), ink.bar)
    stats = row.stats
    if stats is not None and stats.count > stats.nans + stats.infs:
        words = f"  {number(stats.minimum)} to {number(stats.maximum)}, mean {number(stats.mean)}"
        line.add(words if stats.exact else f"{words} (sampled)", ink.dim)
        if stats.nans or stats.infs:
            line.add(f"  {stats.nans} NaN {stats.infs} Inf", ink.missing)
    return [line]


def _change(line: WatchLine, look: Look) -> str:
    before, row = line.before, line.row
    if line.change == "same" or before is None:
        return {"same": "unchanged", "new": "new"}.get(line.change, line.change)
    if line.change == "type":
        return f"was {clean(_form(before), look)}"
    if before.number is not None and row.number is not None:
        step = row.number - before.number
        return f"{'+' if step >= 0 else ''}{number(step)}"
    return "changed"


def _form(row: WatchRow) -> str:
    facts = row.tensor
    return row.type if facts is None else f"{facts.dtype} {list(facts.shape)}"

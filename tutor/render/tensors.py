"""One tensor on one line: the identity line of a picture, and the rows of the tensor list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.badges import badges_of
from tutor.render.lines import Line, Piece, clean, fit, to_text
from tutor.render.numbers import nbytes as nbytes_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.look import Look

__all__ = [
    "RowWidths",
    "dtype_short",
    "identity",
    "identity_lines",
    "nbytes_text",
    "row_widths",
    "shape_pieces",
    "shape_text",
    "tensor_row",
    "tensor_rows",
]

_DTYPES = {
    "float16": "f16",
    "float32": "f32",
    "float64": "f64",
    "bfloat16": "bf16",
    "complex32": "c32",
    "complex64": "c64",
    "complex128": "c128",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint8": "u8",
    "uint16": "u16",
    "uint32": "u32",
    "uint64": "u64",
}
_MARKS = {"new": "+", "rebound": "=", "modified": "*"}
_NAME_MIN = 6
_GAP = "  "


def dtype_short(name: str) -> str:
    """The one short spelling of a dtype: ``f32 f16 bf16 f64 i64 u8 bool c64``; unknown names stay."""
    return _DTYPES.get(name, name)


def shape_text(shape: Sequence[int]) -> str:
    """``[3, 4]``; ``[]`` for a scalar; ``?`` for an axis without one size (ragged, or not known yet)."""
    return f"[{', '.join(map(_size, shape))}]"


def _size(size: int) -> str:
    return str(size) if size >= 0 else "?"


def shape_pieces(shape: Sequence[int], look: Look) -> list[Piece]:
    """The shape with each size in the colour of its axis."""
    dim = look.palette.dim
    pieces: list[Piece] = [("[", dim)]
    for axis, size in enumerate(shape):
        if axis:
            pieces.append((", ", dim))
        pieces.append((_size(size), look.palette.axis(axis)))
    return [*pieces, ("]", dim)]


def identity(facts: TensorFacts, look: Look) -> Text:
    """Name, dtype, shape, device, size, then badges; badges that do not fit go on under it.

    ``+`` before the name: new in the last run; ``=``: the name holds another object now; ``*``: changed in place.
    """
    return to_text(identity_lines(facts, look), look)


def identity_lines(facts: TensorFacts, look: Look) -> list[Line]:
    ink = look.palette
    tail: list[list[Piece]] = [
        [(dtype_short(clean(facts.dtype, look)), ink.accent)],
        shape_pieces(facts.shape, look),
        [(clean(facts.device, look), ink.dim)],
        [(nbytes_text(facts.nbytes), ink.dim)],
        *([badge] for badge in badges_of(facts, look, full=True)),
    ]
    line = Line()
    mark = _MARKS.get(facts.change, "")
    if mark:
        line.add(f"{mark} ", ink.warn)
    line.add(fit(clean(facts.path, look), max(_NAME_MIN, look.width - 14), look), ink.name)
    lines = [line]
    for pieces in tail:
        cells = sum(cell_len(text) for text, _ in pieces)
        if line.cells + len(_GAP) + cells > look.width and line.cells > len(_GAP):
            line = Line(_GAP)
            lines.append(line)
            cut = [(fit(text, look.width - len(_GAP), look), style) for text, style in pieces]
            line.extend(cut if len(cut) == 1 else pieces)
        else:
            line.add(_GAP).extend(pieces)
    return lines


@dataclass(frozen=True, slots=True)
class RowWidths:
    """Cells of each column of the tensor list; 0 leaves the column out."""

    name: int
    dtype: int
    shape: int
    device: int
    size: int
    badges: int


def row_widths(tensors: Sequence[TensorFacts], look: Look) -> RowWidths:
    """Column widths for a list, so that its rows line up whatever one long name or shape would take.

    Every column first gets a little, in the order of what it tells; what is left goes round again.
    The size gives way first, then the device (unless tensors live on different ones), then badges.
    """
    name = max((cell_len(clean(t.path, look)) for t in tensors), default=0)
    dtype = max((cell_len(dtype_short(clean(t.dtype, look))) for t in tensors), default=0)
    dtype = min(dtype, max(4, look.width // 6))
    shape = max((len(shape_text(t.shape)) for t in tensors), default=0)
    device = max((cell_len(clean(t.device, look)) for t in tensors), default=0)
    size = max((len(nbytes_text(t.nbytes)) for t in tensors), default=0)
    badges = max((_width(badges_of(t, look)) for t in tensors), default=0)
    share = Shares(look.width - 2 - dtype - 2 * len(_GAP))
    share.upto("name", min(name, max(_NAME_MIN, look.width // 4)), gap=0)
    share.upto("shape", min(shape, max(4, look.width // 5)), gap=0)
    if len({t.device for t in tensors}) > 1:
        share.whole("device", device)
    share.upto("badges", min(badges, 13))
    share.upto("shape", shape, gap=0)
    share.upto("badges", min(badges, 22))
    share.upto("name", min(name, look.width // 3), gap=0)
    share.whole("device", device)
    share.whole("size", size)
    share.upto("name", name, gap=0)
    share.upto("badges", badges)
    given = share.given
    return RowWidths(
        given["name"], dtype, given["shape"], given.get("device", 0), given.get("size", 0), given.get("badges", 0)
    )


class Shares:
    """Cells of one line handed out to columns, first come first served; each new column costs a gap too."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.given: dict[str, int] = {}

    def upto(self, column: str, cells: int, gap: int = len(_GAP)) -> None:
        """Raise a column to ``cells``, or as near as there is room (4 cells are the least worth having)."""
        has = self.given.get(column, 0)
        cost = 0 if has else gap
        grant = min(cells - has, self.room - cost)
        if grant <= 0 or (gap and not has and grant < min(cells, 4)):
            self.given.setdefault(column, 0)
            return
        self.given[column] = has + grant
        self.room -= grant + cost

    def whole(self, column: str, cells: int) -> None:
        """All of a column or none of it."""
        if not self.given.get(column) and cells + len(_GAP) <= self.room:
            self.given[column] = cells
            self.room -= cells + len(_GAP)


def tensor_rows(tensors: Sequence[TensorFacts], look: Look) -> list[Text]:
    """The list of the tensor pane: one line each, in columns."""
    widths = row_widths(tensors, look)
    return [tensor_row(facts, look, widths) for facts in tensors]


def tensor_row(facts: TensorFacts, look: Look, widths: RowWidths | None = None) -> Text:
    """One line for one tensor; ``widths`` (of :func:`row_widths`) lines it up with others."""
    w = widths or row_widths((facts,), look)
    ink = look.palette
    mark = _MARKS.get(facts.change, " ")
    line = Line(f"{mark} ", ink.warn)
    line.add(fit(clean(facts.path, look), w.name, look), ink.name).pad(2 + w.name)
    end = line.cells + len(_GAP) + w.dtype
    line.add(_GAP).add(fit(dtype_short(clean(facts.dtype, look)), w.dtype, look), ink.accent).pad(end)
    end += len(_GAP) + w.shape
    line.add(_GAP)
    if len(shape_text(facts.shape)) <= w.shape:
        line.extend(shape_pieces(facts.shape, look))
    else:
        line.add(fit(shape_text(facts.shape).replace(" ", ""), w.shape, look), ink.dim)
    line.pad(end)
    if w.device:
        end += len(_GAP) + w.device
        line.add(_GAP).add(clean(facts.device, look), ink.dim).pad(end)
    if w.size:
        end += len(_GAP) + w.size
        line.add(_GAP).add(nbytes_text(facts.nbytes).rjust(w.size), ink.dim)
    _add_badges(line, facts, look, w.badges)
    return to_text([line], look)


def _add_badges(line: Line, facts: TensorFacts, look: Look, cells: int) -> None:
    """As many badges as fit into ``cells``; a long ``grad_fn`` is cut rather than hiding the rest."""
    badges = badges_of(facts, look)
    if not badges or not cells:
        return
    line.add(_GAP)
    yes = look.glyphs.yes
    if len(badges) > 1 and badges[1][0] == f"{yes}grad" and min(_width(badges[:1]), 6) + 6 > cells:
        badges[1] = (yes, badges[1][1])
    while len(badges) > 1 and min(_width(badges[:1]), 6) + 1 + _width(badges[1:]) > cells:
        # From the end, but what is not a number is told before all else.
        last = next((i for i in range(len(badges) - 1, 0, -1) if badges[i][1] is not look.palette.missing), 0)
        badges.pop(last or -1)
    spare = cells - _width(badges[1:]) - (1 if len(badges) > 1 else 0)
    for position, (text, style) in enumerate(badges):
        line.add(" " if position else "").add(fit(text, spare, look) if position == 0 else text, style)


def _width(badges: Sequence[Piece]) -> int:
    """Cells of badges with a space between."""
    return sum(cell_len(text) for text, _ in badges) + max(0, len(badges) - 1)

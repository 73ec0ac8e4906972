"""Lines of a drawing as Textual paints them."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tutor.render.lines import Line

_ELLIPSIS = "…"


def strip_of(line: Line, width: int, base: Style, made: dict[int, Segment]) -> Strip:
    """``line`` on the background of ``base``, cut or filled to ``width`` cells.

    A piece with a background of its own (a cell of a heat map) is taken as it is: to put every style on
    top of another would cost more than all the rest. ``made`` remembers what became of each piece by its
    identity: the cells of a heat map are few pieces, many times. It must not outlive the lines.
    """
    if line.cells > width:
        line, made = line.clip(width, _ELLIPSIS), {}
    segments = []
    for piece in line.pieces:
        segment = made.get(id(piece))
        if segment is None:
            text, style = piece
            segment = made[id(piece)] = Segment(text, style if style.bgcolor is not None else base + style)
        segments.append(segment)
    if line.cells < width:
        segments.append(Segment(" " * (width - line.cells), base))
    return Strip(segments, width)

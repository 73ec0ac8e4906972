"""Lines of a drawing as Textual paints them."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tutor.render.lines import Line

_ELLIPSIS = "…"


def strip_of(line: Line, width: int, base: Style) -> Strip:
    """``line`` on the background of ``base``, cut or filled to ``width`` cells.

    A piece with a background of its own (a cell of a heat map) is taken as it is: to put every style on
    top of another would cost more than all the rest.
    """
    if line.cells > width:
        line = line.clip(width, _ELLIPSIS)
    segments = [Segment(text, style if style.bgcolor is not None else base + style) for text, style in line.pieces]
    if line.cells < width:
        segments.append(Segment(" " * (width - line.cells), base))
    return Strip(segments, width)

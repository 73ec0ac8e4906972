"""From a row of a transcript to what is painted."""

from __future__ import annotations

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from rich.text import Span, Text
from textual.strip import Strip
from textual.widget import Widget

from tutor.ui.widgets.lines import Line, starts

_COMPONENTS = {
    "stderr": "stderr",
    "source": "accent",
    "info": "muted",
    "hint": "muted",
    "good": "good",
    "warn": "warn",
    "bad": "bad",
}
"""Which component class colours which kind of line."""


class Painter:
    """Paints in the component classes ``transcript--*`` of ``widget``, as they are when they are first needed."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._styles: dict[str, Style] = {}

    def style(self, name: str) -> Style:
        """The style of a component class; of the widget itself when ``name`` is empty."""
        if name not in self._styles:
            widget = self._widget
            style = widget.get_component_rich_style(f"transcript--{name}") if name else widget.rich_style
            # Only these have a background of their own; behind the others whatever is there shows.
            background = style.bgcolor if name in ("", "news", "cell") else None
            self._styles[name] = Style(color=style.color, bgcolor=background, bold=style.bold)
        return self._styles[name]

    def text(self, words: str, name: str) -> Text:
        """``words`` in the style of a component class."""
        return Text(words, spans=[Span(0, len(words), self.style(name))], end="", no_wrap=True)

    def row(self, line: Line, part: int, width: int, *, chosen: bool = False) -> Text:
        """One row of ``line``, laid out for ``width`` cells, with gutter and aside.

        The gutter of a ``chosen`` cell has a mark.
        """
        places = starts(line, width)
        if part >= len(places):
            # The widget has its new width and the ring not yet: the row is gone in a moment.
            return Text("", end="")
        last = part >= len(places) - 1
        body = line.text()[places[part] : None if last else places[part + 1]]
        text = Text(line.gutter if part == 0 else " " * cell_len(line.gutter), end="", no_wrap=True)
        gutter = len(text)
        if chosen and line.kind == "source":
            text.right_crop()
            text.append("▌")
        text.append_text(body)
        if line.kind in _COMPONENTS:
            # Code has colours of its own behind a coloured gutter; in other lines their own go on top.
            end = gutter if line.kind == "source" else len(text)
            text.spans.insert(0, Span(0, end, self.style(_COMPONENTS[line.kind])))
        if last and line.aside:
            text.append(" " * (width - text.cell_len - cell_len(line.aside)))
            text.append(line.aside, self.style("muted"))
        return text

    def strip(self, text: Text, width: int, *, chosen: bool = False) -> Strip:
        """``text`` on the widget's own background or a chosen cell's, cut or filled to ``width`` cells."""
        base = self.style("")
        if chosen:
            base += Style(bgcolor=self.style("cell").bgcolor)
        if text.spans:
            strip = Strip(text.render(self._widget.app.console), text.cell_len).apply_style(base)
        else:
            strip = Strip([Segment(text.plain, base)])
        return strip.adjust_cell_length(width, base)

"""Colours in program output: SGR sequences become styles, one line at a time. No widgets here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rich.ansi import AnsiDecoder
from rich.style import Style
from rich.text import Span, Text

from tutor.protocol.text import plain

TAB = 8
_SGR = re.compile(r"\x1b\[([0-9;:]*)m")
_LONGEST_SGR = 100
"""Longer sequences are ignored: no program needs them, and their numbers may be too big to be numbers."""
_CALM = Style(conceal=False, blink=False, blink2=False)


def visible(raw: str) -> str:
    """``raw`` as it is seen: no SGR sequences, tabs as spaces to the next multiple of eight."""
    return raw if raw.isprintable() else plain(_SGR.sub("", raw).expandtabs(TAB))


def style_after(style: Style, raw: str) -> Style:
    """The style in force after ``raw``, which began in ``style``."""
    if "\x1b" in raw:
        for codes in _SGR.findall(raw):
            style = _with_codes(style, codes)
    return style


def runs(raw: str, style: Style) -> Iterator[tuple[str, Style]]:
    """The pieces of ``raw`` between SGR sequences, each with its style; tabs are still in them."""
    end = 0
    for match in _SGR.finditer(raw):
        if match.start() > end:
            yield raw[end : match.start()], style
        style = _with_codes(style, match[1])
        end = match.end()
    if end < len(raw):
        yield raw[end:], style


def styled_text(pieces: Iterator[tuple[str, Style]]) -> Text:
    """Pieces as one line of Text that holds nothing but printable characters."""
    parts: list[str] = []
    spans: list[Span] = []
    position = 0
    for piece, style in pieces:
        if not piece.isprintable():
            column = position % TAB
            piece = plain((" " * column + piece).expandtabs(TAB)[column:])
        end = position + len(piece)
        if style:
            spans.append(Span(position, end, style))
        parts.append(piece)
        position = end
    return Text("".join(parts), spans=spans, no_wrap=True, end="")


@lru_cache(maxsize=4096)
def _with_codes(style: Style, codes: str) -> Style:
    """``style`` changed by one sequence. Hidden and blinking text is shown as it is."""
    if len(codes) > _LONGEST_SGR:
        return style
    decoder = AnsiDecoder()
    decoder.style = style
    decoder.decode_line(f"\x1b[{codes}m")
    changed = decoder.style
    if changed.conceal or changed.blink or changed.blink2:
        changed += _CALM
    return changed

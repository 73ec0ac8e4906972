"""Pictures for files, pipes and the clipboard."""

from __future__ import annotations

import io
import re

from rich.console import Console
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

_FRAME = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; \
font-size: {char_height}px; line-height: {line_height}px; white-space: pre; }}
.{unique_id}-title {{ font: bold 18px sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
"""Rich's own frame fetches a font from the network whenever the picture is looked at."""


_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What a document of XML 1.0 may not hold (its production 2, Char)."""


def as_plain(text: Text) -> str:
    """The characters of ``text`` without styles and without spaces at the ends of lines."""
    return "\n".join(line.rstrip() for line in text.plain.split("\n"))


def as_svg(text: Text, width: int, title: str) -> str:
    """A picture of ``text`` in a dark terminal of ``width`` cells; longer lines are wrapped.

    Complete in itself: nothing is fetched or run when it is shown. The same text gives the same file.
    """
    console = Console(
        record=True,
        width=width,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(text)
    svg = console.export_svg(title=title, theme=DIMMED_MONOKAI, code_format=_FRAME)
    return xml_text(svg)


def xml_text(text: str) -> str:
    """``text`` without what a document of XML may not hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)

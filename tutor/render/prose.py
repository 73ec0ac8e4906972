"""Short texts of a lesson outside its Markdown: feedback, hints, remarks."""

from __future__ import annotations

import re
from textwrap import dedent

from rich.text import Text

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[^\n]*\n(.*?)^[ \t]*\1[ \t]*$", re.DOTALL | re.MULTILINE)
_ITEM = re.compile(r"\n(?=[ \t]*(?:[-*]|\d+\.) )")
_CODE = "bold cyan not italic"


def prose(text: str, style: str = "") -> Text:
    """``text`` with what stands between backticks shown as code, and ``**strong**`` words strong.

    Paragraphs, items of a list and fenced code stand by themselves, other lines run on. No other marks are known,
    because feedback is one or two sentences; anything else is text.
    """
    # Captured in turn: prose, the fence, its code, prose …
    pieces = _FENCE.split(text)
    blocks: list[Text] = []
    for number in range(0, len(pieces), 3):
        blocks += [_paragraph(part, style) for part in re.split(r"\n\s*\n", pieces[number]) if part.strip()]
        if number + 2 < len(pieces):
            blocks.append(Text(dedent(pieces[number + 2]).rstrip("\n"), style=_CODE))
    return Text("\n\n").join(blocks)


def _paragraph(text: str, style: str) -> Text:
    return Text("\n").join(_line(" ".join(line.split()), style) for line in _ITEM.split(text))


def _line(text: str, style: str) -> Text:
    result = Text(style=style)
    for index, part in enumerate(text.split("`")):
        if index % 2:
            result.append(part, style=_CODE)
            continue
        for number, piece in enumerate(part.split("**")):
            result.append(piece, style="bold" if number % 2 else "")
    return result

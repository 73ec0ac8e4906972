"""Short texts of a lesson outside its Markdown: feedback, hints, remarks."""

from __future__ import annotations

from rich.text import Text


def prose(text: str, style: str = "") -> Text:
    """``text`` with what stands between backticks shown as code, and ``**strong**`` words strong.

    Only these two marks are known, because feedback is one or two sentences; anything else is text.
    """
    result = Text(style=style)
    for index, part in enumerate(" ".join(text.split()).split("`")):
        if index % 2:
            result.append(part, style="bold cyan not italic")
            continue
        for number, piece in enumerate(part.split("**")):
            result.append(piece, style="bold" if number % 2 else "")
    return result

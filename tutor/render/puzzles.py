"""Code with gaps to type in, lines to put in order, and a prediction marked part by part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tutor.lesson.steps import BLANK
from tutor.render.code import python_source
from tutor.render.lines import Line, clean, to_text
from tutor.render.look import Look

if TYPE_CHECKING:
    from collections.abc import Sequence

    Marked = Sequence[Sequence[tuple[str, bool, str]]]

__all__ = ["gaps", "line_order", "marked"]

_ANY_WIDTH = 1_000
_GAP = 5
"""Cells of a gap nothing was typed into."""
_INDENT = "    "
_ROWS = 10


def gaps(code: str, typed: Sequence[str], active: int | None, cursor: int, look: Look) -> Text:
    """``code`` with what was typed in its gaps; the cursor stands before a character of the active one."""
    shown: list[str] = []
    spans: list[tuple[int, int, int]] = []
    end = length = 0
    for number, gap in enumerate(BLANK.finditer(code)):
        before = code[end : gap.start()]
        text = clean(typed[number], look) if number < len(typed) else ""
        width = max(len(text) + (number == active), _GAP)
        shown += [before, text.ljust(width, "_")]
        length += len(before)
        spans.append((number, length, length + width))
        length += width
        end = gap.end()
    shown.append(code[end:])
    text_ = Text("\n").join(python_source("".join(shown), Look(_ANY_WIDTH, colour=look.colour), "", ""))
    for number, start, stop in spans:
        filled = len(typed[number]) if number < len(typed) else 0
        text_.stylize(Style(underline=True, bold=number == active), start, stop)
        text_.stylize(look.palette.dim, start + filled, stop)
        if number == active:
            text_.stylize(Style(reverse=True), start + cursor, start + cursor + 1)
    return text_


def line_order(lines: Sequence[tuple[str, int, bool]], chosen: int | None, picked: bool, look: Look) -> Text:
    """Lines as (code, indentation, in use), the chosen one marked, and marked otherwise while it is picked up."""
    ink, glyphs = look.palette, look.glyphs
    drawn: list[Text] = []
    for number, (code, depth, used) in enumerate(lines):
        here = number == chosen
        sign = ("=" if picked else glyphs.pointer) if here else " "
        head = Text(f"{sign} ", style=ink.good if here else Style())
        indent = _INDENT * depth if used else ""
        body = python_source(indent + code, Look(_ANY_WIDTH, colour=look.colour), "", "")[0]
        if not used:
            body = Text(f"{glyphs.dash} {body.plain}", style=Style(dim=True, strike=True))
        if here:
            body.stylize(
                Style(reverse=True) if picked else Style(bold=True, underline=True),
                len(_INDENT) * depth if used else 0,
            )
        row = head + body
        row.truncate(look.width, overflow="ellipsis")
        drawn.append(row)
    return Text("\n").join(drawn)


def marked(rows: Marked, look: Look) -> Text:
    """Each part of an answer with its mark; behind a wrong one what it is."""
    ink, glyphs = look.palette, look.glyphs
    cells = [[_cell(part, look) for part in row] for row in rows[:_ROWS]]
    widths = [max(map(cell_len, column)) for column in zip(*_even(cells))] if cells else []  # noqa: B905
    lines: list[Line] = []
    for row, texts in zip(rows, cells):  # noqa: B905 - as many as are shown
        if len(row) == 1 and cell_len(texts[0]) > look.width and not row[0][1]:
            # Side by side what was answered would push what it is out of sight.
            given, truth = _sides(row[0], look)
            under = (given, f"{glyphs.no} {truth}")
            lines += [Line(words, ink.bad).clip(look.width, glyphs.ellipsis) for words in under]
            continue
        line = Line()
        column = 0
        for (_, right, _), text, width in zip(row, texts, widths):  # noqa: B905 - as many as each other
            # Nothing stands behind the last one: blanks there would cut it off where it just fits.
            line.pad(column).add(text, ink.good if right else ink.bad)
            column += width + 3
        lines.append(line.clip(look.width, glyphs.ellipsis))
    if len(rows) > _ROWS:
        lines.append(Line(f"{glyphs.ellipsis} {len(rows) - _ROWS} more rows", ink.dim))
    return to_text(lines, look)


def _cell(part: tuple[str, bool, str], look: Look) -> str:
    given, truth = _sides(part, look)
    return f"{given} {look.glyphs.yes}" if part[1] else f"{given} {look.glyphs.no} {truth}"


def _sides(part: tuple[str, bool, str], look: Look) -> tuple[str, str]:
    """What was answered, and what it is."""
    text, truth = (clean(word, look).replace("\n", " ") for word in (part[0], part[2]))
    return text or ("" if part[1] else "nothing"), truth or "not there"


def _even(rows: list[list[str]]) -> list[list[str]]:
    longest = max(map(len, rows))
    return [row + [""] * (longest - len(row)) for row in rows]

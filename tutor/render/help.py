"""Help in words: the line above the prompt while a call is typed, and the answer to ``obj?``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text

from tutor.render.code import python_source, short_path
from tutor.render.docstring import first_sentence, paragraphs, readable
from tutor.render.lines import Line, clean, fit, to_text, wrap
from tutor.render.tensors import identity_lines

if TYPE_CHECKING:
    from tutor.protocol.assistance import Description
    from tutor.render.look import Look

_CURRENT = Style(bold=True, underline=True)
_LEAST_DOC = 16
"""Cells below which the beginning of a sentence says nothing."""
_DOC_LINES = 40
_SOURCE_LINES = 200


def signature_line(description: Description, look: Look) -> Text:
    """One line: the call with the parameter being typed marked, and what it does if there is room."""
    ink = look.palette
    head = Line(clean(description.name, look), ink.accent).add("(", ink.dim)
    tail = clean(f") {look.glyphs.arrow} {description.returns}" if description.returns else ")", look)
    parts = [clean(part, look) for part in description.parameters or ()]
    room = look.width - head.cells - cell_len(tail)
    first, last = _in_view([cell_len(part) for part in parts], description.current, room)
    if first > 0:
        head.add(f"{look.glyphs.ellipsis}, ", ink.dim)
    for index in range(first, last):
        separator = ", " if index + 1 < len(parts) else ""
        head.add(parts[index], ink.name + _CURRENT if index == description.current else ink.dim)
        head.add(separator, ink.dim)
    if last < len(parts):
        head.add(look.glyphs.ellipsis, ink.dim)
    head.add(tail, ink.dim)
    said = clean(first_sentence(description.doc), look)
    if said and look.width - head.cells - 2 >= _LEAST_DOC:
        head.add("  ").add(fit(said, look.width - head.cells, look), ink.dim)
    return to_text([head], look)


def signature_lines(description: Description, look: Look, rows: int) -> list[Text]:
    """:func:`signature_line`, and below it the beginning of the docstring, in ``rows`` rows at most."""
    said = clean(" ".join(readable(description.doc).split()), look)
    if rows < 2 or not said:
        return [signature_line(description, look)]
    beside = signature_line(description, look)
    if beside.plain.endswith(said):
        return [beside]
    words = wrap(said, look.width)
    shown = words[: rows - 1]
    if len(words) > len(shown):
        shown[-1] = fit(f"{shown[-1]} {words[len(shown)]}", look.width, look)
    below = [to_text([Line(part, look.palette.dim)], look) for part in shown]
    return [signature_line(replace(description, doc=""), look), *below]


def _in_view(widths: list[int], current: int, room: int) -> tuple[int, int]:
    """Which parameters fit, the current one always among them: as many as possible from the first on."""
    first, last = 0, len(widths)
    while last > first + 1 and sum(widths[first:last]) + 2 * (last - first) + 4 > room:
        if current >= 0 and last - 1 <= current:
            first += 1
        else:
            last -= 1
    return first, last


def description(found: Description, look: Look, *, source: bool) -> list[Text]:
    """The answer to ``obj?``: what it is, how it is called, what its author wrote; with ``source``, that too."""
    lines = [_heading(found, look)]
    if found.tensor is not None:
        lines += identity_lines(found.tensor, look)
    if found.parameters is not None and found.type != "property":
        lines += _call(found, look)
    lines += _where(found, look)
    texts = [to_text([line], look) for line in lines]
    if source and found.source:
        return texts + _source(found, look)
    texts += [to_text([line], look) for line in _doc(found, look)]
    if source:
        words = "No source to show: it is not written in Python, or its file is not known."
        texts += [to_text([Line(part, look.palette.warn)], look) for part in wrap(words, look.width)]
    return texts


def _heading(found: Description, look: Look) -> Line:
    name, kind = clean(found.name, look), clean(found.type, look)
    return Line(fit(name, look.width, look), look.palette.name).add(f"  {kind}", look.palette.dim)


def _call(found: Description, look: Look) -> list[Line]:
    returns = f" {look.glyphs.arrow} {found.returns}" if found.returns else ""
    text = f"{found.name}({', '.join(found.parameters or ())}){returns}"
    first, *rest = wrap(clean(text, look), max(1, look.width - 4))
    return [Line(first, look.palette.accent), *(Line(f"    {part}", look.palette.accent) for part in rest)]


def _where(found: Description, look: Look) -> list[Line]:
    if not found.file:
        return []
    line = f", line {found.line}" if found.line else ""
    return [Line(fit(clean(f"{short_path(found.file)}{line}", look), look.width, look), look.palette.dim)]


def _doc(found: Description, look: Look) -> list[Line]:
    """The docstring, wrapped with its indents; a long one is cut, with a word of how much is missing."""
    rows: list[Line] = []
    lines = paragraphs(found.doc) if found.doc.strip() else []
    for number, line in enumerate(lines):
        if number >= _DOC_LINES:
            rows.append(Line(f"{look.glyphs.ellipsis} {len(lines) - number} more lines", look.palette.dim))
            break
        body = clean(line.rstrip(), look)
        indent = len(body) - len(body.lstrip())
        parts = wrap(body.strip(), max(8, look.width - indent))
        rows += [Line(" " * indent + part) for part in parts]
    return [Line(), *rows] if rows else []


def _source(found: Description, look: Look) -> list[Text]:
    lines = found.source.split("\n")
    texts = [Text(), *python_source("\n".join(lines[:_SOURCE_LINES]), look, "", "")]
    if len(lines) > _SOURCE_LINES:
        more = f"{look.glyphs.ellipsis} {len(lines) - _SOURCE_LINES} more lines"
        texts.append(to_text([Line(more, look.palette.dim)], look))
    return texts

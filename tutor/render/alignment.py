"""How operands meet, before or after an operation ran: on one line, and lined up from the right."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.protocol.alignment import PRODUCTS, STRETCHING, checked
from tutor.protocol.shapes import broadcast, matmul
from tutor.render.alignment_words import advice, verdict
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count
from tutor.render.products import product
from tutor.render.tensors import shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.alignment import Alignment, Term
    from tutor.protocol.shapes import Shape
    from tutor.render.look import Look

__all__ = ["alignment", "alignment_line", "one_line"]

_NAME = 14
_LINE_NAME = 18


def alignment_line(step: Alignment, look: Look) -> Text:
    """``pred [8, 1] - target [8] → [8, 8]   ⚠ bigger than both``: for the row above the prompt."""
    known = checked(step)
    if known is None:
        return to_text([], look)
    step = known
    mark, words, style = verdict(step, look)
    tail = Line()
    if words:
        tail.add(f"{mark} {words}", style)
    for line in (one_line(step, look), _shapes_only(step, look)):
        if line.cells + 3 + tail.cells <= look.width:
            return to_text([line.add("   ").extend(tail.pieces)], look)
    # What went wrong tells more than where.
    return to_text([tail if step.problem or step.grows else _shapes_only(step, look)], look)


def _shapes_only(step: Alignment, look: Look) -> Line:
    """``[8,1] - [8] → [8,8]``: for a narrow row."""
    between = f" {clean(step.sign, look)} " if not step.sign[:1].isalpha() else ", "
    line = Line(between.join(_tight(term.shape) for term in step.terms), look.palette.dim)
    if step.result is not None:
        line.add(f" {look.glyphs.arrow} ", look.palette.dim).add(_tight(step.result), look.palette.name)
    return line


def _tight(shape: Shape) -> str:
    return shape_text(shape).replace(" ", "")


def one_line(step: Alignment, look: Look) -> Line:
    """``x [3, 4] @ w [4, 5] → [3, 5]``; a function's name stands in front."""
    ink, glyphs = look.palette, look.glyphs
    between = clean(step.sign, look) if not step.sign[:1].isalpha() else ","
    line = Line()
    if between == ",":
        line.add(f"{clean(step.sign, look)}  ", ink.dim)
    for place, term in enumerate(step.terms):
        if place:
            line.add(", " if between == "," else f" {between} ", ink.dim)
        line.add(fit(clean(term.source, look), _LINE_NAME, look), ink.name).add(" ")
        line.extend(_coloured(term.shape, _rank(step), look))
    if step.result is not None:
        rank = max(_rank(step), len(step.result))
        line.add(f" {glyphs.arrow} ", ink.dim).extend(_coloured(step.result, rank, look))
    return line


def _coloured(shape: Shape, rank: int, look: Look) -> list[tuple[str, Style]]:
    """Each size in the colour of the axis of the result that it stands over."""
    text = shape_text(shape)
    dim = look.palette.dim
    if not shape or rank < len(shape):
        return [(text, dim)]
    pieces: list[tuple[str, Style]] = [("[", dim)]
    for place, size in enumerate(shape):
        if place:
            pieces.append((", ", dim))
        pieces.append((str(size), look.palette.axis(rank - len(shape) + place)))
    return [*pieces, ("]", dim)]


def _rank(step: Alignment) -> int:
    return max((len(term.shape) for term in step.terms), default=0)


def alignment(steps: Sequence[Alignment], chosen: int, look: Look) -> Text:
    """The chosen operation in full, then the others of its statement on a line each."""
    steps = [step for step in map(checked, steps) if step is not None]
    if not steps:
        return to_text([], look)
    at = min(max(chosen, 0), len(steps) - 1)
    lines = _drawn(steps[at], look)
    if len(steps) > 1:
        lines.append(Line("In this statement, inner operations first", look.palette.dim))
        for place, step in enumerate(steps):
            mark = look.glyphs.pointer if place == at else " "
            state = f" {look.glyphs.no}" if step.problem else " !" if step.grows else ""
            row = Line(f"{mark}{place + 1} ", look.palette.accent).extend(one_line(step, look).pieces)
            lines.append(row.add(state, look.palette.bad if step.problem else look.palette.warn))
    if look.height is not None:
        lines = lines[: look.height]
    return to_text(lines, look)


def _drawn(step: Alignment, look: Look) -> list[Line]:
    ink = look.palette
    mark, words, style = verdict(step, look)
    head = Line(fit(clean(step.source, look), look.width, look), ink.name)
    told = f"{mark} {words}"
    if head.cells + 3 + cell_len(told) <= look.width:
        lines = [head.add("   ").add(told, style)]
    else:
        lines = [head, *sentence(told, style, look)]
    if step.rule in PRODUCTS and step.terms and all(term.shape for term in step.terms):
        lines += product(step, look)
    elif step.rule in STRETCHING:
        lines += _lined_up(step, look)
    else:
        lines += _listed(step, look)
    for text in advice(step, look, _fits):
        lines += sentence(text, ink.dim, look)
    return lines


def _fits(rule: str, shapes: Sequence[Shape]) -> Shape | None:
    return (matmul(shapes[0], shapes[1]) if rule in PRODUCTS else broadcast(tuple(shapes))).shape


def _lined_up(step: Alignment, look: Look) -> list[Line]:
    """A row for each operand, a column for each axis; the last axis is at the right for all."""
    ink, glyphs = look.palette, look.glyphs
    rank = _rank(step)
    full = step.full
    cells = [[_cell(term, axis, full, look) for axis in range(-rank, 0)] for term in step.terms]
    result = [str(size) for size in full] if full is not None else []
    heads = [str(axis) for axis in range(-rank, 0)]
    columns = [*zip(heads, *cells, *([result] if result else []), strict=True)]
    widths = [max(cell_len(text) for text in column) + 2 for column in columns]
    names = [fit(clean(term.source, look), _NAME, look) for term in step.terms]
    shapes = [shape_text(term.shape) for term in step.terms]
    label = max([cell_len(name) for name in names] + [6])
    beside = max(len(text) for text in [*shapes, shape_text(full or ())]) + 2
    if label + beside + sum(widths) + 1 > look.width:
        beside = 0
    title = "axis from right"
    title = title if len(title) < label + beside else "axis"
    lines = [Line(" ").add(title, ink.dim).pad(1 + label + beside)]
    for place, (head, width) in enumerate(zip(heads, widths, strict=True)):
        lines[0].add(head.rjust(width), ink.axis(place))
    for name, shape, row in zip(names, shapes, cells, strict=True):
        line = Line(" ").add(name, ink.name).pad(1 + label)
        line.add(shape.rjust(beside) if beside else "", ink.dim)
        for place, (text, width) in enumerate(zip(row, widths, strict=True)):
            line.add(text.rjust(width), ink.axis(place))
        lines.append(line)
    if step.axis:
        at = rank + step.axis
        under = 1 + label + beside + sum(widths[:at]) + widths[at] - 1
        lines.append(Line(" " * under).add("^" if not look.unicode else "▲", ink.bad))
    if full is not None:
        lines.append(Line(" ").add(glyphs.box[0] * (label + beside + sum(widths)), ink.dim))
        line = Line(" ").add("result" if step.result == full else "inside", ink.heading).pad(1 + label)
        line.add(shape_text(full).rjust(beside) if beside else "", ink.dim)
        for place, (text, width) in enumerate(zip(result, widths, strict=True)):
            line.add(text.rjust(width), ink.axis(place))
        size = f"{count(math.prod(full))} values"
        line.add(f"  {size}" if line.cells + len(size) + 2 <= look.width else "", ink.dim)
        lines.append(line)
        if step.result is not None and step.result != full:
            lines.append(Line(" ").add("result", ink.heading).pad(1 + label).add("[]".rjust(beside or 2), ink.dim))
            lines[-1].add("  one number: the mean", ink.dim)
    return lines


def _cell(term: Term, axis: int, full: Shape | None, look: Look) -> str:
    """``4`` as it is, ``1→4`` stretched, ``·→4`` an axis that the operand does not have."""
    has = len(term.shape) >= -axis
    size = term.shape[axis] if has else None
    own = str(size) if has else look.glyphs.dot
    if full is None or size == full[axis] or (size is None and full[axis] == 1):
        return own
    return f"{own}{look.glyphs.arrow}{full[axis]}"


def _listed(step: Alignment, look: Look) -> list[Line]:
    """Rules that line nothing up: the operands one under the other, and the result."""
    ink = look.palette
    letters = step.option.partition("->")[0].replace(" ", "").split(",") if step.rule == "einsum" else []
    names = [fit(clean(term.source, look), _NAME, look) for term in step.terms]
    label = max([cell_len(name) for name in names] + [6])
    lines = []
    if step.rule == "einsum":
        lines.append(Line(" ").add(clean(step.option, look), ink.accent))
    for place, (name, term) in enumerate(zip(names, step.terms, strict=True)):
        line = Line(" ").add(name, ink.name).pad(3 + label)
        line.extend(_coloured(term.shape, len(term.shape), look))
        if place < len(letters) and len(letters[place]) == len(term.shape):
            named = " ".join(f"{letter}={size}" for letter, size in zip(letters[place], term.shape, strict=True))
            line.add(f"   {named}", ink.dim)
        lines.append(line)
    if step.result is not None:
        line = Line(" ").add("result", ink.heading).pad(1 + label).add("  ")
        lines.append(line.extend(_coloured(step.result, len(step.result), look)))
    return lines

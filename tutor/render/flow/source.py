"""The learner's source line with numbered underlines, as in the sketch: each operation under its own span."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit

if TYPE_CHECKING:
    from tutor.protocol.flow import Flow, FlowStep
    from tutor.render.look import Look

_UNDERLINES = 4
_LOW = 9
"""With fewer lines than this the drawing has none to spare for underlines: the span is bold, and that is all."""


def source_lines(flow: Flow, step: FlowStep, look: Look) -> list[Line]:
    """The line a step stands on, the step's own span marked, and below the spans of its neighbours on that
    line.
    """
    text = next((text for file, number, text in flow.lines if (file, number) == (step.file, step.line)), "")
    if not text.strip():
        return []
    ink = look.palette
    body = text.lstrip()
    indent = len(text) - len(body)
    label = "" if step.file == flow.file else f"{clean(step.file, look)} "
    head = f"{label}line {step.line}  "
    if len(head) + 12 > look.width:
        head = ""
    lines = [Line(head, ink.dim)]
    margin = lines[0].cells
    room = max(1, look.width - margin)
    shown, shift = _window(body, step.column - indent, room, look)
    start, end = step.column - indent - shift, step.end_column - indent - shift
    if step.column < 0 or step.end_line > step.line:
        start, end = (0, len(shown)) if step.column < 0 else (max(start, 0), len(shown))
    start, end = max(0, min(start, len(shown))), max(0, min(end, len(shown)))
    lines[0].add(clean(shown[:start], look)).add(clean(shown[start:end], look), ink.name).add(
        clean(shown[end:], look)
    )
    if look.height is not None and look.height < _LOW:
        return lines
    for other in _neighbours(flow, step):
        begin = max(0, other.column - indent - shift)
        stop = min(len(shown), other.end_column - indent - shift)
        if other.column < 0 or begin >= stop:
            continue
        before, below = cell_len(clean(shown[:begin], look)), cell_len(clean(shown[begin:stop], look))
        below = min(below, look.width - margin - before - 3)
        if below < 1:
            continue
        mark = "━" if look.unicode else "^"
        style = ink.accent if other.number == step.number else ink.dim
        lines.append(Line(" " * (margin + before)).add(mark * below, style).add(f" {other.number}", style))
    return lines


def _window(body: str, column: int, room: int, look: Look) -> tuple[str, int]:
    """The part of a line that is shown, and how many characters are left out before it."""
    if cell_len(clean(body, look)) <= room:
        return body, 0
    shift = max(0, min(column - room // 4, len(body) - room))
    return fit(body[shift:], room, look) if shift == 0 else body[shift : shift + room], shift


def _neighbours(flow: Flow, step: FlowStep) -> list[FlowStep]:
    """The steps with a span of their own on the same line, this one among them, the nearest few."""
    same = [s for s in flow.steps if (s.file, s.line) == (step.file, step.line) and s.end_line == s.line]
    spans: dict[tuple[int, int], FlowStep] = {}
    for other in same:
        if (other.column, other.end_column) != (step.column, step.end_column):
            spans.setdefault((other.column, other.end_column), other)
    spans[step.column, step.end_column] = step
    ordered = sorted(spans.values(), key=lambda s: s.number)
    at = ordered.index(step)
    first = max(0, min(at - _UNDERLINES // 2, len(ordered) - _UNDERLINES))
    return ordered[first : first + _UNDERLINES]

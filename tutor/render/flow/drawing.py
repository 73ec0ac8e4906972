"""One operation, drawn: its source, its operands joined by lines, its result, and what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.flow.einsum import einsum_lines
from tutor.render.flow.pictures import picture
from tutor.render.flow.shapes import called, lettered
from tutor.render.flow.source import source_lines
from tutor.render.flow.words import cost, memory, sentences
from tutor.render.lines import Line, clean, sentence
from tutor.render.look import Look
from tutor.render.tensors import dtype_short

if TYPE_CHECKING:
    from tutor.protocol.flow import Flow, FlowStep, FlowTensor
    from tutor.render.flow.letters import Lettered, Letters
    from tutor.render.lines import Piece

_SHOWN = 8


def step_lines(flow: Flow, step: FlowStep, names: Letters, look: Look, *, source: bool = True) -> list[Line]:
    """Everything about one step; ``source`` says whether the line it stands on is shown."""
    letters = names.of(step)
    lines = source_lines(flow, step, look) if source else []
    lines.append(_heading(flow, step, look))
    lines += _joined(step, letters, names, look)
    narrow = Look(max(1, look.width - 2), look.height, look.colour, look.unicode)
    style = look.palette.bad if step.error else look.palette.number
    for said in sentences(step, letters, look):
        lines += sentence(clean(said, look) if not look.unicode else said, style, look, 2)
    extra = einsum_lines(step, letters, names, narrow) if step.kind == "einsum" else []
    extra += picture(step, letters, names, narrow)
    lines += [Line("  ").extend(line.pieces) for line in extra]
    facts = [memory(step, look), cost(step)]
    for fact in facts:
        if fact:
            lines += sentence(clean(fact, look), look.palette.dim, look, 2)
    return lines


def _heading(flow: Flow, step: FlowStep, look: Look) -> Line:
    ink = look.palette
    mark = f"{look.glyphs.no} " if step.error else ""
    line = Line(f"{mark}{step.number} ", ink.bad if step.error else ink.accent).add(step.name, ink.heading)
    path = next((call.path for call in flow.calls if call.number == step.call), "")
    if path:
        line.add(f"  in {clean(path, look)}", ink.dim)
    if step.times > 1:
        line.add(f"  seen {step.times} {look.glyphs.times}", ink.dim)
    return line


def _joined(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> list[Line]:
    """Operands below each other, lined up from the right as broadcasting does, and an arrow to the result."""
    ink = look.palette
    shown = list(zip(step.operands, letters.operands, strict=True))[:_SHOWN]
    shapes = [lettered(operand.shape, row, names, look) for operand, row in shown]
    cells = [_cells(shape) for shape in shapes]
    width = max(cells, default=0)
    result = _result(step, letters, names, look) if step.results else []

    def fits(column: int) -> bool:
        return 8 + column + width + _cells(result) <= look.width and len(step.operands) <= _SHOWN

    # Names are cut only where the lines are full: to have the result beside them, or the roles behind.
    short = max(6, look.width // 4)
    full = max((cell_len(called(operand, look, look.width)) for operand, _ in shown), default=0)
    roles = max((len(operand.role) + 1 for operand, _ in shown if operand.role), default=0)
    long = max(short, look.width - width - roles - 6)
    wide = full if fits(full) else short if fits(min(full, short)) else long
    labels = [called(operand, look, wide) for operand, _ in shown]
    column = max((cell_len(label) for label in labels), default=0)
    beside = fits(column)
    lines: list[Line] = []
    for number, (label, shape) in enumerate(zip(labels, shapes, strict=True)):
        line = Line("  ").add(label, ink.name).pad(3 + column).add(" " * (width - cells[number]))
        last = number == len(shown) - 1
        line.extend(shape).add(f" {_joint(number, last, beside and bool(result), look)}", ink.dim)
        if last and beside and result:
            lines.append(line.extend(result))
            break
        role = shown[number][0].role
        if role and line.cells + len(role) + 2 <= look.width:
            line.add(f" {clean(role, look)}", ink.dim)
        lines.append(line)
    if len(step.operands) > _SHOWN:
        lines.append(Line(f"  {look.glyphs.ellipsis} and {len(step.operands) - _SHOWN} more operands", ink.dim))
    if not step.results:
        return [*lines, Line("  ").add(f"{look.glyphs.no} no result", ink.bad)] if step.error else lines
    if not (beside and shown):
        arrow = "▶ " if look.unicode else "-> "
        lines.append(Line("  ").add(arrow if shown else "", ink.dim).extend(result))
    more = len(step.results) - 1
    if more:
        others = ", ".join(str(list(result.shape)) for result in step.results[1:4])
        lines.append(
            Line("     ").add(f"and {more} more: {others}{look.glyphs.ellipsis if more > 3 else ''}", ink.dim)
        )
    return lines


def _joint(number: int, last: bool, beside: bool, look: Look) -> str:
    if last and beside:
        arrow = "───▶ " if number == 0 else "─┴─▶ "
        return arrow if look.unicode else "---> "
    if not look.unicode:
        return "-+"
    return "─┐" if number == 0 else "─┤" if not last else "─┘"


def _cells(pieces: list[Piece]) -> int:
    return sum(cell_len(text) for text, _ in pieces)


def _result(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> list[Piece]:
    ink = look.palette
    result: FlowTensor = step.results[0]
    label = called(result, look, max(6, look.width // 4))
    pieces: list[Piece] = [(f"{label} ", ink.name)] if label else []
    pieces += lettered(result.shape, letters.result, names, look)
    pieces.append((f" {dtype_short(clean(result.dtype, look))}", ink.accent))
    if result.grad_fn:
        pieces.append((f" {look.glyphs.nabla}{clean(result.grad_fn, look)}", ink.dim))
    return pieces

"""The shape flow of a run as text: the list of its operations, and the drawing of one of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.flow.drawing import step_lines
from tutor.render.flow.letters import Letters
from tutor.render.flow.shapes import bare
from tutor.render.flow.sound import sound
from tutor.render.flow.tree import Row, at_first, folded_at_first, rows
from tutor.render.flow.words import flops
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from rich.text import Text

    from tutor.protocol.flow import Flow, FlowCall, FlowStep
    from tutor.render.look import Look

_SHOWN = 12
"""Tensors an optimiser changes that are named."""

__all__ = [
    "Row", "at_first", "flow_text", "folded_at_first", "note_text", "row_text", "rows", "step_text", "update_text",
]  # fmt: skip


def row_text(row: Row, look: Look) -> Text:
    """One row of the list: ``2 add  x @ w + b  [3,5] [5] → [3,5]``."""
    ink = look.palette
    line = Line("  " * min(row.depth, 6))
    if row.step is None:
        assert row.call is not None  # noqa: S101 - a row is one or the other
        mark = ("▾ " if row.open else "▸ ") if look.unicode else ("- " if row.open else "+ ")
        line.add(mark, ink.accent).add(fit(clean(row.call.path, look), 24, look), ink.name)
        line.add(f" {fit(clean(row.call.kind, look), 24, look)}", ink.dim)
        across = "" if row.call.optimizer else _across(row.holds, look)
        line.add(f"  {across or _operations(len(row.holds))}", ink.number)
        times = min((step.times for step in row.holds), default=1)
        line.add(f" {look.glyphs.times}{times}" if times > 1 else "", ink.dim)
        line.add(f"  {count(row.call.parameters)} params" if row.call.parameters else "", ink.dim)
        return to_text([line], look)
    step = row.step
    line.add(f"{step.number:>2} ", ink.accent)
    line.add(f"{look.glyphs.no} " if step.error else "", ink.bad).add(
        fit(clean(step.name, look), 22, look), ink.heading
    )
    shapes = _shapes(step, look)
    written = row.call.path if row.call is not None else step.source
    room = look.width - line.cells - cell_len(shapes) - 4
    if room >= 6 and written:
        line.add(f"  {fit(clean(written, look), room, look)}", ink.name)
    line.add(f"  {shapes}", ink.number)
    if step.times > 1:
        line.add(f" {look.glyphs.times}{step.times}", ink.dim)
    return to_text([line], look)


def _shapes(step: FlowStep, look: Look) -> str:
    """``[3,4] [4,5] → [3,5]``: the operands but for weights and biases of a layer."""
    data = [operand for operand in step.operands if operand.role not in ("bias", "running mean", "running var")]
    before = " ".join(bare(operand.shape) for operand in data[:3]) + (
        look.glyphs.ellipsis if len(data) > 3 else ""
    )
    after = bare(step.results[0].shape) if step.results else (step.error or "")
    more = f" (+{len(step.results) - 1})" if len(step.results) > 1 else ""
    arrow = look.glyphs.arrow
    return f"{before} {arrow} {after}{more}" if before else f"{arrow} {after}{more}"


def _across(steps: tuple[FlowStep, ...], look: Look) -> str:
    """From the first operand of a call's first step to the result of its last."""
    first = next((bare(operand.shape) for step in steps for operand in step.operands[:1]), "")
    last = next((bare(step.results[0].shape) for step in reversed(steps) if step.results), "")
    return f"{first} {look.glyphs.arrow} {last}" if first and last else ""


def _operations(many: int) -> str:
    return f"{many} operation{'s' if many != 1 else ''}"


def update_text(row: Row, look: Look) -> Text:
    """An optimiser's step as a whole: what it changes; its operations are its own affair."""
    return to_text(_update_lines(row.call, row.holds, look) if row.call is not None else [], look)


def _update_lines(call: FlowCall, steps: Sequence[FlowStep], look: Look) -> list[Line]:
    ink = look.palette
    title = Line(clean(call.path, look), ink.heading).add(f"  {clean(call.kind, look)}", ink.dim)
    lines = [title.add(f": {_operations(len(steps))}", ink.dim)]
    written = {
        owner.text: owner
        for step in steps
        for result in step.results[:1]
        if result.memory == "in place" and 0 <= result.shares < len(step.operands)
        and (owner := step.operands[result.shares]).text and not owner.made_by and " of " not in owner.text
    }  # fmt: skip
    shown = [f"{clean(name, look)} {bare(owner.shape)}" for name, owner in list(written.items())[:_SHOWN]]
    more = f" and {len(written) - _SHOWN} more" if len(written) > _SHOWN else ""
    if shown:
        lines += sentence(f"changes in place: {', '.join(shown)}{more}", ink.number, look, 2)
    return lines


def step_text(flow: Flow, number: int, look: Look) -> Text:
    """The drawing of the step with this number; empty if there is none."""
    flow = sound(flow)
    names = Letters(flow)
    step = next((step for step in flow.steps if step.number == number), None)
    return to_text(step_lines(flow, step, names, look) if step is not None else [], look)


def note_text(flow: Flow, look: Look) -> Text:
    """What was not seen, and the sums; empty when there is nothing to say."""
    lines: list[Line] = []
    why = {
        "bound": f"The first {flow.seen} operations of {clean(flow.file, look)} were watched; then the watch "
        "stepped aside, so that the rest runs at full speed.",
        "fast path": "Attention in evaluation takes a faster way where nobody watches: "
        "the watch stepped aside before it.",
        "compiled": "torch.compile is in use: it would compile anew for whoever watches, "
        "so no run is watched until a restart.",
        "timed": "This run measures time: watching it would be in what it measures, so it was not watched.",
        "debugger": "A debugger or profiler came on: the watch stepped aside.",
    }.get(flow.aside, "")
    if why:
        lines += sentence(why, look.palette.dim, look)
    total = sum(step.flops for step in flow.steps)
    if total and len(flow.steps) > 1:
        lines += sentence(f"{len(flow.steps)} operations, {flops(total)}", look.palette.dim, look)
    return to_text(lines, look)


def flow_text(flow: Flow, look: Look, only: Collection[int] | None = None) -> Text:
    """Every step drawn, one below the other, each line of source once; or those with a number in ``only``.

    Of all, the steps of an optimiser are told in a few words.
    """
    flow = sound(flow)
    names = Letters(flow)
    lines: list[Line] = []
    shown = ("", 0)
    updates = {call.number: call for call in flow.calls if call.optimizer} if only is None else {}
    told: set[int] = set()
    for step in flow.steps:
        if only is not None and step.number not in only:
            continue
        if step.call in updates and not step.error:
            if step.call not in told:
                told.add(step.call)
                inside = [other for other in flow.steps if other.call == step.call]
                lines += [Line()] * bool(lines) + _update_lines(updates[step.call], inside, look)
            continue
        source = shown != (step.file, step.line)
        shown = (step.file, step.line)
        lines += [Line()] * (source and bool(lines)) + step_lines(flow, step, names, look, source=source)
    text = to_text(lines, look)
    if only is not None:
        flow = replace(flow, steps=tuple(step for step in flow.steps if step.number in only))
    note = note_text(flow, look)
    return text + note if not lines else text.append("\n\n").append_text(note) if note.plain else text

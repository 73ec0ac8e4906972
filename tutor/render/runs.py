"""Kept training runs beside each other: a table of what came out of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit, to_text
from tutor.render.numbers import number, seconds, short_count

if TYPE_CHECKING:
    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.training import Figures, TrainingSnapshot
    from tutor.render.look import Look

MARKS = "o+x*"
"""One for each curve that is compared: what tells them apart without colour."""
_TABLE_FROM = 84
"""Columns from which a run takes one line."""
_HEADINGS = ("steps", "loss", "best", "rate", "time", "flags")
_WIDTHS = (6, 9, 9, 9, 9, 11)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run, as the table needs it."""

    name: str
    training: TrainingSnapshot
    seconds: float
    mark: str = ""
    """Its mark in the drawing; empty when it is not in it."""
    paths: tuple[str, ...] = ()
    """Layers, in the order of the figures of each of ``looks``."""
    looks: tuple[Figures, ...] = ()


def runs_table(runs: Sequence[RunLine], chosen: int, look: Look) -> Text:
    """A line for each run, or two where it is narrow: steps, last and best loss, learning rate, time, flags."""
    return to_text(table_lines(runs, chosen, look), look)


def table_lines(runs: Sequence[RunLine], chosen: int, look: Look) -> list[Line]:
    ink = look.palette
    if look.width >= _TABLE_FROM:
        room = look.width - sum(_WIDTHS) - len(_WIDTHS)
        heading = Line("    run", ink.dim).pad(room)
        for name, width in zip(_HEADINGS, _WIDTHS, strict=True):
            heading.add(f" {name:>{width}}", ink.dim)
        return [heading, *(_one_line(run, place == chosen, room, look) for place, run in enumerate(runs))]
    lines: list[Line] = []
    for place, run in enumerate(runs):
        lines += _two_lines(run, place == chosen, look)
    return lines


def facts(run: RunLine, look: Look) -> tuple[str, ...]:
    """What the table says of a run, in the order of its columns."""
    training = run.training
    curve = training.curves[0] if training.curves else None
    finite = [value for value in curve.values if math.isfinite(value)] if curve else []
    rates = [rate.value for rate in training.rates]
    none = look.glyphs.dash
    kinds = list(dict.fromkeys(flag.kind for flag in training.flags))
    return (
        short_count(training.step),
        number(curve.values[-1]) if curve and curve.values else none,
        number(min(finite)) if finite else none,
        (number(rates[0]) + (look.glyphs.ellipsis if len(set(rates)) > 1 else "")) if rates else none,
        seconds(run.seconds),
        "none" if not kinds else kinds[0] + (f" +{len(kinds) - 1}" if len(kinds) > 1 else ""),
    )


def _name(run: RunLine, chosen: bool, room: int, look: Look) -> Line:
    ink = look.palette
    line = Line(look.glyphs.pointer if chosen else " ", ink.accent)
    line.add(f" {run.mark or ' '} ", colour(run.mark, look))
    state = "" if run.training.state == "done" else f" ({clean(run.training.state, look)})"
    name = fit(clean(run.name, look), max(room - 4 - len(state), 4), look)
    return line.add(name, ink.name if chosen else ink.heading).add(state, ink.dim)


def _one_line(run: RunLine, chosen: bool, room: int, look: Look) -> Line:
    line = _name(run, chosen, room, look).pad(room)
    told = [clean(text, look) for text in facts(run, look)]
    for text, width, heading in zip(told, _WIDTHS, _HEADINGS, strict=True):
        style = look.palette.warn if heading == "flags" and text != "none" else look.palette.number
        line.add(" " * (1 + max(0, width - cell_len(text))) + fit(text, width, look), style)
    return line


def _two_lines(run: RunLine, chosen: bool, look: Look) -> list[Line]:
    ink = look.palette
    steps, last, best, rate, time, flags = (clean(text, look) for text in facts(run, look))
    below = Line("    ").add(f"{steps} steps", ink.dim).add(f" loss {last}", ink.number)
    for text in (f" best {best}", f" rate {rate}", f" {time}"):
        if below.cells + len(text) <= look.width:
            below.add(text, ink.dim)
    lines = [_name(run, chosen, look.width, look), below]
    return lines if flags == "none" else [*lines, Line("    ").add(f"! {flags}", ink.warn)]


def colour(mark: str, look: Look) -> Style:
    """Of a mark, and of the curve that has it."""
    return look.palette.axis(MARKS.index(mark)) if mark else look.palette.dim

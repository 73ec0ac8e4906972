"""The list of settings: what each is, the key that changes it, and which one the arrows change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tutor.playground.settings import FEATURES
from tutor.render.lines import Line
from tutor.render.numbers import number

if TYPE_CHECKING:
    from tutor.playground.settings import Settings
    from tutor.render.look import Look

_KEY, _NAME = 4, 11
_SPEEDS = {1: "1 step/s", 5: "5/s", 25: "25/s", 100: "100/s", 0: "no limit"}
"""The list is 26 cells wide at 80 columns: nine for a value that is chosen."""

_GROUPS = {"kind": "Data", "features": "Network", "optimiser": "Training"}
"""Headings above these settings, where there is room for them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One setting."""

    field: str
    """As :func:`tutor.playground.settings.stepped` takes it; ``speed`` is the screen's own."""
    key: str
    name: str
    value: str


def rows_of(settings: Settings, speed: int) -> tuple[Row, ...]:
    """Every setting that the arrows can change, in the order of the list. ``speed``: steps a second, 0 for all."""
    no_penalty = settings.penalty == "none"
    learned = "classes" if settings.kind == "classify" else "a number"
    sizes = [
        Row(f"layers.{i}", "", f"  neurons {i + 1}", f"{size}  {'•' * size}")
        for i, size in enumerate(settings.layers)
    ]
    return (
        Row("kind", "k", "learn", learned),
        Row("data", "d", "data", settings.data),
        Row("noise", "n", "noise", number(settings.noise)),
        Row("share", "p", "train on", f"{settings.share} %"),
        Row("seed", "s", "seed", str(settings.seed)),
        Row("features", "1-7", "inputs", ""),
        Row("layers", "[ ]", "layers", f"{len(settings.layers)} hidden"),
        *sizes,
        Row("activation", "a", "activation", settings.activation),
        Row("optimiser", "o", "optimiser", settings.optimiser),
        Row("rate", "l", "rate", number(settings.rate)),
        Row("batch", "b", "batch", str(settings.batch)),
        Row("penalty", "g", "penalty", settings.penalty),
        Row("strength", "w", "  strength", "–" if no_penalty else number(settings.strength)),
        Row("speed", "< >", "speed", _SPEEDS[speed]),
    )


def settings_lines(settings: Settings, speed: int, chosen: str, look: Look) -> list[Line]:
    """A line for each setting, and the inputs below theirs. ``chosen`` is the field the arrows change."""
    lines: list[Line] = []
    rows = rows_of(settings, speed)
    roomy = look.height is None or look.height >= len(rows) + 12
    for row in rows:
        if roomy and row.field in _GROUPS:
            lines.extend([Line(), Line(_GROUPS[row.field], look.palette.heading)])
        lines.append(_line(row, row.field == chosen, look))
        if row.field == "features":
            lines.extend(_inputs(settings, look))
    if roomy:
        return lines[1:]
    return _in_sight(lines, look)


def _in_sight(lines: list[Line], look: Look) -> list[Line]:
    """As many lines as there is room for, the chosen one among them."""
    if look.height is None or len(lines) <= look.height:
        return lines
    at = next((i for i, line in enumerate(lines) if any(s is look.palette.cursor for _, s in line.pieces)), 0)
    first = min(max(0, at - look.height // 2), len(lines) - look.height)
    return lines[first : first + look.height]


def _line(row: Row, chosen: bool, look: Look) -> Line:
    ink = look.palette
    line = Line(f"{row.key:>{_KEY - 1}} ", ink.accent)
    line.add(row.name, ink.name if chosen else ink.dim).pad(_KEY + _NAME)
    value = row.value if look.unicode else row.value.replace("•", "*").replace("–", "-")
    if chosen and value:
        left, right = ("‹", "›") if look.unicode else ("<", ">")
        return line.add(f"{left}{value}{right}", ink.cursor)
    return line.add(f" {value}", ink.name)


def _inputs(settings: Settings, look: Look) -> list[Line]:
    """The features with the digits that switch them, as many on a line as there is room for."""
    ink = look.palette
    on, off = ("●", "○") if look.unicode else ("*", ".")
    lines = [Line(" " * _KEY)]
    for number_, (name, used) in enumerate(zip(FEATURES, settings.features, strict=True), 1):
        text = name if look.unicode else name.replace("²", "^2").replace("·", "*")
        if lines[-1].cells + len(text) + 3 > look.width:
            lines.append(Line(" " * _KEY))
        lines[-1].add(str(number_), ink.accent)
        lines[-1].add(f"{on if used else off}{text} ", ink.name if used else ink.dim)
    return lines

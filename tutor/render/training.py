"""A training loop: its losses, its layers, its learning rates, and what looks wrong."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.bars import LogScale, log_scale
from tutor.render.curves import curve_lines, sparkline
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count, number, short_count
from tutor.render.tensors import shape_text
from tutor.render.training_words import short, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.training import Curve, Flag, Layer, TrainingSnapshot
    from tutor.render.look import Look

__all__ = ["training"]

_SMALL = 16
"""Rows below which each part takes as few as it can."""
_TINY = 10
"""Rows below which what has a line of its own elsewhere shares one."""
_NUMBER = 7
_BAR, _TREND = 12, 8
_RATES = 4
_BRIEF = 0.5
"""Seconds of a run below which the share of the watching says nothing: a run begins with looks at every step."""
_FEWEST, _MOST = 3, 64
"""Layers of the table, however small the room is, and where there is all the room."""


def training(snapshot: TrainingSnapshot, look: Look, chosen: str = "", log: bool | None = None) -> Text:
    """Everything there is to see; ``chosen`` is the path of the layer whose gradients are drawn as a histogram.

    ``log`` says how the axis of the losses is; None takes a logarithmic one where they span much.
    """
    ink = look.palette
    small = look.height is not None and look.height < _SMALL
    tiny = look.height is not None and look.height < _TINY
    top = [_heading(snapshot, look, tiny)]
    for flag in snapshot.flags:
        top += sentence(f"! {words(flag, look)}", ink.warn, look)
    top += _losses(snapshot.curves, look, log, small)
    at = next((layer for layer in snapshot.layers if layer.path == chosen), None)
    at = at or next((layer for layer in snapshot.layers if layer.path == snapshot.chosen), None)
    bottom = [
        *(_spread(at, look, small, tiny) if at is not None else ()),
        *(() if tiny else _rates(snapshot, look)),
    ]
    rows = None if look.height is None else look.height - len(top) - len(bottom) - (1 if small else 4)
    gap = [] if small else [Line()]
    return to_text([*top, *gap, *_layers(snapshot, at, look, rows, small), *bottom], look)


def _heading(snapshot: TrainingSnapshot, look: Look, tiny: bool) -> Line:
    ink, dot = look.palette, f" {look.glyphs.dot} "
    line = Line(f"step {count(snapshot.step)}", ink.heading)
    wide = look.width >= 48
    cost = f"{100 * snapshot.cost:.1f}%"
    measured = snapshot.per_second > 0 or math.isnan(snapshot.per_second)
    if measured or (snapshot.state in ("running", "paused") and snapshot.seconds >= _BRIEF):
        # Before a second look, and of a loop that ended before it, there is no speed that was measured.
        line.add(f"{dot}{_speed(snapshot.per_second)} {'step/s' if wide else '/s'}", ink.dim)
    if tiny and snapshot.rates:
        more = look.glyphs.ellipsis if len(snapshot.rates) > 1 else ""
        line.add(f"{dot}lr ", ink.heading).add(f"{number(snapshot.rates[0].value)}{more}", ink.number)
    if snapshot.seconds >= _BRIEF:
        line.add(f"{dot}watch cost {cost}" if wide else f"{dot}cost {cost}", ink.dim)
    if snapshot.state == "running":
        return line.add(f" {look.glyphs.node}", ink.warn)
    style = ink.good if snapshot.state == "done" else ink.warn
    return line.add(f"{dot}{clean(snapshot.state, look)}", style)


def _speed(per_second: float) -> str:
    if not math.isfinite(per_second):
        return "?"
    return short_count(round(per_second)) if per_second >= 10 else number(per_second, 4)


def _losses(curves: Sequence[Curve], look: Look, log: bool | None, small: bool) -> list[Line]:
    """One loss as a chart; several each on a line of its own, with a scale of its own."""
    shown = [curve for curve in curves if curve.values]
    if len(shown) == 1 and not small:
        rows = 6 if look.height is not None and look.height >= 30 else 4
        return curve_lines(shown[0].values, replace(look, height=rows + 1), shown[0].name, log, rows)
    return [
        line for curve in shown for line in curve_lines(curve.values, replace(look, height=1), curve.name, log)
    ]


def _layers(snapshot: TrainingSnapshot, at: Layer | None, look: Look, rows: int | None, small: bool) -> list[Line]:
    """The table; of more layers than ``rows`` those around the chosen one."""
    layers, ink = _around(snapshot.layers, at, rows), look.palette
    if not layers:
        return []
    heads = {layer.path.partition(".")[0] for layer in snapshot.layers}
    common = f"{heads.pop()}." if len(heads) == 1 and all("." in layer.path for layer in layers) else ""
    name = min(
        max(3, *(cell_len(clean(layer.path.removeprefix(common), look)) for layer in layers)),
        max(10, look.width // 3),
    )
    # Pointer and name, norm and ratio always; the bar and the trend as far as they fit.
    room = look.width - (2 + name + 2 * (_NUMBER + 1))
    trend = min(_TREND, room - 1) if room >= 5 else 0
    bar = min(_BAR, room - trend - 2) if room - trend - 2 >= 4 else 0
    scale = log_scale(layer.grad_norm for layer in layers)
    grad = f"{look.glyphs.norm}grad{look.glyphs.norm}"
    heading = Line(fit(clean(common, look) or "layer", 2 + name, look).ljust(2 + name), ink.heading).add(
        f" {grad:>{_NUMBER}}", ink.heading
    )
    heading.add(f" {scale.heading(bar)}" if bar else "", ink.dim).add(f" {'dw/w':>{_NUMBER}}", ink.heading)
    heading.add(" trend" if trend else "", ink.heading)
    more = snapshot.more_layers + len(snapshot.layers) - len(layers)
    # In a loop that goes on, figures lie a moment back; of one that stands they look like the last ones.
    seen = f"at step {count(snapshot.seen)}" if snapshot.seen and snapshot.state != "running" else ""
    if small and (more or seen):
        left_out = f"{look.glyphs.ellipsis} {count(more)} more" if more else ""
        said = "  ".join(part for part in (seen, left_out) if part)
        if heading.cells + len(said) + 4 <= look.width:
            heading.pad(look.width - len(said) - 1).add(said, ink.dim)
    lines = [heading]
    for layer in layers:
        path = fit(clean(layer.path.removeprefix(common), look), name, look)
        lines.append(_row(layer, path, layer is at, _sign(layer, snapshot.flags), scale, (name, bar, trend), look))
    if small:
        return lines
    if more:
        lines.append(Line(f"{look.glyphs.ellipsis} {count(more)} more", ink.dim))
    key = "dw/w: change of a step over the value, about 1e-3 is usual"
    key = f"{scale.words()}; {key}" if bar else key
    return lines + sentence(f"gradients {seen}; {key}" if seen else key, ink.dim, look)


def _sign(layer: Layer, flags: Sequence[Flag]) -> Flag | None:
    """The flag that concerns a layer: one names only the first of those it was raised for."""
    for flag in flags:
        dead = flag.kind == "dead" and layer.zeros == 1.0
        bad = flag.kind == "not finite" and layer.grad_norm is not None and not math.isfinite(layer.grad_norm)
        if flag.path == layer.path or dead or bad:
            return flag
    return None


def _around(layers: Sequence[Layer], at: Layer | None, rows: int | None) -> Sequence[Layer]:
    rows = max(rows, _FEWEST) if rows is not None else _MOST
    if len(layers) <= rows:
        return layers
    place = next((place for place, layer in enumerate(layers) if layer is at), 0)
    first = min(max(0, place - rows // 2), len(layers) - rows)
    return layers[first : first + rows]


def _row(
    layer: Layer, path: str, chosen: bool, flag: Flag | None, scale: LogScale, widths: tuple[int, int, int],
    look: Look,
) -> Line:  # fmt: skip
    ink = look.palette
    name, bar, trend = widths
    line = Line(look.glyphs.pointer if chosen else "!" if flag else " ", ink.accent if chosen else ink.warn)
    line.add(" ").add(path, ink.leaf).pad(2 + name)
    norm = "None" if layer.grad_norm is None else number(layer.grad_norm, _NUMBER)
    bad = layer.grad_norm is not None and not math.isfinite(layer.grad_norm)
    line.add(f" {norm:>{_NUMBER}}", ink.missing if bad else ink.number)
    if bar:
        line.add(" ").add(scale.bar(layer.grad_norm, bar, look).ljust(bar), ink.bar)
    ratio = "" if layer.update_ratio is None else number(layer.update_ratio, _NUMBER)
    line.add(f" {ratio:>{_NUMBER}}", ink.warn if flag else ink.dim)
    if flag and trend:
        return line.add(f" {fit(short(flag, look), max(trend, 9), look)}", ink.warn)
    return line.add(f" {sparkline(layer.trend, trend, look)}", ink.bar) if trend else line


def _spread(layer: Layer, look: Look, small: bool, tiny: bool) -> list[Line]:
    """The chosen layer's gradient: a histogram between its ends, and what it is made of."""
    ink, spread = look.palette, layer.spread
    size = math.prod(layer.shape)
    seen = "" if layer.sampled >= size else f"   {count(layer.sampled)} of {count(size)} seen"
    heading = Line(f"{look.glyphs.nabla} ", ink.dim).add(clean(layer.path, look), ink.leaf)
    lines = [heading.add(f" {shape_text(layer.shape)}", ink.dim)]
    facts = f"zeros {100 * layer.zeros:.0f}%   NaN/Inf {count(layer.not_finite)}{seen}"
    if layer.bad_values:
        facts += f"   of the value {count(layer.bad_values)}"
    if spread is not None:
        low, high = number(spread.low, _NUMBER), number(spread.high, _NUMBER)
        most, bars = max(spread.counts, default=0), look.glyphs.bars
        room = max(1, look.width - len(low) - len(high) - 2)
        drawn = "".join(" " if n <= 0 else bars[-(-n * len(bars) // most) - 1] for n in spread.counts[:room])
        lines.append(Line(f"{low} ", ink.dim).add(drawn, ink.bar).add(f" {high}", ink.dim))
        if not small:
            facts += f"   mean {number(spread.mean, _NUMBER)}   std {number(spread.std, _NUMBER)}"
    if tiny and lines[0].cells + 3 + cell_len(facts) <= look.width:
        lines[0].add(f"   {facts}", ink.dim)
        return lines
    return [*lines, *sentence(facts, ink.dim, look)]


def _rates(snapshot: TrainingSnapshot, look: Look) -> list[Line]:
    ink, lines = look.palette, []
    several = {rate.optimizer for rate in snapshot.rates if rate.group}
    for rate in snapshot.rates[:_RATES]:
        name = clean(rate.optimizer, look)
        kind = "" if rate.kind == rate.optimizer else f" {clean(rate.kind, look)}"
        group = f" group {rate.group}" if rate.optimizer in several else ""
        lines.append(
            Line("lr ", ink.heading).add(number(rate.value), ink.number).add(f"  {name}{kind}{group}", ink.dim)
        )
    if len(snapshot.rates) > _RATES:
        lines.append(Line(f"{look.glyphs.ellipsis} {count(len(snapshot.rates) - _RATES)} more groups", ink.dim))
    return lines

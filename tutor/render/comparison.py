"""Two tensors compared: what differs, then the values, then where they differ."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from tutor.protocol.shapes import broadcast
from tutor.render.drawings import drawing
from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.numbers import count, precise
from tutor.render.tensors import dtype_short, shape_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.comparison import Comparison, Extreme, Values
    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.look import Look

__all__ = ["comparison"]

_LABEL = 13
_PICTURE = 14
"""Lines of the heat map of differences where height is short."""


def comparison(found: Comparison, look: Look) -> Text:
    """Facts side by side, differences marked; then verdicts, extremes and a heat map of ``left - right``."""
    lines = _facts(found, look)
    if found.values is None:
        why = clean(found.note, look)
        lines += sentence(f"Values were not compared: {why}.", look.palette.warn, look)
        if _would_broadcast(found, look):
            lines += sentence(_would_broadcast(found, look), look.palette.warn, look)
        return to_text(lines, look)
    lines += _values(found, found.values, look)
    text = to_text(lines, look)
    if found.difference is not None and found.values.differing:
        picture = drawing(found.difference, replace(look, height=look.height and _PICTURE))
        text.append("\n").append_text(picture)
    return text


def _facts(found: Comparison, look: Look) -> list[Line]:
    ink, glyphs = look.palette, look.glyphs
    rows = [("shape", shape_text(found.left.shape), shape_text(found.right.shape))]
    rows += [
        ("dtype", dtype_short(found.left.dtype), dtype_short(found.right.dtype)),
        ("device", found.left.device, found.right.device),
        ("layout", found.left.layout, found.right.layout),
        ("strides", _strides(found.left), _strides(found.right)),
        ("requires_grad", str(found.left.requires_grad), str(found.right.requires_grad)),
    ]
    label = _LABEL + 3
    room = max(4, (look.width - label - 2) // 2)
    names = [fit(clean(facts.path, look), room, look) for facts in (found.left, found.right)]
    cells = [(name, clean(one, look), clean(two, look)) for name, one, two in rows]
    width = min(room, max([cell_len(names[0]), *(cell_len(one) for _, one, _ in cells)]) + 2)
    lines = [Line().pad(label).add(names[0], ink.name).pad(label + width).add(names[1], ink.name)]
    for name, one, two in cells:
        alike = one == two
        mark = "=" if alike else ("≠" if look.unicode else "!")
        line = Line(f"{mark} ", ink.dim if alike else ink.bad).add(name, ink.dim).pad(label)
        line.add(fit(one, width - 1, look), ink.number).pad(label + width)
        lines.append(line.add(fit(two, room, look), ink.number if alike else ink.bad))
    if found.same:
        lines.append(Line(f"{glyphs.yes} one object under two names", ink.good))
    elif found.shares:
        lines.append(Line("Both use the same storage: writing to one may change the other.", ink.warn))
    return lines


def _strides(facts: TensorFacts) -> str:
    if facts.strides is None:
        return "none"
    return f"({', '.join(map(str, facts.strides))}{',' if len(facts.strides) == 1 else ''})"


def _would_broadcast(found: Comparison, look: Look) -> str:
    shapes: Sequence[tuple[int, ...]] = (found.left.shape, found.right.shape)
    if shapes[0] == shapes[1] or any(size < 0 for shape in shapes for size in shape):
        return ""
    met = broadcast(shapes)
    one, two = (clean(facts.path, look) for facts in (found.left, found.right))
    if met.shape is None:
        return f"{one} - {two} would fail too: {met.problem}."
    return (
        f"Nothing was broadcast. {one} - {two} and torch.allclose would stretch them to {shape_text(met.shape)} "
        "and say nothing of it."
    )


def _values(found: Comparison, values: Values, look: Look) -> list[Line]:
    ink, glyphs = look.palette, look.glyphs
    sampled = values.looked < values.count
    rough = "~" if sampled else ""
    of = f"{count(values.looked)} looked at" if sampled else count(values.count)
    lines = [
        Line("values differ ", ink.dim).add(
            f"{rough}{count(values.differing)} of {of}", ink.bad if values.differing else ink.good
        )
    ]
    if sampled:
        sample = f"~ An even sample of {count(values.count)} pairs: a difference between them is not seen."
        lines += sentence(sample, ink.warn, look)
    equal = not values.differing
    lines += _verdict("torch.equal", equal, "as far as the sample shows" if sampled and equal else "", look)
    for name, verdict in (("torch.allclose", values.allclose), ("assert_close", values.strict)):
        tolerances = f"rtol {verdict.rtol:g}, atol {verdict.atol:g}"
        outside = f"{rough}{count(verdict.outside)} outside, " if verdict.outside else ""
        lines += _verdict(name, not verdict.outside, f"{outside}{tolerances}", look)
    if _converted(found):
        lines += sentence(_converted(found), ink.warn, look)
    lines += _extreme("largest difference", values.largest, found, look)
    lines += _extreme("largest relative", values.relative, found, look, per=True)
    left, right, both = values.nans
    if left or right or both:
        names = [clean(facts.path, look) for facts in (found.left, found.right)]
        told = [f"{rough}{count(n)} only in {name}" for n, name in ((left, names[0]), (right, names[1])) if n]
        told += [f"{rough}{count(both)} in both"] if both else []
        line = Line("NaN", ink.missing).add(f" {', '.join(told)}", ink.number)
        places = ", ".join(shape_text(place) for place in values.nan_at)
        more = f" {glyphs.ellipsis}" if left + right > len(values.nan_at) else ""
        lines.append(line)
        if places:
            lines += sentence(f"    at {places}{more}", ink.dim, look)
    return lines


def _converted(found: Comparison) -> str:
    """What the verdicts leave aside."""
    if found.left.dtype != found.right.dtype:
        return "Values were converted to compare them: with two dtypes torch.allclose and assert_close refuse."
    if found.left.device != found.right.device:
        return "Values were brought to one device to compare them: torch itself refuses two devices."
    return ""


def _verdict(name: str, yes: bool, words: str, look: Look) -> list[Line]:
    ink, glyphs = look.palette, look.glyphs
    line = Line(f"{glyphs.yes if yes else glyphs.no} ", ink.good if yes else ink.bad).add(f"{name} ", ink.dim)
    line.add(str(yes), ink.good if yes else ink.bad)
    if words and line.cells + 3 + cell_len(words) > look.width:
        return [line, *sentence(words, ink.dim, look, indent=4)]
    return [line.add(f"   {words}" if words else "", ink.dim)]


def _extreme(
    label: str, extreme: Extreme | None, found: Comparison, look: Look, *, per: bool = False
) -> list[Line]:
    """``largest difference 0.1 at [1, 2]: -0.0699 and 0.0301``"""
    if extreme is None:
        return []
    ink = look.palette
    by = precise(extreme.by, "bfloat16" if per else "float16")
    unit = f" of |{clean(found.right.path, look)}|" if per else ""
    head = Line(f"{label} ", ink.dim).add(f"{by}{unit}", ink.warn).add(f" at {shape_text(extreme.at)}", ink.dim)
    pair = [precise(extreme.left, found.left.dtype), precise(extreme.right, found.right.dtype)]
    both = f"{pair[0]} and {pair[1]}"
    if head.cells + 2 + len(both) <= look.width:
        return [head.add(f": {both}", ink.number)]
    return [head, Line("    ").add(both, ink.number)]

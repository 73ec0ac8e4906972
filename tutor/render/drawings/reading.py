"""A drawing in a sentence: for a screen reader, a pasted question, or where there is nothing to draw."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.drawings.words import plural
from tutor.render.lines import clean

if TYPE_CHECKING:
    from tutor.protocol.snapshots import TensorDetail, TensorFacts
    from tutor.render.look import Look


def nothing(detail: TensorDetail, look: Look) -> str:
    """Why no values are drawn."""
    facts = detail.facts
    if 0 in facts.shape:
        axis = facts.shape.index(0)
        return f"Empty: axis {axis} has size 0, so there are no values. The shape still counts in every operation."
    if detail.note:
        note = clean(detail.note, look)
        return note[:1].upper() + note[1:].removesuffix(".") + "."
    if facts.device == "meta":
        return "On the meta device a tensor has a shape and a dtype but no values."
    return "There are no values to draw."


def reading(facts: TensorFacts, name: str, look: Look) -> str:
    """What kind of thing the picture shows."""
    shape = facts.shape
    if not shape:
        kind = "complex" if "complex" in facts.dtype else "bool" if facts.dtype == "bool" else "float"
        kind = "int" if facts.dtype.startswith(("int", "uint")) else kind
        return f"{name} is a scalar: one number, no axes. {name}.item() gives it as a Python {kind}."
    if len(shape) == 1:
        return f"{name} is a vector of {plural(shape[0], 'value')}."
    grid = f"{plural(shape[-2], 'row')} and {plural(shape[-1], 'column')}"
    if len(shape) == 2:
        return f"{name} is a matrix of {grid}."
    if len(shape) == 3:
        return f"{name} is a stack of {plural(shape[0], 'slice')}, each of {grid}."
    if len(shape) == 4:
        times = look.glyphs.times
        images = f"; as images: {shape[0]} of {plural(shape[1], 'channel')}, {shape[2]}{times}{shape[3]}"
        fits = shape[1] in (1, 3, 4) and min(shape[2:]) >= 8
        return f"{name} is {shape[0]} by {shape[1]} matrices, each of {grid}{images if fits else ''}."
    return f"{name} has {len(shape)} axes and {plural(math.prod(shape), 'value')}; the last ones are drawn."

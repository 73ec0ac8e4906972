"""One element in full: its index, each part in the colour of its axis, and all the digits its dtype has."""

from __future__ import annotations

import cmath
import math
from typing import TYPE_CHECKING

from tutor.render.drawings.patch import value_at
from tutor.render.lines import Line, clean
from tutor.render.numbers import precise

if TYPE_CHECKING:
    from tutor.protocol.snapshots import TensorDetail
    from tutor.render.look import Look


def element_line(detail: TensorDetail, index: tuple[int, ...], look: Look) -> list[Line]:
    """``W[13, 27] = nan``; only ``W[13]`` where the index ends before the last axis."""
    facts, ink = detail.facts, look.palette
    line = Line(clean(facts.path, look), ink.name).add("[", ink.dim)
    for axis, place in enumerate(index):
        line.add(", " if axis else "", ink.dim).add(str(place), ink.axis(axis))
    if detail.sample is None or len(index) < len(facts.shape):
        return [line.add("]", ink.dim)]
    line.add("] = ", ink.dim)
    value = known_at(detail, index)
    if value is None:
        return [line.add(look.glyphs.ellipsis, ink.dim)]
    if isinstance(value, complex):
        line.add(_complex(value, facts.dtype), ink.name)
        size, angle = (
            precise(math.hypot(value.real, value.imag), "float32"),
            precise(cmath.phase(value), "float32"),
        )
        return [line.add(f"   |z| {size}  phase {angle}", ink.dim)]
    return [line.add(precise(value, facts.dtype), ink.name)]


def known_at(detail: TensorDetail, index: tuple[int, ...]) -> float | complex | None:
    """The element, from the sample or because it was asked for; None where neither has it."""
    samples = (sample for sample in (detail.sample, detail.element) if sample is not None)
    return next((value for sample in samples if (value := value_at(sample, index)) is not None), None)


def complex_text(detail: TensorDetail, index: tuple[int, ...]) -> str:
    """A complex element as Python would write it, without brackets; empty for a real one."""
    value = None if detail.sample is None else value_at(detail.sample, index)
    return _complex(value, detail.facts.dtype) if isinstance(value, complex) else ""


def _complex(value: complex, dtype: str) -> str:
    real, imag = precise(value.real, dtype), precise(value.imag, dtype)
    sign = "" if imag.startswith("-") else "+"
    return f"{real}{sign}{imag}j"

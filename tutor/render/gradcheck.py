"""A gradient beside finite differences: the verdict, the worst element, and its neighbours as bars."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tutor.render.lines import Line, clean, fit, sentence
from tutor.render.numbers import count, number
from tutor.render.tensors import shape_text

if TYPE_CHECKING:
    from tutor.protocol.gradcheck import CheckedInput, GradientCheck
    from tutor.render.look import Look

_CELL = 10


def gradient_check(check: GradientCheck, look: Look) -> list[Line]:
    """Verdict, then for each input how many derivatives agree, and the one that agrees least."""
    ink, glyphs = look.palette, look.glyphs
    function, formula = clean(check.function, look), clean(check.formula, look)
    whose = formula or f"the backward of {function}"
    verdict = f"{whose} {'agrees' if check.ok else 'does not agree'} with finite differences of {function}"
    style = ink.good if check.ok else ink.bad
    lines = sentence(f"{glyphs.yes if check.ok else glyphs.no} {verdict}", style, look)
    lines += sentence(f"float64, step {check.step:g}, rtol {check.rtol:g}, atol {check.atol:g}", ink.dim, look)
    for one in check.inputs:
        lines += _input(check, one, look)
    return lines


def _input(check: GradientCheck, one: CheckedInput, look: Look) -> list[Line]:
    ink = look.palette
    line = Line(fit(clean(one.name, look), look.width // 2, look), ink.leaf).add(
        f" {shape_text(one.shape)}  ", ink.dim
    )
    right = one.elements - one.outside
    line.add(f"{count(right)} of {count(one.elements)} right", ink.bad if one.outside else ink.good)
    lines = [line]
    worst = one.worst
    if worst is None:
        return lines
    into = f" (of result {shape_text(worst.output)})" if check.result else ""
    off = "inf" if worst.relative == float("inf") else number(worst.relative)
    lines += sentence(
        f"worst at {shape_text(worst.at)}{into}: yours {number(worst.analytic)}, "
        f"numerical {number(worst.numeric)}, relative error {off}",
        ink.warn if one.outside else ink.dim,
        look,
        indent=2,
    )
    if one.outside:
        lines += _beside(one, look)
        lines += _hint(one, look)
    return lines


def _beside(one: CheckedInput, look: Look) -> list[Line]:
    """The neighbourhood of the worst element: place, yours, that of finite differences (numerical)."""
    ink, glyphs = look.palette, look.glyphs
    yours, truth = (list(struct.unpack(f"<{len(data) // 8}d", data)) for data in (one.analytic, one.numeric))
    shown = max(1, min(len(yours), len(truth), (look.width - 14) // _CELL))
    worst = _flat(one) - one.first
    begin = max(0, min(worst - shown // 2, len(yours) - shown))
    places = range(begin, min(begin + shown, len(yours), len(truth)))
    if len(places) < 2:
        return []
    head, mine, theirs, marks = (
        Line("  element   "),
        Line("  yours     "),
        Line("  numerical"),
        Line("            "),
    )
    for i in places:
        apart = abs(yours[i] - truth[i]) > 1e-5 + 1e-3 * abs(truth[i]) or yours[i] != yours[i]
        head.add(str(one.first + i).rjust(_CELL), ink.dim)
        mine.add(number(yours[i], _CELL - 1).rjust(_CELL), ink.bad if apart else ink.number)
        theirs.add(number(truth[i], _CELL - 1).rjust(_CELL), ink.number)
        marks.add((glyphs.no if apart else glyphs.yes).rjust(_CELL), ink.bad if apart else ink.good)
    return [head, mine, theirs, marks]


def _flat(one: CheckedInput) -> int:
    place = 0
    for size, at in zip(one.shape, one.worst.at if one.worst is not None else (), strict=False):
        place = place * size + at
    return place


def _hint(one: CheckedInput, look: Look) -> list[Line]:
    worst = one.worst
    if worst is not None and worst.kink:
        text = (
            "The function has a kink there: to the left and to the right its slope differs, and neither is wrong."
        )
    elif one.ratio is None:
        return []
    elif abs(one.ratio) < 1e-9:
        text = "Yours is 0 everywhere: nothing is passed back."
    elif abs(one.ratio + 1) < 1e-3:
        text = "Yours has the wrong sign everywhere."
    else:
        text = f"Yours is {number(one.ratio)} times the true one everywhere: a factor is missing, or one too many."
    return sentence(text, look.palette.accent, look, indent=2)

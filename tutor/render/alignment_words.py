"""What is said about an operation whose operands meet: the verdict, and what would help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.protocol.alignment import PRODUCTS
from tutor.render.lines import clean
from tutor.render.tensors import shape_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.style import Style

    from tutor.protocol.alignment import Alignment
    from tutor.protocol.shapes import Shape
    from tutor.render.look import Look

    Fits = Callable[[str, Sequence[Shape]], Shape | None]

_VERBS = {"-": "subtracted from", "+": "added to", "*": "multiplied by", "/": "divided by"}
_MOST = 2


def verdict(step: Alignment, look: Look) -> tuple[str, str, Style]:
    """A sign, a few words and their style."""
    ink, glyphs = look.palette, look.glyphs
    if step.problem:
        return glyphs.no, clean(step.problem, look), ink.bad
    if step.grows:
        warning = "⚠" if look.unicode else "!"
        return warning, f"result is bigger than {'both' if len(step.terms) == 2 else 'all'}", ink.warn
    return glyphs.yes, _meeting(step, look), ink.good


def _meeting(step: Alignment, look: Look) -> str:
    if step.rule in PRODUCTS:
        return f"sums over {step.terms[0].shape[-1]}"
    if step.rule == "cat":
        return f"joined along axis {step.option or 0}"
    if step.rule == "stack":
        return f"a new axis at {step.option or 0}"
    if step.rule == "einsum":
        return "sums over what is not on the right"
    if step.rule == "cross-entropy":
        return "one number, the mean"
    stretched = [clean(term.source, look) for term in step.terms if term.shape != step.full]
    if not stretched:
        return "element by element" if step.rule != "loss" else "pair by pair, then reduced"
    return f"stretches {' and '.join(stretched)}"


def advice(step: Alignment, look: Look, fits: Fits) -> list[str]:
    """Sentences under the drawing: what happened, and which changes would fit."""
    names = [clean(term.source, look) for term in step.terms]
    if step.grows and len(names) == 2:
        said = f"Every value of {names[0]} meets every value of {names[1]}."
        pairs = _pairs(step, names)
        return [said, *([f"If you meant pairs: {pairs}"] if pairs else [])]
    if step.problem and len(names) == 2:
        found = _changes(step, names, fits, look)
        if found:
            turned = any(".T" in text for text in found)
            caution = ["That it fits does not make it right: .T changes which axis is which."] if turned else []
            return [*(f"It would fit as: {text}" for text in found), *caution]
    return []


def _pairs(step: Alignment, names: list[str]) -> str:
    left, right = (term.shape for term in step.terms)
    if left[-1:] == (1,) and left[:-1] == right:
        return f"{names[0]}.squeeze(-1) or {names[1]}{_new_axis(right)}"
    if right[-1:] == (1,) and right[:-1] == left:
        return f"{names[0]}{_new_axis(left)} or {names[1]}.squeeze(-1)"
    return ""


def _new_axis(shape: Shape) -> str:
    return "[:, None]" if len(shape) == 1 else "[..., None]"


def _changes(step: Alignment, names: list[str], fits: Fits, look: Look) -> list[str]:
    """Simple changes of one operand after which the rule holds."""
    if step.rule == "in-place":
        return []
    sign = clean(step.sign, look) if not step.sign[:1].isalpha() else ","
    found: list[str] = []
    for place in (1, 0):
        shape = step.terms[place].shape
        options: list[tuple[str, Shape]] = []
        if len(shape) == 2:
            options.append((f"{_bracketed(names[place])}.T", shape[::-1]))
        elif len(shape) == 1 and step.rule not in PRODUCTS:
            options.append((f"{_bracketed(names[place])}[:, None]", (*shape, 1)))
        for text, changed in options:
            shapes = [term.shape for term in step.terms]
            shapes[place] = changed
            result = fits(step.rule, shapes)
            if result is not None:
                written = [text if place == at else name for at, name in enumerate(names)]
                found.append(f"{f' {sign} '.join(written)}, of shape {shape_text(result)}")
    return found[:_MOST]


def _bracketed(name: str) -> str:
    return f"({name})" if " " in name else name

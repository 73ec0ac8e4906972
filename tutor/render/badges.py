"""What sets a tensor apart, in a word or two each: the end of every identity line and of every row of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.lines import Piece
    from tutor.render.look import Look


def badges_of(facts: TensorFacts, look: Look, full: bool = False) -> list[Piece]:
    """What sets a tensor apart, always in one order; ``full`` adds strides and the change in words."""
    ink, glyphs = look.palette, look.glyphs
    badges: list[Piece] = []
    if facts.grad_fn:
        badges.append((glyphs.nabla + clean(facts.grad_fn, look), ink.accent))
    elif facts.is_leaf:
        badges.append(("leaf", ink.leaf if facts.requires_grad else ink.dim))
    if facts.requires_grad:
        badges.append((f"{glyphs.yes}grad", ink.good))
    if facts.has_grad:
        badges.append((".grad", ink.good))
    if facts.same_as:
        badges.append((f"is {clean(facts.same_as, look)}", ink.warn))
    elif facts.view_of:
        badges.append((f"view of {clean(facts.view_of, look)}", ink.warn))
    if not facts.contiguous and facts.layout == "strided":
        stride = f" stride {_tuple(facts.strides)}" if full and facts.strides is not None else ""
        badges.append((f"non-contig{stride}", ink.warn))
    at_least = "" if facts.counted else "≥" if look.unicode else ">="
    badges += [(f"{name} {at_least}{n:,}", ink.missing) for name, n in _missing(facts) if n]
    if facts.layout != "strided":
        badges.append((clean(facts.layout, look), ink.warn))
    if facts.kind != "Tensor":
        badges.append((clean(facts.kind, look), ink.accent))
    others = [path for path in facts.shares if path not in (facts.view_of, facts.same_as)]
    if others and (full or not (facts.view_of or facts.same_as)):
        badges.append((_shares(others, look, full), ink.warn))
    if full and facts.change:
        badges.append(({"modified": "modified in place"}.get(facts.change, clean(facts.change, look)), ink.warn))
    return badges


def _missing(facts: TensorFacts) -> tuple[tuple[str, int], tuple[str, int]]:
    return ("NaN", facts.nans), ("Inf", facts.infs)


def _tuple(numbers: Sequence[int]) -> str:
    return f"({', '.join(map(str, numbers))}{',' if len(numbers) == 1 else ''})"


def _shares(paths: Sequence[str], look: Look, full: bool) -> str:
    shown = paths[:3] if full else paths[:1]
    names = ", ".join(clean(path, look) for path in shown)
    more = f" +{len(paths) - len(shown)}" if len(paths) > len(shown) else ""
    return f"shares {'memory with ' if full else ''}{names}{more}"

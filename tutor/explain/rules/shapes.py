"""Shapes that do not fit: broadcasting, reshaping, joining."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import Say, rule
from tutor.explain.words import code, shape, shaped, sizes

_BROADCAST = "Shapes are aligned from the right; two sizes fit if they are equal or one of them is 1."


@rule("T4", "RuntimeError", r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\).*?(\d+)$")
def elementwise_mismatch(f: Failure, match: re.Match[str]) -> Say | None:
    tensors = [o for o in (f.left, f.right) if o.source] or f.tensors()
    if len(tensors) < 2:
        return None
    left, right = tensors[:2]
    a, b = sizes(left), sizes(right)
    clash = _clash(a, b) if a is not None and b is not None else None
    if a is not None and b is not None and clash is None:
        return None
    small, big = clash or (int(match[1]), int(match[2]))
    what = f"{shaped(left)} and {shaped(right)} do not broadcast: {small} against {big}."
    return Say(what, _BROADCAST, _align(left.source, a, right.source, b), "")


def _clash(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, int] | None:
    """The rightmost pair of sizes that does not fit."""
    for one, other in zip(reversed(a), reversed(b), strict=False):
        if one != other and 1 not in (one, other):
            return one, other
    return None


def _align(left: str, a: tuple[int, ...] | None, right: str, b: tuple[int, ...] | None) -> str:
    """How the shorter one would line up with an axis of the same size."""
    if a is not None and b is not None:
        for name, short, long in ((right, b, a), (left, a, b)):
            if len(short) == 1 and len(long) >= 2 and long[-2] == short[0]:
                return (
                    f"Give {code(name)} an axis at the end: {code(f'{name}[:, None]')} is {shape((short[0], 1))}."
                )
    return "Find where the wrong size comes from; where one value is to be repeated, give it an axis of size 1."

"""What shape an operation gives, from the shapes of its operands alone: torch's rules, as arithmetic.

Every rule answers with an :class:`Outcome`; one that refuses says why in a few words, and where. Axes are
counted from the right (-1 is the last), as broadcasting counts them. Rules: torch's documentation, pages
"Broadcasting semantics", ``torch.matmul``, ``torch.cat``, ``torch.stack``, ``torch.nn.functional.cross_entropy``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The shape of a result; or None, and what stands in its way."""

    shape: Shape | None
    problem: str = ""
    axis: int = 0
    """The axis where it fails, from the right; 0 when it is no matter of one axis."""


def broadcast(shapes: Sequence[Shape]) -> Outcome:
    """The shape that all ``shapes`` are stretched to: lined up from the right, equal or 1 on each axis."""
    result: list[int] = []
    clash: Outcome | None = None
    for axis in range(1, max(map(len, shapes), default=0) + 1):
        sizes = [shape[-axis] for shape in shapes if len(shape) >= axis]
        stretched = [size for size in sizes if size != 1]
        if len(set(stretched)) > 1 and clash is None:
            odd = " vs ".join(map(str, dict.fromkeys(stretched)))
            clash = Outcome(None, f"axis -{axis}: {odd}, neither is 1", -axis)
        result.append(stretched[0] if stretched else 1)
    return clash or Outcome(tuple(reversed(result)))


def in_place(target: Shape, other: Shape) -> Outcome:
    """Like broadcasting, but the target cannot grow: its memory is there already."""
    found = broadcast((target, other))
    if found.shape is None or found.shape == target:
        return found
    return Outcome(None, f"in place: {_written(target)} cannot grow to {_written(found.shape)}")


def matmul(left: Shape, right: Shape) -> Outcome:
    """``left @ right``: the last axis of ``left`` against the last but one of ``right``, the rest as batch."""
    if not left or not right:
        return Outcome(None, "a scalar has no axis to contract: both sides need one axis at least")
    inner = right[-2] if len(right) > 1 else right[0]
    if left[-1] != inner:
        return Outcome(None, f"inner sizes {left[-1]} and {inner} differ", -1)
    stacks = broadcast((left[:-2], right[:-2]))
    if stacks.shape is None:
        axis = stacks.axis - 2
        return Outcome(None, stacks.problem.replace(f"axis {stacks.axis}", f"batch axis {axis}"), axis)
    rows = left[-2:-1]
    columns = right[-1:] if len(right) > 1 else ()
    return Outcome(stacks.shape + rows + columns)


def mm(left: Shape, right: Shape) -> Outcome:
    """Two matrices, no batch."""
    return _ranked(left, right, 2, "mm") or matmul(left, right)


def bmm(left: Shape, right: Shape) -> Outcome:
    """Two stacks of as many matrices: nothing is stretched."""
    refused = _ranked(left, right, 3, "bmm")
    if refused is None and left[0] != right[0]:
        refused = Outcome(None, f"batch axis -3: {left[0]} vs {right[0]}, and bmm stretches nothing", -3)
    return refused or matmul(left, right)


def _ranked(left: Shape, right: Shape, axes: int, name: str) -> Outcome | None:
    if len(left) == len(right) == axes:
        return None
    return Outcome(None, f"{name} takes {axes} axes on both sides, here {len(left)} and {len(right)}")


def cat(shapes: Sequence[Shape], dim: int = 0) -> Outcome:
    """One behind the other along ``dim``; every other axis must agree. ``[0]`` counts for nothing."""
    full = [shape for shape in shapes if shape != (0,)]
    if not full:
        return Outcome((0,)) if shapes else Outcome(None, "nothing to join")
    first = full[0]
    place = _place(dim, len(first))
    if not first:
        return Outcome(None, "scalars have no axis to be joined along: use stack")
    if place is None:
        return Outcome(None, f"there is no axis {dim}")
    for other in full:
        if len(other) != len(first):
            return Outcome(None, f"{len(first)} axes and {len(other)} axes do not join")
        for axis, (one, two) in enumerate(zip(first, other, strict=True)):
            if axis != place and one != two:
                back = axis - len(first)
                why = f"axis {back}: {one} vs {two}; only axis {place - len(first)} may differ"
                return Outcome(None, why, back)
    length = sum(shape[place] for shape in full)
    return Outcome((*first[:place], length, *first[place + 1 :]))


def stack(shapes: Sequence[Shape], dim: int = 0) -> Outcome:
    """A new axis at ``dim``, as long as there are operands; they must all have one shape."""
    if not shapes:
        return Outcome(None, "nothing to stack")
    first = shapes[0]
    place = _place(dim, len(first) + 1)
    if place is None:
        return Outcome(None, f"there is no place {dim} for a new axis")
    for other in shapes:
        if other != first:
            return Outcome(None, f"{_written(first)} and {_written(other)} differ: stack takes one shape only")
    return Outcome((*first[:place], len(shapes), *first[place:]))


def cross_entropy(scores: Shape, target: Shape, *, probabilities: bool = False) -> Outcome:
    """Scores ``[C]``, ``[N, C]`` or ``[N, C, …]`` against class numbers without the axis C, to their mean.

    ``probabilities``: the target is of a floating dtype, and has the shape of the scores.
    """
    if not scores:
        return Outcome(None, "scores need an axis of classes")
    if probabilities:
        if scores == target:
            return Outcome(())
        return Outcome(None, "a target of probabilities has the shape of the scores")
    wanted = scores[:1] + scores[2:] if len(scores) > 1 else ()
    # torch takes one class number for one sample also as [1], though its documentation does not say so.
    if target == wanted or (len(scores) == 1 and target == (1,) != scores):
        return Outcome(())
    return Outcome(None, f"class numbers for {_written(scores)} are {_written(wanted)}, not {_written(target)}")


def _place(dim: int, axes: int) -> int | None:
    return dim % axes if axes and -axes <= dim < axes else None


def _written(shape: Shape) -> str:
    return f"[{', '.join(map(str, shape))}]"

"""Sentences about a layout: in which order it reads, what view and reshape would do, how two tensors overlap."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tutor.render.memory.layout import contiguous_strides, covered, in_slots, itemsize_of, layout_of
from tutor.render.numbers import count

if TYPE_CHECKING:
    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.memory.layout import Layout, Runs


def order(name: str, layout: Layout, facts: TensorFacts) -> str:
    """Why it is contiguous, or why not."""
    if layout.count < 2:
        return f"{name} has {'no element' if not layout.count else 'one element'}: nothing to be out of order."
    if facts.contiguous:
        return f"{name} is contiguous: in index order it reads slot after slot."
    if layout.repeats:
        axes = " and ".join(map(str, layout.repeats))
        many = math.prod(layout.shape[axis] for axis in layout.repeats)
        return (
            f"{name} is not contiguous: stride 0 on axis {axes}, so each slot is read {count(many)} times "
            "(expand copies nothing)."
        )
    steps = [step for step, size in zip(layout.strides, layout.shape, strict=True) if size > 1]
    if steps != sorted(steps, reverse=True):
        axis = min((a for a in range(len(layout.shape)) if layout.shape[a] > 1), key=lambda a: layout.strides[a])
        return (
            f"{name} is not contiguous: its axes are in another order than in memory. Neighbours in memory lie "
            f"along axis {axis}; the last axis jumps {_slots(layout.strides[-1])}."
        )
    runs = layout.runs()
    distinct = layout.distinct
    if runs is not None and distinct is not None and distinct < layout.count:
        crowd = f"{count(layout.count)} elements in {_slots(distinct)}"
        return f"{name} is not contiguous: its windows overlap, {crowd}."
    wanted = contiguous_strides(layout.shape)
    axis = next(a for a in range(len(wanted)) if layout.shape[a] > 1 and layout.strides[a] != wanted[a])
    return (
        f"{name} is not contiguous: it leaves gaps. Axis {axis} steps {layout.strides[axis]}, "
        f"without gaps it would step {wanted[axis]}."
    )


def changing_shape(name: str, layout: Layout, facts: TensorFacts) -> str:
    """What view, reshape and contiguous would do with it."""
    if facts.contiguous:
        return (
            f"{name}.view(...) and {name}.reshape(...) share this storage; {name}.contiguous() is {name} itself."
        )
    if layout.flat:
        step = min((step for step, size in zip(layout.strides, layout.shape, strict=True) if size > 1), default=1)
        return (
            f"{name}.view(-1) works and shares this storage: one step, {step}, "
            f"leads through it; {name}.contiguous() copies."
        )
    return (
        f"{name}.view(-1) fails: no single step leads through it in index order. {name}.reshape(-1) and "
        f"{name}.contiguous() copy into a new storage of {_slots(layout.count)}."
    )


def relation(name: str, facts: TensorFacts, other_name: str, other: TensorFacts) -> str:
    """How ``other`` lies to the first tensor, whose slots are counted."""
    mine, theirs = layout_of(facts), layout_of(other)
    size, other_size = itemsize_of(facts), itemsize_of(other)
    if mine is None or theirs is None or not size or not other_size:
        return ""
    runs, other_runs = mine.runs(), theirs.runs()
    if runs is None or other_runs is None:
        return f"{other_name} lies in the same storage."
    other_runs = in_slots(other_runs, other_size, size)
    common = sum(covered(runs, start, end) for start, end in other_runs)
    own, others = _total(runs), _total(other_runs)
    if not common:
        return f"{other_name} lies in the same storage, but in other slots: writing to {name} leaves it alone."
    if common == own == others:
        if other.dtype != facts.dtype:
            return f"{other_name} uses the same slots as well, reading them as {other.dtype}."
        if (mine.shape, mine.strides) == (theirs.shape, theirs.strides):
            return f"{other_name} is the same view of the same slots."
        if sorted(_axes(mine)) == sorted(_axes(theirs)):
            return f"{other_name} uses the same slots with its axes in another order."
        return f"{other_name} uses the same slots in another shape."
    if common == others:
        return f"{other_name} uses {count(others)} of the {_slots(own)} of {name}."
    if common == own:
        return f"{name} uses {count(own)} of the {_slots(others)} of {other_name}."
    return f"{other_name} and {name} overlap in {_slots(common)}."


def _axes(layout: Layout) -> list[tuple[int, int]]:
    return [(size, step) for size, step in zip(layout.shape, layout.strides, strict=True) if size != 1]


def _total(runs: Runs) -> int:
    return sum(end - start for start, end in runs)


def _slots(number: int) -> str:
    return f"{count(number)} slot{'' if number == 1 else 's'}"

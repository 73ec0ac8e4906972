"""Operations that change the shape, the order of the axes, or join and cut tensors: no arithmetic on elements."""

from __future__ import annotations

from math import prod

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules.model import Axes, Ruling, Shape, Told, axes_of, kept, place, positive
from tutor.worker.probe.flow.rules.pointwise import lined_up


def regrouped(before: Shape, after: Shape) -> tuple[Axes, bool]:
    """The axes of ``before`` in ``after``, which has as many elements in the same (row-major) order.

    The smallest groups of neighbouring axes with the same product belong together. Raises ValueError where
    the products differ; without elements nothing is known beyond equal axes at both ends.
    """
    if prod(before) != prod(after):
        raise ValueError("the numbers of elements differ")
    if before == after:
        return kept(before), True
    if not prod(before):
        raise ValueError("no elements to follow")
    axes: dict[int, FlowAxis] = {}
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before) and j < len(after) and before[i] == after[j]:
            axes[i] = FlowAxis("kept", (j,))
            i, j = i + 1, j + 1
            continue
        if i < len(before) and before[i] == 1:
            axes[i] = FlowAxis("removed")
            i += 1
            continue
        if j < len(after) and after[j] == 1:
            j += 1
            continue
        first, start = i, j
        left, right = before[i], after[j]
        i, j = i + 1, j + 1
        while left != right:
            if left < right:
                left, i = left * before[i], i + 1
            else:
                right, j = right * after[j], j + 1
        group = tuple(to for to in range(start, j) if after[to] != 1)
        for axis in range(first, i):
            fate = "removed" if before[axis] == 1 else "split" if len(group) > 1 else "merged"
            axes[axis] = FlowAxis(fate, group if fate != "removed" else ())
    return tuple(axes[axis] for axis in range(len(before))), True


def reshape(told: Told) -> Ruling:
    return Ruling("reshape", (regrouped(told.operands[0], told.result)[0],))


def permuted(order: tuple[int, ...]) -> Ruling:
    """Axis ``order[i]`` of the operand becomes axis ``i``."""
    axes = tuple(FlowAxis("kept", (order.index(axis),)) for axis in range(len(order)))
    return Ruling("permute", (axes,), (("order", ", ".join(map(str, order))),))


def permute(told: Told) -> Ruling:
    dims = told.kwargs.get("dims", told.args[1:])
    if len(dims) == 1 and isinstance(dims[0], (tuple, list)):
        dims = dims[0]
    return permuted(axes_of(tuple(dims), len(told.operands[0])))


def transpose(told: Told) -> Ruling:
    bound = told.bind("input dim0 dim1")
    count = len(told.operands[0])
    (first,) = axes_of((bound.get("dim0", bound.get("axis0")),), count)
    (second,) = axes_of((bound.get("dim1", bound.get("axis1")),), count)
    order = list(range(count))
    order[first], order[second] = second, first
    return permuted(tuple(order))


def reversed_axes(told: Told) -> Ruling:
    """``x.T``, ``x.t()``"""
    return permuted(tuple(range(len(told.operands[0])))[::-1])


def last_two(told: Told) -> Ruling:
    """``x.mT``, ``x.adjoint()``"""
    count = len(told.operands[0])
    return permuted((*range(count - 2), count - 1, count - 2))


def movedim(told: Told) -> Ruling:
    bound = told.bind("input source destination")
    count = len(told.operands[0])
    source, target = axes_of(bound["source"], count), axes_of(bound["destination"], count)
    rest = iter(axis for axis in range(count) if axis not in source)
    return permuted(tuple(source[target.index(axis)] if axis in target else next(rest) for axis in range(count)))


def squeeze(told: Told) -> Ruling:
    bound = told.bind("input dim")
    shape = told.operands[0]
    dims = axes_of(bound.get("dim"), len(shape))
    axes, to = [], 0
    for axis, size in enumerate(shape):
        gone = axis in dims and size == 1
        axes.append(FlowAxis("removed") if gone else FlowAxis("kept", (to,)))
        to += not gone
    return Ruling("squeeze", (tuple(axes),))


def unsqueeze(told: Told) -> Ruling:
    shape = told.operands[0]
    at = positive(told.bind("input dim")["dim"], len(shape) + 1)
    axes = (FlowAxis("kept", (axis + (axis >= at),)) for axis in range(len(shape)))
    return Ruling("unsqueeze", (tuple(axes),), (("dim", str(at)),))


def expand(told: Told) -> Ruling:
    return Ruling("expand", (lined_up(told.operands[0], told.result),))


def repeat(told: Told) -> Ruling:
    shape, result = told.operands[0], told.result
    start = len(result) - len(shape)
    axes = []
    for axis, size in enumerate(shape):
        to = start + axis
        same = size == result[to]
        note = "" if same or not size else f"×{result[to] // size}"
        axes.append(FlowAxis("kept" if same else "grown", (to,), note))
    return Ruling("repeat", (tuple(axes),))


def repeat_interleave(told: Told) -> Ruling:
    bound = told.bind("input repeats dim")
    shape, result = told.operands[0], told.result
    dim = positive(bound["dim"], len(shape))
    axes = list(kept(shape))
    axes[dim] = FlowAxis("grown", (dim,), f"to {result[dim]}")
    return Ruling("repeat", (tuple(axes),))


def _joined(told: Told) -> tuple[list[int], int | None]:
    """Which operands are put together, and along which axis they were told to be."""
    bound = told.bind("tensors dim")
    dim = bound.get("dim", bound.get("axis", 0))
    return [place(item) for item in bound["tensors"]], dim


def cat(told: Told) -> Ruling:
    places, dim = _joined(told)
    count = max(len(told.operands[number]) for number in places)
    if told.name in ("hstack", "vstack", "dstack"):
        dim = {"hstack": min(1, count - 1), "vstack": 0, "dstack": 2}[told.name]
        if (told.name, count) in (("vstack", 1), ("dstack", 1), ("dstack", 2)):
            raise ValueError("axes are added first")
    along = positive(dim or 0, count)
    rows: dict[int, Axes] = {}
    at = 0
    for number in places:
        shape = told.operands[number]
        if shape == (0,) and count > 1:
            rows[number] = (FlowAxis("removed"),)
            continue
        row = list(kept(shape))
        row[along] = FlowAxis("joined", (along,), f"{at}:{at + shape[along]}")
        rows[number] = tuple(row)
        at += shape[along]
    return Ruling("cat", tuple(rows.get(n, ()) for n in range(len(told.operands))), (("dim", str(along)),))


def stack(told: Told) -> Ruling:
    places, dim = _joined(told)
    count = len(told.operands[places[0]]) + 1
    along = positive(dim or 0, count)
    axes = [
        tuple(FlowAxis("kept", (axis + (axis >= along),)) for axis in range(len(told.operands[n]))) for n in places
    ]
    return Ruling("stack", tuple(axes), (("dim", str(along)),))


def split(told: Told) -> Ruling:
    bound = told.bind("input sizes dim")
    shape = told.operands[0]
    along = positive(bound.get("dim", 0), len(shape))
    row = list(kept(shape))
    at, pieces = 0, []
    for piece in told.results:
        pieces.append(f"{at}:{at + piece[along]}")
        at += piece[along]
    row[along] = FlowAxis("sliced", (along,), ", ".join(pieces[:8]) + (", …" if len(pieces) > 8 else ""))
    return Ruling("split", (tuple(row),), (("dim", str(along)),))


def unbind(told: Told) -> Ruling:
    shape = told.operands[0]
    along = positive(told.bind("input dim").get("dim", 0), len(shape))
    row = [
        FlowAxis("removed", (), f"0 to {shape[axis] - 1}")
        if axis == along
        else FlowAxis("kept", (axis - (axis > along),))
        for axis in range(len(shape))
    ]
    return Ruling("split", (tuple(row),), (("dim", str(along)),))

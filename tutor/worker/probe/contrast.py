"""Two tensors of the learner's, side by side: their facts, and how far apart their values are.

Nothing is ever broadcast: tensors of two shapes are not compared value by value. What is converted or moved is a
piece at a time, so that two large tensors need no third one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from tutor.protocol.comparison import Comparison, Extreme, Values, Verdict
from tutor.protocol.snapshots import Sample, TensorDetail, TensorFacts
from tutor.worker.probe.compare import tolerances
from tutor.worker.probe.details import ordinary
from tutor.worker.probe.facts import reader
from tutor.worker.probe.sampling import Pick, evenly, for_drawing
from tutor.worker.probe.touch import quiet, torch_module
from tutor.worker.probe.values import packed

EXACT = 10_000_000
"""Elements up to which every pair is looked at."""
_SAMPLED = 1_000_000
_PIECE = 1 << 14
"""Elements at a time: below what torch splits over threads, which on a busy machine takes ten times as long."""
_PLACES = 5
ALLCLOSE = (1e-5, 1e-8)
"""``rtol`` and ``atol`` of ``torch.allclose``, from its documentation."""


def contrast(left_name: str, left: Any, right_name: str, right: Any) -> Comparison | None:
    """Compare two tensors. None if the facts of one cannot be read."""
    torch = torch_module()
    if torch is None:
        return None
    with quiet(torch):
        one, two = reader().facts(left_name, left), reader().facts(right_name, right)
        if one is None or two is None:
            return None
        homes = [reader().memory(tensor) for tensor in (left, right)]
        shares = homes[0] is not None and homes[1] is not None and 0 != homes[0][0] == homes[1][0]
        shares = shares and one.device == two.device
        plain = Comparison(one, two, left is right, shares, None, None)
        if one.shape != two.shape:
            return replace(plain, note="the shapes differ, so there are no pairs of values")
        try:
            return _with_values(torch, plain, left, right)
        except Exception as error:
            return replace(plain, note=f"torch could not compare the values ({type(error).__name__})")


def _with_values(torch: Any, plain: Comparison, left: Any, right: Any) -> Comparison:
    sides = []
    for tensor, facts in ((left, plain.left), (right, plain.right)):
        values, note = ordinary(torch, tensor, facts)
        if values is None:
            return replace(plain, note=f"{facts.path}: {note}")
        sides.append(values)
    if not math.prod(plain.left.shape):
        return replace(plain, note="both are empty: there are no values to differ")
    one, two = sides
    return replace(
        plain,
        values=_values(torch, one, two, _strictest(plain)),
        difference=_difference(torch, one, two, plain.left, plain.right.path),
    )


def _strictest(plain: Comparison) -> tuple[float, float]:
    """``assert_close`` takes the looser tolerances of two dtypes."""
    both = [tolerances(facts.dtype) for facts in (plain.left, plain.right)]
    return max(pair[0] for pair in both), max(pair[1] for pair in both)


@dataclass(slots=True)
class _Sums:
    looked: int = 0
    differing: int = 0
    outside: int = 0
    strict: int = 0
    largest: Extreme | None = None
    relative: Extreme | None = None
    nans: tuple[int, int, int] = (0, 0, 0)
    nan_at: tuple[tuple[int, ...], ...] = ()


def _values(torch: Any, left: Any, right: Any, strict: tuple[float, float]) -> Values:
    shape = tuple(left.shape)
    count = math.prod(shape)
    rank = len(shape)
    pick = evenly(shape, _SAMPLED) if count > EXACT else Pick((0,) * rank, (1,) * rank, shape)
    sums = _Sums()
    one, two = left[pick.slices()], right[pick.slices()]
    for origin, piece in _pieces(pick.shape):
        _add(torch, sums, one[piece], two[piece], origin, pick.steps, strict)
    return Values(
        *(count, sums.looked, sums.differing, Verdict(*ALLCLOSE, sums.outside), Verdict(*strict, sums.strict)),
        *(sums.largest, sums.relative, sums.nans, sums.nan_at),
    )


def _pieces(shape: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
    """The whole shape in blocks of a bearable size, with where each begins."""
    if math.prod(shape) <= _PIECE:
        yield (0,) * len(shape), tuple(slice(0, size) for size in shape)
        return
    axis = next(at for at, size in enumerate(shape) if size > 1)
    rows = max(1, _PIECE // math.prod(shape[axis + 1 :]))
    for start in range(0, shape[axis], rows):
        stop = min(start + rows, shape[axis])
        head = (*(slice(0, 1) for _ in range(axis)), slice(start, stop))
        if stop - start > 1 or math.prod(shape[axis + 1 :]) <= _PIECE:
            rest = tuple(slice(0, size) for size in shape[axis + 1 :])
            yield (0,) * axis + (start,) + (0,) * len(rest), (*head, *rest)
            continue
        for origin, piece in _pieces((*(1,) * (axis + 1), *shape[axis + 1 :])):
            yield (0,) * axis + (start, *origin[axis + 1 :]), (*head, *piece[axis + 1 :])


def _add(
    torch: Any, sums: _Sums, one: Any, two: Any, origin: tuple[int, ...], steps: tuple[int, ...], strict: Any
) -> None:
    """Look at one block of pairs."""
    sums.looked += one.numel()
    if one.dtype == two.dtype and one.device == two.device and torch.equal(one, two):
        return
    left, right = _wide(torch, one), _wide(torch, two)
    exact = one.dtype == two.dtype and not one.dtype.is_floating_point and not one.dtype.is_complex
    unequal = one.cpu() != two.cpu() if exact else left != right
    apart = (left - right).abs().masked_fill(~unequal, 0.0)
    left_nan, right_nan = left.isnan(), right.isnan()
    reach = right.abs()
    sums.differing += int(unequal.sum())
    sums.outside += int(_outside(apart, reach, unequal, *ALLCLOSE).sum())
    sums.strict += int(_outside(apart, reach, unequal, *strict).sum())
    only_left, only_right = left_nan & ~right_nan, right_nan & ~left_nan
    found = (int(only_left.sum()), int(only_right.sum()), int((left_nan & right_nan).sum()))
    a, b, c = (old + new for old, new in zip(sums.nans, found))  # noqa: B905 - three each
    sums.nans = (a, b, c)
    if found[0] or found[1]:
        places = (only_left | only_right).nonzero()[:_PLACES].tolist()
        known = (*sums.nan_at, *(_place(place, origin, steps) for place in places))
        sums.nan_at = known[:_PLACES]
    apart = apart.masked_fill(left_nan | right_nan, 0.0)
    sums.largest = _larger(sums.largest, apart, left, right, origin, steps)
    # A difference in proportion to nothing, or to infinity, says nothing.
    measured = apart / reach
    measured = measured.masked_fill((reach == 0) | ~reach.isfinite() | left_nan | right_nan, 0.0)
    sums.relative = _larger(sums.relative, measured, left, right, origin, steps)


def _outside(apart: Any, reach: Any, unequal: Any, rtol: float, atol: float) -> Any:
    """As ``torch.isclose`` has it: what is equal is close, infinite bounds are none."""
    return unequal & ~((apart <= atol + rtol * reach) & apart.isfinite())


def _larger(
    old: Extreme | None, by: Any, left: Any, right: Any, origin: tuple[int, ...], steps: tuple[int, ...]
) -> Extreme | None:
    flat = int(by.reshape(-1).argmax())
    size = float(by.reshape(-1)[flat])
    if size <= (old.by if old is not None else 0.0):
        return old
    inside = []
    place = flat
    for length in reversed(by.shape):
        place, at = divmod(place, length)
        inside.append(at)
    inside.reverse()
    values = [side[tuple(inside)] for side in (left, right)]
    numbers = [float(value.abs() if value.is_complex() else value) for value in values]
    return Extreme(_place(inside, origin, steps), numbers[0], numbers[1], size)


def _place(inside: list[int], origin: tuple[int, ...], steps: tuple[int, ...]) -> tuple[int, ...]:
    """The index in the whole tensor of a place in a block of a sample."""
    return tuple((first + at) * step for first, at, step in zip(origin, inside, steps))  # noqa: B905 - one rank


def _wide(torch: Any, values: Any) -> Any:
    return values.cpu().to(torch.complex128 if values.is_complex() else torch.float64)


def _difference(torch: Any, left: Any, right: Any, facts: TensorFacts, other: str) -> TensorDetail:
    """A sample of ``left - right`` in float64, as a tensor that can be drawn."""
    pick = for_drawing(tuple(left.shape), ())
    one, two = _wide(torch, left[pick.slices()]), _wide(torch, right[pick.slices()])
    apart = (one - two).masked_fill(one == two, 0.0)
    size = apart.abs() if apart.is_complex() else apart
    sample = Sample(pick.shape, pick.start, pick.steps, packed(torch, size))
    named = replace(
        facts, path=f"{facts.path} - {other}", kind="Tensor", dtype="float64", device="cpu", layout="strided",
        requires_grad=False, is_leaf=False, grad_fn=None, has_grad=False, shares=(), change="", contiguous=True,
        nbytes=8 * math.prod(facts.shape),
    )  # fmt: skip
    return TensorDetail(named, None, sample)


def summary(found: Comparison) -> str:
    """The outcome in a line or two of plain text."""
    one, two = found.left, found.right
    names = f"{one.path} and {two.path}"
    pairs = (("shape", one.shape, two.shape), ("dtype", one.dtype, two.dtype), ("device", one.device, two.device))
    apart = [f"{label} {a} and {b}" for label, a, b in pairs if a != b]
    head = f"{names}: {', '.join(apart) if apart else 'same shape, dtype and device'}"
    if found.values is None:
        return f"{head}; {found.note}"
    values = found.values
    sampled = f" in a sample of {values.looked:,}" if values.looked < values.count else f" of {values.count:,}"
    told = f"{head}; {values.differing:,}{sampled} values differ"
    if values.largest is not None:
        told += f", most by {values.largest.by:.6g} at {list(values.largest.at)}"
    return told

"""Two tensors compared, against torch's own verdicts."""

from __future__ import annotations

import math
import weakref
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.worker.probe import odd
from tutor.protocol.comparison import Comparison, Values
from tutor.worker.probe import contrast as contrast_module
from tutor.worker.probe.contrast import contrast, summary

FLOATS = st.floats(-10, 10, width=32) | st.sampled_from([0.0, math.nan, math.inf, -math.inf])
PAIRS = st.lists(st.tuples(FLOATS, FLOATS | st.just(0.0)), min_size=1, max_size=12)


def compared(left: torch.Tensor, right: torch.Tensor) -> Comparison:
    found = contrast("a", left, "b", right)
    assert found is not None
    return found


def values(left: torch.Tensor, right: torch.Tensor) -> Values:
    found = compared(left, right).values
    assert found is not None
    return found


@settings(deadline=None)
@given(PAIRS, st.booleans())
def test_verdicts_and_extremes_are_those_of_torch(pairs: list[tuple[float, float]], alike: bool) -> None:
    left = torch.tensor([one for one, _ in pairs])
    right = torch.tensor([one if alike else two for one, two in pairs])
    found = values(left, right)
    assert (found.differing == 0) == torch.equal(left, right)
    assert (found.allclose.outside == 0) == torch.allclose(left, right)
    close = torch.isclose(left, right, rtol=found.strict.rtol, atol=found.strict.atol)
    assert found.strict.outside == int((~close).sum())
    assert found.nans[2] == int((left.isnan() & right.isnan()).sum())
    apart = (left.double() - right.double()).abs()
    apart[left == right] = 0
    apart = apart[~apart.isnan() | (left.isinf() & right.isinf())]
    largest = float(apart.max()) if apart.numel() else 0.0
    assert (found.largest.by if found.largest else 0.0) == largest


def test_where_the_largest_difference_is_with_its_values() -> None:
    left = torch.zeros(2, 3, 4)
    right = left.clone()
    right[1, 2, 3] = 0.5
    right[0, 1, 2] = -0.25
    found = values(left, right)
    assert found.largest is not None
    assert (found.largest.at, found.largest.left, found.largest.right, found.largest.by) == (
        (1, 2, 3),
        0,
        0.5,
        0.5,
    )
    assert found.differing == 2


def test_nan_on_one_side_is_found_and_never_the_largest_difference() -> None:
    left, right = torch.zeros(3), torch.tensor([0.0, math.nan, 0.125])
    found = values(left, right)
    assert found.nans == (0, 1, 0)
    assert found.nan_at == ((1,),)
    assert found.largest is not None
    assert found.largest.at == (2,)


def test_nothing_is_broadcast() -> None:
    found = compared(torch.zeros(8, 1), torch.zeros(8))
    assert found.values is None
    assert "shapes differ" in found.note


def test_pieces_cover_every_pair_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast_module, "_PIECE", 7)
    left = torch.arange(2 * 3 * 5 * 4.0).view(2, 3, 5, 4)
    right = left.clone()
    right[1, 2, 4, 3] += 1
    right[0, 0, 0, 0] += 0.5
    found = values(left, right)
    assert (found.looked, found.differing) == (120, 2)
    assert found.largest is not None
    assert found.largest.at == (1, 2, 4, 3)


def test_a_sample_is_called_one_and_its_places_are_those_of_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contrast_module, "EXACT", 1_000)
    monkeypatch.setattr(contrast_module, "_SAMPLED", 100)
    left, right = torch.zeros(100, 90), torch.arange(9_000.0).view(100, 90)
    found = values(left, right)
    assert found.looked < found.count == 9_000
    assert found.largest is not None
    assert right[found.largest.at] == found.largest.by


def test_integers_beyond_what_a_float_can_tell_apart_still_differ() -> None:
    assert values(torch.tensor([2**62]), torch.tensor([2**62 + 1])).differing == 1


def test_other_dtypes() -> None:
    assert values(torch.tensor([1 + 1j]), torch.tensor([1 + 2j])).differing == 1
    assert values(torch.tensor([True, False]), torch.tensor([True, True])).differing == 1
    mixed = compared(torch.ones(2), torch.ones(2, dtype=torch.float64))
    assert mixed.values is not None
    assert mixed.values.differing == 0
    assert values(torch.eye(3).to_sparse(), torch.eye(3)).differing == 0


def test_what_has_no_values_says_so() -> None:
    meta = torch.empty(2, device="meta")
    assert "meta" in compared(meta, torch.ones(2)).note
    assert "empty" in compared(torch.empty(0), torch.empty(0)).note


def test_one_object_and_one_storage_are_told() -> None:
    x = torch.ones(4)
    assert compared(x, x).same
    assert compared(x, x.view(2, 2).view(4)).shares
    assert not compared(x, x.clone()).shares
    assert not compared(torch.empty(0), torch.empty(0)).shares


def test_subclasses_are_not_asked_and_nothing_is_kept() -> None:
    left = torch.ones(3).as_subclass(odd.BrokenFunction)
    right = torch.zeros(3, requires_grad=True)
    found = compared(left, right)
    assert found.values is not None
    assert found.values.differing == 3
    assert right.grad is None
    refs = weakref.ref(left), weakref.ref(right)
    del left, right
    assert [ref() for ref in refs] == [None, None]


def test_the_outcome_in_a_line() -> None:
    x = torch.zeros(3)
    y = torch.tensor([0.0, 0.0, 2.0])
    assert summary(compared(x, y)) == (
        "a and b: same shape, dtype and device; 1 of 3 values differ, most by 2 at [2]"
    )
    found = compared(x, y.view(3, 1))
    assert summary(found).startswith("a and b: shape (3,) and (3, 1); the shapes differ")
    assert summary(replace(found, right=found.left)).startswith("a and a")

"""A comparison as text."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.render import strategies as some
from tests.render.samples import detail, facts
from tests.render.test_bounds import assert_fits, bounded
from tutor.protocol.comparison import Comparison, Extreme, Values, Verdict
from tutor.render.comparison import comparison
from tutor.render.look import Look

A, B = facts("a"), facts("b")
VALUES = Values(
    *(12, 12, 2, Verdict(1e-5, 1e-8, 2), Verdict(1.3e-6, 1e-5, 1)),
    *(Extreme((1, 2), -0.5, 0.25, 0.75), Extreme((1, 2), -0.5, 0.25, 3.0), (0, 1, 2), ((2, 3),)),
)
DIFFERENCE = detail("a - b", (3, 4), [0.0] * 6 + [-0.75] + [0.0] * 5)
FOUND = Comparison(A, B, same=False, shares=False, values=VALUES, difference=DIFFERENCE)


def text(found: Comparison, width: int = 80) -> str:
    return comparison(found, Look(width)).plain


def test_differences_come_apart_and_are_marked() -> None:
    other = replace(B, dtype="float64", requires_grad=True)
    lines = text(replace(FOUND, right=other)).splitlines()
    marks = {line[2:].split()[0]: line[0] for line in lines[1:7]}
    assert marks == {
        "shape": "=",
        "dtype": "≠",
        "device": "=",
        "layout": "=",
        "strides": "=",
        "requires_grad": "≠",
    }
    assert "Values were converted" in text(replace(FOUND, right=other))


def test_values_with_verdicts_tolerances_and_places() -> None:
    said = text(FOUND)
    assert "values differ 2 of 12" in said
    assert "✗ torch.equal False" in said
    assert "✗ torch.allclose False   2 outside, rtol 1e-05, atol 1e-08" in said
    assert "✗ assert_close False   1 outside, rtol 1.3e-06, atol 1e-05" in said
    assert "largest difference 0.75 at [1, 2]: -0.5 and 0.25" in said
    assert "largest relative 3 of |b| at [1, 2]" in said
    assert "1 only in b, 2 in both" in said
    assert "at [2, 3]" in said
    assert "a - b" in said


def test_equal_values_need_no_map() -> None:
    same = replace(VALUES, differing=0, allclose=Verdict(1e-5, 1e-8, 0), strict=Verdict(0, 0, 0), largest=None)
    said = text(replace(FOUND, values=replace(same, relative=None, nans=(0, 0, 0), nan_at=())))
    assert "✓ torch.equal True" in said
    assert "a - b" not in said


def test_a_sample_is_marked_in_every_figure() -> None:
    said = text(replace(FOUND, values=replace(VALUES, count=10**8, looked=10**6)))
    assert "~2 of 1,000,000 looked at" in said
    assert "~ An even sample of 100,000,000 pairs" in said
    assert "~2 outside" in said


def test_two_shapes_are_never_broadcast() -> None:
    apart = Comparison(facts("a", (8, 1)), facts("b", (8,)), False, False, None, None, "the shapes differ")
    assert "Nothing was broadcast." in text(apart)
    assert "stretch them to [8, 8]" in text(apart).replace("\n", " ")
    clash = replace(apart, left=facts("a", (3,)))
    assert "would fail too: axis -1: 3 vs 8" in text(clash)


def test_one_object_under_two_names() -> None:
    assert "one object under two names" in text(replace(FOUND, same=True))
    assert "same storage" in text(replace(FOUND, shares=True))


places = st.lists(st.integers(0, 10**6), max_size=4).map(tuple)
extremes = st.none() | st.builds(Extreme, places, some.floats, some.floats, some.floats)
verdicts = st.builds(Verdict, some.floats, some.floats, st.integers(0, 10**9))
counts = st.integers(0, 10**9)
compared = st.builds(
    Values,
    *(counts, counts, counts, verdicts, verdicts, extremes, extremes, st.tuples(counts, counts, counts)),
    st.lists(places, max_size=5).map(tuple),
)
comparisons = st.builds(
    Comparison,
    *(some.tensor_facts(), some.tensor_facts(), st.booleans(), st.booleans(), st.none() | compared),
    *(st.none() | some.details(), some.texts),
)


@bounded
@given(comparisons, some.looks)
def test_whatever_arrives_is_drawn_within_the_width(found: Comparison, look: Look) -> None:
    assert_fits(comparison(found, look), look)

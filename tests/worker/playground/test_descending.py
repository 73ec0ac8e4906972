"""Downhill: the numbers are those of the rule, and what cannot be gone down on is told in words."""

from __future__ import annotations

import itertools
import math

import pytest

from tutor.playground.descent import SLOPES, Slope, problem_of, program
from tutor.protocol.playground import Descent
from tutor.worker.playground.descending import Unusable, descend


def down(expression: str, start: float, rate: float, momentum: float = 0.0, steps: int = 10) -> Descent:
    assert problem_of(expression) == ""
    return descend(program(expression, start, rate, momentum), steps, -3.0, 3.0)


def test_each_step_is_the_rate_times_the_slope() -> None:
    found = down("x**2", 2.0, 0.1)
    assert len(found.places) == 11
    for number, place in enumerate(found.places):
        assert place.x == pytest.approx(2.0 * 0.8**number)
        assert place.slope == pytest.approx(2 * place.x)
        assert place.y == pytest.approx(place.x**2)
        assert place.velocity == place.slope


def test_momentum_gathers_slopes() -> None:
    places = down("x**2", 2.0, 0.1, momentum=0.9).places
    for before, after in itertools.pairwise(places):
        assert after.velocity == pytest.approx(0.9 * before.velocity + after.slope)
        assert after.x == pytest.approx(before.x - 0.1 * before.velocity)


def test_a_descent_that_leaves_all_numbers_ends_there() -> None:
    found = down("x**4", 3.0, 1.0, steps=50)
    assert found.diverged
    assert 1 < len(found.places) < 50
    assert all(math.isfinite(place.x) for place in found.places)


@pytest.mark.parametrize("slope", SLOPES, ids=lambda slope: slope.name)
def test_every_function_in_the_list_goes_down(slope: Slope) -> None:
    places = descend(program(slope.expression, slope.start, 0.02, 0.0), 100, slope.low, slope.high).places
    assert places[-1].y < places[0].y


def test_where_a_function_has_no_value_the_curve_has_a_gap() -> None:
    found = down("log(x)**2", 2.0, 0.1)
    assert math.isnan(found.ys[0])
    assert found.ys[-1] == pytest.approx(math.log(3.0) ** 2)


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x + nothing", "nothing is not known"),
        ("float(x.detach())", "keep to operations of torch"),
        ("x.detach()", "autograd"),
        ("torch.stack([x, x])", "[2]"),
        ("log(x - 5)", "begin elsewhere"),
        ("x / 0", "begin elsewhere"),
        ("x.no_such_thing", "no_such_thing"),
        ("x @ x", "RuntimeError"),
        ("1 // 0 * x", "divides by 0"),
    ],
)
def test_what_cannot_be_used_is_told_in_words(expression: str, words: str) -> None:
    with pytest.raises(Unusable, match=words.replace("[", r"\[").replace("]", r"\]")):
        down(expression, 1.0, 0.1)

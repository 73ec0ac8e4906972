"""Going from one value of a setting to the next, and the programs that settings stand for."""

from __future__ import annotations

import ast
import itertools
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutor.playground import descent
from tutor.playground.settings import (
    DATA,
    FEATURES,
    MOST_LAYERS,
    MOST_NEURONS,
    Settings,
    begins_anew,
    choices,
    stepped,
)
from tutor.playground.source import program, taken

NAMES = [
    *(field.name for field in fields(Settings) if field.name != "features"),
    *(f"features.{i}" for i in range(len(FEATURES))),
    *(f"layers.{i}" for i in range(MOST_LAYERS)),
]
STEPS = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from([-1, 1])), max_size=60)


@pytest.mark.parametrize("momentum", [m for m in descent.MOMENTA if m < 0.99])
def test_the_bowl_is_left_above_the_rate_that_its_hint_names(momentum: float) -> None:
    assert "Above a rate of 1 + momentum every step is longer" in descent.SLOPES[0].hint
    for rate in (0.95 + momentum, 1.05 + momentum):
        x, velocity, moves = descent.SLOPES[0].start, 0.0, []
        for _ in range(100):
            velocity = momentum * velocity + 2 * x
            x -= rate * velocity
            moves.append(abs(rate * velocity))
        assert all(after > before for before, after in itertools.pairwise(moves)) == (rate > 1 + momentum)


@given(STEPS)
def test_whatever_is_pressed_the_settings_stand_for_a_program(presses: list[tuple[str, int]]) -> None:
    settings = Settings()
    for name, step in presses:
        settings = stepped(settings, name, step)
    assert settings.data in DATA[settings.kind]
    assert settings.inputs
    assert len(settings.layers) <= MOST_LAYERS
    assert all(1 <= size <= MOST_NEURONS for size in settings.layers)
    assert settings.rate in choices(settings, "rate")
    ast.parse(program(settings))


@pytest.mark.parametrize("name", ["kind", "data", "activation", "optimiser", "penalty"])
def test_behind_the_last_value_without_an_order_comes_the_first(name: str) -> None:
    start = settings = Settings()
    seen = []
    for _ in choices(start, name):
        seen.append(getattr(settings, name))
        settings = stepped(settings, name, 1)
    assert getattr(settings, name) == getattr(start, name)
    assert sorted(seen) == sorted(choices(start, name))


@pytest.mark.parametrize("name", ["noise", "share", "batch", "rate", "strength"])
def test_an_order_has_ends(name: str) -> None:
    up = down = Settings()
    for _ in range(30):
        up, down = stepped(up, name, 1), stepped(down, name, -1)
    assert getattr(up, name) == choices(up, name)[-1]
    assert getattr(down, name) == choices(down, name)[0]


def test_the_last_input_stays_on() -> None:
    settings = stepped(Settings(), "features.0", 1)
    assert settings.inputs == ("x2",)
    assert stepped(settings, "features.1", 1).inputs == ("x2",)


def test_only_the_learning_rate_changes_while_it_trains() -> None:
    old = Settings()
    assert not begins_anew(old, stepped(old, "rate", 1))
    assert not begins_anew(old, old)
    for name in ("data", "noise", "seed", "layers", "layers.0", "features.3", "penalty", "optimiser", "batch"):
        assert begins_anew(old, stepped(old, name, 1)), name


def test_a_training_at_one_rate_is_one_loop() -> None:
    code = "\n".join(taken(Settings(rate=0.1), [(0.1, 12)]))
    assert "for _ in range(12):\n    train_step()" in code
    assert "lr=0.1" in code
    ast.parse(code)


def test_a_training_at_several_rates_tells_each() -> None:
    code = "\n".join(taken(Settings(rate=0.3), [(0.03, 10), (0.1, 0), (0.3, 5)]))
    assert "[(0.03, 10), (0.3, 5)]" in code
    assert "lr=0.03" in code
    ast.parse(code)


def test_what_is_not_trained_is_taken_without_a_loop() -> None:
    code = "\n".join(taken(Settings(), []))
    assert "for _ in range" not in code
    ast.parse(code)


@pytest.mark.parametrize(
    "expression",
    ["", "  ", "2 +", "x^", "x = 3", "import os", "x; x", "3.0", "y**2", "x" * 300, "(" * 150 + "x" + ")" * 150],
)
def test_what_is_no_function_of_x_is_told_in_words(expression: str) -> None:
    problem = descent.problem_of(expression)
    assert problem.endswith((".", "x)"))
    assert "Error" not in problem


@pytest.mark.parametrize("slope", descent.SLOPES, ids=lambda slope: slope.name)
def test_every_function_in_the_list_can_be_used(slope: descent.Slope) -> None:
    assert descent.problem_of(slope.expression) == ""
    ast.parse("\n".join(descent.taken(slope.expression, slope.start, 0.1, 0.9, 5)))
    assert slope.low <= slope.start <= slope.high


def test_a_typed_function_cannot_leave_its_place_in_the_program() -> None:
    expression = "x**2  # and then"
    assert descent.problem_of(expression) == ""
    assert "and then" not in descent.program(expression, 1.0, 0.1, 0.0)

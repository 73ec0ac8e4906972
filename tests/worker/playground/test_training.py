"""The playground's network: it learns, it is the same each time, and its code makes the very same weights."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from tutor.playground.settings import DATA, POINTS, Settings, choices
from tutor.playground.source import program, taken
from tutor.protocol.playground import MISSING, ZERO, Look, Playing
from tutor.worker.playground.ground import Ground
from tutor.worker.playground.training import Training

LOOK = Look(20, 16, 6, 4)


def trained(
    settings: Settings, steps: int, *, rates: tuple[tuple[float, int], ...] = ()
) -> tuple[Training, Playing]:
    with Ground().entered():
        training = Training(1, program(settings))
        for rate, some in rates:
            training.set_rate(rate)
            training.advance(some, math.inf)
        training.advance(steps, math.inf)
        return training, training.look(LOOK)


def weights_of(model: Any) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in model.parameters()]


def same(one: list[torch.Tensor], other: list[torch.Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_default_network_learns_xor() -> None:
    _, playing = trained(Settings(data="xor"), 2_000)
    assert playing.train_loss < 0.1
    assert playing.train_right == 1.0
    assert playing.step == 2_000
    assert playing.epoch == 200


@pytest.mark.parametrize("data", DATA["regress"])
def test_a_number_is_learned_too(data: str) -> None:
    settings = Settings(kind="regress", data=data)
    _, before = trained(settings, 0)
    _, after = trained(settings, 2_000)
    assert after.train_right is None
    assert after.train_loss < before.train_loss / 3


@pytest.mark.parametrize("kind", list(DATA))
def test_every_value_of_every_setting_trains(kind: str) -> None:
    base = Settings(kind=kind, data=DATA[kind][0])
    for field in ("data", "activation", "optimiser", "penalty", "batch", "share", "noise"):
        for value in choices(base, field):
            _, playing = trained(replace(base, **{field: value}), 3)
            assert math.isfinite(playing.train_loss), (field, value)
    for layers in ((), (1,), (8, 8, 8, 8, 8, 8)):
        _, playing = trained(replace(base, layers=layers, features=(True,) * 7), 3)
        assert [len(layer) for layer in playing.tiles] == [7, *layers]
        assert len(playing.weights) == len(layers) + 1


def test_same_seed_same_numbers_and_another_seed_others() -> None:
    settings = Settings(data="spiral", noise=0.2)
    one, first = trained(settings, 150)
    torch.rand(3)
    two, second = trained(settings, 150)
    assert same(weights_of(one._model), weights_of(two._model))
    assert first.train_loss == second.train_loss
    assert first.data == second.data
    other, _ = trained(replace(settings, seed=1), 150)
    assert not same(weights_of(one._model), weights_of(other._model))


@pytest.mark.parametrize("optimiser", ["SGD", "momentum", "Adam"])
@pytest.mark.parametrize("penalty", ["none", "L1", "L2"])
def test_the_code_that_is_taken_makes_the_very_same_weights(optimiser: str, penalty: str) -> None:
    settings = Settings(data="moons", optimiser=optimiser, penalty=penalty, rate=0.01)
    training, playing = trained(settings, 21, rates=((0.1, 30), (0.003, 14), (0.01, 0)))
    assert [(s.rate, s.steps) for s in playing.stretches] == [(0.1, 30), (0.003, 14), (0.01, 21)]
    namespace: dict[str, Any] = {}
    with Ground().entered():
        exec("\n".join(taken(settings, [(s.rate, s.steps) for s in playing.stretches])), namespace)
    assert same(weights_of(training._model), weights_of(namespace["model"]))
    assert namespace["opt"].param_groups[0]["lr"] == 0.01
    assert torch.equal(namespace["X"], training._namespace["X"])
    assert torch.equal(namespace["y"], training._namespace["y"])


def test_taken_code_goes_on_as_the_screen_would_have() -> None:
    settings = Settings(data="circle", optimiser="Adam")
    ours, theirs = Ground(), Ground()
    namespace: dict[str, Any] = {}
    with ours.entered():
        training = Training(1, program(settings))
        training.advance(25, math.inf)
    with theirs.entered():
        exec("\n".join(taken(settings, [(settings.rate, 25)])), namespace)
        for _ in range(40):
            namespace["train_step"]()
    with ours.entered():
        training.advance(40, math.inf)
    assert same(weights_of(training._model), weights_of(namespace["model"]))


def test_steps_asked_for_are_steps_made_but_not_beyond_the_time() -> None:
    with Ground().entered():
        training = Training(1, program(Settings()))
        training.advance(7, math.inf)
        assert training.step == 7
        training.advance(1_000_000, 0.0)
        assert training.step == 8


def test_the_map_is_what_the_model_says() -> None:
    training, playing = trained(Settings(data="gaussians"), 300)
    assert len(playing.map) == LOOK.columns * LOOK.rows
    # Class 1 lies to the upper right, class 0 to the lower left.
    assert playing.map[LOOK.columns - 1] > 1.8 * ZERO
    assert playing.map[LOOK.columns * (LOOK.rows - 1)] < 0.2 * ZERO
    x1, x2 = playing.tiles[0]
    assert x1[0] < ZERO < x1[LOOK.tile_columns - 1]
    assert x2[0] > ZERO > x2[-1]
    with Ground().entered():
        one = training.look(replace(LOOK, layer=0, neuron=1)).map
        hidden = training.look(replace(LOOK, layer=1, neuron=2)).map
    assert one[0] > ZERO > one[-1]
    assert hidden != playing.map


def test_points_come_with_the_first_look_only() -> None:
    training, first = trained(Settings(share=30), 0)
    assert first.data is not None
    assert len(first.data.x1) == len(first.data.labels) == POINTS
    assert first.data.train == 60
    with Ground().entered():
        assert training.look(LOOK).data is None


def test_a_rate_that_is_too_high_is_said_to_diverge() -> None:
    training, playing = trained(Settings(kind="regress", data="plane", activation="linear", rate=10.0), 200)
    assert playing.sign is not None
    assert playing.sign.kind == "diverged"
    assert set(playing.map) == {MISSING}
    # No step is made that could show nothing.
    training.advance(10, math.inf)
    assert training.step == 200


def test_relu_neurons_that_answer_0_to_everything_are_dead() -> None:
    training, _ = trained(Settings(activation="relu"), 5)
    with Ground().entered(), torch.no_grad():
        training._model[0].bias.fill_(-100.0)
        sign = training.look(LOOK).sign
    assert sign is not None
    assert (sign.kind, sign.numbers) == ("dead", (1.0, 4.0, 4.0))


def test_a_linear_model_on_xor_is_stalled() -> None:
    with Ground().entered():
        training = Training(1, program(Settings(data="xor", layers=(), rate=0.01)))
        for _ in range(30):
            training.advance(100, math.inf)
            playing = training.look(LOOK)
    assert playing.sign is not None
    assert playing.sign.kind == "stalled"


@pytest.mark.parametrize("data", ["circle", "gaussians", "moons"])
def test_healthy_training_is_left_in_peace(data: str) -> None:
    with Ground().entered():
        training = Training(1, program(Settings(data=data)))
        for _ in range(30):
            training.advance(100, math.inf)
            assert training.look(LOOK).sign is None


def test_a_long_curve_is_thinned_and_keeps_its_ends() -> None:
    with Ground().entered():
        training = Training(1, program(Settings()))
        for _ in range(700):
            training.advance(1, math.inf)
            playing = training.look(LOOK)
    assert len(playing.steps) <= 240
    assert playing.steps[-1] == 700
    assert playing.steps[0] == 1
    assert list(playing.steps) == sorted(set(playing.steps))


def test_the_learner_finds_torch_as_it_was_left() -> None:
    torch.manual_seed(5)
    expected = torch.rand(4)
    torch.manual_seed(5)
    torch.set_default_dtype(torch.float64)
    threads = torch.get_num_threads()
    try:
        with torch.no_grad():
            training, playing = trained(Settings(), 50)
            assert not torch.is_grad_enabled()
        assert torch.get_default_dtype() == torch.float64
        assert torch.get_num_threads() == threads
        torch.set_default_dtype(torch.float32)
        assert torch.equal(torch.rand(4), expected)
    finally:
        torch.set_default_dtype(torch.float32)
    plain, _ = trained(Settings(), 50)
    assert same(weights_of(training._model), weights_of(plain._model))
    assert playing.step == 50

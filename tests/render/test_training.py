"""The drawing of a training run."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from rich.cells import cell_len

from tutor.protocol.training import Curve, Flag, Layer, Rate, Spread, TrainingSnapshot
from tutor.render.look import Look
from tutor.render.training import training

SPREAD = Spread(-0.5, 0.5, (1, 0, 5, 9, 3), 0.01, 0.2)
LAYERS = tuple(
    Layer(f"model.{n}.weight", (64, 64), 10.0**-n, 1e-3, (1.0, 0.5, 10.0**-n), 0.25, 0, 2048, SPREAD)
    for n in range(6)
)
RUN = TrainingSnapshot(
    run=1, step=1240, per_second=3100.0, state="running",
    curves=(Curve("loss", (1, 2, 3, 1240), (2.31, 1.0, 0.5, 0.113)),),
    layers=LAYERS, more_layers=3, rates=(Rate("opt", "AdamW", 0, 3e-4),), flags=(), cost=0.009,
    chosen="model.1.weight", cell=3, source="for _ in range(2000):",
    seconds=0.6,
)  # fmt: skip
FLAGS = tuple(
    Flag(kind, "model.2.weight", 12, (0.5, 1e-7, 2.0))
    for kind in ("not finite", "vanishing", "exploding", "dead", "dead units", "stalled", "diverging")
)


@pytest.mark.parametrize("colour", [True, False])
@pytest.mark.parametrize("unicode", [True, False])
@pytest.mark.parametrize(("width", "height"), [(38, 12), (60, 20), (100, 40), (100, None)])
def test_it_is_never_too_wide_and_says_what_there_is(
    width: int, height: int | None, unicode: bool, colour: bool
) -> None:
    look = Look(width, height, colour=colour, unicode=unicode)
    for run in (RUN, replace(RUN, flags=FLAGS), replace(RUN, curves=RUN.curves * 3, layers=(), rates=())):
        text = training(run, look).plain
        assert all(cell_len(line) <= width for line in text.splitlines())
        assert unicode or text.isascii()
        assert "1,240" in text
        assert "0.9%" in text
    plain = training(RUN, look).plain
    assert "0.113" in plain
    assert "1.weight" in plain
    assert "opt AdamW" in plain


def test_a_loop_that_ended_before_its_speed_was_measured_is_not_said_to_have_stood_still() -> None:
    for look in (Look(60, 20), Look(38, 12)):
        head = training(replace(RUN, per_second=0.0, state="done"), look).plain.splitlines()[0]
        assert "/s" not in head
        assert "done" in head
        held = training(replace(RUN, per_second=0.0), look).plain.splitlines()[0]
        assert "· 0 step/s" in held or "· 0 /s" in held
        assert "/s" in training(replace(RUN, state="done"), look).plain.splitlines()[0]
        begun = training(replace(RUN, per_second=0.0, seconds=0.1), look).plain.splitlines()[0]
        assert "/s" not in begun


def test_what_the_watch_cost_is_not_said_of_a_run_that_is_over_at_once() -> None:
    look = Look(60, 20)
    assert "cost" in training(replace(RUN, state="done"), look).plain.splitlines()[0]
    assert "cost" not in training(replace(RUN, state="done", seconds=0.1), look).plain.splitlines()[0]


def test_a_small_pane_holds_all_of_it() -> None:
    text = training(RUN, Look(38, 12)).plain
    assert len(text.splitlines()) <= 12
    assert "25%" in text


def test_nothing_is_below_the_edge_of_the_pane_of_the_smallest_terminal() -> None:
    for rates in (RUN.rates, RUN.rates * 2):
        lines = training(replace(RUN, rates=rates), Look(75, 8)).plain.splitlines()
        assert len(lines) <= 8
        assert "lr 3e-4" in lines[0]
        assert any("zeros 25%" in line and "model.1.weight" in line for line in lines)


@pytest.mark.parametrize(
    ("kind", "sick"),
    [
        ("dead", replace(LAYERS[4], grad_norm=0.0, zeros=1.0)),
        ("not finite", replace(LAYERS[4], grad_norm=math.nan)),
    ],
)
def test_a_flag_is_marked_at_every_layer_it_concerns_though_it_names_the_first(kind: str, sick: Layer) -> None:
    flag = Flag(kind, "model.2.weight", 12, (1.0, 1e-7, 2.0))
    run = replace(RUN, flags=(flag,), layers=(*LAYERS[:4], sick, LAYERS[5]))
    lines = training(run, Look(100, 40, colour=False)).plain.splitlines()
    marked = [
        line.split()[1] for line in lines if line.startswith("! ") and "weight " in line and "and" not in line
    ]
    assert marked == ["2.weight", "4.weight"]


@pytest.mark.parametrize(("layers", "words"), [(1.0, "model.2 hardly learns:"), (17.0, "16 more hardly learn:")])
def test_one_layer_learns_and_several_learn(layers: float, words: str) -> None:
    flag = Flag("vanishing", "model.2", 365, (0.0, 1e-7, layers))
    assert words in " ".join(training(replace(RUN, flags=(flag,)), Look(100, 40, colour=False)).plain.split())


@pytest.mark.parametrize("look", [Look(76, 9, colour=False), Look(56, 30, colour=False)])
def test_gradients_that_are_not_those_of_the_last_step_say_so(look: Look) -> None:
    old = replace(RUN, state="done", seen=16)
    assert "at step 16" in training(old, look).plain
    for now in (replace(old, seen=0), replace(old, state="running")):
        assert "at step" not in training(now, look).plain


def test_dead_units_are_told_by_their_share_and_by_their_layer() -> None:
    layer = replace(LAYERS[0], path="model.0.bias")
    flag = Flag("dead units", "model.0.bias", 12, (0.9375, 5.0, 1.0))
    text = training(replace(RUN, layers=(layer, *LAYERS[1:]), flags=(flag,)), Look(100, 40, colour=False)).plain
    assert "! model.0: 94% of its units had no gradient" in text
    (row,) = (line for line in text.splitlines() if line.startswith("! 0.bias"))
    assert row.endswith("94% dead")


def test_what_is_not_finite_is_counted_apart_in_gradient_and_value() -> None:
    layer = replace(LAYERS[1], not_finite=42, bad_values=64)
    text = training(replace(RUN, layers=(layer,)), Look(100, 40)).plain
    assert "NaN/Inf 42" in text
    assert "of the value 64" in text
    assert "of the value" not in training(RUN, Look(100, 40)).plain


def test_the_chosen_layer_is_in_view_with_its_gradients() -> None:
    for layer in LAYERS:
        lines = training(RUN, Look(38, 12), layer.path).plain.splitlines()
        assert sum(line.startswith("▸") and layer.path.removeprefix("model.") in line for line in lines) == 1
        assert any(layer.path in line and "[64, 64]" in line for line in lines)


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.kind)
def test_each_flag_is_said_in_words_beside_its_layer_without_colour(flag: Flag) -> None:
    text = training(replace(RUN, flags=(flag,)), Look(100, 40, colour=False)).plain
    words = next(line for line in text.splitlines() if line.startswith("! "))
    assert "model.2" in words
    quiet = training(RUN, Look(100, 40, colour=False)).plain
    assert not any(line.startswith("!") for line in quiet.splitlines())


def test_layers_that_a_small_pane_has_no_room_for_are_counted() -> None:
    text = training(replace(RUN, more_layers=0), Look(76, 9, colour=False)).plain
    heading = next(line for line in text.splitlines() if "dw/w" in line)
    shown = sum(layer.path.removeprefix("model.") in line for layer in LAYERS for line in text.splitlines()
                if "log scale" not in line and "zeros" not in line)  # fmt: skip
    assert 0 < shown < len(LAYERS)
    assert f"{len(LAYERS) - shown} more" in heading


def test_the_heading_of_layers_with_short_names_is_whole() -> None:
    layers = tuple(replace(layer, path=name) for layer, name in zip(LAYERS, "wb", strict=False))
    assert "\nlayer  " in training(replace(RUN, layers=layers), Look(60, 30, colour=False)).plain


def test_a_loss_that_is_not_a_number_says_so() -> None:
    text = training(replace(RUN, flags=(Flag("not finite", "loss", 7, (math.nan, 7.0)),)), Look(60, 30)).plain
    assert "loss is NaN from step 7" in text


def test_what_was_not_looked_at_at_every_step_is_dated_between_two() -> None:
    loss = Flag("not finite", "loss", 1207, (math.inf, 1203.0))
    layer = Flag("not finite", "0.weight", 1240, (1.0, 8.0, 1100.0, 3.0))
    text = " ".join(training(replace(RUN, flags=(loss, layer)), Look(60, 40)).plain.split())
    assert "loss is infinite from a step between 1,203 and 1,207." in text
    assert "0.weight and 2 more: NaN or Inf in the value from a step between 1,100 and 1,240." in text


def test_dead_units_of_a_layer_without_bias_are_not_sent_to_their_bias() -> None:
    for path, advice in (("net.2.bias", "check the bias"), ("net.2.weight", "give it a bias")):
        flag = Flag("dead units", path, 12, (0.94, 9.0, 1.0))
        text = " ".join(training(replace(RUN, flags=(flag,)), Look(60, 40)).plain.split())
        assert "net.2: 94% of its units had no gradient" in text
        assert advice in text


def test_several_losses_are_told_apart_by_their_names() -> None:
    curves = (Curve("d_loss", (1, 2), (1.0, 2.0)), Curve("g_loss", (1, 2), (2.0, 1.0)))
    lines = training(replace(RUN, curves=curves), Look(60, 30, colour=False)).plain.splitlines()
    assert [line.split()[0] for line in lines if "_loss" in line] == ["d_loss", "g_loss"]


def test_the_axis_of_the_loss_can_be_chosen() -> None:
    steps = tuple(range(1, 33))
    run = replace(RUN, curves=(Curve("loss", steps, tuple(2.0**-n for n in steps)),))
    pictures = {log: training(run, Look(60, 30), log=log).plain for log in (True, False)}
    assert pictures[True] != pictures[False]
    assert "log axis" in pictures[True]
    assert "log axis" not in pictures[False]

"""When a flag is raised: on plain figures."""

from __future__ import annotations

import math
from dataclasses import replace

from tutor.protocol.training import Flag
from tutor.worker.probe.training.figures import Figures
from tutor.worker.probe.training.rules import Past, Seen, layer_flags, loss_flags

USUAL = Figures(
    grad_norm=1.0, value_norm=10.0, update_norm=1e-2, zeros=0.0, changed=1.0, bad_values=0, bad_grads=0,
    sampled=64, resolution=2**-23,
)  # fmt: skip


def flags(*layers: list[Figures], moving: bool = True, every: int = 4) -> list[Flag]:
    """All flags over looks at layers ``a``, ``b``, …, of which each gives its figures look by look."""
    pasts = [Past() for _ in layers]
    found: dict[str, Flag] = {}
    for look, row in enumerate(zip(*layers, strict=True)):
        for past, now in zip(pasts, row, strict=True):
            past.add(1 + look * every, now, any(one.grad_norm for one in row))
        seen = [Seen("abc"[i], now, pasts[i]) for i, now in enumerate(row)]
        for flag in layer_flags(1 + look * every, seen, moving):
            found.setdefault(flag.kind, flag)
    return list(found.values())


def test_usual_figures_raise_nothing_however_small_or_large_the_gradient_is() -> None:
    for size in (1e-12, 1.0, 1e12):
        assert flags([replace(USUAL, grad_norm=size)] * 20) == []


def test_a_layer_that_never_moved_is_stalled_and_with_a_far_smaller_pull_vanishing() -> None:
    still = replace(USUAL, update_norm=1e-9)
    assert [(flag.kind, flag.path) for flag in flags([still] * 5)] == [("stalled", "a")]
    weak = replace(still, grad_norm=1e-6)
    found = flags([weak] * 5, [weak] * 5, [USUAL] * 5)
    assert [(flag.kind, flag.path, flag.numbers[-1]) for flag in found] == [("vanishing", "a", 2.0)]


def test_a_layer_that_moved_before_has_converged() -> None:
    assert flags([USUAL, *[replace(USUAL, update_norm=0.0, changed=0.0)] * 30]) == []


def test_a_rate_of_nought_stalls_nothing() -> None:
    assert flags([replace(USUAL, update_norm=0.0, changed=0.0)] * 5, moving=False) == []


def test_updates_lost_in_rounding_are_told_by_what_did_not_change() -> None:
    coarse = replace(USUAL, changed=0.01, resolution=2**-7)
    (flag,) = flags([coarse] * 5)
    assert (flag.kind, flag.numbers[1]) == ("stalled", 2**-7)


def test_no_gradient_at_all_is_dead_only_beside_layers_that_have_one() -> None:
    dead = replace(USUAL, grad_norm=0.0, zeros=1.0, update_norm=0.0, changed=0.0)
    assert [(f.kind, f.path) for f in flags([dead] * 5, [USUAL] * 5)] == [("dead", "a")]
    assert flags([dead] * 5, [dead] * 5) == []
    assert flags([dead, USUAL] * 5, [USUAL] * 10) == []


def test_units_that_are_silent_at_every_look_are_told_and_those_that_fire_once_are_not() -> None:
    mute = replace(USUAL, zeros=60 / 64, silent=frozenset(range(60)), units=64)
    (flag,) = flags([mute] * 5)
    assert (flag.kind, flag.path, flag.numbers) == ("dead units", "a", (60 / 64, 5.0, 1.0))
    assert flags([mute] * 4) == []
    assert flags([USUAL, *[mute] * 20]) == []
    shifted = [replace(mute, silent=frozenset(range(n, n + 60))) for n in range(5)]  # together 56 of 64
    assert flags(shifted * 4) == []


def test_jumps_without_a_gradient_that_grew_are_a_bias_that_begins_at_nought() -> None:
    jump = replace(USUAL, update_norm=5.0)
    assert flags([jump] * 10) == []
    growing = [replace(jump, grad_norm=10.0**n) for n in range(8)]
    assert [flag.kind for flag in flags(growing)] == ["exploding"]


def test_what_is_not_finite_is_told_at_once_with_its_first_layer() -> None:
    bad = replace(USUAL, grad_norm=math.nan, bad_grads=3)
    (flag,) = flags([USUAL, USUAL], [USUAL, bad])
    assert (flag.kind, flag.path, flag.step, flag.numbers) == ("not finite", "b", 5, (0.0, 3.0, 2.0, 1.0))


def test_what_is_not_finite_lies_between_the_last_sound_look_and_this_one() -> None:
    bad = replace(USUAL, grad_norm=math.nan, bad_values=3)
    (flag,) = flags([USUAL, USUAL, bad])
    sound = flag.numbers[2] - 1
    assert sound < flag.step
    (flag,) = flags([bad])
    assert flag.numbers[2] == 1.0


def test_a_loss_diverges_when_it_is_far_above_its_beginning_rising_and_the_steps_are_jumps() -> None:
    first, recent = [1.0] * 5, [20.0, 30.0, 40.0, 50.0, 60.0]
    (flag,) = loss_flags(9, "loss", first, recent, jumping=True)
    assert (flag.kind, flag.path, flag.numbers) == ("diverging", "loss", (1.0, 40.0))
    assert not list(loss_flags(9, "loss", first, recent, jumping=False))
    assert not list(loss_flags(9, "loss", first, recent[::-1], jumping=True))
    assert not list(loss_flags(9, "loss", first, [2.0] * 5, jumping=True))

"""When a training is in trouble: rules on plain figures, which stay quiet on healthy training.

No rule goes by the size of a gradient: Adam trains as well with a loss a million times smaller. They go by the
change of a tensor in a step over its value, of which about 1e-3 is usual (Karpathy, CS231n, "Neural networks part
3", 2015), by what is not finite, and by how a figure compares with its own past. Each rule wants the same sign at
several looks, because the first steps of a healthy run look odd: biases start at nought, a warm-up begins with no
rate at all, and a network that fits its data perfectly has no gradient left.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from tutor.protocol.training import Flag
from tutor.worker.probe.training.figures import SILENT, Figures

STILL = 1e-6
"""Change over value below which a tensor does not learn: a thousandth of what is usual."""

JUMP = 0.1
"""Change over value above which a step is a jump: a hundred times what is usual."""

_FEW = 0.05
_DEPTH = 1e4
_GROWN = 100.0
_LOOKS, _STEPS = 3, 8
_LISTENED = 5
"""Looks at which a unit must have been silent: with few examples at a time a healthy one often is."""


@dataclass(slots=True)
class Past:
    """What the looks at one tensor have shown."""

    looks: int = 0
    first_step: int = 0
    sound: int = 0
    """Step of the latest look at which all of it was finite; 0 for none."""
    greatest_ratio: float = 0.0
    greatest_change: float = 0.0
    """Greatest share of its elements that a step changed."""
    dead: int = 0
    """Looks in a row at which its gradient was zero everywhere while others had one."""
    fired: bool = False
    """Whether at some look most of its elements had a gradient."""
    silent: frozenset[int] = frozenset()
    """The units that had a gradient at no look."""
    listened: int = 0
    """Looks at which some had one."""
    jumps: int = 0
    """Looks in a row at which a step was a jump."""
    norms: list[float] = field(default_factory=list)
    """Norms of its gradient, at most the last 32, the oldest first."""
    first_norms: list[float] = field(default_factory=list)

    def add(self, step: int, now: Figures, others_live: bool) -> None:
        """``others_live``: whether any tensor has a gradient that is not zero."""
        self.looks += 1
        self.first_step = self.first_step or step
        if not now.bad_values and not now.bad_grads:
            self.sound = step
        if now.grad_norm is None:
            self.dead = self.jumps = 0
            return
        self.norms = [*self.norms[-31:], now.grad_norm]
        if len(self.first_norms) < _LOOKS and math.isfinite(now.grad_norm):
            self.first_norms.append(now.grad_norm)
        self.dead = self.dead + 1 if now.zeros == 1.0 and others_live else 0
        if now.silent is not None:
            self.silent = self.silent & now.silent if self.listened else now.silent
            self.listened += 1
        self.fired = self.fired or (now.silent is None and now.zeros < 1.0)
        change = ratio(now)
        if change is None or not math.isfinite(change):
            return
        self.greatest_ratio = max(self.greatest_ratio, change)
        self.greatest_change = max(self.greatest_change, now.changed)
        self.jumps = self.jumps + 1 if change > JUMP else 0


def ratio(now: Figures) -> float | None:
    """Norm of the change over norm of the value; None where the value was nought, or no change was seen."""
    if now.update_norm is None or not now.value_norm:
        return None
    return now.update_norm / now.value_norm


@dataclass(frozen=True, slots=True)
class Seen:
    """One tensor at this look, and what came before."""

    path: str
    now: Figures
    past: Past


def layer_flags(step: int, seen: Sequence[Seen], moving: bool) -> Iterator[Flag]:
    """Signs at this look, at most one of a kind: of the first tensor it concerns, and last how many it concerns.

    ``moving``: whether any learning rate is not nought.
    """
    bad = [one for one in seen if one.now.bad_values or one.now.bad_grads]
    if bad:
        first = bad[0]
        in_value = bool(first.now.bad_values)
        many = first.now.bad_values if in_value else first.now.bad_grads
        numbers = float(in_value), float(many), first.past.sound + 1.0
        yield Flag("not finite", first.path, step, (*numbers, float(len(bad))))
        return
    ripe = [one for one in seen if one.past.looks >= _LOOKS and step - one.past.first_step >= _STEPS]
    yield from _grouped("dead", step, [one for one in ripe if one.past.dead >= _LOOKS], lambda one: one.now.zeros)
    mute = [one for one in ripe if _is_mute(one)]
    if mute:
        share = len(mute[0].past.silent) / max(mute[0].now.units, 1)
        yield Flag("dead units", mute[0].path, step, (share, float(mute[0].past.listened), float(len(mute))))
    yield from _grouped("exploding", step, [one for one in ripe if _explodes(one.past)], _times)
    if not moving:
        return
    still = [one for one in ripe if _is_still(one)]
    strongest = max((_pull(one) for one in seen), default=0.0)
    shallow = [one for one in still if _pull(one) * _DEPTH <= strongest]
    yield from _grouped("vanishing", step, shallow, lambda one: ratio(one.now) or 0.0)
    stalled = [one for one in still if one not in shallow]
    yield from _grouped("stalled", step, stalled, lambda one: ratio(one.now) or 0.0)


def loss_flags(
    step: int, name: str, first: Sequence[float], recent: Sequence[float], jumping: bool
) -> Iterator[Flag]:
    """``diverging``: far above where it began and rising, while steps are jumps (``jumping``).

    ``first`` and ``recent`` are finite losses, the oldest first; numbers: where it began, where it is.
    """
    if len(first) < 5 or len(recent) < 5 or not jumping:
        return
    began, now = median(abs(v) for v in first), median(abs(v) for v in recent)
    if now > 10 * began and now > 0 and abs(recent[-1]) >= abs(recent[0]):
        yield Flag("diverging", name, step, (began, now))


def _grouped(kind: str, step: int, found: list[Seen], figure: Callable[[Seen], float]) -> Iterator[Flag]:
    if found:
        numbers = figure(found[0]), found[0].now.resolution, float(len(found))
        yield Flag(kind, found[0].path, step, numbers)


def _is_still(one: Seen) -> bool:
    """Never moved: a run that has converged, or whose rate was taken down, did move."""
    if not one.now.grad_norm or one.now.zeros == 1.0 or ratio(one.now) is None:
        return False
    return one.past.greatest_ratio < STILL or one.past.greatest_change < _FEW


def _is_mute(one: Seen) -> bool:
    """Nearly all units of a layer had no gradient at any look, by its bias or weight; the others learn."""
    past = one.past
    return not past.fired and past.listened >= _LISTENED and len(past.silent) >= SILENT * one.now.units


def _pull(one: Seen) -> float:
    """Gradient over value: what a step of rate one would change."""
    size = one.now.value_norm
    return one.now.grad_norm / size if one.now.grad_norm and size else 0.0


def _times(one: Seen) -> float:
    usual = median(one.past.first_norms) if one.past.first_norms else 0.0
    return one.past.norms[-1] / usual if usual else math.inf


def _explodes(past: Past) -> bool:
    """Jumps at two looks in a row, by a gradient far above that of the first looks (Pascanu et al., 2013)."""
    if past.jumps < 2 or not past.first_norms:
        return False
    usual = median(past.first_norms)
    return usual > 0 and past.norms[-1] > _GROWN * usual

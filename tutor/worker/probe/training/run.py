"""What is known of one training run."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from tutor.protocol.training import Flag, Progress, Rate, Spread, TrainingSnapshot
from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.touch import type_name
from tutor.worker.probe.training.figures import Figures, readable
from tutor.worker.probe.training.looked import LIVE, Looked
from tutor.worker.probe.training.naming import Names
from tutor.worker.probe.training.rules import JUMP, Seen, layer_flags, loss_flags, ratio
from tutor.worker.probe.training.series import Losses
from tutor.worker.probe.training.sites import Sites
from tutor.worker.probe.training.turns import Turns

SHOWN = 3
"""Steps from which a run is a training."""

_AT_ONCE = 8
"""Losses of a curve that one telling of the progress holds."""


class Held:
    """One optimiser of the run, without keeping it."""

    __slots__ = ("kind", "looks", "name", "number", "rate", "ref")

    def __init__(self, optimizer: Any, name: str, number: int, rate: float | None) -> None:
        self.ref = weakref.ref(optimizer)
        self.kind = type_name(type(optimizer))
        self.name = name or self.kind
        self.number = number
        """Counts them from 1."""
        self.rate = rate
        """Its learning rate when it was met."""
        self.looks = 0


class Run:
    """Figures of one run; the numbers of runs are given out when one turns out to be a training."""

    numbers = count(1)

    def __init__(self, torch: Any, namespace: dict[str, Any], cell: int) -> None:
        self._torch, self._cell = torch, cell
        self.number = 0
        self.turns, self.sites, self.looked = Turns(self._turn), Sites(), Looked()
        self._all: list[Held] = []
        """The optimisers in the order they were met, those that are gone too."""
        self._who = 0
        """Number of the one that takes the steps; 0 where there is none."""
        self.names = Names(namespace)
        self.optimizers: dict[int, Held] = {}
        self.by_hand = False
        """Whether the learner updates tensors without an optimiser, as far as was seen."""
        self._flags: dict[tuple[str, str], Flag] = {}
        self._many: dict[str, int] = {}
        """Tensors of each optimiser."""
        self._moving = True
        self._rates: tuple[Rate, ...] = ()

    @property
    def shown(self) -> bool:
        """Whether it is a training, to be told of."""
        trained = bool(self.optimizers) or self.by_hand
        calls = max((site.calls for site in self.sites.all), default=0)
        if not self.number and trained and max(self.turns.step, calls) >= SHOWN and self.turns.step:
            self.number = next(Run.numbers)
        return bool(self.number)

    def optimizer(self, optimizer: Any) -> Held:
        held = self.optimizers.get(id(optimizer))
        if held is None or held.ref() is not optimizer:
            self.names.read(self._torch)
            rates = [_plain(self._torch, group.get("lr")) for group in _groups(optimizer)[:1]]
            name, number = self.names.optimizer(optimizer), len(self._all) + 1
            held = Held(optimizer, name, number, rates[0] if rates else None)
            self.optimizers[id(optimizer)] = held
            self._all.append(held)
            self._turn(id(optimizer))
            if number > 1:
                self.looked.forget(self.trained(optimizer))
        return held

    def _turn(self, who: int) -> None:
        """Before ``who`` (an ``id``) takes a step: whose the losses are that were heard so far."""
        held = self.optimizers.get(who)
        number = held.number if held is not None else 0
        if number == self._who:
            return
        step = self.turns.step
        for site in self.sites.all:
            if self._who and step > self.turns.marked:
                site.take_in(self._who, step)  # it made steps of its own since its turn began
            site.take_in(number)
        self._who = number

    def trained(self, optimizer: Any, most: int = LIVE) -> list[tuple[str, Any]]:
        """``(path, tensor)`` of at most ``most`` tensors that an optimiser trains, evenly chosen."""
        held = self.optimizer(optimizer)
        found = []
        for number, group in enumerate(_groups(optimizer)):
            names, tensors = group.get("param_names"), group.get("params")
            for place, tensor in enumerate(tensors if type(tensors) is list else ()):
                if readable(self._torch, tensor):
                    path = self.names.path(tensor)
                    if not path and type(names) is list and place < len(names):
                        path = str(names[place])[:80]
                    found.append((path or f"{held.name}[{number}][{place}]", tensor))
        every = max(1, -(-len(found) // most))
        self._many[held.name] = len(found)
        return found[::every]

    def see(
        self, named: Sequence[tuple[str, Any]], found: Sequence[Figures], drawn: Spread | None, ended: int
    ) -> None:
        """Take in one look, at the step ``ended``."""
        self._moving = any(rate.value for rate in self.rates()) if self.optimizers else True
        told = [
            now if now.silent is None or self.names.speaks_for_units(tensor) else replace(now, silent=None)
            for (_, tensor), now in zip(named, found)  # noqa: B905 - one each
        ]
        self._judge(self.looked.note(named, told, ended, drawn), ended)

    def _judge(self, seen: Sequence[Seen], step: int) -> None:
        for flag in layer_flags(step, seen, self._moving):
            self._flags.setdefault((flag.kind, "layer"), flag)
        jumping = any((ratio(one.now) or 0.0) > JUMP for one in seen)
        for name, losses in self._losses():
            for flag in loss_flags(step, name, losses.first, losses.recent, jumping):
                self._flags.setdefault((flag.kind, str(id(losses))), flag)

    def _losses(self) -> list[tuple[str, Losses]]:
        """Every series under its name, with what is fresh taken in."""
        found = []
        for site in self.sites.all:
            site.take_in(self._who)
            labels = told_apart([self._all[who - 1] for who in site.losses if who]) if len(site.losses) > 1 else {}
            for who, losses in site.losses.items():
                found.append((f"{site.name}, {labels[who]}" if who in labels else site.name, losses))
        return found

    def losses_are_bad(self) -> bool:
        """Take in what is fresh; True when a loss that is not finite is news."""
        news = False
        for name, losses in self._losses():
            key = "not finite", str(id(losses))
            if losses.bad is not None and key not in self._flags:
                step, value = losses.bad
                self._flags[key] = Flag("not finite", name, step, (value, losses.sound + 1.0))
                news = True
        return news

    def rates(self) -> tuple[Rate, ...]:
        """Learning rates of the optimisers that are there; once all are gone, as they were last seen."""
        found = []
        for held in self.optimizers.values():
            optimizer = held.ref()
            for number, group in enumerate(_groups(optimizer) if optimizer is not None else ()):
                value = _plain(self._torch, group.get("lr"))
                if value is not None:
                    found.append(Rate(held.name, held.kind, number, value))
        self._rates = tuple(found) or self._rates
        return self._rates

    def progress(self, now: float, cost: float, seconds: float) -> Progress:
        fresh = []
        for name, losses in self._losses():
            curve = losses.latest(name, min(_AT_ONCE, losses.values.count - losses.told))
            losses.told = losses.values.count
            if curve.steps:
                fresh.append(curve)
        return Progress(self.number, self.turns.step, self.turns.per_second(now), cost, tuple(fresh), seconds)

    def snapshot(self, now: float, cost: float, state: str, seconds: float) -> TrainingSnapshot:
        live = state in ("running", "paused")
        self.losses_are_bad()
        series = self._losses()
        for _, losses in series:
            losses.told = losses.values.count
        layers = self.looked.layers(live)
        loop = next((site.loop for site in self.sites.all if site.loop), "")
        return TrainingSnapshot(
            run=self.number,
            step=self.turns.step,
            per_second=self.turns.per_second(now),
            state=state,
            curves=tuple(losses.curve(name, live) for name, losses in series),
            layers=layers,
            more_layers=max(0, sum(self._many.values()) - len(layers)),
            rates=self.rates(),
            flags=tuple(sorted(self._flags.values(), key=lambda flag: flag.step)),
            cost=cost,
            chosen=self.looked.chosen,
            cell=self._cell,
            source=loop,
            seconds=seconds,
            seen=self.looked.seen if 0 < self.looked.seen < self.turns.step else 0,
        )

    def settle(self) -> None:
        """At the end: every figure as it is now, of the optimisers and tensors that are still there."""
        for held in self.optimizers.values():
            optimizer = held.ref()
            if optimizer is not None:
                self.looked.meet(self.trained(optimizer, most=256))
        self._judge(self.looked.settle(self._torch), self.turns.step)


def told_apart(optimizers: Sequence[Held]) -> dict[int, str]:
    """A label for each by its number: its name if no other has that, else its class, else that and its rate."""
    ways = (
        [held.name for held in optimizers],
        [held.kind for held in optimizers],
        [held.kind if held.rate is None else f"{held.kind} lr {held.rate:g}" for held in optimizers],
        [f"{held.kind} {held.number}" for held in optimizers],
    )
    labels = next((way for way in ways if len(set(way)) == len(way)), ways[-1])
    return {held.number: label for held, label in zip(optimizers, labels)}  # noqa: B905 - one each


def _groups(optimizer: Any) -> list[dict[str, Any]]:
    groups = instance_dict(optimizer).get("param_groups")
    return [group for group in groups if type(group) is dict] if type(groups) is list else []


def _plain(torch: Any, rate: Any) -> float | None:
    """A learning rate as a number: it may be a tensor; one on another device is not waited for."""
    if type(rate) is torch.Tensor:
        rate = rate.item() if rate.numel() == 1 and rate.is_cpu else None
    return float(rate) if isinstance(rate, (int, float)) and math.isfinite(rate) else None

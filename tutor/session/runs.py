"""The training runs of a session, kept for comparison: they outlive the process they ran in."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tutor.protocol.text import plain
from tutor.protocol.training import Curve, Figures, TrainingSnapshot

MOST = 50
"""Runs."""
_POINTS = 1_000
"""Of each curve, once the run has ended."""
_CURVES = 8
_LOOKS = 120
"""Moments of a run whose figures are kept."""
_LAYERS = 64
_NAME = 60
"""Characters of a name."""
_ENDED = ("done", "stopped", "failed")


@dataclass(frozen=True, slots=True)
class Kept:
    """One run."""

    number: int
    """Counts the runs of the session from 1."""
    worker: int
    """Which worker of the session it ran in."""
    training: TrainingSnapshot
    """The latest; thinned when the run has ended."""
    given: str = ""
    """Its name, where the person gave one."""
    paths: tuple[str, ...] = ()
    looks: tuple[Figures, ...] = ()

    @property
    def name(self) -> str:
        """As the person named it; else ``run 3 · [12] for epoch in range(10):``."""
        where = f" · [{self.training.cell}]" if self.training.cell else ""
        what = " ".join(self.training.source.split())
        return self.given or f"run {self.number}{where} {what}".rstrip().removesuffix(":")

    @property
    def seconds(self) -> float:
        """It has taken so far, without its pauses, by the clock of its own process."""
        return self.training.seconds

    @property
    def live(self) -> bool:
        return self.training.state not in _ENDED


@dataclass(frozen=True, slots=True)
class Runs:
    """All of them, the oldest first."""

    kept: tuple[Kept, ...] = ()
    count: int = 0
    """Runs there have been, with those that were given up since."""
    worker: int = 0

    def number(self, number: int) -> Kept | None:
        """The run of that number."""
        return next((kept for kept in self.kept if kept.number == number), None)


def follow(runs: Runs, training: TrainingSnapshot) -> Runs:
    """The runs once ``training`` was told."""
    last = runs.kept[-1] if runs.kept else None
    if last is None or (last.worker, last.training.run) != (runs.worker, training.run):
        earlier = tuple(settled(kept) for kept in runs.kept)
        last = Kept(runs.count + 1, runs.worker, training)
        runs = replace(runs, kept=(*earlier, last)[-MOST:], count=runs.count + 1)
    news = training.layers != last.training.layers or not last.looks
    latest = replace(last, training=training)
    latest = _looked(latest) if news else latest
    return replace(runs, kept=(*runs.kept[:-1], latest if latest.live else settled(latest)))


def gone(runs: Runs) -> Runs:
    """The process they ran in is gone: the next run will be of another."""
    return replace(runs, kept=tuple(map(_failed, runs.kept)), worker=runs.worker + 1)


def _failed(kept: Kept) -> Kept:
    return settled(replace(kept, training=replace(kept.training, state="failed"))) if kept.live else kept


def rename(runs: Runs, number: int, name: str) -> Runs:
    """Give a run another name; an empty one gives it back its own."""
    name = " ".join(plain(name).split())[:_NAME]
    kept = (replace(kept, given=name) if kept.number == number else kept for kept in runs.kept)
    return replace(runs, kept=tuple(kept))


def settled(kept: Kept) -> Kept:
    """A run that has ended, in bounded memory."""
    training = kept.training
    curves = tuple(_thinned(curve) for curve in training.curves[:_CURVES])
    if curves == training.curves and len(training.layers) <= _LAYERS and not training.chosen:
        return kept
    layers = tuple(replace(layer, spread=None) for layer in training.layers[:_LAYERS])
    more = training.more_layers + len(training.layers) - len(layers)
    thin = replace(training, curves=curves, layers=layers, more_layers=more, chosen="")
    return replace(kept, training=thin)


def _thinned(curve: Curve) -> Curve:
    """Every so manieth point; the first, the last and the least are always there."""
    size = len(curve.values)
    if size <= _POINTS:
        return curve
    places = {i * (size - 1) // (_POINTS - 2) for i in range(_POINTS - 1)}
    chosen = sorted(places | {min(range(size), key=curve.values.__getitem__)})
    return Curve(curve.name, tuple(curve.steps[i] for i in chosen), tuple(curve.values[i] for i in chosen))


def _looked(kept: Kept) -> Kept:
    """Remember the figures of the layers; where there are many, evenly over the steps."""
    training = kept.training
    layers = {layer.path: layer for layer in training.layers}
    paths = (*kept.paths, *(path for path in layers if path not in kept.paths))[:_LAYERS]
    found = [layers.get(path) for path in paths]
    figures = Figures(
        training.step,
        tuple(layer.grad_norm if layer else None for layer in found),
        tuple(layer.update_ratio if layer else None for layer in found),
        tuple(rate.value for rate in training.rates[:_LAYERS]),
    )
    looks = kept.looks if len(kept.looks) < _LOOKS else kept.looks[::2]
    # What came too soon after the one before gives way to what is newer.
    apart = (training.step - looks[0].step) / _LOOKS if looks else 0
    if len(looks) > 1 and looks[-1].step - looks[-2].step < apart:
        looks = looks[:-1]
    return replace(kept, paths=paths, looks=(*looks, figures))

"""What is remembered of each trained tensor between two looks: plain data and a weak reference."""

from __future__ import annotations

import math
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tutor.protocol.training import Layer, Spread
from tutor.worker.probe.training.figures import Figures, figures, grads_of, readable, spread, take
from tutor.worker.probe.training.rules import Past, Seen, ratio
from tutor.worker.probe.values import norms

LIVE, FINAL = 64, 256
"""Tensors that are looked at while a run goes on, and at its end."""

_TREND = 24


@dataclass(slots=True, eq=False)
class Known:
    """One tensor."""

    ref: weakref.ref[Any]
    path: str
    shape: tuple[int, ...]
    past: Past = field(default_factory=Past)
    now: Figures | None = None
    spread: Spread | None = None

    def layer(self, now: Figures) -> Layer:
        return Layer(
            path=self.path,
            shape=self.shape,
            grad_norm=now.grad_norm,
            update_ratio=ratio(now),
            trend=tuple(self.past.norms[-_TREND:]),
            zeros=now.zeros,
            not_finite=now.bad_grads,
            bad_values=now.bad_values,
            sampled=now.sampled,
            spread=self.spread,
        )


class Looked:
    """All tensors of one run, by path, in the order they were met."""

    def __init__(self) -> None:
        self.known: dict[str, Known] = {}
        self.left_out = 0
        self.chosen = ""
        self.seen = 0
        """Step of the gradients that are shown; 0 for those of now."""

    def note(
        self, named: Sequence[tuple[str, Any]], found: Sequence[Figures], step: int, drawn: Spread | None
    ) -> list[Seen]:
        """Remember one look at ``(path, tensor)``; ``drawn`` belongs to the chosen one. Gives it with its past."""
        self.seen = step
        others = any(now.grad_norm for now in found)
        seen = []
        for (path, tensor), now in zip(named, found):  # noqa: B905 - one each
            known = self.known.get(path)
            if known is None or known.ref() is not tensor:
                past = known.past if known is not None and known.shape == tuple(tensor.shape) else Past()
                known = self.known[path] = Known(weakref.ref(tensor), path, tuple(tensor.shape), past)
            known.past.add(step, now, others)
            known.now = now
            if path == self.chosen and drawn is not None:
                known.spread = drawn
            seen.append(Seen(path, now, known.past))
        return seen

    def drawn(
        self, torch: Any, named: Sequence[tuple[str, Any]], grads: Sequence[Any | None], wanted: str = ""
    ) -> Spread | None:
        """Histogram of the chosen tensor's gradient, if it is among these.

        Chosen is the one that is ``wanted``, once it is known; the first where none is.
        """
        if wanted in self.known:
            self.chosen = wanted
        if not self.chosen and named:
            self.chosen = named[0][0]
        for (path, _), grad in zip(named, grads):  # noqa: B905 - one each
            if path == self.chosen and grad is not None:
                return spread(torch, grad)
        return None

    def meet(self, named: Sequence[tuple[str, Any]]) -> None:
        """Tensors that belong to the run, looked at or not."""
        for path, tensor in named:
            self.known.setdefault(path, Known(weakref.ref(tensor), path, tuple(tensor.shape)))

    def forget(self, named: Sequence[tuple[str, Any]]) -> None:
        """Another optimiser trains these: what was seen of other tensors under their paths is not their past."""
        for path, tensor in named:
            known = self.known.get(path)
            if known is not None and known.ref() is not tensor:
                del self.known[path]

    def settle(self, torch: Any) -> list[Seen]:
        """At the end: figures of every element of what is still there. The last change stays as it was seen."""
        alive = [(known, tensor) for known in self.known.values() if (tensor := known.ref()) is not None]
        alive = [(known, tensor) for known, tensor in alive if readable(torch, tensor)][:FINAL]
        if not alive:
            return []
        tensors = [tensor for _, tensor in alive]
        grads = grads_of(torch, tensors)
        if any(grad is not None for grad in grads):
            self.seen = 0
        exact = iter(norms(torch, [grad for grad in grads if grad is not None]))
        found = figures(torch, tensors, take(torch, tensors), grads)
        seen = []
        for (known, _), grad, now in zip(alive, grads, found):  # noqa: B905
            before = known.now or now
            grad_norm = next(exact) if grad is not None else before.grad_norm
            update = before.update_norm
            if update is not None and before.value_norm:
                # The ratio is of the step that was seen, the value of now.
                update *= now.value_norm / before.value_norm
            known.now = Figures(
                grad_norm, now.value_norm, update, now.zeros if grad is not None else before.zeros,
                before.changed, now.bad_values, now.bad_grads if grad is not None else before.bad_grads,
                now.sampled, now.resolution,
            )  # fmt: skip
            if grad is not None and grad_norm is not None and math.isfinite(grad_norm):
                known.past.norms = [*known.past.norms[-31:], grad_norm]
            known.spread = known.spread if grad is None else spread(torch, grad)
            seen.append(Seen(known.path, known.now, known.past))
        return seen

    def layers(self, live: bool) -> tuple[Layer, ...]:
        most = LIVE if live else FINAL
        return tuple(known.layer(known.now) for known in list(self.known.values())[:most] if known.now is not None)

"""One network that learns: its program, run a few steps at a time, and what there is to see of it."""

from __future__ import annotations

import math
import time
from collections import deque
from typing import Any

from tutor.protocol.playground import Data, Look, Playing, Stretch, Weights
from tutor.worker.playground import maps
from tutor.worker.playground.curves import Curves
from tutor.worker.playground.signs import sign_of

_SECOND = 1.0


class Training:
    """A namespace in which a program of ``tutor.playground.source`` has run."""

    def __init__(self, run: int, program: str) -> None:
        self.run = run
        self.step = 0
        self._namespace: dict[str, Any] = {"__name__": "playground"}
        exec(compile(program, "<playground>", "exec"), self._namespace)
        self._model, self._opt = self._namespace["model"], self._namespace["opt"]
        self._train_step = self._namespace["train_step"]
        self._per_epoch = self._batches_each_round()
        self._stretches: list[Stretch] = []
        self._clock: deque[tuple[float, int]] = deque()
        self._grad_norm: float | None = None
        self._curves = Curves()
        self._classes = "BCE" in type(self._namespace["loss_fn"]).__name__
        self._data: Data | None = self._all_data()

    def set_rate(self, rate: float) -> None:
        """The learning rate of the steps to come."""
        if rate > 0:
            self._opt.param_groups[0]["lr"] = rate

    def advance(self, steps: int, seconds: float) -> None:
        """At most so many steps, and none that would begin later than ``seconds`` from now."""
        end = time.perf_counter() + seconds
        done = 0
        # From numbers that are not finite there is no way back: more steps would show nothing.
        while done < steps and (self._grad_norm is None or math.isfinite(self._grad_norm)):
            self._train_step()
            done += 1
            if time.perf_counter() >= end:
                break
        if done:
            self._count(done)
            self._grad_norm = self._norm()

    def _count(self, done: int) -> None:
        self.step += done
        rate = self._opt.param_groups[0]["lr"]
        if self._stretches and self._stretches[-1].rate == rate:
            done += self._stretches.pop().steps
        self._stretches.append(Stretch(rate, done))

    def _norm(self) -> float:
        import torch

        norms = [p.grad.norm() for p in self._model.parameters() if p.grad is not None]
        return float(torch.stack(norms).norm())

    def _speed(self) -> float:
        """Steps a second, of the last second in which there were any."""
        now, clock = time.perf_counter(), self._clock
        if clock and now - clock[-1][0] > _SECOND:
            clock.clear()
        clock.append((now, self.step))
        while now - clock[0][0] > _SECOND:
            clock.popleft()
        taken = now - clock[0][0]
        return (self.step - clock[0][1]) / taken if taken > 0 else 0.0

    def _batches_each_round(self) -> float:
        return float(math.ceil(len(self._namespace["X"]) / self._namespace["batch_size"]))

    def _all_data(self) -> Data:
        points, labels = self._namespace["points"].tolist(), self._namespace["labels"].tolist()
        x1, x2 = zip(*points, strict=True)
        return Data(x1, x2, tuple(labels), len(self._namespace["X"]))

    def look(self, look: Look) -> Playing:
        """How things are now."""
        import torch

        with torch.no_grad():
            return self._looked(look)

    def _looked(self, look: Look) -> Playing:
        n = self._namespace
        outputs = maps.layer_outputs(self._model, n["X"])
        answers, test_answers = outputs[-1].squeeze(-1), self._model(n["X_test"]).squeeze(-1)
        train, test = float(n["loss_fn"](answers, n["y"])), float(n["loss_fn"](test_answers, n["y_test"]))
        self._curves.add(self.step, train, test)
        data, self._data = self._data, None
        curves = self._curves
        return Playing(
            run=self.run,
            step=self.step,
            epoch=self.step / self._per_epoch,
            per_second=self._speed(),
            train_loss=train,
            test_loss=test,
            train_right=self._right(answers, n["y"]),
            test_right=self._right(test_answers, n["y_test"]),
            grad_norm=self._grad_norm,
            steps=tuple(curves.steps),
            train_curve=_short(curves.train),
            test_curve=_short(curves.test),
            map=self._map(look),
            tiles=self._tiles(look),
            weights=self._weights(),
            stretches=tuple(self._stretches),
            look=look,
            sign=sign_of(self.step, curves, outputs[1:-1] if self._cuts() else [], float(n["y"].var())),
            data=data,
        )

    def _right(self, answers: Any, labels: Any) -> float | None:
        return float(((answers > 0) == (labels > 0.5)).float().mean()) if self._classes else None

    def _cuts(self) -> bool:
        """Whether the activation is one whose neurons can die."""
        return any(type(module).__name__ == "ReLU" for module in self._model)

    def _bounded(self) -> bool:
        return any(type(module).__name__ in ("Tanh", "Sigmoid") for module in self._model)

    def _map(self, look: Look) -> bytes:
        outputs = maps.layer_outputs(self._model, self._namespace["features"](maps.plane(look.columns, look.rows)))
        if 0 <= look.layer < len(outputs) - 1 and look.neuron < outputs[look.layer].shape[1]:
            values = maps.scaled(outputs[look.layer], look.layer > 0 and self._bounded())[:, look.neuron]
        else:
            values = outputs[-1].squeeze(-1)
            # What the sigmoid of the loss makes of it, from -1 (surely class 0) to 1 (surely class 1).
            values = (values / 2).tanh() if self._classes else values
        return maps.as_bytes(values)

    def _tiles(self, look: Look) -> tuple[tuple[bytes, ...], ...]:
        places = maps.plane(look.tile_columns, look.tile_rows)
        outputs = maps.layer_outputs(self._model, self._namespace["features"](places))[:-1]
        tiles = []
        for number, values in enumerate(outputs):
            shown = maps.scaled(values, number > 0 and self._bounded())
            tiles.append(tuple(maps.as_bytes(column) for column in shown.unbind(1)))
        return tuple(tiles)

    def _weights(self) -> tuple[Weights, ...]:
        return tuple(
            Weights(tuple(_short(row) for row in layer.weight.tolist()), _short(layer.bias.tolist()))
            for layer in self._model
            if hasattr(layer, "weight")
        )


def _short(values: list[float]) -> tuple[float, ...]:
    """Digits that can be seen: the wire carries them thirty times a second."""
    return tuple(float(f"{value:.5g}") for value in values)

"""Settings as a program: plain PyTorch, commented, the same numbers for the same seed.

It binds ``points`` and ``labels`` (all of the data), ``X``, ``y``, ``X_test``, ``y_test``, ``features``,
``model``, ``loss_fn``, ``opt`` and ``train_step``, which the worker's playground calls and the learner can.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

from tutor.playground.data import DATA_SOURCE
from tutor.playground.settings import CLASSIFY, POINTS, Settings

_FEATURES = ("x1", "x2", "x1**2", "x2**2", "x1 * x2", "torch.sin(x1)", "torch.sin(x2)")
_ACTIVATIONS = {"relu": "nn.ReLU()", "tanh": "nn.Tanh()", "sigmoid": "nn.Sigmoid()", "gelu": "nn.GELU()"}
_OPTIMISERS = {
    "SGD": "torch.optim.SGD(model.parameters(), lr={rate})",
    "momentum": "torch.optim.SGD(model.parameters(), lr={rate}, momentum=0.9)",
    "Adam": "torch.optim.Adam(model.parameters(), lr={rate})",
}
_PENALTIES = {
    "L1": ("every weight is drawn to 0 with the same force, so that some get there", "w.abs().sum()"),
    "L2": ("the larger a weight, the more it is drawn to 0", "w.pow(2).sum() / 2"),
}


def program(settings: Settings) -> str:
    """The whole program up to the first step of the training."""
    parts = (_head(settings), DATA_SOURCE[settings.data], _split(settings), _model(settings), _training(settings))
    text = parts[0].strip()
    for part in parts[1:]:
        before = "\n\n\n" if _begins_with_function(part) else "\n\n"
        text += before + part.strip()
    return text + "\n"


def _begins_with_function(part: str) -> bool:
    """As style guides have it, two empty lines stand before a function and the remark above it."""
    lines = [line for line in part.strip().splitlines() if not line.startswith("#")]
    return lines[0].startswith("def ")


def taken(settings: Settings, stretches: Iterable[tuple[float, int]]) -> tuple[str, str]:
    """Two cells: the program, and the training as it went.

    ``stretches`` are learning rates and the steps that were made with each.
    """
    done = [(rate, steps) for rate, steps in stretches if steps]
    return program(replace(settings, rate=done[0][0]) if done else settings), _loop(done, settings.rate)


def _loop(done: list[tuple[float, int]], rate: float) -> str:
    if not done:
        return "# Nothing is trained yet; train_step() makes one step.\nloss_fn(model(X).squeeze(-1), y)"
    if len(done) == 1 and done[0][0] == rate:
        return (
            "# As far as it was trained on the screen. Run it again to go on.\n"
            f"for _ in range({done[0][1]}):\n    train_step()"
        )
    rows = ", ".join(f"({_float(r)}, {steps})" for r, steps in done)
    return (
        "# As it was trained on the screen: a learning rate, and the steps made with it.\n"
        f"for rate, steps in [{rows}]:\n"
        '    opt.param_groups[0]["lr"] = rate\n'
        "    for _ in range(steps):\n"
        "        train_step()\n"
        f'opt.param_groups[0]["lr"] = {_float(rate)}'
    )


def _head(settings: Settings) -> str:
    return f"""\
import math

import torch
from torch import nn

torch.manual_seed({settings.seed})  # the same data, weights and batches each time

# {POINTS} points of the plane, [{POINTS}, 2], and what belongs to each, [{POINTS}].
n, noise = {POINTS}, {_float(settings.noise)}"""


def _split(settings: Settings) -> str:
    inputs = [text for text, on in zip(_FEATURES, settings.features, strict=True) if on]
    train = POINTS * settings.share // 100
    return f"""
# What the model is given of a point.
def features(points):
    x1, x2 = points.unbind(-1)
    return torch.stack([{", ".join(inputs)}], dim=-1)


# {settings.share} % of the points to learn from; the others show what it makes of new ones.
X, y = features(points[:{train}]), labels[:{train}]
X_test, y_test = features(points[{train}:]), labels[{train}:]
"""


def _model(settings: Settings) -> str:
    sizes = (len(settings.inputs), *settings.layers)
    activation = _ACTIVATIONS.get(settings.activation, "nn.Identity()")
    rows = [f"    nn.Linear({before}, {after}), {activation}," for before, after in itertools.pairwise(sizes)]
    layers = "\n".join([*rows, f"    nn.Linear({sizes[-1]}, 1),"])
    loss = (
        "nn.BCEWithLogitsLoss()  # above 0 the model says class 1, below 0 class 0"
        if settings.kind == CLASSIFY
        else "nn.MSELoss()"
    )
    optimiser = _OPTIMISERS[settings.optimiser].format(rate=_float(settings.rate))
    return f"""
model = nn.Sequential(
{layers}
)
loss_fn = {loss}
opt = {optimiser}
"""


def _training(settings: Settings) -> str:
    penalty, added = "", ""
    if settings.penalty in _PENALTIES:
        words, term = _PENALTIES[settings.penalty]
        penalty = f"""
# {settings.penalty}: {words}.
def penalty():
    weights = [p for p in model.parameters() if p.dim() > 1]
    return {_float(settings.strength)} * sum({term} for w in weights)


"""
        added = " + penalty()"
    return f"""{penalty}
batch_size = {settings.batch}


# The training points in a new order each time round, a batch at a time.
def batches():
    while True:
        yield from torch.randperm(len(X)).split(batch_size)


stream = batches()


def train_step():
    batch = next(stream)
    loss = loss_fn(model(X[batch]).squeeze(-1), y[batch]){added}
    opt.zero_grad()
    loss.backward()
    opt.step()
"""


def _float(value: float) -> str:
    """``0.03``, ``1e-05``: Python's shortest, which reads back as the same number."""
    return repr(float(value))

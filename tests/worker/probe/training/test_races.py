"""Several trainings in one cell: whose loss is whose."""

from __future__ import annotations

import pytest
import torch

from tests.worker.probe.training.watched import run
from tutor.protocol.training import TrainingSnapshot
from tutor.worker.probe.training.figures import Figures
from tutor.worker.probe.training.looked import Looked

ONE_STEP = """
opt.zero_grad()
loss = F.mse_loss(model(X), Y)
loss.backward()
opt.step()
losses.setdefault(name, []).append(loss.item())
"""
MADE = "torch.manual_seed(0)\nmodel = mlp()\nopt = {}"
KINDS = "(('slow', torch.optim.SGD, 0.01), ('quick', torch.optim.SGD, 0.1), ('adam', torch.optim.Adam, 0.01))"


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}\n" for line in text.strip().split("\n"))


AFTER_EACH_OTHER = (
    f"losses = {{}}\nfor name, kind, rate in {KINDS}:\n"
    + indented(MADE.format("kind(model.parameters(), rate)"), 4)
    + "    for _ in range(40):\n"
    + indented(ONE_STEP, 8)
)
IN_A_FUNCTION = (
    "losses = {}\ndef train(name, kind, rate):\n"
    + indented(MADE.format("kind(model.parameters(), rate)"), 4)
    + "    for _ in range(40):\n"
    + indented(ONE_STEP, 8)
    + f"for one in {KINDS}:\n    train(*one)"
)
SIDE_BY_SIDE = (
    f"losses, racers = {{}}, {{}}\nfor name, kind, rate in {KINDS}:\n"
    + indented(MADE.format("kind(model.parameters(), rate)"), 4)
    + "    racers[name] = model, opt\n"
    + "for _ in range(40):\n    for name, (model, opt) in racers.items():\n"
    + indented(ONE_STEP, 8)
)


def ended(source: str) -> tuple[TrainingSnapshot, dict[str, list[float]]]:
    seen = run(source)
    assert seen.end is not None
    return seen.end, seen.namespace["losses"]


@pytest.mark.parametrize(
    "source", [AFTER_EACH_OTHER, IN_A_FUNCTION, SIDE_BY_SIDE], ids=["after", "function", "side"]
)
def test_each_optimiser_has_a_curve_of_its_own_from_step_one(source: str) -> None:
    training, losses = ended(source)
    names = ["loss, SGD lr 0.01", "loss, SGD lr 0.1", "loss, Adam lr 0.01"]
    assert [curve.name for curve in training.curves] == names
    for curve, own in zip(training.curves, losses.values(), strict=True):
        assert list(curve.values) == pytest.approx(own)
        assert curve.steps[0] == 1


def test_names_the_learner_gave_them_tell_them_apart() -> None:
    step = ONE_STEP.replace("name", "opt.name").replace("model(", "opt.model(")
    training, losses = ended(
        "losses, one, two = {}, mlp(), mlp()\n"
        "fast, slow = (torch.optim.SGD(model.parameters(), 0.1) for model in (one, two))\n"
        "fast.name, fast.model, slow.name, slow.model = 'fast', one, 'slow', two\n"
        "def step(opt):\n"
        + indented(step, 4)
        + "for opt in (fast, slow):\n    for _ in range(20):\n        step(opt)\n"
    )
    assert [curve.name for curve in training.curves] == ["loss, fast", "loss, slow"]
    assert list(training.curves[1].values) == pytest.approx(losses["slow"])


def test_two_optimisers_of_one_loss_are_one_curve() -> None:
    training, losses = ended(
        "losses, name = {}, 'all'\nmodel = mlp()\nbody = torch.optim.SGD(model[0].parameters(), 0.1)\n"
        "head = torch.optim.Adam(model[4].parameters(), 0.01)\nfor _ in range(40):\n"
        + indented(ONE_STEP.replace("opt.zero_grad()", "model.zero_grad()").replace("opt.", "body."), 4)
        + "    head.step()\n"
    )
    (curve,) = training.curves
    assert curve.name == "loss"
    assert list(curve.values) == pytest.approx(losses["all"])
    assert training.step == 40


def test_one_that_takes_several_steps_before_the_other_keeps_its_losses() -> None:
    critic = ONE_STEP.replace("loss =", "d_loss =").replace("loss.", "d_loss.").replace("opt.", "d_opt.")
    training, losses = ended(
        "losses = {}\nmodel, other = mlp(), mlp()\nd_opt = torch.optim.Adam(model.parameters())\n"
        "g_opt = torch.optim.Adam(other.parameters())\n"
        "for _ in range(20):\n    name = 'critic'\n    for _ in range(5):\n"
        + indented(critic, 8)
        + "    name = 'generator'\n"
        + indented(ONE_STEP.replace("opt.", "g_opt.").replace("model", "other"), 4)
    )
    assert [curve.name for curve in training.curves] == ["d_loss", "loss"]
    assert list(training.curves[0].values) == pytest.approx(losses["critic"])
    assert list(training.curves[1].values) == pytest.approx(losses["generator"])


def test_what_a_layer_of_an_earlier_model_was_is_not_the_past_of_this_one() -> None:
    first, second = torch.zeros(3), torch.zeros(3)
    looked = Looked()
    figures = Figures(1.0, 10.0, 1e-2, 0.0, 1.0, 0, 0, 3, 2**-23)
    for step in range(1, 5):
        looked.note([("w", first)], [figures], step, None)
    looked.forget([("w", first)])
    (seen,) = looked.note([("w", first)], [figures], 5, None)
    assert seen.past.looks == 5
    looked.forget([("w", second)])
    (seen,) = looked.note([("w", second)], [figures], 6, None)
    assert seen.past.looks == 1

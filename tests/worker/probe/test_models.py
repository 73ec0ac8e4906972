"""The facts of a model, beside those that torchinfo gives of the same one."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from torch import nn
from torch._dynamo import eval_frame

from tests.worker.probe.zoo import FIGURES, MODELS
from tutor.protocol.models import Layer, ModelSnapshot
from tutor.worker.probe.forwards import forwards
from tutor.worker.probe.models import models_in, snapshot

TORCHINFO: dict[str, Any] = json.loads(FIGURES.read_text())

COUNTED_TWICE = {"residual": 1_776}
"""Parameters of blocks with two names, which torchinfo counts once more."""
LEFT_OUT = {"transformer": 8_704, "scaled": 144}
"""Bytes of parameters that torchinfo leaves out: of layers with layers in them, and of those never called."""
OTHERWISE = {
    "cnn": "BatchNorm2d: torchinfo counts its weights once for each sample, ours once for each element",
    "lstm": "Embedding: a look-up multiplies nothing",
    "transformer": "torchinfo leaves out attention, and counts each weight once a sample, not once a token",
    "residual": "BatchNorm2d",
    "upscale": "ConvTranspose1d: torchinfo counts outputs, every one of which takes a part of the kernel",
}
"""Models whose mult-adds differ, and why."""


@pytest.fixture(autouse=True)
def _nothing_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests of this process may have used the compiler."""
    monkeypatch.setattr(eval_frame, "cached_backends", {})
    monkeypatch.setattr(forwards(), "compiled", False)


def seen(model: Any, *batch: Any) -> ModelSnapshot:
    forwards().begin("model(x)", 3)
    model(*batch)
    forwards().end()
    return snapshot(torch, "model", model)


def of(name: str) -> tuple[Any, ModelSnapshot]:
    make, batch = MODELS[name]
    torch.manual_seed(0)
    return TORCHINFO[name], seen(make(), batch())


@pytest.mark.parametrize("name", MODELS)
def test_totals_are_those_of_torchinfo(name: str) -> None:
    theirs, ours = of(name)
    root = ours.layers[0]
    twice = COUNTED_TWICE.get(name, 0)
    assert root.parameters == theirs["parameters"] - twice
    assert root.trainable == theirs["trainable"] - twice
    assert root.parameter_bytes == theirs["parameter_bytes"] + LEFT_OUT.get(name, 0)
    # Its figure has Python's own 64 bytes of the tensor object in it.
    assert ours.input_bytes == theirs["input_bytes"] - 64
    assert (root.mult_adds == theirs["mult_adds"]) == (name not in OTHERWISE)


@pytest.mark.parametrize("name", MODELS)
def test_every_layer_of_torchinfo_has_the_same_class_shapes_parameters_and_kernel(name: str) -> None:
    theirs, ours = of(name)
    found = {(layer.depth, layer.name, layer.type): layer for layer in ours.layers[1:] if not layer.same_as}
    compared = 0
    for row in theirs["layers"][1:]:
        layer = found.get((row["depth"], row["name"], row["type"]))
        if row["again"] or not row["called"] or layer is None:
            continue
        assert list(layer.outputs[0]) == row["output"]
        assert list(layer.inputs[0]) == row["input"]
        assert layer.parameters == row["parameters"]
        assert bool(layer.trainable) == (row["trainable"] == "True")
        kernel = row["kernel"] if isinstance(row["kernel"], list) else [row["kernel"]] * bool(row["kernel"])
        assert list(layer.kernel) == kernel
        compared += 1
    assert compared >= len(found) // 2


def test_what_torchinfo_calls_forward_size_can_be_had_from_the_layers() -> None:
    theirs, ours = of("mlp")
    assert theirs["output_bytes"] == 2 * sum(x.activation_bytes for x in ours.layers[1:] if x.parameters)


def line(found: ModelSnapshot, name: str) -> Layer:
    return next(layer for layer in found.layers if layer.name == name)


def test_attention_counts_projections_scores_and_the_weighted_sum() -> None:
    _, found = of("transformer")
    batch, length, width = 2, 5, 16
    projections = batch * length * 4 * (width * width + width)
    assert line(found, "self_attn").mult_adds == projections + 2 * batch * length * length * width


def test_a_shared_module_is_drawn_once_and_its_calls_are_counted() -> None:
    _, found = of("residual")
    again = line(found, "again")
    assert (again.same_as, again.parameters) == ("model.body.0", 0)
    assert line(found, "0").calls == 2
    assert line(found, "act").calls == 4
    assert line(found, "stem").trainable == 0


def test_tied_weights_are_named_and_counted_once() -> None:
    class Tied(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(10, 4)
            self.head = nn.Linear(4, 10, bias=False)
            self.head.weight = self.embed.weight

    found = snapshot(torch, "net", Tied())
    assert line(found, "head").held[0].same_as == "net.embed.weight"
    assert found.layers[0].parameters == 40


def test_gradients_buffers_and_modes() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    model[1].eval()
    model(torch.ones(4, 2)).sum().backward()
    found = snapshot(torch, "model", model)
    root, norm = found.layers[0], line(found, "1")
    assert root.gradient_bytes == root.parameter_bytes == 4 * (6 + 3 + 3 + 3)
    assert (norm.buffers, norm.buffer_bytes) == (7, 3 * 4 * 2 + 8)
    assert (root.training, norm.training) == (True, False)
    assert (root.dtype, root.device) == ("float32", "cpu")


def test_a_lazy_module_has_no_sizes_until_its_first_forward() -> None:
    model = nn.Sequential(nn.LazyLinear(4))
    before = snapshot(torch, "model", model).layers[0]
    assert (before.lazy, before.parameters) == (True, 0)
    after = seen(model, torch.ones(2, 3))
    assert (after.layers[0].lazy, after.layers[0].parameters) == (False, 16)
    assert line(after, "0").outputs == ((2, 4),)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_scripted_module_shows_what_it_holds() -> None:
    scripted = torch.jit.script(nn.Sequential(nn.Linear(2, 3), nn.ReLU()))
    found = seen(scripted, torch.ones(4, 2))
    assert found.layers[0].parameters == 9
    assert found.layers[0].outputs == ((4, 3),)


def test_a_plain_parameter_leaves_the_cost_open() -> None:
    _, found = of("scaled")
    assert found.layers[0].uncounted == 1
    assert [held.name for held in found.layers[0].held] == ["scale"]


def test_models_are_found_under_names_and_in_containers_the_changed_ones_first() -> None:
    first, second, third = nn.Linear(1, 1), nn.ReLU(), nn.Tanh()
    namespace = {"first": first, "again": first, "rest": [second], "_hidden": nn.ReLU(), "third": third, "x": 3}
    assert [name for name, _ in models_in(namespace, torch, frozenset())] == ["third", "rest[0]", "first"]
    assert next(name for name, _ in models_in(namespace, torch, frozenset({"first"}))) == "first"


def test_the_model_that_ran_comes_before_one_that_was_made() -> None:
    namespace = {"net": nn.Linear(2, 3), "new": nn.Linear(4, 5)}
    assert next(name for name, _ in models_in(namespace, torch, frozenset())) == "new"
    seen(namespace["net"], torch.ones(1, 2))
    assert next(name for name, _ in models_in(namespace, torch, frozenset({"new"}), forwards().ran())) == "net"
    forwards().begin("1", 4)
    forwards().end()
    assert not forwards().ran()


def test_a_huge_model_is_cut_and_says_so() -> None:
    found = snapshot(torch, "model", nn.Sequential(*(nn.ReLU() for _ in range(1_500))))
    assert (len(found.layers), found.more) == (1_000, 501)


def test_nothing_of_the_learners_is_called() -> None:
    class Odd(nn.Module):  # type: ignore[misc]
        def extra_repr(self) -> str:
            raise AssertionError

        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        def named_parameters(self, *_args: Any, **_options: Any) -> Any:
            raise AssertionError

        def __len__(self) -> int:
            raise AssertionError

    assert snapshot(torch, "odd", Odd()).layers[0].type == "Odd"

"""Tensors and modules: trap 3 of the worker's notes, and what is known by documentation only."""

from __future__ import annotations

import warnings

import pytest
import torch

from tests.worker.complete.asking import answer, call, candidates, current, described, texts
from tests.worker.probe.odd import everything

SPACE = {
    "torch": torch,
    "x": torch.randn(3, 4),
    "model": torch.nn.Sequential(torch.nn.Linear(4, 2), torch.nn.Dropout()),
    "F": torch.nn.functional,
}


def test_a_tensors_attributes_neither_raise_nor_warn() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for vector in (torch.ones(3), torch.ones(3, dtype=torch.complex64), torch.nn.Parameter(torch.ones(2, 2))):
            found = answer("v.", {"v": vector})
            assert len(found.candidates) + found.more > 500
            for name in ("imag", "H", "mT", "T", "grad"):
                one = next(one for one in candidates(f"v.{name}", {"v": vector}) if one.text == name)
                assert one.kind == "property"


def test_tensors_say_dtype_and_shape() -> None:
    assert [
        (one.text, one.kind, one.detail) for one in candidates("x", {"x": torch.ones(3, dtype=torch.int64)})
    ] == [("x", "tensor", "int64 (3,)")]


def test_parts_of_modules_are_reached_without_getattr() -> None:
    assert texts("model[0].wei", SPACE) == ["weight"]
    assert texts("model[0].weight.requires_gr", SPACE) == ["requires_grad", "requires_grad_"]
    net = torch.nn.Module()
    net.fc = torch.nn.Linear(2, 3)
    net.register_buffer("running", torch.zeros(2))
    net.heads = torch.nn.ModuleDict({"left": torch.nn.Linear(1, 1)})
    assert {"fc", "running", "heads"} <= set(texts("net.", {"net": net}) + texts("net.runn", {"net": net}))
    assert texts("net.fc.bia", {"net": net}) == ["bias"]
    assert texts("net.heads['le", {"net": net}) == ["left'"]


def test_a_network_that_is_being_typed_knows_its_layers() -> None:
    source = "class Net(torch.nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    source += "        self.fc = torch.nn.Linear(3, 4)\n\n    def forward(self, x):\n        return self."
    assert texts(f"{source}f", SPACE)[:3] == ["fc", "forward", "float"]
    assert "register_buffer" in texts(f"{source}registe", SPACE)
    assert current(f"{source}fc(", SPACE) == "input"


@pytest.mark.parametrize(
    "expression",
    [
        "x.sum()",
        "torch.randn(3)",
        "(x + 1)",
        "x.T",
        "x[0]",
        "model(x)",
        "F.relu(x)",
        "-x",
        "(x > 0)",
        "x.view(-1).abs()",
    ],
)
def test_what_gives_a_tensor_is_one(expression: str) -> None:
    assert texts(f"{expression}.reshape_", SPACE) == ["reshape_as"]


def test_types_of_a_tensors_properties() -> None:
    assert texts("x.shape.num", SPACE) == ["numel"]
    assert texts("x.device.ty", SPACE) == ["type"]


def test_keyword_arguments_of_functions_that_only_have_documentation() -> None:
    assert "keepdim=" in texts("torch.sum(x, ke", SPACE)
    assert "keepdim=" in texts("x.sum(ke", SPACE)
    assert "bias=" in texts("torch.nn.Linear(3, 4, bi", SPACE)
    assert "dtype=" in texts("torch.zeros(3, 4, dty", SPACE)
    assert "return_indices=" in texts("F.max_pool2d(x, ret", SPACE)


@pytest.mark.parametrize(
    ("source", "parameter"),
    [
        ("torch.sum(", "input"),
        ("torch.sum(x, ", "dim"),
        ("torch.sum(x, dim=1, keepdim=|)", "keepdim=False"),
        ("torch.nn.Linear(3, ", "out_features"),
        ("torch.nn.Linear(3, bias=", "bias=True"),
        ("torch.zeros(3, 4, ", "*size"),
        ("torch.cat((x, ", "tensors"),
        ("torch.cat((x, x), ", "dim=0"),
        ("x.reshape(2, ", "*shape"),
        ("model(", "input"),
        ("torch.einsum(", "equation"),
        ("torch.Tensor.sum(", "self"),
        ("print(torch.max(x, 1", "dim"),
    ],
)
def test_the_parameter_being_typed(source: str, parameter: str) -> None:
    assert current(source, SPACE) == parameter


def test_a_method_that_refers_to_a_function_has_its_documentation() -> None:
    found = call("x.sum(", SPACE)
    assert found is not None
    assert found.doc.startswith("Returns the sum of all elements")
    assert found.returns == "Tensor"


def test_a_tensor_described_has_its_facts() -> None:
    found = described("x", SPACE)
    assert found is not None
    assert found.type == "torch.Tensor"
    assert found.tensor is not None
    assert found.tensor.shape == (3, 4)
    assert described("x.imag", SPACE) is not None


def test_a_module_without_init_takes_nothing() -> None:
    class Net(torch.nn.Module):  # type: ignore[misc]
        def forward(self, images: torch.Tensor, *, scale: float = 1.0) -> torch.Tensor:
            return images

    found = call("Net(", {"Net": Net})
    assert found is not None
    assert found.parameters == ()
    assert current("net(", {"net": Net()}) == "images"


def test_odd_tensors_and_modules_have_attributes_too() -> None:
    space = everything()
    asked = space["wrapper"].asked
    for name in space:
        answer(f"{name}.", space)
        answer(name, space)
        described(name, space)
    assert space["wrapper"].asked == asked

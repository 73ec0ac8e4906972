"""What is told of the values in a failing expression, and that nothing of the learner's is run for it."""

from __future__ import annotations

import ast
import linecache
import sys
import textwrap
import time
from typing import Any

import pytest
import torch
from torch import nn

from tests.worker.probe import odd
from tutor.protocol.failures import ErrorReport, Operand
from tutor.worker.errors import report_chain
from tutor.worker.expressions import Expression, Part
from tutor.worker.probe.operands import operands as operands_in


def failure(source: str, **names: Any) -> ErrorReport:
    """The report of running ``source``, which must raise."""
    source = textwrap.dedent(source)
    linecache.cache["<cell 1>"] = (len(source), None, source.splitlines(keepends=True), "<cell 1>")
    with pytest.raises(Exception) as raised:  # noqa: PT011 - any error will do
        exec(compile(source, "<cell 1>", "exec"), {"torch": torch, "nn": torch.nn, **names})
    error = raised.value
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next
    return report_chain(error)[-1]


def operands(source: str, **names: Any) -> dict[str, Operand]:
    told = failure(source, **names).failing
    assert told is not None
    return {operand.source: operand for operand in told.operands}


def test_tensors_are_told_by_their_facts() -> None:
    found = operands("x @ w.T", x=torch.ones(3, 4, dtype=torch.float64), w=torch.ones(5, 2, requires_grad=True))
    x, w = found["x"].tensor, found["w.T"].tensor
    assert x is not None
    assert w is not None
    assert (x.dtype, x.shape, x.device, x.requires_grad) == ("float64", (3, 4), "cpu", False)
    assert (w.shape, w.requires_grad) == ((2, 5), True)
    assert (found["x"].role, found["w.T"].role) == ("left", "right")


def test_attributes_items_and_layers_are_reached_without_a_call() -> None:
    class Box:
        def __init__(self) -> None:
            self.w = torch.ones(3)

    net = torch.nn.Sequential(torch.nn.Linear(2, 3))
    found = operands(
        "f(box.w, xs[1], d['k'], net[0].weight, net[0], -2)",
        f=torch.cat, box=Box(), xs=[0, torch.ones(2)], d={"k": torch.ones(4)}, net=net,
    )  # fmt: skip
    shapes = {name: found[name].tensor.shape for name in ("box.w", "xs[1]", "d['k']", "net[0].weight")}  # type: ignore[union-attr]
    assert shapes == {"box.w": (3,), "xs[1]": (2,), "d['k']": (4,), "net[0].weight": (3, 2)}
    assert dict(found["net[0]"].settings)["in_features"] == 2
    assert found["-2"].text == "-2"


def test_names_inside_what_is_not_known_are_told_too() -> None:
    found = operands("torch.relu(x) @ y", x=torch.ones(2, 3), y=torch.ones(2, 3))
    assert found["torch.relu(x)"].kind == "unknown"
    assert found["x"].role == "part"
    assert "torch" not in found


def test_a_layer_inside_a_network_has_the_learners_name_and_what_it_was_given() -> None:
    net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(9, 2))
    told = failure("net(torch.ones(4, 2, 2))", net=net)
    layer = next(operand for operand in told.inside if operand.kind == "module")
    given = next(operand for operand in told.inside if operand.source == "input")
    assert (layer.source, layer.type) == ("net[1]", "Linear")
    assert given.tensor is not None
    assert given.tensor.shape == (4, 4)


def test_methods_of_a_class_of_ones_own_are_named() -> None:
    class Net(torch.nn.Module):  # type: ignore[misc]
        def foward(self) -> None: ...

    told = failure("net(1)", net=Net())
    assert dict(told.inside[0].settings)["methods"] == "foward"


def test_the_grad_of_a_result_is_none_and_asking_makes_no_warning_of_ours() -> None:
    w = torch.ones(2, requires_grad=True) * 2
    with pytest.warns(UserWarning, match="non-leaf") as warned:
        found = operands("0.1 * w.grad", w=w)
    assert found["w.grad"].type == "NoneType"
    assert len(warned) == 1


class Hostile:
    """Everything that looking could run raises an alarm."""

    ran: list[str] = []

    def __getattr__(self, name: str) -> Any:
        Hostile.ran.append(name)
        raise RuntimeError(name)

    @property
    def prop(self) -> Any:
        Hostile.ran.append("prop")
        raise RuntimeError("prop")

    def __len__(self) -> int:
        Hostile.ran.append("len")
        return 2

    def __getitem__(self, key: Any) -> Any:
        Hostile.ran.append("getitem")
        raise RuntimeError("getitem")

    def __repr__(self) -> str:
        Hostile.ran.append("repr")
        return "x"

    def __eq__(self, other: object) -> bool:
        Hostile.ran.append("eq")
        return False

    def __hash__(self) -> int:
        return hash("k")


class Meta(type):
    def __getattribute__(cls, name: str) -> Any:
        if name in ("__mro__", "__name__", "__dict__", "__get__", "__set__"):
            Hostile.ran.append(f"meta {name}")
        return super().__getattribute__(name)


class Shaped(metaclass=Meta):
    field = Hostile()


def test_nothing_of_the_learners_runs() -> None:
    hostile = Hostile()
    names = {"h": hostile, "d": {hostile: 1, "k": 2}, "s": Shaped(), "t": [hostile] * 10, "k": Shaped}
    asked = ("h", "h.prop", "h.other", "h[0]", "d", "d['k']", "s", "s.field", "t", "t[3]", "k", "k.field", "f(h)")
    expression = Expression(
        "", "call", tuple(Part("argument", ast.parse(name, mode="eval").body) for name in asked)
    )
    frame = eval("frame()", {"frame": sys._getframe, **names})
    Hostile.ran.clear()
    found = {operand.source: operand for operand in operands_in(frame, expression)}
    assert Hostile.ran == []
    assert found["d['k']"].text == "2"
    assert found["h.prop"].kind == found["h.other"].kind == found["h[0]"].kind == "unknown"


@pytest.mark.parametrize("name", sorted(odd.everything()))
def test_odd_objects_are_survived(name: str) -> None:
    found = operands("value @ 'text'", value=odd.everything()[name])
    assert found["value"].role == "left"


def test_looking_is_bounded_in_time_and_size() -> None:
    deep: list[Any] = []
    for _ in range(50):
        deep = [deep] * 1_000
    big = {str(n): [n] * 100 for n in range(100_000)}
    started = time.perf_counter()
    told = failure("f(big, deep, 'x' * 10, text)", f=torch.cat, big=big, deep=deep, text="y" * 10**6)
    assert time.perf_counter() - started < 1.0
    assert len(repr(told.failing)) < 20_000


def test_a_class_body_with_a_namespace_of_its_own_is_not_touched() -> None:
    class Spy(dict[str, Any]):
        def get(self, *_: Any) -> Any:
            raise AssertionError

    class Maker(type):
        @classmethod
        def __prepare__(cls, *_: Any, **__: Any) -> Any:
            return Spy()

    told = failure("class A(metaclass=Maker):\n    x = 1\n    y = x @ 2", Maker=Maker)
    assert told.failing is not None
    assert told.failing.operation == "@"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("(lambda x: 1)(1, 2, lambda x: x + y)", []),
        ("torch.zeros([1], *[x for x in y])", ["y"]),
        ("torch.cat([(x, z[0]) for x in y])", ["y"]),
        ("torch.cat({x: z for x in y})", ["z", "y"]),
    ],
)
def test_names_bound_inside_an_operand_are_not_the_variables_of_that_name(source: str, names: list[str]) -> None:
    found = operands(source, x=[1, 2, 3], y=[4, 5], z=[6])
    assert [name for name in found if name in "xyz"] == names
    assert not any(name.startswith("x[") for name in found)


@pytest.mark.parametrize(
    ("source", "name", "shape"),
    [
        ("lin(torch.randn(3, 5))", "torch.randn(3, 5)", (3, 5)),
        ("nn.Linear(3, 2)(torch.randn(3, 5) + 1)", "torch.randn(3, 5) + 1", (3, 5)),
        ("loss(torch.randn(4, 3), torch.zeros(4, 1))", "torch.zeros(4, 1)", (4, 1)),
        ("loss(torch.randn(4, 3), target=torch.zeros(4, 1))", "torch.zeros(4, 1)", (4, 1)),
        ("a.t().view(6)", "a.t()", (3, 2)),
    ],
)
def test_an_argument_that_is_a_result_is_known_from_what_was_called(
    source: str, name: str, shape: tuple[int, ...]
) -> None:
    found = operands(
        source, lin=nn.Linear(3, 2), loss=nn.functional.cross_entropy, a=torch.ones(2, 3)
    )  # fmt: skip
    known = found[name].tensor
    assert known is not None
    assert known.shape == shape


def test_what_a_function_of_the_same_file_was_given_is_no_argument_of_the_line() -> None:
    found = operands("seq(other())", seq=nn.Sequential(nn.Linear(3, 2)), other=lambda: torch.ones(2, 5)[0:1, :4])
    known = found["other()"].tensor
    assert known is not None
    assert known.shape == (1, 4)
    calls = operands("list(map(lin, [torch.ones(2, 5)]))", lin=nn.Linear(3, 2))
    assert all(
        operand.tensor is None or operand.source != "map(lin, [torch.ones(2, 5)])" for operand in calls.values()
    )

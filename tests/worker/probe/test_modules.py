"""Modules as trees."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from tutor.protocol.views import ModuleRow, ModuleTree
from tutor.worker.display.views import shown
from tutor.worker.probe.show import tree


def tree_of(module: Any) -> ModuleTree:
    found = tree(module)
    assert found is not None
    return found


def line(rows: tuple[ModuleRow, ...], name: str) -> ModuleRow:
    return next(row for row in rows if row.name == name)


class Net(nn.Module):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(3, 4))
        self.conv = nn.Conv2d(1, 6, 5)
        self.norm = nn.BatchNorm2d(6, momentum=0.5)
        self.fc = nn.Linear(6, 2, bias=False)

    def extra_repr(self) -> str:
        raise AssertionError("the learner's own is not called for the tree")


def test_a_line_tells_class_arguments_and_parameters() -> None:
    found = tree_of(Net())
    assert [(row.depth, row.name, row.type) for row in found.rows] == [
        (0, "", "Net"),
        (1, "scale", "Parameter"),
        (1, "conv", "Conv2d"),
        (1, "norm", "BatchNorm2d"),
        (1, "fc", "Linear"),
    ]
    assert line(found.rows, "conv").arguments == "1, 6, kernel_size=(5, 5)"
    assert line(found.rows, "norm").arguments == "6, momentum=0.5"
    assert line(found.rows, "fc").arguments == "in_features=6, out_features=2, bias=False"
    assert [row.parameters for row in found.rows] == [12 + 156 + 12 + 12, 12, 156, 12, 12]
    assert found.parameters == sum(p.numel() for p in Net().parameters())


def test_frozen_parameters_are_counted_apart() -> None:
    net = Net()
    for parameter in net.conv.parameters():
        parameter.requires_grad_(False)
    found = tree_of(net)
    assert line(found.rows, "conv").trainable == 0
    assert found.trainable == found.parameters - 156


def test_shared_parameters_count_once() -> None:
    first = nn.Linear(8, 8, bias=False)
    second = nn.Linear(8, 8, bias=False)
    second.weight = first.weight
    found = tree_of(nn.Sequential(first, second))
    assert found.parameters == 64
    assert found.nbytes == 256


def test_equal_neighbours_are_one_line() -> None:
    blocks = nn.Sequential(*[nn.Sequential(nn.Linear(4, 4), nn.ReLU()) for _ in range(12)], nn.Linear(4, 1))
    rows = tree_of(blocks).rows
    assert line(rows, "0–11").times == 12
    assert line(rows, "0–11").parameters == 20
    assert len(rows) == 5


def test_equal_but_frozen_is_not_equal() -> None:
    layers = [nn.Linear(4, 4) for _ in range(6)]
    layers[3].weight.requires_grad_(False)
    assert [row.times for row in tree_of(nn.Sequential(*layers)).rows] == [1, 3, 1, 1, 1]


def test_a_deep_tree_is_folded_and_a_broad_one_cut() -> None:
    deep: nn.Module = nn.Linear(2, 2)
    for size in range(200):
        deep = nn.Sequential(deep, nn.Linear(size + 1, 1))
    found = tree_of(deep)
    assert len(found.rows) <= 40
    assert any(row.below for row in found.rows)
    broad = tree_of(nn.Sequential(*[nn.Linear(size + 1, 1) for size in range(100)]))
    assert len(broad.rows) == 40
    assert broad.more == 61


def test_a_module_inside_itself_ends() -> None:
    loop = nn.Sequential(nn.Linear(2, 2))
    loop.add_module("again", loop)
    assert [row.name for row in tree_of(loop).rows] == ["", "0"]


def test_lazy_parameters_have_no_size_yet() -> None:
    found = tree_of(nn.Sequential(nn.LazyLinear(3), nn.Linear(3, 1)))
    assert found.parameters == 4


def test_a_module_with_its_own_repr_keeps_it() -> None:
    class Own(nn.Linear):  # type: ignore[misc]
        def __repr__(self) -> str:
            return "mine"

    text, view = shown(Own(2, 2))
    assert text == "mine"
    assert view is None


def test_a_module_that_answers_everything_with_an_error_is_still_a_tree() -> None:
    class Hostile(nn.Module):  # type: ignore[misc]
        def __getattr__(self, name: str) -> Any:
            raise RuntimeError(name)

        def named_children(self) -> Any:
            raise RuntimeError

        def parameters(self, recurse: bool = True) -> Any:
            raise RuntimeError

    hostile = Hostile()
    hostile._modules["fc"] = nn.Linear(2, 2)
    assert tree_of(hostile).parameters == 6


def test_no_module_no_tree() -> None:
    for value in (1, torch.zeros(2), nn.Linear, None, nn.Parameter(torch.zeros(2))):
        assert tree(value) is None

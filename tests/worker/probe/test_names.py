from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import torch
from torch import nn
from torch.nn.utils.rnn import pack_sequence

from tests.worker.probe import odd
from tutor.worker.probe.names import find, walk
from tutor.worker.probe.packed import packed_note

Pair = namedtuple("Pair", "left right")


def paths(namespace: dict[str, Any]) -> list[str]:
    return [path for path, _ in walk(namespace)[0]]


def test_paths_are_what_a_learner_would_type() -> None:
    x = torch.ones(2)
    namespace: dict[str, Any] = {
        "x": x,
        "xs": [x, 3, x],
        "pair": (x,),
        "d": {"w": x, 2: x, "it's": x},
        "state": OrderedDict(a=x),
        "best": torch.ones(2, 2).max(dim=0),
        "torch": torch,
    }
    found = walk(namespace)[0]
    assert [path for path, _ in found] == [
        "x", "xs[0]", "xs[2]", "pair[0]", "d['w']", "d[2]", 'd["it\'s"]', "state['a']", "best[0]", "best[1]",
    ]  # fmt: skip
    for path, tensor in found:
        assert eval(path, namespace) is tensor


def test_the_items_of_a_named_tuple_go_by_their_names() -> None:
    packed = pack_sequence([torch.ones(3), torch.zeros(2)])
    namespace = {"packed": packed, "pair": Pair(torch.ones(1), 2)}
    assert paths(namespace) == ["packed.data", "packed.batch_sizes", "pair.left"]
    assert find(namespace, "packed.data") is packed.data

    class Sneaky(tuple[Any, ...]):
        _fields = ("a b", "c")

    assert paths({"sneaky": tuple.__new__(Sneaky, (torch.ones(1),))}) == ["sneaky[0]"]


def test_what_is_packed_is_said() -> None:
    namespace = {"packed": pack_sequence([torch.ones(3), torch.zeros(2)]), "x": torch.ones(2)}
    assert "2 sequences of lengths 3, 2, step by step" in packed_note(namespace, "packed.data")
    assert "still run at each step" in packed_note(namespace, "packed.batch_sizes")
    assert packed_note(namespace, "x") == ""
    assert packed_note({"x": (torch.ones(1),)}, "x[0]") == ""


def test_a_module_gives_parameters_and_buffers_parents_first() -> None:
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))
    namespace = {"model": model}
    assert paths(namespace) == [
        "model.0.weight", "model.0.bias", "model.1.weight", "model.1.bias",
        "model.1.running_mean", "model.1.running_var", "model.1.num_batches_tracked",
    ]  # fmt: skip


def test_a_module_in_a_list_and_a_module_under_two_names() -> None:
    layer = nn.Linear(1, 1, bias=False)
    assert paths({"layers": [layer], "again": layer}) == ["layers[0].weight"]


def test_a_tensor_under_two_names_is_there_twice() -> None:
    x = torch.ones(1)
    assert paths({"x": x, "y": x}) == ["x", "y"]


def test_a_module_that_contains_itself_ends() -> None:
    model = nn.Module()
    model._modules["me"] = model
    model.w = nn.Parameter(torch.ones(1))
    assert paths({"model": model}) == ["model.w"]


def test_private_names_optimisers_and_deeper_nesting_are_left_alone() -> None:
    w = nn.Parameter(torch.ones(1))
    assert paths({"_": w, "_x": w, "opt": torch.optim.SGD([w]), "deep": [[w]]}) == []


def test_what_is_left_out_is_counted() -> None:
    x = torch.ones(1)
    found, more = walk({f"t{i}": x for i in range(1_500)})
    assert (len(found), more) == (1_000, 500)
    found, more = walk({"many": [x] * 100})
    assert (len(found), more) == (32, 68)


def test_an_endless_list_of_other_things_is_given_up() -> None:
    found, _ = walk({"numbers": [0] * 1_000_000, "x": torch.ones(1)})
    assert [path for path, _ in found] == ["x"]


def test_odd_objects_neither_raise_nor_hide_the_rest() -> None:
    found = paths(odd.everything())
    assert "last" in found
    assert "liar" not in found


def test_find_gives_the_tensor_and_evaluates_nothing() -> None:
    model = nn.Linear(2, 2)
    calls: list[int] = []
    namespace = {"model": model, "xs": [torch.ones(1)], "f": calls.append}
    assert find(namespace, "model.weight") is model.weight
    assert find(namespace, "xs[0]") is namespace["xs"][0]
    for path in ("gone", "xs[1]", "f(1)", "", "model.weight.T", "__import__('os')"):
        assert find(namespace, path) is None
    assert calls == []


def test_a_module_whose_dict_is_a_property_is_not_asked() -> None:
    asked: list[str] = []

    class Strange(torch.nn.Linear):  # type: ignore[misc]
        @property
        def __dict__(self) -> dict[str, object]:  # type: ignore[override]
            asked.append("asked")
            attributes: dict[str, object] = torch.nn.Module.__dict__["__dict__"].__get__(self)
            return attributes

    module = Strange(2, 3)
    asked.clear()
    walk({"m": module})
    assert asked == []

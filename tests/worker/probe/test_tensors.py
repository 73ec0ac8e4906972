from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode

from tests.worker.probe import odd
from tutor.protocol.snapshots import TensorFacts
from tutor.worker.probe.tensors import TensorWatch


def scanned(namespace: dict[str, Any], watch: TensorWatch | None = None) -> dict[str, TensorFacts]:
    facts, _ = (watch or TensorWatch()).scan(namespace)
    return {fact.path: fact for fact in facts}


def changes(watch: TensorWatch, namespace: dict[str, Any]) -> dict[str, str]:
    return {path: fact.change for path, fact in scanned(namespace, watch).items()}


def test_facts_of_a_plain_tensor() -> None:
    x = torch.arange(24).reshape(2, 3, 4)[:, 1:].transpose(0, 2)
    fact = scanned({"x": x})["x"]
    assert fact == TensorFacts(
        path="x", kind="Tensor", dtype="int64", shape=(4, 2, 2), strides=(1, 4, 12), offset=4, device="cpu",
        layout="strided", requires_grad=False, is_leaf=True, grad_fn=None, has_grad=False, nbytes=128,
        contiguous=False, shares=(), change="new", counted=True,
    )  # fmt: skip


def test_facts_of_the_autograd_side() -> None:
    w = nn.Parameter(torch.ones(2))
    y = w * 2
    y.retain_grad()
    loss = y.sum()
    loss.backward()
    facts = scanned({"w": w, "y": y, "loss": loss})
    assert facts["w"].kind == "Parameter"
    assert (facts["w"].is_leaf, facts["w"].requires_grad, facts["w"].has_grad) == (True, True, True)
    assert (facts["y"].is_leaf, facts["y"].grad_fn, facts["y"].has_grad) == (False, "MulBackward0", True)
    # Reading .grad of a plain non-leaf warns; pytest turns that into an error.
    assert (facts["loss"].grad_fn, facts["loss"].has_grad) == ("SumBackward0", False)


@pytest.mark.parametrize(
    ("make", "shared"),
    [
        (lambda x: x.view(6), True),
        (lambda x: x[0], True),
        (lambda x: x.t(), True),
        (lambda x: x[:1].expand(4, 3), True),
        (lambda x: x.unfold(1, 2, 1), True),
        (lambda x: x.detach(), True),
        (lambda x: x.data, True),
        (lambda x: nn.Parameter(x), True),
        (lambda x: x.view(torch.int32), True),
        (lambda x: torch.from_numpy(x.numpy()), True),
        (lambda x: x.reshape(6), True),
        (lambda x: x.contiguous(), True),
        (lambda x: x[[0, 1]], False),
        (lambda x: x[x > -1], False),
        (lambda x: x.clone(), False),
        (lambda x: x.repeat(1, 1), False),
        (lambda x: torch.cat([x]), False),
        (lambda x: x.t().reshape(6), False),
        (lambda x: x.t().contiguous(), False),
        (lambda x: x.to(torch.float64), False),
    ],
)
def test_sharing_is_of_storage(make: Any, shared: bool) -> None:
    x = torch.arange(6.0).reshape(2, 3)
    facts = scanned({"x": x, "y": make(x), "z": torch.ones(3)})
    assert facts["x"].shares == (("y",) if shared else ())
    assert facts["y"].shares == (("x",) if shared else ())
    assert facts["z"].shares == ()


def test_tensors_without_memory_share_nothing() -> None:
    meta = torch.ones(2, device="meta")
    facts = scanned({"a": torch.empty(0), "b": torch.empty(0), "c": meta, "d": torch.ones(2, device="meta")})
    assert {fact.shares for fact in facts.values()} == {()}


def test_sharing_is_found_afresh_each_time() -> None:
    watch, x = TensorWatch(), torch.ones(3)
    namespace = {"x": x, "y": x}
    assert scanned(namespace, watch)["x"].shares == ("y",)
    namespace["y"] = torch.ones(3)
    assert scanned(namespace, watch)["x"].shares == ()


def test_changes() -> None:
    watch = TensorWatch()
    x, y, w = torch.zeros(3), torch.zeros(3), nn.Parameter(torch.ones(2))
    namespace: dict[str, Any] = {"x": x, "y": y, "w": w}
    assert set(changes(watch, namespace).values()) == {"new"}
    assert set(changes(watch, namespace).values()) == {""}
    x.add_(1)
    namespace["y"] = torch.zeros(3)
    namespace["z"] = x
    assert changes(watch, namespace) == {"x": "modified", "y": "rebound", "w": "", "z": "new"}
    del namespace["z"]
    w.sum().backward()
    assert changes(watch, namespace) == {"x": "", "y": "", "w": "modified"}
    namespace["z"] = x
    assert changes(watch, namespace)["z"] == "new"


def test_a_write_through_a_view_changes_only_what_it_touches() -> None:
    watch, x = TensorWatch(), torch.zeros(6)
    namespace = {"x": x, "head": x[:2], "tail": x[2:]}
    watch.scan(namespace)
    namespace["head"][0] = 5
    assert changes(watch, namespace) == {"x": "modified", "head": "modified", "tail": ""}


def test_writes_that_torch_does_not_count_are_seen() -> None:
    watch, x = TensorWatch(), torch.zeros(4)
    array = x.numpy()
    namespace = {"x": x}
    watch.scan(namespace)
    array[2] = 1
    assert changes(watch, namespace) == {"x": "modified"}
    x.data.fill_(7)
    assert changes(watch, namespace) == {"x": "modified"}


@pytest.mark.parametrize("tensor", [torch.zeros(1_000), torch.zeros(100, 40).t()])
def test_uncounted_writes_all_over_a_large_tensor_are_seen(tensor: torch.Tensor) -> None:
    watch = TensorWatch()
    watch.scan({"x": tensor})
    tensor.data.add_(1)
    assert changes(watch, {"x": tensor}) == {"x": "modified"}


def test_a_write_of_the_same_values_is_no_change_in_a_small_tensor() -> None:
    watch, x = TensorWatch(), torch.zeros(4)
    watch.scan({"x": x})
    x.zero_()
    assert changes(watch, {"x": x}) == {"x": ""}


@pytest.mark.parametrize("tensor", [torch.zeros(1_000), torch.zeros(100, 40).t()])
def test_a_write_to_one_element_of_a_large_tensor_is_seen(tensor: torch.Tensor) -> None:
    watch = TensorWatch()
    watch.scan({"x": tensor})
    assert changes(watch, {"x": tensor}) == {"x": ""}
    tensor[7] += 1
    assert changes(watch, {"x": tensor}) == {"x": "modified"}


def test_nothing_is_kept_alive_and_nothing_is_touched() -> None:
    watch, x = TensorWatch(), torch.randn(3, requires_grad=True)
    y = x * 2
    before = (torch.get_rng_state(), torch.is_grad_enabled(), x._version, y._version, torch.get_default_dtype())
    watch.scan({"x": x, "y": y, "xs": [x]})
    after = (torch.get_rng_state(), torch.is_grad_enabled(), x._version, y._version, torch.get_default_dtype())
    assert torch.equal(before[0], after[0])
    assert before[1:] == after[1:]
    refs = [weakref.ref(x), weakref.ref(y)]
    del x, y
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


def test_odd_objects_are_described_or_left_out() -> None:
    watch, namespace = TensorWatch(), odd.everything()
    facts = scanned(namespace, watch)
    for name in ("broken_repr", "broken_function", "lying_shape", "last", "leaked", "meta", "inference"):
        assert facts[name].shape == (3,), name
    assert facts["broken_function"].kind == "BrokenFunction"
    assert facts["sparse"].layout == "sparse_coo"
    assert facts["sparse"].strides is None
    assert facts["wrapper"].shape == (3,)
    assert facts["uninitialised.weight"].kind == "UninitializedParameter"
    assert set(facts["last"].shares) == {"broken_repr", "broken_function", "lying_shape"}
    assert set(changes(watch, namespace).values()) == {""}
    assert odd.Wrapper.asked == 0


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
@pytest.mark.parametrize("layout", [torch.strided, torch.jagged])
def test_nested_tensors_say_that_an_axis_is_ragged(layout: torch.layout) -> None:
    nested = torch.nested.nested_tensor([torch.ones(2, 4), torch.ones(3, 4)], layout=layout)
    fact = scanned({"n": nested})["n"]
    assert fact.shape == (2, -1, 4)
    assert fact.strides is None
    assert fact.nbytes == 80


def test_a_mode_left_on_sees_nothing_of_us() -> None:
    seen: list[Any] = []

    class Log(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func)
            return func(*args, **(kwargs or {}))

    x = torch.zeros(30, 20).t()
    with Log():
        TensorWatch().scan({"x": x})
    assert seen == []


def test_the_count_of_the_rest_is_passed_on() -> None:
    facts, more = TensorWatch().scan({f"t{i}": torch.ones(1) for i in range(1_003)})
    assert (len(facts), more) == (1_000, 3)


def test_the_owner_of_a_memory_is_told_from_the_views_into_it_and_from_other_names() -> None:
    x = torch.zeros(4, 3)
    facts = scanned({"row": x[0], "x": x, "t": x.t(), "again": x, "wide": x[:1].expand(9, 3), "alone": x.clone()})
    assert {path: fact.view_of for path, fact in facts.items()} == {
        "row": "x", "x": "", "t": "x", "again": "", "wide": "x", "alone": "",
    }  # fmt: skip
    before = scanned({"t": x.t(), "same": x[:1].expand(4, 3), "x": x})
    assert {path: fact.view_of for path, fact in before.items()} == {"t": "x", "same": "x", "x": ""}
    assert facts["again"].same_as == "x"
    assert facts["x"].same_as == ""


def test_nan_and_infinities_are_counted_and_unread_ones_are_not_claimed() -> None:
    small = torch.tensor([1.0, float("nan"), float("inf"), -float("inf")])
    large = torch.zeros(1_000, 1_000)
    large[999, 999] = float("nan")
    watch, namespace = TensorWatch(), {"small": small, "large": large, "meta": torch.empty(3, device="meta")}
    facts = scanned(namespace, watch)
    assert [(facts["small"].nans, facts["small"].infs, facts["small"].counted)] == [(1, 2, True)]
    assert (facts["large"].nans, facts["large"].counted) == (1, True)
    assert facts["meta"].counted is False
    small[0] = float("nan")
    assert scanned(namespace, watch)["small"].nans == 2
    huge = scanned({"h": torch.full((1,), float("nan")).expand(10_000, 10_000)})["h"]
    assert huge.counted is False
    assert huge.nans > 0


def test_a_scalar_has_a_history_and_nothing_else_has() -> None:
    watch, namespace = TensorWatch(), {"loss": torch.tensor(3.0), "x": torch.ones(2)}
    for value in (2.0, 2.0, 1.0):
        watch.scan(namespace)
        namespace["loss"].fill_(value)
    watch.scan(namespace)
    assert watch.history("loss") == (3.0, 2.0, 1.0)
    assert watch.history("x") == ()
    watch.scan({})
    assert watch.history("loss") == ()

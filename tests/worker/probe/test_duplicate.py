"""A copied namespace shares among itself what the original shares, and nothing with the original."""

from __future__ import annotations

import copy
import io
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutor.worker.probe.alike import alike
from tutor.worker.probe.duplicate import duplicate, storage_bytes


def copied(**names: Any) -> dict[str, Any]:
    made, left = duplicate(names)
    assert left == {}
    return made


_VIEWS = st.sampled_from(
    ["x[1]", "x.T", "x.view(-1)", "x[:, ::2]", "x.flatten()[3:]", "x.detach()", "x.numpy()[1]"]
)


@given(st.lists(_VIEWS, min_size=1, max_size=4))
def test_views_stay_views_of_one_storage(expressions: list[str]) -> None:
    x = torch.arange(12.0).reshape(3, 4)
    names = {"x": x, **{f"v{n}": eval(text, {"x": x}) for n, text in enumerate(expressions)}}
    before = {name: np.array(value.tolist()) for name, value in names.items()}
    made = copied(**names)
    made["x"].mul_(-1)
    for name, value in names.items():
        assert value.tolist() == before[name].tolist(), "the original was touched"
        assert made[name].tolist() == (-before[name]).tolist(), "the copies do not share"


def test_what_holds_an_object_twice_holds_its_copy_twice() -> None:
    x = torch.zeros(2)
    made = copied(x=x, both=[x, {"x": x}], again=x)
    assert made["both"][0] is made["both"][1]["x"] is made["x"] is made["again"] is not x


def test_an_optimiser_goes_on_with_the_copied_model_and_its_state() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh())
    optimiser = torch.optim.Adam(net.parameters(), lr=0.1)
    net(torch.ones(4, 2)).sum().backward()
    optimiser.step()
    before = copy.deepcopy(net.state_dict())
    made = copied(optimiser=optimiser, w=net[0].weight.data, net=net, mine=net[0].weight)
    assert made["mine"] is made["net"][0].weight
    assert made["optimiser"].param_groups[0]["params"][0] is made["mine"]
    assert made["mine"].grad is not net[0].weight.grad
    assert made["mine"].grad.equal(net[0].weight.grad)
    assert set(made["optimiser"].state[made["mine"]]) == {"step", "exp_avg", "exp_avg_sq"}
    made["optimiser"].step()
    assert made["w"].equal(made["mine"].data)
    assert alike(dict(net.state_dict()), dict(before))
    assert not made["w"].equal(net[0].weight.data)


def test_a_scheduler_counts_the_steps_of_the_copied_optimiser_without_a_warning() -> None:
    w = torch.zeros(2, requires_grad=True)
    optimiser = torch.optim.SGD([w], lr=0.1)
    scheduler = torch.optim.lr_scheduler.StepLR(optimiser, 1)
    made = copied(scheduler=scheduler, w=w)
    # Warnings are errors here.
    made["w"].sum().backward()
    made["scheduler"].optimizer.step()
    made["scheduler"].step()
    assert made["w"].tolist() == pytest.approx([-0.1, -0.1])
    assert (w.tolist(), scheduler.last_epoch, made["scheduler"].last_epoch) == ([0.0, 0.0], 0, 1)
    optimiser.step()
    scheduler.step()


def test_an_array_and_the_tensor_made_of_it_share_memory_in_the_copy() -> None:
    a = np.arange(6.0).reshape(2, 3)
    made = copied(a=a, t=torch.from_numpy(a), back=a[::-1])
    made["a"][1, 0] = 77
    assert (made["t"][1, 0], made["back"][0, 0], a[1, 0]) == (77, 77, 3)
    plain = np.arange(4)
    made = copied(plain=plain, row=plain[1:])
    made["plain"][1] = 9
    assert (made["row"][0], plain[1]) == (9, 1)


def test_what_has_a_graph_or_is_open_is_left_out_and_named_with_all_that_holds_it() -> None:
    w = torch.ones(2, requires_grad=True)
    loss = (w * 2).sum()
    lines = (line for line in "ab")
    made, left = duplicate(
        {"losses": [loss], "w": w, "loss": loss, "lines": lines, "file": io.StringIO("x"), "n": 1}
    )
    assert left == {
        "losses": "is part of a graph",
        "loss": "is part of a graph",
        "lines": "a generator cannot be copied",
    }
    assert made["n"] == 1
    assert made["file"].read() == "x"
    assert made["w"].requires_grad
    assert made["w"].is_leaf
    made["w"].sum().backward()
    assert w.grad is None


class _Refuses:
    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        raise ValueError("not me")


def test_a_half_made_copy_of_what_could_not_be_copied_is_in_nothing_else() -> None:
    inner: list[Any] = [1]
    inner.append(_Refuses())
    made, left = duplicate({"bad": [inner], "worse": {"inner": inner}, "good": [2]})
    assert set(left) == {"bad", "worse"}
    assert left["bad"] == "not me"
    assert made == {"good": [2]}


def test_code_is_not_copied() -> None:
    def f() -> None: ...

    made = copied(f=f, np=np, kinds=[np, _Refuses])
    assert made["f"] is f
    assert made["np"] is np
    assert made["kinds"] == [np, _Refuses]


@pytest.mark.parametrize(
    "value",
    [
        torch.rand(2, 3).to_sparse(),
        torch.rand(2, dtype=torch.complex64).conj(),
        torch.empty(2, device="meta"),
        torch.Generator().manual_seed(3),
        torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(2, 2)),
        torch.optim.lr_scheduler.StepLR(torch.optim.SGD([torch.zeros(1)], 0.1), 2),
        torch.utils.data.DataLoader([1, 2]),
        torch.tensor([], dtype=torch.int64),
        torch.ones(1).expand(4),
    ],
    ids=lambda value: type(value).__name__,
)
def test_less_usual_things_are_copied_too(value: Any) -> None:
    assert type(copied(value=value)["value"]) is type(value)


def test_each_storage_counts_once() -> None:
    x = torch.zeros(100)
    assert storage_bytes({"x": x, "views": [x[1:], x[:2]], "net": torch.nn.Linear(2, 1, bias=False)}) == 408


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("torch.tensor([1., nan])", "torch.tensor([1., nan])", True),
        ("torch.tensor([1.])", "torch.tensor([1.0000001])", False),
        ("torch.ones(2)", "torch.ones(2, requires_grad=True)", False),
        ("torch.ones(2)", "torch.ones(2, 1)", False),
        ("[1, torch.ones(2)]", "[1, torch.ones(2)]", True),
        ("{'a': torch.ones(2)}", "{'a': torch.zeros(2)}", False),
        ("torch.nn.Dropout()", "torch.nn.Dropout().eval()", False),
        ("1", "True", False),
        ("'a'", "'a'", True),
        ("np.arange(2)", "np.arange(2)", True),
    ],
)
def test_alike_is_exact(left: str, right: str, expected: bool) -> None:
    names = {"torch": torch, "nan": float("nan"), "np": np}
    assert alike(eval(left, names), eval(right, names)) is expected


def test_a_gradient_that_came_is_a_change() -> None:
    left, right = (torch.ones(2, requires_grad=True) for _ in range(2))
    right.sum().backward()
    assert not alike(left, right)


def test_a_ring_ends() -> None:
    left: list[Any] = []
    left.append(left)
    right: list[Any] = []
    right.append(right)
    assert not alike(left, right)

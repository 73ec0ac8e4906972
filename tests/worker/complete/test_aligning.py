"""What is known of a statement's operands before it runs."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from tutor.protocol.alignment import Alignment
from tutor.protocol.events import Aligned
from tutor.worker.complete.aligning import aligned


def names() -> dict[str, Any]:
    return {
        "torch": torch,
        "F": F,
        "x": torch.ones(3, 4),
        "w": torch.ones(4, 5),
        "b": torch.ones(5),
        "pred": torch.ones(8, 1),
        "target": torch.ones(8),
        "layer": torch.nn.Linear(4, 5),
        "data": {"a": torch.ones(2, 3)},
        "n": 3,
    }


def ask(source: str, namespace: dict[str, Any] | None = None) -> Aligned:
    before, _, after = source.partition("|")
    return aligned(names() if namespace is None else namespace, 1, before + after, len(before))


def step(source: str) -> Alignment:
    found = ask(source)
    return found.steps[found.chosen]


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("y = x @ w", (3, 5)),
        ("y = x @ w + b", (3, 5)),
        ("F.relu(x @ w + b", (3, 5)),
        ("x * x.mean(0, keepdim=True)", (3, 4)),
        ("x @ layer.weight.T + layer.bias", (3, 5)),
        ("data['a'] + 1 - data['a'][0]", (2, 3)),
        ("x.reshape(2, -1) + torch.zeros(6)", (2, 6)),
        ("x[:, None] * x[1:]", (3, 2, 4)),
        ("torch.add(x, x[0]", (3, 4)),
        ("torch.where(x > 0, x, x[:, :1])", (3, 4)),
        ("torch.cat([x, x], dim=1)", (3, 8)),
        ("torch.stack((b, b))", (2, 5)),
        ("torch.einsum('ij,jk->ik', x, w)", (3, 5)),
        ("F.mse_loss(pred, target[:, None])", ()),
        ("print(x == x[0])", (3, 4)),
        ("q = torch.randn(5, 2)\nb @ q", (2,)),
        ("h = x.T\nh = h @ x\nh - h", (4, 4)),
        ("for i in range(n):\n    s = x @ w", (3, 5)),
        ("x.view(x.shape[0], x.size(1)) + x", (3, 4)),
        ("y = x @ w|; z = unknown", (3, 5)),
    ],
)
def test_results_are_known_from_shapes(source: str, result: tuple[int, ...]) -> None:
    assert step(source).result == result


def test_an_unfinished_statement_shows_what_there_is() -> None:
    assert step("y = (x @ w + ").source == "x @ w"
    assert step("loss = F.mse_loss(pred, target").grows
    assert step("x += b").rule == "in-place"


def test_the_operation_at_the_cursor_comes_first_unless_another_one_fails_or_grows() -> None:
    assert step("b + x @ w|").source == "x @ w"
    assert step("x @ w + b|").source == "x @ w + b"
    assert step("(x @ x) + (w + w|)").source == "x @ x"
    assert step("((pred - target) * (pred + pred)|)").source == "pred - target"


@pytest.mark.parametrize(
    "source",
    [
        "",
        "x @",
        "y = x + 1",
        "unknown + x",
        "def f(x):\n    return x @ w",
        "for x in data:\n    x @ w",
        "x = unknown()\nx @ w",
        "[x @ w for x in data]",
        "lambda x: x @ w",
        "'x @ w",
        "# x @ w",
        "x.masked_select(x > 0) @ w",
    ],
)
def test_what_cannot_be_known_is_not_guessed(source: str) -> None:
    assert all("w" not in found.source for found in ask(source).steps)


def test_a_name_of_torch_that_is_the_learners_is_not_taken_for_torchs() -> None:
    namespace = names() | {"add": lambda a, b: None}
    assert ask("add(x, b)", namespace).steps == ()


def test_nothing_of_the_learners_runs() -> None:
    ran: list[str] = []

    class Odd:
        def __getattr__(self, name: str) -> Any:
            ran.append(name)

        def __add__(self, other: Any) -> Any:
            ran.append("add")

        @property
        def weight(self) -> Any:
            ran.append("weight")

    class Own(torch.Tensor):  # type: ignore[misc]
        @classmethod
        def __torch_function__(cls, *_args: Any, **_words: Any) -> Any:
            ran.append("torch")

    own = torch.ones(3, 4).as_subclass(Own)
    namespace = names() | {"odd": Odd(), "own": own}
    ran.clear()
    for source in ("odd.weight @ x", "odd + x", "own @ w", "own.T + x", "x @ odd.some[0]"):
        assert ask(source, namespace).steps == ()
    assert ran == []


def test_no_tensor_is_kept_and_no_version_moves() -> None:
    namespace = {"x": torch.ones(3, 4), "w": torch.ones(4, 5)}
    seen = weakref.ref(namespace["x"])
    versions = [t._version for t in namespace.values()]
    ask("y = x @ w + x", namespace)
    assert [t._version for t in namespace.values()] == versions
    del namespace["x"]
    gc.collect()
    assert seen() is None

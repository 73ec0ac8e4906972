"""Which storages are worth a word after a run."""

from __future__ import annotations

from dataclasses import replace

from tests.render.samples import facts
from tutor.protocol.snapshots import TensorFacts
from tutor.session.asking import shared


def tensor(path: str, shares: tuple[str, ...] = (), **more: object) -> TensorFacts:
    return replace(facts(path, (3, 4)), shares=shares, **more)  # type: ignore[arg-type]


def test_a_storage_with_several_tensors_is_named_once_by_its_owner() -> None:
    tensors = [
        tensor("view", ("x", "row"), strides=(1, 3), view_of="x"),
        tensor("x", ("view", "row"), change="modified"),
        tensor("row", ("view", "x"), shape=(4,), strides=(1,), view_of="x"),
        tensor("alone", change="new"),
    ]
    assert shared(tensors) == ["x"]


def test_two_names_of_one_tensor_are_nothing_to_draw() -> None:
    assert shared([tensor("x", ("y",), change="new"), tensor("y", ("x",), same_as="x")]) == []


def test_a_storage_that_nothing_happened_to_is_left_alone() -> None:
    view = tensor("v", ("x",), strides=(1, 3), view_of="x")
    assert shared([tensor("x", ("v",)), view]) == []
    assert shared([tensor("x", ("v",)), replace(view, change="new")]) == ["x"]

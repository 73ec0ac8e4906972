"""Who is on a storage, what lies in it, and what was written there between two looks."""

from __future__ import annotations

import struct
import weakref
from typing import Any

import pytest
import torch

from tests.worker.probe import odd
from tutor.protocol.memory import StorageSnapshot
from tutor.worker.probe.storage import StorageWatch


def names() -> dict[str, Any]:
    x = torch.arange(6.0).view(2, 3)
    return {"x": x, "y": x.t(), "tail": x[1:], "other": torch.zeros(2)}


def look(watch: StorageWatch, namespace: dict[str, Any], path: str, run: int = 1) -> StorageSnapshot:
    found = watch.look(namespace, path, run)
    assert found is not None
    return found


def values(found: StorageSnapshot) -> tuple[float, ...]:
    return struct.unpack(f"<{len(found.values) // 8}d", found.values)


def test_all_names_on_the_storage_and_its_values_slot_by_slot() -> None:
    found = look(StorageWatch(), names(), "y")
    assert [facts.path for facts in found.tenants] == ["y", "x", "tail"]
    assert (found.slots, found.itemsize, found.nbytes) == (6, 4, 24)
    assert values(found) == (0, 1, 2, 3, 4, 5)
    assert found.runs == 0


def test_a_write_through_one_name_is_told_whichever_is_looked_at() -> None:
    watch, namespace = StorageWatch(), names()
    look(watch, namespace, "y", 1)
    namespace["tail"][0, 1] = 9
    found = look(watch, namespace, "x", 2)
    assert (found.changed, found.runs) == ((4,), 1)
    # Asked again after the same run, the answer is the same.
    assert look(watch, namespace, "tail", 2).changed == (4,)
    assert look(watch, namespace, "x", 3).changed == ()


def test_several_storages_are_remembered_apart() -> None:
    watch, namespace = StorageWatch(), names()
    for path in ("x", "other", "x", "other"):
        look(watch, namespace, path, 1)
    namespace["x"][0, 0] = 7
    namespace["other"][1] = 5
    assert look(watch, namespace, "other", 2).changed == (1,)
    assert look(watch, namespace, "y", 2).changed == (0,)


def test_looks_that_missed_runs_say_so() -> None:
    watch, namespace = StorageWatch(), names()
    look(watch, namespace, "x", 1)
    namespace["x"] += 1
    assert look(watch, namespace, "x", 4).runs == 3


def test_a_storage_at_a_used_address_is_another_storage() -> None:
    watch = StorageWatch()
    for value in range(20):
        namespace = {"x": torch.full((6,), float(value))}
        found = look(watch, namespace, "x", value + 1)
        assert (found.runs, found.changed) == (0, ())
        namespace.clear()


def test_a_view_of_another_dtype_is_on_the_storage_too() -> None:
    namespace = {"x": torch.arange(4.0)}
    namespace["bits"] = namespace["x"].view(torch.int32)
    found = look(StorageWatch(), namespace, "bits")
    assert [facts.dtype for facts in found.tenants] == ["int32", "float32"]


@pytest.mark.parametrize(
    ("tensor", "why"),
    [
        (torch.empty(2, 3, device="meta"), "meta"),
        (torch.eye(3).to_sparse(), "no strides"),
        (torch.empty(0, 3), "no elements"),
    ],
)
def test_what_has_no_strip_of_memory_says_why(tensor: torch.Tensor, why: str) -> None:
    found = look(StorageWatch(), {"t": tensor}, "t")
    assert found.values == b""
    assert why in found.note


def test_a_shrunken_storage_is_not_read_beyond_its_end() -> None:
    x = torch.arange(1000.0)
    x.untyped_storage().resize_(8)
    found = look(StorageWatch(), {"x": x}, "x")
    assert found.values == b""
    assert found.note


def test_subclasses_are_not_asked() -> None:
    for kind in (odd.BrokenFunction, odd.LyingShape, odd.BrokenRepr):
        found = look(StorageWatch(), {"t": torch.ones(3).as_subclass(kind)}, "t")
        assert found.slots == 3


def test_conjugate_and_negative_views_are_read() -> None:
    z = torch.tensor([1 + 2j, 3 - 4j])
    found = look(StorageWatch(), {"z": z, "c": z.conj()}, "c")
    assert values(found)[1] == 5.0


def test_nothing_is_kept_alive_and_nothing_counts_as_a_change() -> None:
    watch, namespace = StorageWatch(), names()
    version = namespace["x"]._version
    look(watch, namespace, "x", 1)
    look(watch, namespace, "y", 2)
    assert namespace["x"]._version == version
    refs = [weakref.ref(value) for value in namespace.values()]
    namespace.clear()
    assert [ref() for ref in refs] == [None] * 4


def test_a_large_storage_is_read_around_the_tensor_only() -> None:
    x = torch.zeros(1_000_000)
    x[700_000] = 7
    found = look(StorageWatch(), {"part": x[700_000:700_010], "x": x}, "part")
    assert found.start == 700_000
    assert values(found)[0] == 7
    assert len(found.values) == 8 * 4096

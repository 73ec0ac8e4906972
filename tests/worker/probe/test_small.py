"""Thumbnails."""

from __future__ import annotations

import math
import struct

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tutor.protocol.snapshots import TensorDetail
from tutor.worker.probe.observer import Observer
from tutor.worker.probe.small import thumbnail


def small(tensor: object, limit: int = 64) -> TensorDetail:
    found = thumbnail("x", tensor, limit)
    assert found is not None
    return found


@given(st.lists(st.integers(0, 30), max_size=5), st.integers(1, 200))
def test_each_element_of_the_sample_is_where_it_says(shape: list[int], limit: int) -> None:
    tensor = torch.arange(math.prod(shape), dtype=torch.float64).reshape(shape)
    found = small(tensor, limit)
    sample = found.sample
    if sample is None:
        assert tensor.numel() > limit
        return
    values = struct.unpack(f"<{len(sample.values) // 8}d", sample.values)
    assert len(values) == math.prod(sample.shape)
    if tensor.numel() > limit:
        assert len(values) <= max(limit, 8)
    index = tuple(
        slice(start, start + count * step, step)
        for start, count, step in zip(sample.start, sample.shape, sample.steps, strict=True)
    )
    assert list(values) == tensor[index].reshape(-1).tolist()


def test_statistics_say_whether_they_are_of_all() -> None:
    few, many = small(torch.ones(1_000)).stats, small(torch.ones(100_000)).stats
    assert few is not None
    assert many is not None
    assert (few.exact, few.count) == (True, 1_000)
    assert (many.exact, many.count <= 64) == (False, True)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.ones(200, 200).to_sparse(),
        torch.empty(10**6, device="meta"),
        torch.ones(10**5, dtype=torch.complex64),
        torch.nn.parameter.UninitializedParameter(),
        torch.ones(300, 300, dtype=torch.bfloat16),
        torch.ones(300, 300).expand(4, 300, 300),
    ],
)  # fmt: skip
def test_rare_kinds_are_described_or_left_out(tensor: object) -> None:
    found = thumbnail("x", tensor, 64)
    assert found is None or found.sample is not None or found.note


def test_a_few_changed_tensors_of_a_run_are_drawn_the_named_ones_first() -> None:
    namespace = {f"x{n}": torch.ones(3) for n in range(6)} | {"net": torch.nn.Linear(2, 2)}
    observer = Observer(namespace, lambda _snapshot: None, lambda _told: None)
    facts, _ = observer.tensors()
    drawn = [one.facts.path for one in observer.changed(facts)]
    assert len(drawn) == 4
    facts, _ = observer.tensors()
    assert observer.changed(facts) == ()

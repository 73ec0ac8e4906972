from __future__ import annotations

import gc
import math
import struct
import weakref
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

from tests.worker.probe import odd
from tutor.protocol.commands import Inspect
from tutor.protocol.snapshots import Sample, Stats, TensorDetail
from tutor.render.drawings.patch import value_at
from tutor.worker.probe.details import detail, resolve
from tutor.worker.probe.facts import facts_of
from tutor.worker.probe.tensors import TensorWatch


def of(tensor: torch.Tensor, index: tuple[int, ...] = (), **more: Any) -> TensorDetail:
    found = detail("x", tensor, None, Inspect(0, "x", index, **more))
    assert found is not None
    return found


def stats(tensor: torch.Tensor) -> Stats:
    found = of(tensor).stats
    assert found is not None
    return found


def sample(tensor: torch.Tensor, index: tuple[int, ...] = ()) -> Sample:
    found = of(tensor, index).sample
    assert found is not None
    return found


def numbers(data: bytes) -> list[float]:
    return list(struct.unpack(f"<{len(data) // 8}d", data))


@given(st.lists(st.floats(width=32), min_size=1, max_size=50))
def test_statistics_leave_out_what_is_not_finite(values: list[float]) -> None:
    finite = [v for v in values if math.isfinite(v)]
    found = stats(torch.tensor(values, dtype=torch.float32))
    assert found.count == len(values)
    assert found.zeros == values.count(0.0)
    assert found.nans == sum(math.isnan(v) for v in values)
    assert found.infs == sum(math.isinf(v) for v in values)
    assert found.exact
    if finite:
        mean = math.fsum(finite) / len(finite)
        std = math.sqrt(math.fsum((v - mean) ** 2 for v in finite) / len(finite))
        scale = max(map(abs, finite))
        assert (found.minimum, found.maximum) == (min(finite), max(finite))
        assert math.isclose(found.mean, mean, rel_tol=1e-9, abs_tol=1e-12 * scale)
        assert math.isclose(found.std, std, rel_tol=1e-6, abs_tol=1e-12 * scale)
    else:
        assert all(map(math.isnan, (found.minimum, found.maximum, found.mean, found.std)))


@pytest.mark.parametrize(
    "dtype",
    [
        *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.uint16, torch.uint64, torch.bool),
    ],
)
def test_every_dtype_has_statistics_and_a_sample(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[0, 1], [1, 1]]).to(dtype)
    found = stats(tensor)
    assert (found.count, found.minimum, found.maximum, found.mean) == (4, 0.0, 1.0, 0.75)
    assert found.std == pytest.approx(math.sqrt(3) / 4)
    assert found.norm == pytest.approx(math.sqrt(3))
    assert (found.zeros, found.nans, found.infs, found.exact) == (1, 0, 0, True)
    assert (found.histogram[0], found.histogram[-1], found.histogram_of) == (1, 3, 4)
    assert numbers(sample(tensor).values) == [0, 1, 1, 1]


def test_large_tensors_with_a_large_mean_have_the_right_deviation() -> None:
    torch.manual_seed(0)
    for offset in (0.0, 1_000.0):
        tensor = torch.randn(300, 400) + offset
        found, wide = stats(tensor.t()), tensor.double()
        assert found.mean == pytest.approx(wide.mean().item(), rel=1e-5, abs=1e-6)
        assert found.std == pytest.approx(wide.std(correction=0).item(), rel=1e-3)
        assert (found.minimum, found.maximum) == (tensor.min().item(), tensor.max().item())


def test_a_rare_nan_in_a_large_tensor_is_counted() -> None:
    tensor = torch.ones(1_000, 100)
    tensor[123, 45], tensor[5, 6], tensor[7, 8] = math.nan, math.inf, 0.0
    found = stats(tensor)
    assert (found.nans, found.infs, found.zeros, found.exact) == (1, 1, 1, True)
    assert (found.minimum, found.maximum) == (0.0, 1.0)
    assert found.mean == pytest.approx(1 - 1 / 99_998)
    assert found.std == pytest.approx(math.sqrt(1 / 99_998), rel=0.01)


def test_a_very_large_tensor_is_sampled_and_says_so() -> None:
    tensor = torch.zeros(1).expand(20_000, 20_000)
    found = of(tensor)
    assert found.stats is not None
    assert found.stats.exact is False
    assert 1 <= found.stats.count <= 16_384
    assert found.sample is not None
    assert found.sample.shape == (64, 64)


def test_the_sample_says_which_elements_it_holds() -> None:
    tensor = torch.arange(200 * 100, dtype=torch.float32).reshape(100, 200).t()
    found = sample(tensor)
    rows, columns = (range(0, n * step, step) for n, step in zip(found.shape, found.steps, strict=True))
    assert numbers(found.values) == [float(tensor[r, c]) for r in rows for c in columns]
    assert len(found.values) == 8 * math.prod(found.shape)


def test_a_small_tensor_travels_whole() -> None:
    found = sample(torch.arange(6).reshape(2, 3))
    assert (found.shape, found.start, found.steps) == ((2, 3), (0, 0), (1, 1))
    assert numbers(found.values) == [0, 1, 2, 3, 4, 5]
    assert numbers(sample(torch.tensor(3.5)).values) == [3.5]


def test_index_chooses_the_slices() -> None:
    tensor = torch.arange(20.0)[:, None, None].expand(20, 2, 2)
    found = sample(tensor, (18,))
    assert found.start == (18, 0, 0)
    assert numbers(found.values) == [18.0] * 4 + [19.0] * 4


def test_an_empty_tensor_has_neither_values_nor_statistics() -> None:
    found = of(torch.empty(0, 3))
    assert found.stats is None
    assert found.sample is not None
    assert (found.sample.shape, found.sample.values) == ((0, 3), b"")


def test_complex_numbers_travel_in_both_parts_and_have_statistics_of_magnitudes() -> None:
    found = of(torch.tensor([3 + 4j, 0j]).conj())
    assert found.sample is not None
    assert (numbers(found.sample.values), numbers(found.sample.imag)) == ([3.0, 0.0], [-4.0, 0.0])
    assert found.stats is not None
    assert (found.stats.maximum, found.stats.zeros) == (5.0, 1)
    negated = torch.tensor([3 + 4j], dtype=torch.complex128).conj().imag
    assert numbers(sample(negated).values) == [-4.0]


def test_sparse_values_are_drawn() -> None:
    for tensor in (torch.eye(3).to_sparse(), torch.eye(3).to_mkldnn()):
        found = of(tensor)
        assert found.sample is not None
        assert numbers(found.sample.values) == torch.eye(3).reshape(-1).tolist()
        assert found.note
    assert "stores 3 elements" in of(torch.eye(3).to_sparse()).note
    huge = of(
        torch.sparse_coo_tensor(torch.tensor([[5], [5]]), torch.ones(1), (10**6, 10**6), check_invariants=True)
    )
    assert (huge.sample, huge.stats) == (None, None)
    assert "too large" in huge.note


def test_one_element_is_read_wherever_it_is() -> None:
    big = torch.arange(300.0 * 200).reshape(300, 200)
    found = detail("x", big, None, Inspect(0, "x", cursor=(151, 77)))
    assert found is not None
    assert found.element is not None
    assert numbers(found.element.values) == [151 * 200 + 77]
    assert value_at(found.element, (151, 77)) == 151 * 200 + 77
    imaginary = detail("z", torch.ones(2, dtype=torch.complex64) * 2j, None, Inspect(0, "z", cursor=(1,)))
    assert imaginary is not None
    assert imaginary.element is not None
    assert value_at(imaginary.element, (1,)) == 2j
    for outside in ((300, 0), (-1, 0), (0,)):
        missed = detail("x", big, None, Inspect(0, "x", cursor=outside))
        assert missed is not None
        assert missed.element is None


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_nested_and_quantised_tensors_are_said_in_words() -> None:
    nested = of(torch.nested.nested_tensor([torch.ones(2, 4), torch.ones(3, 4)]))
    assert nested.sample is None
    assert "2 tensors of shapes [2, 4], [3, 4]" in nested.note
    quantised = of(torch.quantize_per_tensor(torch.tensor([0.0, 0.5]), 0.5, 0, torch.quint8))
    assert quantised.sample is not None
    assert numbers(quantised.sample.values) == [0.0, 0.5]
    assert "quantised" in quantised.note
    assert "(stored - 0) * 0.5" in quantised.note


def test_meta_and_fake_tensors_have_no_values() -> None:
    with FakeTensorMode():
        fake = torch.ones(2, 3)
    for tensor, word in ((torch.ones(2, 3, device="meta"), "meta"), (fake, "fake")):
        found = of(tensor)
        assert found.facts.shape == (2, 3)
        assert (found.stats, found.sample) == (None, None)
        assert word in found.note


def test_odd_tensors_are_described_or_refused() -> None:
    namespace = odd.everything()
    for name in ("broken_repr", "broken_function", "lying_shape", "inference", "last"):
        assert len(sample(namespace[name]).values) == 24, name
    for name in ("shrunk", "leaked", "wrapper"):
        found = of(namespace[name])
        assert (found.stats, found.sample) == (None, None), name
        assert found.note, name
    assert odd.Wrapper.asked == 0
    lazy = of(namespace["uninitialised"].weight)
    assert (lazy.facts.kind, lazy.facts.shape, lazy.sample) == ("UninitializedParameter", (-1,), None)
    assert "not initialised" in lazy.note


def test_what_the_scan_knew_is_kept_and_the_rest_is_read_again() -> None:
    x = torch.zeros(3)
    namespace = {"x": x, "y": x}
    facts = TensorWatch().scan(namespace)[0][0]
    found = detail("x", x, facts)
    assert found is not None
    assert (found.facts.shares, found.facts.change) == (("y",), "new")
    assert found.facts == facts
    x.resize_(5)
    grown = detail("x", x, facts)
    assert grown is not None
    assert grown.facts.shape == (5,)


def test_resolve_follows_the_names_of_a_scan() -> None:
    model = torch.nn.Linear(2, 1)
    namespace: dict[str, Any] = {"model": model, "d": {"a b": torch.ones(1)}}
    for fact in TensorWatch().scan(namespace)[0]:
        assert resolve(namespace, fact.path) is not None
    assert resolve(namespace, "nothing") is None


def test_nothing_is_kept_alive_and_nothing_is_touched() -> None:
    x = torch.randn(100, 300, requires_grad=True)
    y = x * 2
    state, version = torch.get_rng_state(), y._version
    assert of(y).sample is not None
    assert torch.equal(state, torch.get_rng_state())
    assert y._version == version
    assert x.grad is None
    refs = [weakref.ref(x), weakref.ref(y)]
    del x, y
    gc.collect()
    assert [ref() for ref in refs] == [None, None]


def test_a_mode_left_on_sees_nothing_of_us() -> None:
    seen: list[Any] = []

    class Log(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            seen.append(func)
            return func(*args, **(kwargs or {}))

    x = torch.ones(3)
    with Log():
        found = of(x)
    assert seen == []
    assert found.sample is None
    assert found.note


def test_facts_alone_can_be_asked_for() -> None:
    fact = facts_of("_", torch.ones(2, dtype=torch.bfloat16))
    assert fact is not None
    assert (fact.path, fact.dtype, fact.nbytes, fact.change) == ("_", "bfloat16", 4, "")


def test_a_window_is_sampled_element_for_element() -> None:
    tensor = torch.arange(3000.0 * 2000).reshape(3000, 2000)
    assert sample(tensor).steps == (47, 32)
    found = of(tensor, window=((100, 110), (1990, 2000))).sample
    assert found is not None
    assert (found.start, found.steps, found.shape) == ((100, 1990), (1, 1), (10, 10))
    assert numbers(found.values) == tensor[100:110, 1990:].reshape(-1).tolist()


@pytest.mark.parametrize(
    ("tensor", "after", "found"),
    [
        (torch.tensor([1.0, math.nan, 2.0, math.inf]), (), (1,)),
        (torch.tensor([1.0, math.nan, 2.0, math.inf]), (1,), (3,)),
        (torch.tensor([1.0, math.nan, 2.0, math.inf]), (3,), (1,)),
        (torch.tensor([[0.0, -math.inf]]).t(), (0, 0), (1, 0)),
        (torch.tensor(math.nan), (), ()),
        (torch.ones(3), (), None),
        (torch.arange(3), (), None),
        (torch.empty(0), (), None),
    ],
)
def test_the_next_value_that_is_not_finite_is_found(
    tensor: torch.Tensor, after: tuple[int, ...], found: tuple[int, ...] | None
) -> None:
    assert of(tensor, after=after).found == found


def test_a_nan_that_no_sample_holds_is_found_in_a_large_tensor() -> None:
    tensor = torch.zeros(2_001, 3_001).t()
    tensor[2_999, 1_777] = math.nan
    assert of(tensor, after=()).found == (2_999, 1_777)
    assert of(tensor, after=(2_999, 1_777)).found == (2_999, 1_777)
    assert of(tensor).found is None


def test_every_element_of_a_large_tensor_is_looked_at_on_request() -> None:
    tensor = torch.full((3_700, 3_001), 2.0)
    tensor[3_501, 2_903], tensor[5, 5], tensor[7, 7] = -7.0, math.nan, 0.0
    sampled, found = of(tensor).stats, of(tensor, exact=True).stats
    assert sampled is not None
    assert found is not None
    assert (sampled.exact, sampled.minimum) == (False, 2.0)
    assert (found.exact, found.count, found.minimum, found.maximum) == (True, tensor.numel(), -7.0, 2.0)
    assert (found.nans, found.zeros) == (1, 1)
    rest = tensor.nan_to_num(2.0).double()
    assert found.mean == pytest.approx(rest.mean().item(), rel=1e-6)
    assert found.std == pytest.approx(rest.std().item(), rel=1e-2)
    assert found.norm == pytest.approx(rest.norm().item(), rel=1e-6)


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=2, max_size=60))
def test_a_histogram_counts_every_finite_value_once(values: list[float]) -> None:
    found = stats(torch.tensor(values))
    assert sum(found.histogram) == (len(values) if min(values) < max(values) else 0)
    if found.histogram:
        assert found.histogram[0] >= values.count(min(values))
        assert found.histogram_of == len(values)


def test_the_norm_of_values_whose_squares_leave_the_dtype_is_right() -> None:
    for scale in (1e30, 1e-30):
        assert stats(torch.full((20_000,), scale)).norm == pytest.approx(scale * math.sqrt(20_000), rel=1e-4)

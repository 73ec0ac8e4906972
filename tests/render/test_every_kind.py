"""Every kind of tensor, as a worker reads it and a pane draws it: drawn or honestly described, never a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from rich.cells import cell_len
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.nn.utils.rnn import pack_sequence

from tests.worker.probe import odd
from tutor.protocol import events
from tutor.protocol.commands import Inspect
from tutor.protocol.snapshots import TensorDetail
from tutor.protocol.wire import FrameReader, encode
from tutor.render.drawings import View, drawn
from tutor.render.lines import to_text
from tutor.render.look import Look
from tutor.session.decode import event_from
from tutor.worker.probe.details import detail
from tutor.worker.probe.tensors import TensorWatch

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::DeprecationWarning")


def fake() -> torch.Tensor:
    with FakeTensorMode():
        return torch.ones(2, 3)


def inside_vmap() -> torch.Tensor:
    return odd.leaked_from_vmap()


def inside_grad() -> torch.Tensor:
    kept: list[torch.Tensor] = []

    def leak(x: torch.Tensor) -> torch.Tensor:
        kept.append(x)
        return (x * x).sum()

    torch.func.grad(leak)(torch.ones(3))
    return kept[0]


def quantised_by_channel() -> torch.Tensor:
    scales, zeros = torch.tensor([0.1, 0.2]), torch.tensor([0, 0])
    return torch.quantize_per_channel(torch.ones(2, 3), scales, zeros, 0, torch.qint8)


def packed_half_bytes() -> torch.Tensor:
    scales, zeros = torch.tensor([0.5, 0.5]), torch.tensor([0.0, 0.0])
    return torch.quantize_per_channel(torch.ones(2, 4), scales, zeros, 0, torch.quint4x2)


def mixed() -> torch.Tensor:
    values = torch.randn(40, 50)
    values[3, 4], values[30, 40] = float("nan"), float("inf")
    return values


DRAWN: dict[str, Callable[[], Any]] = {
    "scalar": lambda: torch.tensor(3.5),
    "complex scalar": lambda: torch.tensor(3 + 4j),
    "bool scalar": lambda: torch.tensor(True),
    "vector": lambda: torch.arange(5.0),
    "rows": lambda: torch.arange(40),
    "long vector": lambda: torch.randn(100_000),
    "matrix": lambda: torch.arange(12.0).reshape(3, 4),
    "heat map": mixed,
    "stack": lambda: torch.randn(5, 30, 40),
    "images": lambda: torch.rand(4, 3, 32, 32),
    "small filters": lambda: torch.randn(8, 2, 3, 3),
    "five axes": lambda: torch.randn(2, 3, 4, 5, 6),
    "seven axes": lambda: torch.randn(2, 1, 3, 2, 2, 3, 4),
    "mask": lambda: torch.randn(20, 20) > 0,
    "bytes": lambda: torch.randint(0, 255, (3, 16, 16), dtype=torch.uint8),
    "large integers": lambda: torch.tensor([2**53 + 1, -(2**62)]),
    "unsigned": lambda: torch.tensor([1, 2**63], dtype=torch.uint64),
    "half": lambda: torch.randn(4, 4).half(),
    "bfloat16": lambda: torch.randn(4, 4).bfloat16(),
    "float8": lambda: torch.randn(4, 4).to(torch.float8_e4m3fn),
    "float8 of powers": lambda: torch.ones(4).to(torch.float8_e8m0fnu),
    "complex": lambda: torch.randn(6, 6, dtype=torch.complex64).conj(),
    "half complex": lambda: torch.ones(6, dtype=torch.complex32),
    "double complex": lambda: torch.randn(40, 40, dtype=torch.complex128),
    "negated view": lambda: torch.randn(3, dtype=torch.complex64).conj().imag,
    "quantised": lambda: torch.quantize_per_tensor(torch.rand(3, 4), 0.1, 0, torch.quint8),
    "quantised by channel": quantised_by_channel,
    "coo": lambda: torch.eye(4).to_sparse(),
    "coo of matrices": lambda: torch.ones(3, 2, 2).to_sparse(1),
    "csr": lambda: torch.eye(4).to_sparse_csr(),
    "csc": lambda: torch.eye(4).to_sparse_csc(),
    "bsr": lambda: torch.eye(4).to_sparse_bsr((2, 2)),
    "bsc": lambda: torch.eye(4).to_sparse_bsc((2, 2)),
    "mkldnn": lambda: torch.eye(4).to_mkldnn(),
    "parameter": lambda: torch.nn.Linear(3, 2).weight,
    "buffer": lambda: torch.nn.Buffer(torch.ones(3)),
    "non-leaf": lambda: torch.ones(3, requires_grad=True) * 2,
    "transposed": lambda: torch.randn(30, 3).t(),
    "expanded": lambda: torch.ones(1, 3).expand(5, 3),
    "inference": odd.inference,
    "packed sequence": lambda: pack_sequence([torch.ones(3, 2), torch.ones(1, 2)]).data,
    "subclass": lambda: torch.ones(3).as_subclass(odd.BrokenFunction),
    "subclass without shape": lambda: torch.ones(3).as_subclass(odd.LyingShape),
    "all nan": lambda: torch.full((3, 3), float("nan")),
    "huge range": lambda: torch.tensor([-3e38, 3e38]),
    "denormal": lambda: torch.tensor([5e-324, 0.0], dtype=torch.float64),
}
DESCRIBED: dict[str, tuple[Callable[[], Any], str]] = {
    "empty": (lambda: torch.empty(0, 3), "axis 0 has size 0"),
    "empty batch": (lambda: torch.empty(2, 0, 3, 3), "axis 1 has size 0"),
    "meta": (lambda: torch.ones(2, device="meta"), "meta tensor"),
    "fake": (fake, "fake tensor"),
    "nested": (lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), "2 tensors of shapes [2], [3]"),
    "jagged": (
        lambda: torch.nested.nested_tensor([torch.ones(2), torch.ones(3)], layout=torch.jagged),
        "nested tensor",
    ),
    "uninitialised": (lambda: torch.nn.LazyLinear(2).weight, "Not initialised"),
    "uninitialised buffer": (lambda: torch.nn.LazyBatchNorm1d().running_mean, "Not initialised"),
    "wrapper subclass": (lambda: odd.Wrapper(torch.ones(3)), "Python code of its own"),
    "leaked from vmap": (inside_vmap, "torch.func transform"),
    "leaked from grad": (inside_grad, "torch.func transform"),
    "freed": (odd.shrunk, "storage has been freed"),
    "large sparse": (lambda: torch.sparse_coo_tensor(size=(10**5, 10**5)), "too large"),
    "bits": (lambda: torch.empty(3, dtype=torch.bits8), "no way to turn its values into numbers"),
    "four bits": (lambda: torch.empty(3, dtype=torch.int4), "no way to turn its values into numbers"),
}
LOOKS = [
    Look(38, 8),
    Look(60, 20),
    Look(100),
    Look(38, 12, colour=False),
    Look(80, 30, colour=False, unicode=False),
]


def told(tensor: Any, asked: Inspect | None = None) -> TensorDetail:
    """What a pane gets of it: read by the probe, sent over the wire, decoded strictly."""
    facts = TensorWatch().scan({"x": tensor})[0][0]
    found = detail("x", tensor, facts, asked)
    assert found is not None
    frame = next(FrameReader().feed(encode(events.Inspected(1, found))))
    event = event_from(frame)
    assert isinstance(event, events.Inspected)
    assert event.detail is not None
    return event.detail


def pictures(shown: TensorDetail) -> list[str]:
    rank = max(0, len(shown.facts.shape))
    views = [View(), View(cursor=(0,) * rank, merged=True), View((0,) * max(0, rank - 2), part="phase")]
    texts = []
    for look in LOOKS:
        for view in views:
            text = to_text(drawn(shown, look, view).lines, look).plain
            assert all(cell_len(line) <= look.width for line in text.split("\n"))
            assert text.startswith(("x", "+ x"))
            texts.append(text)
    return texts


@pytest.mark.parametrize("kind", DRAWN)
def test_it_is_drawn(kind: str) -> None:
    shown = told(DRAWN[kind]())
    assert shown.sample is not None, shown.note
    assert shown.stats is not None
    assert all(text.count("\n") >= 2 for text in pictures(shown))
    shape = shown.facts.shape
    window = tuple((0, max(1, size // 2)) for size in shape[-2:])
    part = told(DRAWN[kind](), Inspect(0, "x", (0,) * max(0, len(shape) - 2), window, exact=True, after=()))
    pictures(part)


@pytest.mark.parametrize("kind", DESCRIBED)
def test_it_is_described(kind: str) -> None:
    make, words = DESCRIBED[kind]
    shown = told(make())
    assert shown.sample is None or shown.sample.values == b""
    for text in pictures(shown):
        assert words in " ".join(text.split())


def test_quantised_values_of_half_a_byte_are_drawn_or_described() -> None:
    shown = told(packed_half_bytes())
    assert "freed" not in shown.note
    pictures(shown)


def test_a_complex_number_is_written_as_python_writes_it() -> None:
    assert any("3+4j" in text for text in pictures(told(torch.tensor(3 + 4j))))
    shown = told(torch.tensor([[1j, 2.0], [3 - 4j, 0]]))
    text = to_text(drawn(shown, Look(60), View(cursor=(1, 0))).lines, Look(60)).plain
    assert "x[1, 0] = 3-4j" in text
    assert "|z| 5" in text

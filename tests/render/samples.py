"""Example snapshots, made without torch: values are packed the way the worker packs them."""

from __future__ import annotations

import math
import struct
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tutor.protocol.devices import Backend, DeviceSnapshot
from tutor.protocol.failures import ErrorReport, Frame
from tutor.protocol.gradients import (
    GradientGraph,
    GradientSnapshot,
    GraphNode,
    LeafGradient,
)
from tutor.protocol.snapshots import (
    Sample,
    Stats,
    TensorDetail,
    TensorFacts,
)
from tutor.protocol.verdicts import CheckPart, CheckResult

if TYPE_CHECKING:
    from collections.abc import Sequence

_SIZES = {"float64": 8, "int64": 8, "bool": 1, "uint8": 1, "complex64": 8, "float16": 2}


def pack(values: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(values)}d", *values)


def row_major(shape: Sequence[int]) -> tuple[int, ...]:
    strides: list[int] = []
    step = 1
    for size in reversed(shape):
        strides.insert(0, step)
        step *= max(size, 1)
    return tuple(strides)


def facts(path: str = "x", shape: Sequence[int] = (3, 4), **changes: Any) -> TensorFacts:
    dtype = changes.get("dtype", "float32")
    plain = TensorFacts(
        path=path,
        kind="Tensor",
        dtype=dtype,
        shape=tuple(shape),
        strides=row_major(shape),
        offset=0,
        device="cpu",
        layout="strided",
        requires_grad=False,
        is_leaf=True,
        grad_fn=None,
        has_grad=False,
        nbytes=math.prod(shape) * _SIZES.get(dtype, 4),
        contiguous=True,
        shares=(),
        change="",
    )
    return replace(plain, **changes)


def stats(values: Sequence[float], exact: bool = True) -> Stats:
    finite = [v for v in values if math.isfinite(v)]
    mean = sum(finite) / len(finite) if finite else math.nan
    return Stats(
        count=len(values),
        minimum=min(finite, default=math.nan),
        maximum=max(finite, default=math.nan),
        mean=mean,
        std=math.sqrt(sum((v - mean) ** 2 for v in finite) / len(finite)) if finite else math.nan,
        zeros=sum(v == 0 for v in finite),
        nans=sum(math.isnan(v) for v in values),
        infs=sum(math.isinf(v) for v in values),
        exact=exact,
        norm=math.sqrt(sum(v * v for v in finite)) if finite else math.nan,
        histogram=histogram(finite),
        histogram_of=len(finite),
    )


def histogram(finite: Sequence[float]) -> tuple[int, ...]:
    """Counts in 24 equal steps; none where all values are the same."""
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if not low < high < math.inf or math.isinf(high - low):
        return ()
    counts = [0] * 24
    for value in finite:
        counts[min(23, int((value - low) / (high - low) * 24))] += 1
    return tuple(counts)


def detail(
    path: str,
    shape: Sequence[int],
    values: Sequence[float],
    steps: Sequence[int] = (),
    start: Sequence[int] = (),
    **changes: Any,
) -> TensorDetail:
    """A detail whose sample has ``values``; with ``steps`` the tensor itself has ``shape``."""
    steps = tuple(steps) or (1,) * len(shape)
    start = tuple(start) or (0,) * len(shape)
    picked = tuple(-(-(size - first) // step) for size, first, step in zip(shape, start, steps, strict=True))
    whole = all(step == 1 for step in steps)
    imag = pack([0.0] * len(values)) if "complex" in changes.get("dtype", "") else b""
    sample = Sample(picked, start, steps, pack(values), imag)
    return TensorDetail(facts(path, shape, **changes), stats(values, exact=whole), sample)


def leaf(path: str, shape: Sequence[int], value: Sequence[float], grad: Sequence[float] | None) -> LeafGradient:
    return LeafGradient(
        path=path,
        dtype="float32",
        shape=tuple(shape),
        value_norm=math.sqrt(math.fsum(v * v for v in value)),
        grad_norm=None if grad is None else math.sqrt(math.fsum(g * g for g in grad)),
        value=pack(value[:16]),
        grad=pack(grad[:16]) if grad is not None else b"",
    )


def node(name: str, inputs: Sequence[int] = (), grad: float | None = None, **more: Any) -> GraphNode:
    """A node with one element when ``grad`` is given, else with the norm and shape in ``more``."""
    norm = abs(grad) if grad is not None else more.get("norm")
    leaf_name = "AccumulateGrad" if more.get("path") else name
    return GraphNode(leaf_name, more.get("path", ""), more.get("shape", ()), tuple(inputs), norm, grad)


def gradients(leaves: Sequence[LeafGradient], graph: GradientGraph | None = None, **more: Any) -> GradientSnapshot:
    plain = GradientSnapshot(1, (9.0,), (6.0,), tuple(leaves), 0, graph, live=False)
    return replace(plain, **more)


def parabola() -> GradientSnapshot:
    """``x = 2.0``, ``y = x**2 + 2*x + 1``, ``y.backward()``."""
    nodes = (
        node("AddBackward0", (1,), 1.0),
        node("AddBackward0", (2, 4), 1.0),
        node("PowBackward0", (3,), 1.0),
        node("", (), 6.0, path="x"),
        node("MulBackward0", (3,), 1.0),
    )
    return gradients([leaf("x", (), [2.0], [6.0])], GradientGraph(nodes, len(nodes)))


def small_net() -> GradientSnapshot:
    """Two linear layers with tanh between, hand-written mean square error, after 200 steps."""
    nodes = (
        node("MeanBackward0", (1,), 1.0),
        node("PowBackward0", (2,), shape=(8, 1), norm=0.354),
        node("SubBackward0", (3,), shape=(8, 1), norm=0.617),
        node("AddmmBackward0", (4, 5, 10), shape=(8, 1), norm=0.617),
        node("", (), 0.151, shape=(1,), path="model.2.bias"),
        node("TanhBackward0", (6,), shape=(8, 4), norm=0.381),
        node("AddmmBackward0", (7, 8), shape=(8, 4), norm=0.319),
        node("", (), shape=(4,), norm=0.073, path="model.0.bias"),
        node("TBackward0", (9,), shape=(2, 4), norm=0.475),
        node("", (), shape=(4, 2), norm=0.475, path="model.0.weight"),
        node("TBackward0", (11,), shape=(4, 1), norm=0.472),
        node("", (), shape=(1, 4), norm=0.472, path="model.2.weight"),
    )
    leaves = [
        leaf("model.0.weight", (4, 2), [0.1, -0.4, 0.3, 0.2, 0.9, -0.1, 0.2, 0.3], [0.1] * 8),
        leaf("model.0.bias", (4,), [0.5, -0.25, 0.125, 0.0], [0.01, -0.07, 0.005, 1e-9]),
        leaf("model.2.weight", (1, 4), [0.5, -0.25, 0.125, 0.0], [0.2, 0.1, -0.4, 0.05]),
        leaf("model.2.bias", (1,), [0.3], [0.151]),
        leaf("frozen", (3,), [1.0, 2.0, 3.0], None),
    ]
    losses = tuple(2.31 * 0.97**i + 0.05 * math.sin(i) ** 2 for i in range(200))
    norms = tuple(3 * 0.98**i for i in range(200))
    return gradients(
        leaves, GradientGraph(nodes, len(nodes)), step=200, losses=losses, grad_norms=norms, live=True
    )


def frame(
    file: str, line: int, source: str, failing: str = "", own: bool = True, function: str = "<module>"
) -> Frame:
    """A frame whose failing expression is ``failing``, which must occur in ``source``."""
    column = source.index(failing) if failing else -1
    end = column + len(failing) if failing else -1
    return Frame(file, line, line, column, end, function, source, own)


def mismatch() -> tuple[ErrorReport, ...]:
    """A shape error deep in torch, met while another error was handled."""
    library = "/home/me/venv/lib/python3.11/site-packages/torch/nn/modules/"
    first = ErrorReport(
        "KeyError", "'w'", (frame("<cell 2>", 1, "weights['w']", "weights['w']"),), relation="context"
    )
    second = ErrorReport(
        "RuntimeError",
        "mat1 and mat2 shapes cannot be multiplied (2x5 and 4x8)",
        (
            frame("<cell 2>", 4, "out = run(model, x)  # [red] not markup", "run(model, x)"),
            frame("<cell 1>", 7, "    return model(x) + bias", "model(x)", function="run"),
            frame(library + "module.py", 1775, "return self._call_impl(*args)", own=False, function="_wrapped"),
            frame(library + "module.py", 1786, "return forward_call(*args)", own=False, function="_call_impl"),
            frame(library + "linear.py", 125, "return F.linear(input)", own=False, function="forward"),
        ),
        notes=("The weight is kept as [out, in].",),
    )
    return first, second


GIB = 2**30


def devices(usable: bool = False) -> DeviceSnapshot:
    cuda = Backend("cuda", False, False, "", None, None, "this build of torch has no CUDA")
    if usable:
        cuda = Backend("cuda", True, True, "NVIDIA H200", int(1.2 * GIB), 139 * GIB, "")
    return DeviceSnapshot(
        torch="2.13.0",
        threads=1,
        cpus=2,
        backends=(
            cuda,
            Backend("rocm", False, False, "", None, None, "not in this build"),
            Backend("mps", False, False, "", None, None, "only on Apple silicon"),
            Backend("xpu", True, False, "", None, None, "no Intel GPU was found"),
        ),
        default="cuda:0" if usable else "cpu",
        accelerator="cuda" if usable else None,
    )


def check_results() -> tuple[CheckResult, ...]:
    shape = CheckPart("shape", False, "[4]", "[3]")
    dtype = CheckPart("dtype", True, "float32", "float32")
    return (
        CheckResult("`col_means` is a float tensor", "pass", (), "", ""),
        CheckResult(
            "`col_means` is right",
            "fail",
            (shape, dtype),
            "col_means has shape [3]; expected is [4].",
            "One number a column: which axis has to go?",
        ),
        CheckResult("the values agree", "", (), "", ""),
        CheckResult("a check that broke", "broken", (), "NameError", ""),
    )

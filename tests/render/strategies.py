"""Any snapshot the worker may send, and some it should not."""

from __future__ import annotations

import math
from dataclasses import replace

from hypothesis import strategies as st

from tests.render.samples import facts, pack, stats
from tutor.explain import Explanation
from tutor.explain.topics import Topic
from tutor.protocol.devices import Backend, DeviceSnapshot
from tutor.protocol.failures import (
    ErrorReport,
    Failing,
    Frame,
    Operand,
)
from tutor.protocol.gradients import (
    GradientGraph,
    GradientSnapshot,
    GraphNode,
    LeafGradient,
)
from tutor.protocol.snapshots import Sample, TensorDetail, TensorFacts
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.render.drawings import View
from tutor.render.look import Look

looks = st.builds(
    Look,
    width=st.integers(24, 130),
    height=st.none() | st.integers(1, 40),
    colour=st.booleans(),
    unicode=st.booleans(),
)
texts = st.text(max_size=40) | st.sampled_from(
    ["x", "[red]x[/red]", "日本語のテンソル", "e\u0301\u200d\ufe0f", "a\tb\nc"]
)
names = st.from_regex(r"[a-z_][a-z0-9_.]{0,40}", fullmatch=True) | texts
floats = st.floats(width=64) | st.sampled_from([0.0, 1.0, -1.0, math.nan, math.inf, -math.inf, 5e-324, 1.7e308])
dtypes = st.sampled_from(["float32", "float64", "bfloat16", "int64", "uint8", "bool", "complex64"]) | texts
sizes = st.integers(0, 9)


@st.composite
def tensor_facts(draw: st.DrawFn, shape: tuple[int, ...] | None = None) -> TensorFacts:
    if shape is None:
        shape = tuple(draw(st.lists(st.integers(0, 10**6), max_size=7)))
    return facts(
        draw(names),
        shape,
        dtype=draw(dtypes),
        kind=draw(st.sampled_from(["Tensor", "Parameter"]) | texts),
        strides=draw(st.none() | st.just(shape)),
        device=draw(st.sampled_from(["cpu", "cuda:0", "meta"]) | texts),
        layout=draw(st.sampled_from(["strided", "sparse_coo"])),
        requires_grad=draw(st.booleans()),
        is_leaf=draw(st.booleans()),
        grad_fn=draw(st.none() | st.just("AddmmBackward0") | texts),
        has_grad=draw(st.booleans()),
        nbytes=draw(st.integers(0, 10**15)),
        contiguous=draw(st.booleans()),
        shares=tuple(draw(st.lists(names, max_size=4))),
        change=draw(st.sampled_from(["", "new", "rebound", "modified"])),
    )


@st.composite
def details(draw: st.DrawFn) -> TensorDetail:
    """A sample of any rank up to 6: whole, or strided from some start, with any values."""
    picked = tuple(draw(st.lists(st.integers(1, 6) if draw(st.booleans()) else sizes, max_size=6)))
    whole = draw(st.booleans())
    start = tuple(0 if whole else draw(st.integers(0, 3)) for _ in picked)
    steps = tuple(1 if whole else draw(st.integers(1, 50)) for _ in picked)
    shape = tuple(
        first + (count - 1) * step + draw(st.integers(1, 1 if whole else step)) if count else 0
        for first, count, step in zip(start, picked, steps, strict=True)
    )
    count = math.prod(picked)
    few = draw(st.lists(floats, min_size=1, max_size=12))
    values = [few[i % len(few)] for i in range(count)]
    imag = draw(st.sampled_from([b"", b"", pack(values[::-1]), b"\0" * 8]))
    sample = Sample(picked, start, steps, pack(values), imag)
    mistaken = draw(st.sampled_from([sample, sample, sample, None, Sample((3,), (0,), (1,), b"\0" * 8)]))
    moderate = [v if abs(v) < 1e100 else 1.0 for v in values]
    figures = draw(st.sampled_from([None, stats(moderate, draw(st.booleans()))]))
    return TensorDetail(draw(tensor_facts(shape)), figures, mistaken, draw(st.just("") | texts))


indices = st.lists(st.integers(-9, 9), max_size=7).map(tuple)
views = st.builds(
    View,
    index=indices,
    cursor=st.none() | st.lists(st.integers(0, 99), max_size=6).map(tuple),
    part=st.sampled_from(["magnitude", "phase", "real", "imag"]),
    merged=st.booleans(),
)


@st.composite
def leaves(draw: st.DrawFn) -> LeafGradient:
    shape = tuple(draw(st.lists(st.integers(0, 4), max_size=3)))
    count = min(16, math.prod(shape))
    values = draw(st.lists(floats, min_size=count, max_size=count))
    norm = draw(st.none() | floats)
    return LeafGradient(
        draw(names), draw(dtypes), shape, draw(floats), norm, pack(values), b"" if norm is None else pack(values)
    )


@st.composite
def graphs(draw: st.DrawFn) -> GradientGraph:
    """Any directed graph, wrong ones (cycles, indices out of range) included."""
    count = draw(st.integers(0, 30))
    nodes = tuple(
        GraphNode(
            draw(st.sampled_from(["AddBackward0", "AccumulateGrad", "torch::autograd::AccumulateGrad"]) | texts),
            draw(st.just("") | names),
            draw(st.none() | st.just((2, 3))),
            tuple(draw(st.lists(st.integers(-1, count), max_size=3))),
            draw(st.none() | floats),
            draw(st.none() | floats),
        )
        for _ in range(count)
    )
    return GradientGraph(nodes, count + draw(st.integers(0, 5)))


gradient_snapshots = st.builds(
    GradientSnapshot,
    step=st.integers(0, 10**6),
    losses=st.lists(floats, max_size=300).map(tuple),
    grad_norms=st.lists(floats, max_size=30).map(tuple),
    leaves=st.lists(leaves(), max_size=5).map(tuple),
    more_leaves=st.integers(0, 3),
    graph=st.none() | graphs(),
    live=st.booleans(),
)
memory = st.none() | st.integers(0, 10**13)
backends = st.builds(
    Backend,
    st.sampled_from(["cuda", "rocm", "mps", "xpu"]),
    st.booleans(),
    st.booleans(),
    texts,
    memory,
    memory,
    texts,
)
device_snapshots = st.none() | st.builds(
    DeviceSnapshot,
    torch=st.none() | texts,
    threads=st.integers(1, 256),
    cpus=st.integers(1, 256),
    backends=st.lists(backends, max_size=5).map(tuple),
    default=st.sampled_from(["cpu", "cuda:0"]) | texts,
    accelerator=st.none() | texts,
)
positions = st.integers(-1, 50)
files = texts | st.sampled_from(
    [
        f"/v/lib/python3.11/site-packages/torch/{part}.py"
        for part in ("nn/functional", "nn/modules/linear", "_tensor")
    ]
)
functions = texts | st.sampled_from(["forward", "cross_entropy", "embedding", "__init__"])
frames = st.builds(
    Frame, files, st.integers(0, 999), st.integers(0, 999), positions, positions, functions, texts, st.booleans(),
    st.integers(0, 10**6), st.integers(0, 10**6),
)  # fmt: skip
kinds = st.sampled_from(["tensor", "module", "plain", "container", "function", "class", "package", "unknown"])
roles = st.sampled_from(
    ["left", "right", "receiver", "function", "argument", "index", "value", "part", "target", "forward", "maker"]
)
sources = names | st.sampled_from(["input", "target", "self", "weight", "tensors", "w.grad", "x"])
settings_of = st.lists(st.tuples(names, st.integers(0, 99) | texts), max_size=3).map(tuple)
leaf_operands = st.builds(
    Operand,
    source=sources,
    role=roles,
    kind=kinds,
    type=names,
    tensor=st.none() | tensor_facts(),
    text=texts,
    keyword=st.just("") | names,
    settings=settings_of,
    length=st.none() | st.integers(0, 9),
)
operands = st.builds(replace, leaf_operands, items=st.lists(leaf_operands, max_size=3).map(tuple))
failings = st.builds(
    Failing,
    texts,
    st.sampled_from(
        ["call", "index", "attribute", "unpack", "iterate", "condition", "assign", "raise", "@", "+", "+=", "-="]
    )
    | st.just(""),
    st.lists(operands, max_size=5).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
)
reports = st.builds(
    ErrorReport,
    names,
    texts,
    st.lists(frames, max_size=6).map(tuple),
    st.sampled_from(["", "cause", "context"]),
    st.lists(texts, max_size=2).map(tuple),
    st.none() | failings,
    st.lists(operands, max_size=3).map(tuple),
    st.just("") | texts,
)
proses = texts | st.lists(texts | st.just("`x [3]`,"), max_size=20).map(" ".join)
explanations = st.builds(
    Explanation, texts, proses, proses, proses, st.just("") | proses, st.just(Topic("T4", "Broadcasting"))
)
parts = st.builds(CheckPart, texts, st.booleans(), texts, texts)
results = st.builds(
    CheckResult,
    texts,
    st.sampled_from(["pass", "fail", "error", "broken", ""]),
    st.lists(parts, max_size=3).map(tuple),
    texts,
    texts,
)

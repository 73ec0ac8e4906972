"""Graphs as a worker sends them, and some that hang together badly."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.render.strategies import dtypes, floats, names, texts
from tutor.protocol.gradients import GraphNode, SavedTensor
from tutor.protocol.graphs import GraphView

_KINDS = ["AddBackward0", "MulBackward0", "MmBackward0", "SomeBackward", "AccumulateGrad", "NllLossBackward0"]

saved = st.builds(
    SavedTensor,
    st.sampled_from(["self", "other", "result", "saved_tensors[0]"]) | texts,
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
    dtypes,
    st.integers(0, 10**9),
    st.none() | floats,
    st.sampled_from(["", "freed", "packed"]),
)


@st.composite
def dags(draw: st.DrawFn, most: int = 25) -> GraphView:
    """A graph whose every node is reached from the first, as autograd's are."""
    count = draw(st.integers(1, most))
    inputs: list[list[int]] = [[] for _ in range(count)]
    for child in range(1, count):
        for above in draw(st.lists(st.integers(0, child - 1), min_size=1, max_size=3)):
            inputs[above].append(child)
    nodes = []
    for i, below in enumerate(inputs):
        single = draw(st.booleans())
        node = GraphNode(
            draw(st.sampled_from(_KINDS[:4])) if below else "AccumulateGrad",
            draw(st.just("") | names),
            () if single else (2, 3),
            tuple(below),
            draw(st.none() | floats),
            draw(st.none() | floats) if single else None,
            dtype="float32",
            number=i if below else -1,
            operands=tuple(range(len(below))),
            passed=tuple(draw(st.none() | floats) for _ in below),
            value=draw(st.none() | floats) if single else None,
            value_norm=draw(st.none() | floats),
            saved=tuple(draw(st.lists(saved, max_size=2))),
            line=draw(st.integers(0, 9)),
            source=draw(texts),
        )
        nodes.append(node)
    order = draw(st.just(()) | st.permutations(range(count)).map(tuple))
    return GraphView(
        *(draw(names), (), "float32", tuple(nodes), tuple(range(count)), (0,) * count, count, True),
        order=order,
        state=draw(st.sampled_from(["", "freed", "kept"])),
        alive=draw(st.booleans()),
    )


@st.composite
def views(draw: st.DrawFn) -> GraphView:
    """Any view: indices out of range, cycles, tuples of the wrong length, notes nobody knows."""
    view = draw(dags(12))
    count = len(view.nodes)
    nodes = tuple(
        replace(node, inputs=(*node.inputs, *draw(st.lists(st.integers(-2, count + 1), max_size=2))))
        for node in view.nodes
    )
    return replace(
        view,
        nodes=draw(st.just(nodes) | st.just(())),
        places=draw(st.just(view.places) | st.just(())),
        beyond=draw(st.just(view.beyond) | st.just((3,) * count) | st.just(())),
        order=(*view.order, *draw(st.lists(st.integers(-1, count), max_size=2))),
        note=draw(st.sampled_from(["", "leaf", "plain", "no_grad", "detach", "integer", "gone"]) | texts),
        line=draw(st.integers(0, 9)),
    )

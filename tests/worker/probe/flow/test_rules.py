"""The shape logic against torch itself: not what an axis is called, but what happens when it is turned round.

Of integers, sums are exact. An axis that goes on can be turned round before or after; an axis that is
contracted or
reduced can be turned round in every operand without any effect on the result.
"""

from __future__ import annotations

import os
import string
from math import prod
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules import Ruling, Told, ruling
from tutor.worker.probe.flow.rules.moving import regrouped
from tutor.worker.probe.flow.rules.pointwise import broadcast
from tutor.worker.probe.flow.rules.products import matmul_shape
from tutor.worker.probe.flow.rules.windows import window
from tutor.worker.probe.flow.values import At

EXAMPLES = int(os.environ.get("TUTOR_EXAMPLES", "60"))
thorough = settings(deadline=None, max_examples=EXAMPLES)
sizes = st.integers(1, 4)
shapes = st.lists(sizes, max_size=4).map(tuple)
Shape = tuple[int, ...]


def numbers(shape: Shape, start: int = 1) -> torch.Tensor:
    return torch.arange(start, start + prod(shape), dtype=torch.float64).reshape(shape)


def told(
    name: str, args: tuple[Any, ...], tensors: list[torch.Tensor], result: torch.Tensor, **kwargs: Any
) -> Ruling:
    operands = tuple(tuple(tensor.shape) for tensor in tensors)
    dtypes = tuple(str(tensor.dtype).removeprefix("torch.") for tensor in tensors)
    return ruling(Told(name, args, kwargs, operands, (tuple(result.shape),), dtypes))


def check(found: Ruling, tensors: list[torch.Tensor], run: Any) -> None:
    """Turn every axis of every operand round, together with those that go where it goes, and look at the
    result.
    """
    plain = run(*tensors)
    assert len(found.axes) == len(tensors)
    for to in range(plain.dim()):
        feeding = [
            [n for n, axis in enumerate(axes) if axis.fate in ("kept", "stretched") and axis.to == (to,)]
            for axes in found.axes
        ]
        if any(feeding) and all(
            axis.fate in ("kept", "stretched") for axes in found.axes for axis in axes if to in axis.to
        ):
            turned = [tensor.flip(axes) if axes else tensor for tensor, axes in zip(tensors, feeding, strict=True)]
            assert torch.equal(run(*turned), plain.flip(to))
    gone = [[n for n, axis in enumerate(axes) if axis.fate in ("contracted", "reduced")] for axes in found.axes]
    if sum(map(len, gone)) and max(map(len, gone)) == 1:
        turned = [tensor.flip(axes) if axes else tensor for tensor, axes in zip(tensors, gone, strict=True)]
        assert torch.equal(run(*turned), plain)


@thorough
@given(st.lists(shapes, min_size=1, max_size=3))
def test_broadcast_is_torchs(given_shapes: list[Shape]) -> None:
    try:
        expected = tuple(torch.broadcast_shapes(*given_shapes))
    except RuntimeError:
        with pytest.raises(ValueError, match="clash"):
            broadcast(tuple(given_shapes))
        return
    assert broadcast(tuple(given_shapes)) == expected


@thorough
@given(shapes, shapes)
def test_adding(a: Shape, b: Shape) -> None:
    x, y = numbers(a), numbers(b, 100)
    try:
        result = x + y
    except RuntimeError:
        assume(False)
    found = told("add", (At(0), At(1)), [x, y], result)
    assert found.kind == "elementwise"
    check(found, [x, y], torch.add)
    for shape, axes in zip((a, b), found.axes, strict=True):
        assert [axis.fate == "stretched" for axis in axes] == [
            size != result.shape[axis.to[0]] for size, axis in zip(shape, axes, strict=True)
        ]


@st.composite
def factors(draw: st.DrawFn) -> tuple[Shape, Shape]:
    inner, batch = draw(sizes), draw(st.lists(sizes, max_size=2))
    left = (*batch[draw(st.integers(0, len(batch))) :], *([draw(sizes)] if draw(st.booleans()) else []), inner)
    right = (*batch, inner, draw(sizes)) if draw(st.booleans()) else (inner,)
    return left, right


@thorough
@given(factors())
def test_matmul(pair: tuple[Shape, Shape]) -> None:
    a, b = pair
    x, y = numbers(a), numbers(b, 50)
    try:
        result = x @ y
    except RuntimeError:
        with pytest.raises(ValueError, match=r"differ|clash"):
            matmul_shape(a, b)
        return
    assert matmul_shape(a, b) == tuple(result.shape)
    found = told("matmul", (At(0), At(1)), [x, y], result)
    assert [sum(axis.fate == "contracted" for axis in axes) for axes in found.axes] == [1, 1]
    check(found, [x, y], torch.matmul)


@st.composite
def equations(draw: st.DrawFn) -> tuple[str, list[Shape]]:
    letters = draw(st.permutations(string.ascii_letters)).copy()[:4]
    size = {letter: draw(sizes) for letter in letters}
    terms = [
        "".join(draw(st.lists(st.sampled_from(letters), min_size=1, max_size=3)))
        for _ in range(draw(st.integers(1, 2)))
    ]
    used = sorted(set("".join(terms)))
    dots = draw(st.integers(0, 2))
    hidden = [draw(sizes) for _ in range(dots)]
    placed = [(f"...{term}" if dots else term) for term in terms]
    output = "".join(draw(st.permutations(used))[: draw(st.integers(0, len(used)))])
    arrow = draw(st.sampled_from(["", f"->{'...' if dots else ''}{output}"]))
    return ",".join(placed) + arrow, [(*hidden, *(size[letter] for letter in term)) for term in terms]


@thorough
@given(equations())
def test_einsum(case: tuple[str, list[Shape]]) -> None:
    equation, operands = case
    tensors = [numbers(shape, 1 + 7 * n) for n, shape in enumerate(operands)]
    try:
        result = torch.einsum(equation, *tensors)
    except RuntimeError:
        assume(False)
    found = told("einsum", (equation, *map(At, range(len(tensors)))), tensors, result)
    assert found.kind == "einsum"
    assert len(found.axes) == len(tensors)
    for letter in {axis.note for axes in found.axes for axis in axes}:
        places = [[n for n, axis in enumerate(axes) if axis.note == letter] for axes in found.axes]
        goes = {axis.to for axes in found.axes for axis in axes if axis.note == letter}
        assert len(goes) == 1
        turned = [t.flip(p) if p else t for t, p in zip(tensors, places, strict=True)]
        (to,) = goes
        assert torch.equal(torch.einsum(equation, *turned), result.flip(to) if to else result)
        holders = sum(map(bool, places))
        fates = {axis.fate for axes in found.axes for axis in axes if axis.note == letter}
        assert to or fates == {"contracted" if holders > 1 else "reduced"}


@thorough
@given(shapes, st.data())
def test_reductions(shape: Shape, data: st.DataObject) -> None:
    dims = data.draw(st.lists(st.integers(-len(shape), len(shape) - 1), unique_by=lambda d: d % len(shape)) if
    shape
                     else st.just([]))  # fmt: skip
    keepdim = data.draw(st.booleans())
    x = numbers(shape)

    def run(tensor: torch.Tensor) -> torch.Tensor:
        return tensor.sum(dim=dims, keepdim=keepdim)

    found = told("sum", (At(0),), [x], run(x), dim=tuple(dims), keepdim=keepdim)
    check(found, [x], run)
    expected = {d % len(shape) for d in dims} if dims else set(range(len(shape)))
    assert {n for n, axis in enumerate(found.axes[0]) if axis.fate == "reduced"} == expected
    for n in expected:
        assert torch.equal(run(x.flip(n)), run(x))


@thorough
@given(shapes, st.data())
def test_reshaping(shape: Shape, data: st.DataObject) -> None:
    x = numbers(shape)
    factors_of = data.draw(st.permutations([*shape, *data.draw(st.lists(st.just(1), max_size=2))]))
    other: Shape = tuple(factors_of)
    if data.draw(st.booleans()) and len(other) > 1:
        other = (other[0] * other[1], *other[2:])
    axes, _ = regrouped(shape, other)
    result = x.reshape(other)
    for n, axis in enumerate(axes):
        if axis.fate == "kept":
            assert torch.equal(x.flip(n).reshape(other), result.flip(axis.to))
        elif axis.fate == "removed":
            assert shape[n] == 1
    groups = {axis.to for axis in axes if axis.fate in ("merged", "split")}
    for group in groups:
        members = [n for n, axis in enumerate(axes) if axis.to == group]
        assert prod(shape[n] for n in members) == prod(other[to] for to in group)
        # A group of axes turned round as a whole is its result turned round as a whole.
        assert torch.equal(x.flip(members).reshape(other), result.flip(group))
    with pytest.raises(ValueError, match="elements"):
        regrouped(shape, (*other, 7))


@thorough
@given(shapes, st.data())
def test_reordering(shape: Shape, data: st.DataObject) -> None:
    x = numbers(shape)
    order = data.draw(st.permutations(range(len(shape))))
    given_order = tuple(axis - len(shape) if data.draw(st.booleans()) else axis for axis in order)
    check(
        told("permute", (At(0), given_order), [x], x.permute(given_order)), [x], lambda t: t.permute(given_order)
    )
    if len(shape) > 1:
        a, b = order[0], order[1]
        check(told("transpose", (At(0), a, b), [x], x.transpose(a, b)), [x], lambda t: t.transpose(a, b))
        check(told("movedim", (At(0), a, b), [x], x.movedim(a, b)), [x], lambda t: t.movedim(a, b))
        check(told("mT", (At(0),), [x], x.mT), [x], lambda t: t.mT)


ends = st.none() | st.integers(-2, 4)
indices = st.one_of(
    st.none(),
    st.just(Ellipsis),
    st.integers(-1, 0),
    st.builds(slice, ends, ends, st.none() | st.integers(1, 2)),
    st.just("index"),
)


@thorough
@given(st.lists(sizes, min_size=1, max_size=4).map(tuple), st.lists(indices, min_size=1, max_size=4), st.data())
def test_indexing(shape: Shape, items: list[Any], data: st.DataObject) -> None:
    assume(items.count(Ellipsis) <= 1)
    x = numbers(shape)
    tensors, real, plain = [x], [], []
    for item in items:
        if item == "index":
            index = torch.zeros(data.draw(st.lists(sizes, max_size=2)), dtype=torch.int64)
            tensors.append(index)
            real.append(index)
            plain.append(At(len(tensors) - 1))
        else:
            real.append(item)
            plain.append(item)
    try:
        result = x[tuple(real)]
    except (IndexError, RuntimeError):
        assume(False)
    found = told("__getitem__", (At(0), tuple(plain)), tensors, result)
    assert len(found.axes[0]) == len(shape), found
    for n, axis in enumerate(found.axes[0]):
        if axis.fate == "kept":
            assert torch.equal(x.flip(n)[tuple(real)], result.flip(axis.to))
        elif axis.fate == "sliced":
            start, stop, step = map(int, axis.note.split(":"))
            assert result.shape[axis.to[0]] == len(range(start, stop, step))
        elif axis.fate == "removed":
            place = 0 if axis.note == "by index" else int(axis.note) % shape[n]
            assert torch.equal(x.index_select(n, torch.tensor([place])).expand(shape)[tuple(real)], result)
        else:
            assert axis.fate == "picked"
    reached = [to for axes in found.axes for axis in axes for to in axis.to]
    assert all(result.shape[to] == 1 for to in range(result.dim()) if to not in reached)


@thorough
@given(shapes, st.data())
def test_joining(shape: Shape, data: st.DataObject) -> None:
    assume(shape)
    dim = data.draw(st.integers(-len(shape), len(shape) - 1))
    first, count = numbers(shape), data.draw(sizes)
    other_shape = list(shape)
    other_shape[dim] = count
    second = numbers(tuple(other_shape), 100)
    result = torch.cat([first, second], dim)
    found = told("cat", ([At(0), At(1)],), [first, second], result, dim=dim)
    check(found, [first, second], lambda *t: torch.cat(t, dim))
    for tensor, axes in zip((first, second), found.axes, strict=True):
        start, stop = map(int, axes[dim].note.split(":"))
        assert torch.equal(result.narrow(dim, start, stop - start), tensor)
    along = data.draw(st.integers(-len(shape) - 1, len(shape)))
    stacked = torch.stack([first, first], along)
    found = told("stack", ([At(0), At(1)], along), [first, first], stacked)
    check(found, [first, first], lambda *t: torch.stack(t, along))


@thorough
@given(
    st.integers(1, 12), st.integers(1, 4), st.integers(1, 3), st.integers(0, 2), st.integers(1, 2), st.booleans()
)
def test_windows(size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool) -> None:
    assume(2 * padding <= kernel)
    x = torch.zeros(1, 1, size)
    try:
        pooled = torch.nn.functional.max_pool1d(x, kernel, stride, padding, dilation, ceil).shape[-1]
    except RuntimeError:
        assume(False)
    out, note = window(size, kernel, stride, padding, dilation, ceil)
    assert out == pooled
    assert note.endswith(f" = {pooled}")
    if not ceil:
        weight = torch.zeros(1, 1, kernel)
        convolved = torch.nn.functional.conv1d(x, weight, None, stride, padding, dilation)
        assert window(size, kernel, stride, padding, dilation)[0] == convolved.shape[-1]


@pytest.mark.parametrize(
    "name", ["sum", "permute", "cat", "__getitem__", "conv2d", "einsum", "gather", "embedding"]
)
def test_arguments_that_make_no_sense_get_no_word(name: str) -> None:
    for args in ((), (At(0),), (At(0), object()), (At(0), At(0), At(0)), ("x", None)):
        found = ruling(Told(name, args, {}, ((3, 4),), ((5,),), ("float32",)))
        assert all(isinstance(axis, FlowAxis) for axes in found.axes for axis in axes)
        for axes in found.axes:
            assert all(to == 0 for axis in axes for to in axis.to)

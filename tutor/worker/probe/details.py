"""One tensor in full: facts, statistics and a bounded sample to draw."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tutor.protocol.commands import Inspect
from tutor.protocol.snapshots import (
    Sample,
    Stats,
    TensorDetail,
    TensorFacts,
)
from tutor.worker.probe.facts import RAGGED, UNSIZED, lies_in, reader
from tutor.worker.probe.missing import next_missing
from tutor.worker.probe.names import find
from tutor.worker.probe.sampling import Pick, Window, for_drawing
from tutor.worker.probe.stats import statistics
from tutor.worker.probe.touch import disturbs, quiet, runs_python, torch_module, type_name
from tutor.worker.probe.values import packed

_CONVERTED = 1_000_000
"""Elements up to which a sparse or quantised tensor is turned into an ordinary one to be drawn."""

_PARTS = 8


def resolve(namespace: dict[str, Any], path: str) -> Any | None:
    """The tensor a scan listed as ``path``; None when there is none any more. Nothing is evaluated."""
    return find(namespace, path)


def detail(
    path: str, tensor: Any, facts: TensorFacts | None = None, asked: Inspect | None = None
) -> TensorDetail | None:
    """Everything needed to draw ``tensor``; None if even its facts cannot be read.

    ``facts`` are those of the last scan: what they say about sharing and change is kept. ``asked`` says
    which part to draw, and how closely to look.
    """
    torch = torch_module()
    if torch is None:
        return None
    with quiet(torch):
        now = reader().facts(path, tensor) or reader().unsized(path, tensor)
        if now is None:
            return None
        if facts is not None:
            now = replace(
                now, shares=facts.shares, change=facts.change, view_of=facts.view_of, same_as=facts.same_as
            )
        try:
            return _described(torch, tensor, now, asked or Inspect(0, path))
        except NotImplementedError:
            problem = f"torch stores {now.dtype}, but has no way to turn its values into numbers"
            return TensorDetail(now, None, None, problem)
        except Exception as error:
            problem = f"torch could not read its values ({type_name(type(error))})"
            return TensorDetail(now, None, None, problem)


def _described(torch: Any, tensor: Any, facts: TensorFacts, asked: Inspect) -> TensorDetail:
    values, note = ordinary(torch, tensor, facts)
    if values is None:
        return TensorDetail(facts, None, None, note)
    stats = _stats(torch, values, asked.exact)
    if stats is not None:
        facts = replace(facts, nans=stats.nans, infs=stats.infs, counted=stats.exact)
    found = None if asked.after is None else next_missing(torch, values, asked.after)
    sample = _sample(torch, values, asked.index, asked.window)
    element = None if asked.cursor is None else _element(torch, values, asked.cursor)
    return TensorDetail(facts, stats, sample, note, found=found, element=element)


def ordinary(torch: Any, tensor: Any, facts: TensorFacts) -> tuple[Any | None, str]:
    """A strided tensor with the values of ``tensor``, detached; None, and why, where they are not read."""
    refusal = _refusal(torch, tensor, facts)
    return (None, refusal) if refusal else _strided(torch.Tensor.detach(tensor), facts)


def _stats(torch: Any, values: Any, exact: bool) -> Stats | None:
    try:
        return statistics(torch, values, exact)
    except Exception:  # some dtypes can be drawn but not computed with
        return None


def _sample(torch: Any, values: Any, index: tuple[int, ...], window: Window) -> Sample:
    return _picked(torch, values, for_drawing(tuple(values.shape), index, window))


def _element(torch: Any, values: Any, index: tuple[int, ...]) -> Sample | None:
    shape = tuple(values.shape)
    if len(index) != len(shape) or not all(0 <= at < size for at, size in zip(index, shape)):  # noqa: B905
        return None
    return _picked(torch, values, Pick(index, (1,) * len(shape), (1,) * len(shape)))


def _picked(torch: Any, values: Any, pick: Pick) -> Sample:
    picked = values[pick.slices()]
    imag = b""
    if picked.is_complex():
        picked = torch.view_as_real(picked.to(torch.complex128).resolve_conj())
        picked, imag = picked[..., 0], packed(torch, picked[..., 1])
    return Sample(pick.shape, pick.start, pick.steps, packed(torch, picked), imag)


def _refusal(torch: Any, tensor: Any, facts: TensorFacts) -> str:
    """Why the values are not read; empty when they are."""
    if facts.shape == UNSIZED and reader().is_unsized(tensor):
        return f"not initialised: a {facts.kind} gets its shape when its module first sees an input"
    if facts.device.startswith("meta"):
        return "a meta tensor: it has a shape and a dtype, but no values"
    if "FakeTensor" in facts.kind:
        return "a fake tensor: it stands for one with this shape and device, but has no values"
    if disturbs(torch):
        return "a mode that watches every operation is on, so its values are not read"
    if RAGGED in facts.shape:
        return _parts(tensor, facts)
    if runs_python(torch, type(tensor)):
        return f"a {facts.kind} answers operations with Python code of its own, so its values are not read"
    if torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        return "a tensor from inside a torch.func transform: its values cannot be read outside"
    if facts.layout == "strided":
        memory = reader().memory(tensor)
        # Of these several stand in one byte, while torch counts a whole one for each.
        packing = {"quint4x2": 2, "quint2x4": 4}.get(facts.dtype, 1)
        if memory is None or not lies_in(facts, memory[1] * packing):
            return "its storage has been freed or made smaller than its shape needs"
    return ""


def _strided(values: Any, facts: TensorFacts) -> tuple[Any | None, str]:
    """An ordinary tensor with the same values, without copying where that is possible; and a remark."""
    if facts.layout == "strided" and not values.is_quantized:
        return values, ""
    kind = "quantised" if values.is_quantized else facts.layout.strip("_").replace("_", " ")
    if values.numel() > _CONVERTED:
        return None, f"{kind}, and too large to be turned into an ordinary tensor for drawing"
    with _no_warnings():
        if values.is_quantized:
            return values.dequantize(), f"quantised: the values it stands for are shown.{_steps(values)}"
        stored = f" It stores {values._nnz():,} elements." if "sparse" in facts.layout else ""
        return values.to_dense(), f"{kind}: drawn as an ordinary tensor.{stored}"


def _steps(values: Any) -> str:
    """``Each is (stored - 10) * 0.1.`` where one step serves the whole tensor."""
    if "per_tensor" not in str(values.qscheme()):
        return " Each slice has a scale and a zero point of its own."
    return f" Each is (stored - {values.q_zero_point()}) * {values.q_scale():.6g}."


def _parts(tensor: Any, facts: TensorFacts) -> str:
    shapes: list[str] = []
    with contextlib.suppress(Exception), _no_warnings():
        shapes = [str(list(part.shape)) for part in tensor.unbind()[:_PARTS]]
    count = facts.shape[0]
    more = ", …" if count > len(shapes) else ""
    listed = f" of shapes {', '.join(shapes)}{more}" if shapes else ""
    return f"a nested tensor: {count} tensors{listed}"


@contextlib.contextmanager
def _no_warnings() -> Iterator[None]:
    """What torch has to say about rare layouts is not about anything the learner wrote."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield

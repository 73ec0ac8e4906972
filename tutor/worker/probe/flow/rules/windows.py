"""Operations that slide a window: convolutions and pooling. Sizes as torch's documentation of ``Conv2d``,
``ConvTranspose2d`` and ``MaxPool2d`` gives them.
"""

from __future__ import annotations

from typing import Any

from tutor.protocol.flow import FlowAxis
from tutor.worker.probe.flow.rules.model import Axes, Ruling, Told, kept, positive, spelled

_CONTRACTED = FlowAxis("contracted")


def _each(value: Any, count: int) -> list[int]:
    """One number for each axis a window slides along."""
    values = [value] * count if type(value) is int else list(value)
    if len(values) == 1:
        values *= count
    if len(values) != count or not all(type(n) is int for n in values):
        raise ValueError("not a window")
    return values


def window(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool = False
) -> tuple[int, str]:
    """The size after a window slid along an axis, and the formula with its numbers in it.

    floor((size + 2·padding − dilation·(kernel − 1) − 1) / stride) + 1; with ``ceil_mode`` rounded up, unless the
    last window would begin in the padding on the right.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    out = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (out - 1) * stride >= size + padding:
        out -= 1
    if out < 1:
        raise ValueError("the window does not fit")
    reach = f"{kernel}" if dilation == 1 else f"{dilation}·({kernel}−1) − 1"
    padded = f"{size} + 2·{padding}" if padding else f"{size}"
    rounding = "⌈⌉" if ceil else "⌊⌋"
    return out, f"{rounding[0]}({padded} − {reach}) / {stride}{rounding[1]} + 1 = {out}"


def conv(told: Told) -> Ruling:
    bound = told.bind("input weight bias stride padding dilation groups")
    x, weight = told.operands[:2]
    slid = len(weight) - 2
    batch = len(x) - slid - 1
    kernel = list(weight[2:])
    stride, dilation = _each(bound.get("stride", 1), slid), _each(bound.get("dilation", 1), slid)
    told_padding = bound.get("padding", 0)
    groups = bound.get("groups", 1)
    settings = [("kernel", spelled(tuple(kernel))), ("stride", spelled(bound.get("stride", 1)))]
    settings.append(("padding", spelled(told_padding)))
    settings += [("dilation", spelled(bound["dilation"]))] if any(n != 1 for n in dilation) else []
    settings += [("groups", str(groups))] if groups != 1 else []
    axes: list[FlowAxis] = [FlowAxis("kept", (n,)) for n in range(batch)]
    axes.append(_CONTRACTED)
    for n in range(slid):
        size = x[batch + 1 + n]
        if told_padding == "same":
            note = f"same: {size}"
        else:
            padding = 0 if told_padding == "valid" else _each(told_padding, slid)[n]
            note = window(size, kernel[n], stride[n], padding, dilation[n])[1]
        axes.append(FlowAxis("strode", (batch + 1 + n,), note))
    filters = (FlowAxis("kept", (batch,)), _CONTRACTED, *(FlowAxis("reduced", (), "kernel") for _ in range(slid)))
    rows: list[Axes] = [tuple(axes), filters]
    rows += [(FlowAxis("kept", (batch,)),) for _ in told.operands[2:]]
    return Ruling("conv", tuple(rows), tuple(settings), {1: "weight", 2: "bias"})


def conv_transpose(told: Told) -> Ruling:
    """(size − 1)·stride − 2·padding + dilation·(kernel − 1) + output_padding + 1; the weight is [in, out, ..]."""
    bound = told.bind("input weight bias stride padding output_padding groups dilation")
    x, weight = told.operands[:2]
    slid = len(weight) - 2
    batch = len(x) - slid - 1
    stride, padding, extra, dilation = (
        _each(bound.get(name, default), slid)
        for name, default in (("stride", 1), ("padding", 0), ("output_padding", 0), ("dilation", 1))
    )
    axes: list[FlowAxis] = [*(FlowAxis("kept", (n,)) for n in range(batch)), _CONTRACTED]
    for n in range(slid):
        size, kernel = x[batch + 1 + n], weight[2 + n]
        out = (size - 1) * stride[n] - 2 * padding[n] + dilation[n] * (kernel - 1) + extra[n] + 1
        note = f"({size} − 1)·{stride[n]} − 2·{padding[n]} + {dilation[n]}·({kernel} − 1) + {extra[n]} + 1 = {out}"
        axes.append(FlowAxis("strode", (batch + 1 + n,), note))
    filters = (_CONTRACTED, FlowAxis("kept", (batch,)), *(FlowAxis("reduced", (), "kernel") for _ in range(slid)))
    if bound.get("groups", 1) != 1:
        filters = ()
    rows: list[Axes] = [tuple(axes), filters]
    rows += [(FlowAxis("kept", (batch,)),) for _ in told.operands[2:]]
    settings = (("kernel", spelled(tuple(weight[2:]))), ("stride", spelled(bound.get("stride", 1))))
    return Ruling("conv", tuple(rows), settings, {1: "weight", 2: "bias"})


def pool(told: Told) -> Ruling:
    average = told.name.startswith("avg")
    last = "ceil_mode" if average else "dilation ceil_mode"
    bound = told.bind(f"input kernel_size stride padding {last}")
    x = told.operands[0]
    slid = int(told.name.rstrip("d")[-1])
    batch = len(x) - slid
    kernel = _each(bound["kernel_size"], slid)
    given = bound.get("stride")
    stride = kernel if given is None or given in ((), []) else _each(given, slid)
    padding, dilation = _each(bound.get("padding", 0), slid), _each(bound.get("dilation", 1), slid)
    ceil = bound.get("ceil_mode") is True
    axes = [FlowAxis("kept", (n,)) for n in range(batch)]
    for n in range(slid):
        note = window(x[batch + n], kernel[n], stride[n], padding[n], dilation[n], ceil)[1]
        axes.append(FlowAxis("strode", (batch + n,), note))
    settings = [("kernel", spelled(tuple(kernel))), ("stride", spelled(tuple(stride)))]
    settings += [("padding", spelled(tuple(padding)))] if any(padding) else []
    return Ruling("pool", (tuple(axes),), tuple(settings))


def adaptive(told: Told) -> Ruling:
    """The result's size is what was asked for; the windows are cut to that."""
    x, result = told.operands[0], told.result
    slid = int(told.name.rstrip("d")[-1])
    axes = [
        FlowAxis("kept", (n,)) if n < len(x) - slid else FlowAxis("strode", (n,), f"{x[n]} in {result[n]} windows")
        for n in range(len(x))
    ]
    return Ruling("pool", (tuple(axes),))


def resized(told: Told) -> Ruling:
    """``interpolate`` and ``pad``: the same axes, some with another size."""
    x, result = told.operands[0], told.result
    if len(x) != len(result):
        raise ValueError("other axes")
    axes = tuple(
        FlowAxis("kept" if size == result[n] else "grown" if size < result[n] else "sliced", (n,),
                 "" if size == result[n] else f"to {result[n]}")
        for n, size in enumerate(x)
    )  # fmt: skip
    return Ruling("repeat", (axes,))


def unfold(told: Told) -> Ruling:
    """``x.unfold(dim, size, step)``: windows along ``dim``, their contents a new last axis."""
    bound = told.bind("input dimension size step")
    x = told.operands[0]
    if type(bound.get("size")) is not int:
        raise ValueError("torch.nn.functional.unfold is another one")
    dim = positive(bound["dimension"], len(x))
    out = (x[dim] - bound["size"]) // bound["step"] + 1
    axes = list(kept(x))
    axes[dim] = FlowAxis("strode", (dim, len(x)), f"{out} windows of {bound['size']}")
    return Ruling("pool", (tuple(axes),), (("size", str(bound["size"])), ("step", str(bound["step"]))))

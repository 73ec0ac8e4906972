"""What an operation did, in short sentences made from its facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.flow.shapes import called
from tutor.render.numbers import count

if TYPE_CHECKING:
    from tutor.protocol.flow import FlowStep
    from tutor.render.flow.letters import Lettered
    from tutor.render.look import Look

_VERBS = {
    "sum": "sums over", "nansum": "sums over", "mean": "averages over", "nanmean": "averages over",
    "prod": "multiplies over", "max": "takes the largest over", "amax": "takes the largest over",
    "min": "takes the smallest over", "amin": "takes the smallest over", "argmax": "finds the largest over",
    "argmin": "finds the smallest over", "std": "takes the spread over", "var": "takes the variance over",
    "norm": "takes the norm over", "median": "takes the median over", "all": "asks whether all are true over",
    "any": "asks whether any is true over",
}  # fmt: skip


_COPIED = {"reshape": ": in memory the elements do not lie in this order, so they were copied"}


def sentences(step: FlowStep, letters: Lettered, look: Look) -> list[str]:
    """What became of the axes; memory and cost are not in here."""
    if step.error:
        return _failed(step)
    said: list[str] = []
    said += _contracted(step, letters)
    said += _reduced(step, letters)
    said += _stretched(step, letters, look)
    said += _moved(step, letters)
    said += _other(step, letters)
    if step.broke:
        kind = "a NaN" if step.broke == "nan" else "an infinity"
        said.append(f"{look.glyphs.pointer} {kind} appears here: no operand had one")
    return [sentence for sentence in said if sentence]


def _failed(step: FlowStep) -> list[str]:
    said = [f"raised {step.error}; the operation has no result"]
    shapes = [operand.shape for operand in step.operands]
    if step.kind == "matmul" and len(shapes) == 2 and all(shapes):
        inner = (shapes[0][-1], shapes[1][-2 if len(shapes[1]) > 1 else 0])
        if inner[0] != inner[1]:
            said.append(f"the inner axes differ: {inner[0]} and {inner[1]}")
    if step.kind == "linear" and len(shapes) >= 2 and shapes[0] and shapes[1] and shapes[0][-1] != shapes[1][-1]:
        said.append(f"the last axis is {shapes[0][-1]}, the weight wants {shapes[1][-1]}")
    if step.kind == "elementwise" and len(shapes) > 1:
        for axis in range(-1, -max(map(len, shapes)) - 1, -1):
            sizes = sorted({shape[axis] for shape in shapes if len(shape) >= -axis} - {1})
            if len(sizes) > 1:
                said.append(f"axis {axis}: {sizes[0]} and {sizes[1]} differ, and neither is 1")
    return said


def _contracted(step: FlowStep, letters: Lettered) -> list[str]:
    if step.kind not in ("matmul", "linear", "conv", "einsum"):
        return []
    found: dict[str, int] = {}
    for operand, row in zip(step.operands, letters.operands, strict=True):
        for size, axis, letter in zip(operand.shape, operand.axes, row, strict=False):
            if axis.fate == "contracted":
                found[letter] = max(size, found.get(letter, 1))
    axes = ", ".join(f"{letter}={size}" for letter, size in found.items())
    return [f"contracts {axes} (multiplied and summed)"] if found else []


def _reduced(step: FlowStep, letters: Lettered) -> list[str]:
    if step.kind not in ("reduce", "loss", "einsum"):
        return []
    axes, stays = [], False
    for operand, row in list(zip(step.operands, letters.operands, strict=True))[
        : 1 if step.kind != "einsum" else None
    ]:
        for size, axis, letter in zip(operand.shape, operand.axes, row, strict=False):
            if axis.fate == "reduced":
                axes.append(f"{letter}={size}")
                stays = stays or bool(axis.to)
    if not axes:
        return []
    default = "reduces" if step.kind == "reduce" else "one number from" if step.kind == "loss" else "sums over"
    verb = _VERBS.get(step.name, default)
    end = (
        ", kept as 1"
        if stays
        else ""
        if step.kind == "loss"
        else ", which goes"
        if len(axes) == 1
        else ", which go"
    )
    return [f"{verb} {', '.join(axes)}{end}"]


def _stretched(step: FlowStep, letters: Lettered, look: Look) -> list[str]:
    if not step.results or step.kind not in (
        "elementwise",
        "matmul",
        "linear",
        "expand",
        "norm",
        "loss",
        "einsum",
    ):
        return []
    result = step.results[0].shape
    said = []
    for operand in step.operands:
        if not operand.axes or (step.kind in ("matmul", "linear", "einsum", "norm", "loss") and not operand.shape):
            continue
        reached = {to for axis in operand.axes for to in axis.to}
        along = [(axis.to[0], "stretched") for axis in operand.axes if axis.fate == "stretched" and axis.to]
        if step.kind in ("elementwise", "expand"):
            along += [(to, "new") for to in range(len(result)) if to not in reached and result[to] != 1]
        if along and operand.shape:
            ways = ", ".join(f"{letters.result[to]} ×{result[to]}" for to, _ in sorted(along))
            how = "without copying" if step.kind == "expand" else ""
            said.append(f"{called(operand, look) or 'it'} is repeated along {ways} {how}".rstrip())
    grows = len(step.operands) > 1 and step.kind == "elementwise" and all(
        _count(operand.shape) < _count(result) for operand in step.operands
    )  # fmt: skip
    if grows:
        said.append(f"{look.glyphs.pointer} the result is larger than every operand: is that meant?")
    return said


def _count(shape: tuple[int, ...]) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _moved(step: FlowStep, letters: Lettered) -> list[str]:
    if not step.operands or not step.operands[0].axes or not step.results:
        return []
    row, axes, shape = letters.operands[0], step.operands[0].axes, step.operands[0].shape
    if step.kind == "permute":
        return [f"axes in another order: {', '.join(row)} becomes {', '.join(letters.result)}"]
    if step.kind == "reshape":
        said = []
        for to in dict.fromkeys(axis.to for axis in axes if axis.fate in ("merged", "split")):
            before = ", ".join(f"{row[n]}={shape[n]}" for n, axis in enumerate(axes) if axis.to == to)
            after = ", ".join(f"{letters.result[n]}={step.results[0].shape[n]}" for n in to)
            verb = "merged into" if len(to) == 1 else "cut into"
            said.append(f"{before} {verb} {after}, in index order")
        return [*said, *_ones(step, letters)]
    if step.kind in ("squeeze", "unsqueeze"):
        return _ones(step, letters)
    return []


def _ones(step: FlowStep, letters: Lettered) -> list[str]:
    axes = step.operands[0].axes
    gone = [letters.operands[0][n] for n, axis in enumerate(axes) if axis.fate == "removed"]
    reached = {to for axis in axes for to in axis.to}
    new = [letters.result[n] for n, size in enumerate(step.results[0].shape) if n not in reached and size == 1]
    said = [f"{', '.join(gone)} of size 1 {'goes' if len(gone) == 1 else 'go'}"] if gone else []
    return [*said, *([f"{', '.join(new)}: new, of size 1"] if new else [])]


def _other(step: FlowStep, letters: Lettered) -> list[str]:
    settings = dict(step.settings)
    if step.kind == "along" and "dim" in settings and letters.operands:
        dims = _named(settings["dim"], letters.operands[0])
        return (
            [f"works along {', '.join(dims)}; the shape stays"]
            if step.name != "topk"
            else [f"keeps the {settings.get('k', '')} largest along {', '.join(dims)}"]
        )
    over = _named(settings.get("over", ""), letters.result)
    if step.kind == "norm" and over:
        return [f"mean 0, spread 1 over {', '.join(over)}; the shape stays"]
    if step.kind == "norm":
        return [f"normalised by {settings.get('over', 'groups')}; the shape stays"]
    if step.kind == "make":
        return ["a new tensor"]
    return []


def _named(axes: str, row: tuple[str, ...]) -> list[str]:
    """The letters of axes given as ``0, 2``; of those that are there."""
    return [row[int(n)] for n in axes.split(", ") if n.isdecimal() and int(n) < len(row)]


def memory(step: FlowStep, look: Look) -> str:
    """Whether the result has memory of its own."""
    if not step.results:
        return ""
    result = step.results[0]
    owner = step.operands[result.shares] if 0 <= result.shares < len(step.operands) else None
    name = (called(owner, look) or "its operand") if owner is not None else "its operand"
    return {
        "new": "" if step.kind == "make" else f"new memory{_COPIED.get(step.kind, '')}",
        "shared": f"shares memory with {name}",
        "in place": f"changes {name} in place",
        "same": f"is {name} itself",
    }.get(result.memory, "")


def cost(step: FlowStep) -> str:
    """``40 parameters · 192 FLOPs``, as far as they are known."""
    parts = [f"{count(step.parameters)} parameter{'s' if step.parameters != 1 else ''}"] if step.parameters else []
    parts += [f"{flops(step.flops)}"] if step.flops else []
    return " · ".join(parts)


def flops(n: int) -> str:
    """``120 FLOPs``, ``1.3 MFLOPs``"""
    for power, unit in ((12, "T"), (9, "G"), (6, "M")):
        if n >= 10**power:
            return f"{n / 10**power:.3g} {unit}FLOPs"
    return f"{count(n)} FLOPs"

"""Shapes that meet by accident: a column against a row, a batch taken for time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.watch.cell import Region, called, constant, receiver, text_of
from tutor.worker.probe.watch.live import shape
from tutor.worker.probe.watch.run import Ended, notice

Sizes = tuple[int, ...]

_SAME_WORDS = (
    "float double half long int bool round sigmoid tanh relu abs exp log sqrt square pow detach clone cpu to "
    "clamp contiguous"
)
_SAME = frozenset(_SAME_WORDS.split())
_SMALLEST_BATCH = 8
_TURNED = ("transpose", "permute", "swapaxes", "movedim", "mT", "batch_first")


def met_by_accident(run: Ended) -> Iterator[Notice]:
    """``(N, 1)`` against ``(N,)`` in a difference or a comparison that is then averaged or summed."""
    pairs: list[tuple[ast.expr, ast.expr, ast.expr, Region]] = []
    for binary, region in run.cell.each(ast.BinOp):
        if isinstance(binary.op, ast.Sub):
            pairs.append((binary, binary.left, binary.right, region))
    for compare, region in run.cell.each(ast.Compare):
        if len(compare.ops) == 1 and isinstance(compare.ops[0], (ast.Eq, ast.NotEq)):
            pairs.append((compare, compare.left, compare.comparators[0], region))
    for node, left, right, region in pairs:
        sizes = (sizes_of(run, left, region), sizes_of(run, right, region))
        if not _crossed(*sizes) or not _averaged(node, region):
            continue
        rule = "broadcast" if isinstance(node, ast.BinOp) else "broadcast-compare"
        result = max(sizes[0] or (), sizes[1] or ())[0]
        facts = {"left": sizes[0], "right": sizes[1], "result": (result, result), "code": text_of(node)}
        yield notice(rule, region.line_of(node), **facts)


def _crossed(left: Sizes | None, right: Sizes | None) -> bool:
    if left is None or right is None:
        return False
    long, short = (left, right) if len(left) > len(right) else (right, left)
    return len(long) == 2 and len(short) == 1 and long == (short[0], 1) and short[0] > 1


def _averaged(node: ast.AST, region: Region) -> bool:
    return any(isinstance(above, ast.Call) and called(above) in ("mean", "sum") for above in region.above(node))


def sizes_of(run: Ended, node: ast.expr, region: Region) -> Sizes | None:
    """The shape of a simple expression: a name, a few methods on one, a plain stack of layers; None if it
    cannot be told.
    """
    if isinstance(node, ast.Name):
        tensor = run.live.tensor(node, region)
        return None if tensor is None else tuple(tensor.shape)
    if isinstance(node, ast.Compare) and len(node.comparators) == 1 and constant(node.comparators[0]) is not ...:
        return sizes_of(run, node.left, region)
    if not isinstance(node, ast.Call):
        return None
    layers = run.live.module(node.func, region)
    if layers is not None and len(node.args) == 1:
        return _through(run, layers, sizes_of(run, node.args[0], region))
    if receiver(node) is None:
        return None
    inner = sizes_of(run, receiver(node) or node, region)
    name, dim = called(node), constant(node.args[0]) if node.args else None
    if inner is None or name in _SAME:
        return inner
    if any(keyword.arg == "dim" for keyword in node.keywords):
        dim = next(constant(keyword.value) for keyword in node.keywords if keyword.arg == "dim")
    kept = [constant(keyword.value) for keyword in node.keywords if keyword.arg == "keepdim"]
    if type(dim) is not int or kept not in ([], [True], [False]):
        return None
    return _changed(name, inner, dim, kept=kept == [True])


def _through(run: Ended, layers: Any, sizes: Sizes | None) -> Sizes | None:
    """What torch's own layers make of a shape: those that keep it, ``Linear``, and a ``Sequential`` of them."""
    nn = run.live.torch.nn
    kind = type(layers)
    if sizes is None or kind in (nn.Identity, nn.ReLU, nn.GELU, nn.Tanh, nn.Sigmoid, nn.Softmax, nn.Dropout):
        return sizes
    if kind is nn.Linear and sizes:
        weight = instance_dict(layers)["_parameters"].get("weight")
        return (*sizes[:-1], int(weight.shape[0])) if run.live.is_plain(weight) else None
    if kind is nn.Sequential:
        for part in instance_dict(layers)["_modules"].values():
            sizes = _through(run, part, sizes)
        return sizes
    return None


def _changed(name: str, sizes: Sizes, dim: int, *, kept: bool) -> Sizes | None:
    if name == "unsqueeze":
        place = dim + len(sizes) + 1 if dim < 0 else dim
        return (*sizes[:place], 1, *sizes[place:])
    place = dim + len(sizes) if dim < 0 else dim
    if not 0 <= place < len(sizes):
        return None
    if name == "argmax" and kept:
        return (*sizes[:place], 1, *sizes[place + 1 :])
    if kept:
        return None
    if name == "argmax" or (name == "squeeze" and sizes[place] == 1):
        return sizes[:place] + sizes[place + 1 :]
    return sizes if name == "squeeze" else None


def batch_taken_for_time(run: Ended) -> Iterator[Notice]:
    """A recurrent layer that reads the first axis as time, given what has the look of a batch there."""
    nn = run.live.torch.nn
    if run.cell.mentions(*_TURNED):
        return
    for call, region in run.cell.each(ast.Call):
        layer = run.live.module(call.func, region)
        if layer is None or type(layer) not in (nn.LSTM, nn.GRU, nn.RNN) or not call.args:
            continue
        tensor = run.live.tensor(call.args[0], region)
        if tensor is None or tensor.dim() != 3 or layer.__dict__.get("batch_first") is not False:
            continue
        first, second = int(tensor.shape[0]), int(tensor.shape[1])
        if (_batch(first) and not _batch(second)) or _answers(run, first, second):
            facts = {"layer": type(layer).__name__, "shape": shape(tensor), "steps": first, "sequences": second}
            yield notice("batch-taken-for-time", region.line_of(call), **facts)


def _batch(size: int) -> bool:
    """Whether people make batches of this size: a power of two, not too small."""
    return size >= _SMALLEST_BATCH and size & (size - 1) == 0


def _answers(run: Ended, first: int, second: int) -> bool:
    """Whether there is one label for each entry of the first axis, and not of the second."""
    if first == second:
        return False
    whole = (run.live.torch.int64, run.live.torch.int32)
    labels = [tuple(v.shape) for _, v in run.live.all() if run.live.is_plain(v) and v.dtype in whole]
    return (first,) in labels and (second,) not in labels

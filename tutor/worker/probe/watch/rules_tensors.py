"""Rules about single tensors: what an operation gave is not what it looks like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.watch.cell import Region, argument, called, constant, receiver, text_of
from tutor.worker.probe.watch.live import Live, shape
from tutor.worker.probe.watch.run import Ended, notice

_NEW_WORDS = (
    "to float double half bfloat16 long int short bool cpu cuda type permute transpose reshape view squeeze "
    "unsqueeze detach clone t flatten contiguous add sub mul div pow clamp abs exp log sqrt round neg expand "
    "repeat masked_fill index_fill scatter softmax sigmoid tanh relu"
)
_NEW = frozenset(_NEW_WORDS.split())
"""Methods that leave the tensor as it is and return another."""

_REDUCTIONS = ("mean", "sum", "std", "var", "amax", "amin", "norm", "logsumexp")
_GUARDS = ("where", "nan_to_num", "masked_fill", "xlogy", "nansum", "nanmean", "isinf", "isfinite", "entr")
_SCORES = re.compile(r"logit|score|pred|out|y_?hat|^z$", re.IGNORECASE)
_PIXEL = 255


def uint8_wraps(run: Ended) -> Iterator[Notice]:
    """Arithmetic on uint8 that left 0 to 255."""
    for node, region in run.cell.each(ast.BinOp):
        if not isinstance(node.op, (ast.Add, ast.Sub, ast.Mult)):
            continue
        sides = [_bytes(run, side, region) for side in (node.left, node.right)]
        if sides[0] is None or sides[1] is None or all(isinstance(side, int) for side in sides):
            continue
        op = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(node.op)]
        result = _computed(op, *sides)
        low, high = int(result.min()), int(result.max())
        if low < 0 or high > _PIXEL:
            yield notice("uint8-wraps", region.line_of(node), code=text_of(node), true=low if low < 0 else high)


def _bytes(run: Ended, node: ast.expr, region: Region) -> Any | None:
    """A uint8 tensor as int32, or a whole number of Python's."""
    value = constant(node)
    if type(value) is int:
        return value
    tensor = run.live.tensor(node, region)
    if tensor is None or tensor.dtype != run.live.torch.uint8 or not run.live.readable(tensor):
        return None
    return tensor.int() if run.settled(node, region) else None


def _computed(op: str, left: Any, right: Any) -> Any:
    if op == "+":
        return left + right
    return left - right if op == "-" else left * right


def legacy_constructor(run: Ended) -> Iterator[Notice]:
    """``torch.Tensor(3)`` where a 3 was meant."""
    for call, region in run.cell.calls("Tensor", "FloatTensor", "DoubleTensor", "IntTensor", "LongTensor"):
        parent = region.parents.get(call)
        filled = isinstance(parent, ast.Attribute) and parent.attr.endswith("_")
        wrapped = isinstance(parent, ast.Call) and called(parent) in ("Parameter", "Buffer", "register_buffer")
        if len(call.args) != 1 or call.keywords or filled or wrapped:
            continue
        known = run.live.value(call.func, region) is run.live.torch.Tensor
        if not known and not run.live.from_torch(receiver(call), region):
            continue
        value = constant(call.args[0])
        if value is ...:
            value = run.live.value(call.args[0], region)
        if type(value) is int:
            yield notice("legacy-constructor", region.line_of(call), kind=called(call), size=value)


def unused_result(run: Ended) -> Iterator[Notice]:
    """``x.to("cuda")`` as a statement of its own."""
    last = run.cell.main.body[-1] if run.cell.main.body else None
    for statement, region in run.cell.each(ast.Expr):
        call = statement.value
        if statement is last or not isinstance(call, ast.Call) or called(call) not in _NEW:
            continue
        if isinstance(receiver(call), ast.Name) and run.live.tensor(receiver(call), region) is not None:
            if any(keyword.arg == "out" for keyword in call.keywords):
                continue
            name = text_of(receiver(call) or call)
            yield notice("unused-result", region.line_of(call), code=text_of(call), name=name)


def lost_axis(run: Ended) -> Iterator[Notice]:
    """``x - x.mean(1)`` where it happens to run: the wrong axis is matched."""
    for node, region in run.cell.each(ast.BinOp):
        if not isinstance(node.op, (ast.Sub, ast.Div)) or not isinstance(node.right, ast.Call):
            continue
        call, name = node.right, node.left
        if called(call) not in _REDUCTIONS or not isinstance(name, ast.Name):
            continue
        by_method = isinstance(receiver(call), ast.Name) and text_of(receiver(call) or call) == name.id
        by_function = (
            run.live.from_torch(receiver(call), region) and call.args and text_of(call.args[0]) == name.id
        )
        if not (by_method or by_function):
            continue
        # norm(p, dim) and its like have another order of arguments.
        place = 0 if by_method else 1
        dim = constant(argument(call, place, "dim") if called(call) != "norm" else argument(call, 9, "dim"))
        kept = constant(argument(call, 9, "keepdim"))
        tensor = run.live.tensor(name, region)
        if tensor is None or type(dim) is not int or kept is True or not run.settled(name, region):
            continue
        sizes = tuple(tensor.shape)
        axis = dim + len(sizes) if dim < 0 else dim
        if len(sizes) == 2 and axis == 1 and sizes[0] == sizes[1] > 1:
            facts = {"code": text_of(node), "name": name.id, "shape": shape(tensor), "dim": dim}
            yield notice("lost-axis", region.line_of(node), **facts)


def log_of_zero(run: Ended) -> Iterator[Notice]:
    """A logarithm of a tensor that holds an exact 0, with nothing around it that catches the result."""
    for call, region in run.cell.calls("log", "log2", "log10"):
        node = call.args[0] if run.live.from_torch(receiver(call), region) and call.args else receiver(call)
        tensor = run.live.tensor(node, region)
        if tensor is None or not tensor.is_floating_point() or not run.live.readable(tensor):
            continue
        guarded = any(isinstance(above, ast.Call) and called(above) in _GUARDS for above in region.above(call))
        if not guarded and run.settled(node, region) and bool((tensor == 0).any()):
            yield notice("log-of-zero", region.line_of(call), code=text_of(call), name=text_of(node or call))


def softmax_over_batch(run: Ended) -> Iterator[Notice]:
    """softmax along axis 0 of a table of scores."""
    for call, region in run.cell.each(ast.Call):
        found = _softmax(run.live, call, region)
        if found is None:
            continue
        node, dim = found
        tensor = run.live.tensor(node, region)
        if tensor is None or dim not in (0, -2) or not isinstance(node, ast.Name):
            continue
        if tensor.dim() == 2 and min(tensor.shape) > 1 and _SCORES.search(node.id):
            facts = {"name": node.id, "shape": shape(tensor), "rows": tensor.shape[0]}
            yield notice("softmax-over-batch", region.line_of(call), **facts)


def _softmax(live: Live, call: ast.Call, region: Region) -> tuple[ast.expr | None, object] | None:
    """The input and the ``dim`` of a call that applies softmax."""
    if called(call) in ("softmax", "log_softmax"):
        if live.from_torch(receiver(call), region):
            return (call.args[0] if call.args else None), constant(argument(call, 1, "dim"))
        return receiver(call), constant(argument(call, 0, "dim"))
    inner = call.func
    if isinstance(inner, ast.Call) and called(inner) in ("Softmax", "LogSoftmax") and call.args:
        return call.args[0], constant(argument(inner, 0, "dim"))
    return None


def squeeze_everything(run: Ended) -> Iterator[Notice]:
    """``.squeeze()`` in what a function returns: fine until a batch of one comes."""
    for function, region in run.cell.each(ast.FunctionDef):
        if region is not run.cell.main:
            continue
        yield from _squeezes(function)
    for kind, region in run.cell.each(ast.ClassDef):
        if region is run.cell.main:
            for method in kind.body:
                if isinstance(method, ast.FunctionDef) and method.name == "forward":
                    yield from _squeezes(method)


def _squeezes(function: ast.FunctionDef) -> Iterator[Notice]:
    for statement in ast.walk(function):
        if not isinstance(statement, ast.Return) or statement.value is None:
            continue
        for call in ast.walk(statement.value):
            if isinstance(call, ast.Call) and called(call) == "squeeze" and not call.args and not call.keywords:
                yield notice("squeeze-everything", call.lineno, function=function.name, code=text_of(call))

"""Rules about models: what they do not see of themselves, and the mode they are in."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.described import instance_dict
from tutor.worker.probe.touch import type_name
from tutor.worker.probe.watch.cell import Cell, Region, called
from tutor.worker.probe.watch.rules_steps import called_of
from tutor.worker.probe.watch.run import Ended, notice

_ITEMS = 64
_OFF = ("no_grad", "inference_mode")
_ENDS = ("item", "tolist", "argmax", "numpy")
_MEASURES = ("item", "argmax", "cross_entropy", "mse_loss", "nll_loss", "l1_loss", "accuracy")


def hidden_parts(run: Ended) -> Iterator[Notice]:
    """Layers in a plain list, tensors as plain attributes: in models that the run made."""
    for name, line in run.cell.stored().items():
        model = run.live.named(name)
        if not run.live.is_module(model):
            continue
        known = {id(part) for _, part in run.live.modules(model)} | _optimized(run)
        known |= {id(parameter) for parameter in run.live.parameters(model)}
        for path, part in run.live.modules(model):
            if made_at_prompt(type(part)):
                yield from _hidden(run, part, ".".join(filter(None, (name, path))), line, known)


def made_at_prompt(kind: type) -> bool:
    """Whether a class is the learner's own."""
    return bool(type.__getattribute__(kind, "__module__") == "__main__")


def _optimized(run: Ended) -> set[int]:
    """Parameters that some optimiser was given by hand."""
    optimizers = [value for _, value in run.live.all() if run.live.is_optimizer(value)]
    return {id(parameter) for optimizer in optimizers for parameter in run.live.optimized(optimizer)}


def _hidden(run: Ended, part: Any, path: str, line: int, known: set[int]) -> Iterator[Notice]:
    kind = type_name(type(part))
    made = _made_in_init(run.cell, kind)
    for attribute, value in list(instance_dict(part).items()):
        if type(attribute) is not str or attribute.startswith("_"):
            continue
        where = made.get(attribute, line)
        if type(value) in (list, tuple, dict):
            items = list(islice(value.values() if isinstance(value, dict) else value, _ITEMS))
            lost = [item for item in items if _counts(run, item, known)]
            if lost:
                facts = {"attribute": attribute, "container": type(value).__name__, "count": len(lost)}
                yield notice("plain-list", where, model=path, **facts)
        elif type(value) is run.live.torch.Tensor and attribute in made and id(value) not in known:
            yield notice("plain-tensor", where, model=path, attribute=attribute, kind=kind)


def _counts(run: Ended, item: Any, known: set[int]) -> bool:
    """Whether an unregistered item has something to be trained, moved or saved."""
    if type(item) is run.live.torch.nn.Parameter:
        return id(item) not in known
    if not run.live.is_module(item) or id(item) in known:
        return False
    return any(id(parameter) not in known for parameter in run.live.parameters(item))


def _made_in_init(cell: Cell, kind: str) -> dict[str, int]:
    """Attributes that a class sets in ``__init__``, with the line; 0 for a class of an earlier cell."""
    found = cell.classes.get(kind)
    if found is None:
        return {}
    here = any(node is found for node in cell.main.nodes)
    made: dict[str, int] = {}
    for method in found.body:
        if isinstance(method, ast.FunctionDef) and method.name == "__init__":
            for node in ast.walk(method):
                # What begins as None is filled by forward(), to be looked at.
                if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant):
                    for target in node.targets:
                        if isinstance(target, ast.Attribute):
                            made.setdefault(target.attr, node.lineno if here else 0)
    return made


def training_mode(run: Ended) -> Iterator[Notice]:
    """Predictions by a model that is in training mode and has layers to which that matters."""
    if run.cell.mentions("eval") or _switched_off(run) or _asked_for(run):
        return
    for call, region in run.cell.each(ast.Call):
        model = run.live.module(call.func, region)
        layer = "" if model is None else _moody(run, model)
        if not layer or isinstance(region.parents.get(call), ast.Expr):
            continue
        if _without_grad(call, region) or (_taken_out(call, region) and run.graphs.count == 0):
            name = called(call)
            yield notice("training-mode", region.line_of(call), model=name, layer=layer)
            return


def _switched_off(run: Ended) -> bool:
    return any(
        call.args and isinstance(call.args[0], ast.Constant) and call.args[0].value is False
        for call, _ in run.cell.calls("train")
    )


def _asked_for(run: Ended) -> bool:
    """``train()`` where nothing is trained: dropout that is kept on purpose, to see how sure a model is."""
    return any(True for _ in run.cell.calls("train")) and not run.cell.mentions("backward", "step")


def _moody(run: Ended, model: Any) -> str:
    """Name of a layer inside that behaves otherwise in training; empty for none, and in evaluation mode.

    Such a layer by itself predicts nothing: who calls it wants to see what it does.
    """
    nn = run.live.torch.nn
    for _, part in run.live.modules(model):
        held = instance_dict(part)
        if part is model or held.get("training") is not True:
            continue
        if isinstance(part, nn.modules.dropout._DropoutNd) and held.get("p"):
            return type_name(type(part))
        if isinstance(part, nn.modules.batchnorm._BatchNorm):
            return type_name(type(part))
    return ""


def _taken_out(call: ast.Call, region: Region) -> bool:
    """``model(x).item()`` and the like: the end of every gradient."""
    parent = region.parents.get(call)
    return isinstance(parent, ast.Attribute) and parent.attr in _ENDS


def _without_grad(call: ast.Call, region: Region) -> bool:
    block = next((node for node in region.above(call) if isinstance(node, ast.With) and _is_off(node)), None)
    if block is None:
        return region.off
    loop = region.loop_of(call)
    if loop is not None and any(
        called(inner) == "backward" and region.loop_of(inner) is loop for inner in region.within(loop, ast.Call)
    ):
        # Inside a training step, a fixed target may well be computed in training mode.
        return any(called(inner) in _MEASURES for inner in region.within(block, ast.Call))
    return True


def _is_off(block: ast.With) -> bool:
    return any(called_of(item.context_expr) in _OFF for item in block.items)

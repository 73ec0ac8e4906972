"""Rules about the five lines of a training step: clear, forward, loss, backward, step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe.watch.cell import LOOPS, Region, called, receiver, text_of
from tutor.worker.probe.watch.run import Ended, notice

_OTHER_WAYS = ("grad", "functional_call", "jvp", "vjp", "vmap", "scale", "GradScaler")
"""Signs that gradients come from elsewhere than ``backward()``, or go elsewhere than into ``step()``."""

_SUMS = re.compile(r"total|running|epoch|sum|avg|average|history|accum", re.IGNORECASE)
_PLAIN = ("item", "detach", "float", "tolist", "numpy", "cpu")
_OFF = ("no_grad", "inference_mode")


def piled_up_by_hand(run: Ended) -> Iterator[Notice]:
    """A loop that calls ``backward()`` and reads ``.grad``, and never clears it."""
    if run.graphs.leftovers.held < 2 or run.cell.mentions("zero_grad", "zero_") or _sets_grad(run):
        return
    for call, region in run.cell.calls("backward"):
        loop = region.loop_of(call)
        if loop is None:
            continue
        reads = [node for node in region.within(loop, ast.Attribute) if node.attr == "grad"]
        if any(region.loop_of(node) is loop for node in reads):
            yield notice("no-zero-grad", region.line_of(call))
            return


def _sets_grad(run: Ended) -> bool:
    return any(
        node.attr == "grad" and isinstance(node.ctx, (ast.Store, ast.Del))
        for node, _ in run.cell.each(ast.Attribute)
    )


def step_without_gradient(run: Ended) -> Iterator[Notice]:
    """``step()`` with nothing to go by: ``backward()`` was left out, or reached other parameters."""
    for call, region in run.cell.calls("step"):
        optimizer = run.live.optimizer(receiver(call), region)
        if optimizer is None or call.args or call.keywords or not _of_torch(optimizer):
            continue
        if any(isinstance(above, (ast.If, ast.Try)) for above in region.above(call)):
            continue
        held = run.live.optimized(optimizer)
        if not held:
            continue
        if any(run.live.gradient(parameter) is not None for parameter in held):
            if _stale(run, call, region, optimizer):
                name = text_of(receiver(call) or call)
                yield notice("stale-gradient", region.line_of(call), optimizer=name)
            continue
        name = text_of(receiver(call) or call)
        other = _twin(run, held)
        if other:
            yield notice("old-optimizer", region.line_of(call), optimizer=name, model=other)
        elif (
            run.graphs.count == 0
            and id(optimizer) not in run.had_gradients
            and not run.cell.mentions(*_OTHER_WAYS)
        ):
            yield notice("no-backward", region.line_of(call), optimizer=name)


def _stale(run: Ended, call: ast.Call, region: Region, optimizer: Any) -> bool:
    """A loop of steps by gradients that were there before the cell, in a cell that says nothing of gradients."""
    if region.loop_of(call) is None or run.graphs.count or id(optimizer) not in run.had_gradients:
        return False
    hints = ("backward", "zero_grad", "lr_scheduler", "get_last_lr", *_OTHER_WAYS)
    return not run.cell.mentions(*hints) and len(list(run.cell.calls("step"))) == 1


def cleared_before_step(run: Ended) -> Iterator[Notice]:
    """A loop in which ``zero_grad()`` stands between ``backward()`` and ``step()``, each of them once."""
    for call, region in run.cell.calls("step"):
        loop = region.loop_of(call)
        optimizer = run.live.optimizer(receiver(call), region)
        if loop is None or optimizer is None or call.args or call.keywords:
            continue
        order: list[str] = []
        for inner in region.within(loop, ast.Call):
            name = called(inner)
            if name == "backward" or (name == "step" and run.live.optimizer(receiver(inner), region) is not None):
                order.append(name)
            elif name == "zero_grad":
                order.append(name)
                if not _same(run, run.live.value(receiver(inner), region), optimizer):
                    break
            else:
                continue
            if not any(inner is getattr(statement, "value", None) for statement in loop.body):
                break
        else:
            if (
                len(order) == 3
                and _follows(order, "backward", "zero_grad")
                and _follows(order, "zero_grad", "step")
            ):
                yield notice(
                    "cleared-before-step", region.line_of(call), optimizer=text_of(receiver(call) or call)
                )


def _follows(order: list[str], first: str, then: str) -> bool:
    """Whether ``then`` comes next in the round, the last being followed by the first."""
    return first in order and order[(order.index(first) + 1) % len(order)] == then


def _same(run: Ended, cleared: Any, optimizer: Any) -> bool:
    """Whether what is cleared is the optimiser, or a model with all of its parameters."""
    if not run.live.is_module(cleared):
        return cleared is optimizer
    held = {id(parameter) for parameter in run.live.parameters(cleared)}
    return {id(parameter) for parameter in run.live.optimized(optimizer)} <= held


def _of_torch(optimizer: Any) -> bool:
    return str(type.__getattribute__(type(optimizer), "__module__")).startswith("torch.optim")


def _twin(run: Ended, held: list[Any]) -> str:
    """A model with gradients that has the same shapes as what the optimiser holds, and is not what it holds."""
    sizes = [tuple(parameter.shape) for parameter in held]
    ids = {id(parameter) for parameter in held}
    for name, value in run.live.all():
        if not run.live.is_module(value):
            continue
        parameters = run.live.parameters(value)
        same = [tuple(p.shape) for p in parameters] == sizes and not ids & {id(p) for p in parameters}
        if same and any(run.live.gradient(p) is not None for p in parameters):
            return name
    return ""


def no_step(run: Ended) -> Iterator[Notice]:
    """A loop with ``zero_grad()`` and ``backward()`` and without ``step()``."""
    if run.graphs.count < 2 or run.cell.mentions("step", *_OTHER_WAYS):
        return
    for call, region in run.cell.calls("zero_grad"):
        loop = region.loop_of(call)
        optimizer = run.live.optimizer(receiver(call), region)
        if loop is None or optimizer is None:
            continue
        calls = region.within(loop, ast.Call)
        name = text_of(receiver(call) or call)
        passed_on = any(isinstance(a, ast.Name) and a.id == name for c in calls for a in c.args)
        if any(called(inner) == "backward" for inner in calls) and not passed_on:
            yield notice("no-step", region.line_of(loop), optimizer=name)


def clip_after_step(run: Ended) -> Iterator[Notice]:
    """Gradients clipped when they have been used."""
    for region in run.cell.regions:
        for body in _bodies(region):
            stepped = False
            for statement in body:
                calls = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
                names = {called(call) for call in calls}
                late = next((c for c in calls if called(c).startswith("clip_grad_")), None)
                if late is not None and stepped:
                    yield notice("clip-after-step", region.line_of(late), code=called(late))
                if "backward" in names or isinstance(statement, LOOPS):
                    stepped = False
                elif any(
                    called(c) == "step" and run.live.optimizer(receiver(c), region) is not None for c in calls
                ):
                    stepped = True


def _bodies(region: Region) -> Iterator[list[ast.stmt]]:
    yield region.body
    for node in region.nodes:
        if isinstance(node, (*LOOPS, ast.With, ast.If, ast.Try)):
            yield node.body


def cut_graph(run: Ended) -> Iterator[Notice]:
    """``backward()`` on a result that was made a leaf by hand: it reaches nothing."""
    for root in run.graphs.leaf_roots:
        made = any(
            run.is_data(node.value)
            for node, region in run.cell.each(ast.Assign)
            if any(isinstance(target, ast.Name) and target.id == root.name for target in node.targets)
        )
        if not root.name or not made:
            continue
        for node, region in run.cell.each(ast.Call):
            by_method = called(node) == "requires_grad_" and text_of(receiver(node) or node) == root.name
            if by_method or _wraps(region.parents.get(node), node, root.name):
                yield notice("cut-graph", region.line_of(node), name=root.name)
        for target, region in run.cell.each(ast.Attribute):
            stored = target.attr == "requires_grad" and isinstance(target.ctx, ast.Store)
            if stored and text_of(target.value) == root.name:
                yield notice("cut-graph", region.line_of(target), name=root.name)


def _wraps(parent: ast.AST | None, call: ast.Call, name: str) -> bool:
    """``name = torch.tensor(…, requires_grad=True)`` or ``Variable(…)``."""
    if not isinstance(parent, ast.Assign) or called(call) not in ("tensor", "Variable", "as_tensor"):
        return False
    wanted = any(keyword.arg == "requires_grad" for keyword in call.keywords)
    return wanted and any(isinstance(target, ast.Name) and target.id == name for target in parent.targets)


def keeps_graphs(run: Ended) -> Iterator[Notice]:
    """Losses summed up or kept with the graphs behind them."""
    for node, region in run.cell.each(ast.AugAssign):
        loop = region.loop_of(node)
        if loop is None or not isinstance(node.op, ast.Add) or not isinstance(node.target, ast.Name):
            continue
        if _off(region, node) or not _has_graph(run, node.target.id, region):
            continue
        names = _alive(node.value)
        if names & _passed_back(region, loop) or (run.graphs.count == 0 and _only_shown(run, node, names)):
            yield notice("keeps-graphs", region.line_of(node), name=node.target.id, code=text_of(node))
    for call, region in run.cell.calls("append"):
        loop = region.loop_of(call)
        if loop is None or not call.args or not isinstance(call.args[0], ast.Name) or _off(region, call):
            continue
        if call.args[0].id in _passed_back(region, loop) and _holds_graphs(run, receiver(call), region):
            name = text_of(receiver(call) or call)
            yield notice("keeps-graphs", region.line_of(call), name=name, code=text_of(call))


def _off(region: Region, node: ast.AST) -> bool:
    return any(
        isinstance(above, ast.With) and any(called_of(item.context_expr) in _OFF for item in above.items)
        for above in region.above(node)
    )


def called_of(node: ast.expr) -> str:
    """The name of what a ``with`` statement calls."""
    return called(node) if isinstance(node, ast.Call) else ""


def _alive(value: ast.expr) -> set[str]:
    """Names in an expression that are not turned into plain numbers on the way."""
    names: set[str] = set()
    pending: list[ast.AST] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Call) and called(node) in _PLAIN:
            continue
        if isinstance(node, ast.Name):
            names.add(node.id)
        pending.extend(ast.iter_child_nodes(node))
    return names


def _passed_back(region: Region, loop: ast.AST) -> set[str]:
    """Names on which ``backward()`` is called in the loop."""
    calls = [call for call in region.within(loop, ast.Call) if called(call) == "backward"]
    return {node.id for call in calls if isinstance(node := receiver(call), ast.Name)}


def _has_graph(run: Ended, name: str, region: Region) -> bool:
    """Whether the sum hangs on a graph; inside a function that has returned, nobody can tell: then yes."""
    if name in region.own:
        return True
    value = run.live.named(name)
    return value is not None and run.live.is_plain(value) and value.grad_fn is not None


def _only_shown(run: Ended, node: ast.AugAssign, names: set[str]) -> bool:
    """A running total of losses that nothing is computed from later on."""
    target = node.target.id if isinstance(node.target, ast.Name) else ""
    if not _SUMS.search(target) or not any("loss" in name.lower() for name in names):
        return False
    region = run.cell.main
    for use in region.nodes:
        if isinstance(use, ast.Name) and use.id == target and isinstance(use.ctx, ast.Load):
            for above in region.above(use):
                if isinstance(above, (ast.Assign, ast.AugAssign, ast.Return)):
                    return False
    return node in region.nodes


def _holds_graphs(run: Ended, node: ast.expr | None, region: Region) -> bool:
    value = run.live.value(node, region)
    if type(value) is not list:
        return isinstance(node, ast.Name) and node.id in region.own
    held = [item for item in value[-4:] if run.live.is_plain(item) and item.grad_fn is not None]
    return len(held) > 1

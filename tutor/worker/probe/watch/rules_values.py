"""Rules about numbers that went astray: NaN, infinities, losses that explode, probabilities for logits."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from tutor.protocol.failures import Notice
from tutor.worker.probe import functions
from tutor.worker.probe.watch.cell import Region, argument, called, text_of
from tutor.worker.probe.watch.run import Ended, notice

_MEANT = ("nan", "inf", "isnan", "isinf", "isfinite", "nan_to_num", "NaN", "Inf", "infinity", "detect_anomaly")
_UNFILLED = ("empty", "empty_like", "empty_strided", "new_empty", "Tensor", "FloatTensor")
_SCALED = ("GradScaler", "unscale_", "scaler")
_EXPLODED = 10.0
_RUNAWAY = 1e4
_NAMES = 64


def lost_numbers(run: Ended) -> Iterator[Notice]:
    """The first sign of NaN or infinity that the run itself brought about."""
    if run.cell.mentions(*_MEANT) or _spelled(run):
        return
    astray = next(_losses(run), None)
    if astray is not None:
        yield astray
        return
    if any(_astray(run, value) for value in _read_only(run)):
        return
    for name, line in list(run.cell.stored().items())[:_NAMES]:
        value = run.live.named(name)
        if name not in _unfilled(run) and (kind := _astray(run, value)):
            yield notice("not-finite", line, name=name, kind=kind)
            return
    yield from _gradients(run)


def function_replaced(run: Ended) -> Iterator[Notice]:
    """``torch.manual_seed = 3``: something else now stands under the name of a function of torch's."""
    for node, region in run.cell.each(ast.Assign):
        for target in node.targets:
            if not isinstance(target, ast.Attribute):
                continue
            module = run.live.value(target.value, region)
            if isinstance(module, ModuleType) and functions.is_gone(module, target.attr):
                name = text_of(target)
                yield notice("function-replaced", region.line_of(node), name=name, value=text_of(node.value, 20))
                return


def _spelled(run: Ended) -> bool:
    """Whether ``float("nan")`` or the like is in the source."""
    words = {str(node.value).lstrip("+-").lower() for node, _ in run.cell.each(ast.Constant)}
    return bool(words & {"nan", "inf", "infinity"})


def _losses(run: Ended) -> Iterator[Notice]:
    losses = run.gradients.losses if run.gradients is not None else ()
    # A gradient scaler makes a loss of any size, and overflows on purpose: only NaN is no work of its.
    scaled = run.cell.mentions(*_SCALED)
    wrong = math.isnan if scaled else _not_finite
    first = next((place for place, loss in enumerate(losses) if wrong(loss)), None)
    line = _backward_line(run)
    if first is None:
        if not scaled and len(losses) > 2 and losses[-1] > _RUNAWAY * losses[0] > 0:
            yield notice(
                "loss-explodes", line, start=f"{losses[0]:.3g}", then=f"{losses[-1]:.3g}", step=_step(run)
            )
    elif not scaled and first >= 2 and abs(losses[first - 1]) > _EXPLODED * abs(losses[0]):
        then = f"{losses[first]}"
        yield notice("loss-explodes", line, start=f"{losses[0]:.3g}", then=then, step=_step(run, first))
    else:
        yield notice("not-finite", line, name="the loss", kind="NaN" if math.isnan(losses[first]) else "inf")


def _not_finite(value: float) -> bool:
    return not math.isfinite(value)


def _step(run: Ended, place: int | None = None) -> str:
    """The number of a ``backward()`` by its place in the series of losses, in which some may be missing."""
    snapshot = run.gradients
    if snapshot is None or place is None:
        return f"step {snapshot.step}" if snapshot is not None else "the end"
    if snapshot.step == len(snapshot.losses):
        return f"step {1 + place}"
    return f"about step {1 + round(place * (snapshot.step - 1) / max(1, len(snapshot.losses) - 1))}"


def _backward_line(run: Ended) -> int:
    found = next(run.cell.calls("backward"), None)
    return found[1].line_of(found[0]) if found is not None else 0


def _read_only(run: Ended) -> list[Any]:
    """What the cell read and did not make."""
    stored = run.cell.stored()
    names = {node.id for node, _ in run.cell.each(ast.Name) if node.id not in stored}
    return [run.live.named(name) for name in list(names)[:_NAMES]]


def _unfilled(run: Ended) -> set[str]:
    """Names of memory that nobody has written to."""
    names = set()
    for node, _ in run.cell.each(ast.Assign):
        if any(isinstance(call, ast.Call) and called(call) in _UNFILLED for call in ast.walk(node.value)):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return names


def _astray(run: Ended, value: Any) -> str:
    """``NaN``; ``inf`` for a single number only, because tables of scores are masked with infinities."""
    live = run.live
    if not live.is_plain(value) or not value.is_floating_point() or not live.readable(value):
        return ""
    if bool(live.torch.isnan(value).any()):
        return "NaN"
    return "inf" if value.numel() == 1 and bool(live.torch.isinf(value).any()) else ""


def _gradients(run: Ended) -> Iterator[Notice]:
    """A gradient that is not finite although value and loss are."""
    snapshot = run.gradients
    if snapshot is None or run.cell.mentions(*_SCALED) or not all(map(math.isfinite, snapshot.losses)):
        return
    for leaf in snapshot.leaves:
        if leaf.grad_norm is not None and not math.isfinite(leaf.grad_norm) and math.isfinite(leaf.value_norm):
            kind = "NaN" if math.isnan(leaf.grad_norm) else "inf"
            yield notice("gradient-not-finite", _backward_line(run), name=leaf.path, kind=kind)
            return


def probabilities_for_scores(run: Ended) -> Iterator[Notice]:
    """Probabilities handed to a loss that wants logits or log-probabilities, where no graph tells."""
    for call, region in run.cell.each(ast.Call):
        loss = _loss_of(run, call, region)
        node = argument(call, 0, "input")
        tensor = run.live.tensor(node, region)
        if not loss or tensor is None or not run.live.readable(tensor) or not tensor.is_floating_point():
            continue
        if tensor.dim() != 2 or tensor.shape[1] < 2 or not run.settled(node, region):
            continue
        whole = bool((tensor >= 0).all()) and bool(((tensor.sum(1) - 1).abs() < 1e-3).all())
        # A table of zeros and ones may be meant as very crude scores.
        if whole and bool(((tensor > 0) & (tensor < 1)).any()):
            rule = "softmax-before-loss" if loss == "cross_entropy" else "nll-probabilities"
            yield notice(rule, region.line_of(call), op="softmax")


def _loss_of(run: Ended, call: ast.Call, region: Region) -> str:
    """``cross_entropy`` or ``nll_loss`` if the call computes it, however it is spelled."""
    losses = {"CrossEntropyLoss": "cross_entropy", "NLLLoss": "nll_loss"}
    functional = run.live.torch.nn.functional
    value = run.live.value(call.func, region)
    if value is functional.cross_entropy or value is functional.nll_loss:
        return called(call)
    if isinstance(call.func, ast.Call):
        return losses.get(called(call.func), "")
    kind = type(value)
    for name, loss in losses.items():
        if kind is getattr(run.live.torch.nn, name):
            return loss
    return ""

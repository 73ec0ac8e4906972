"""From what was recorded to what is sent."""

from __future__ import annotations

import ast
import linecache
from dataclasses import replace
from math import prod
from typing import Any

from tutor.protocol.flow import Flow, FlowCall, FlowStep, FlowTensor
from tutor.worker.probe.flow.costs import flops
from tutor.worker.probe.flow.frames import Call, Place
from tutor.worker.probe.flow.names import Sources, is_name
from tutor.worker.probe.flow.recorder import Recorder, Step
from tutor.worker.probe.flow.rules import Ruling, Told, ruling

_OPERANDS = 16
_LINES = 60
_LINE = 300
_NAMES = {
    "__getitem__": "getitem", "__setitem__": "setitem", "__rsub__": "sub", "__rdiv__": "div",
    "__rtruediv__": "div", "__rpow__": "pow", "__matmul__": "matmul", "__rmatmul__": "matmul",
    "__invert__": "bitwise_not", "__and__": "bitwise_and", "__or__": "bitwise_or", "__xor__": "bitwise_xor",
    "__iadd__": "add_", "__isub__": "sub_", "__imul__": "mul_", "__itruediv__": "div_", "__idiv__": "div_",
    "__ipow__": "pow_", "__rfloordiv__": "floor_divide", "__eq__": "eq", "__floordiv__": "floor_divide",
    "__mod__": "remainder", "__rmod__": "remainder", "__radd__": "add", "__rmul__": "mul",
    "multi_head_attention_forward": "multi_head_attention", "true_divide": "div",
}  # fmt: skip


def told(recorder: Recorder, namespace: dict[str, Any], cell: str) -> Flow:
    """The whole run. Raises nothing that a plain record could raise; the caller guards all the same."""
    sources = Sources(namespace)
    paths = _paths(recorder.calls, sources)
    fields = {key: f"{paths[call.number]}.{name}" for call in recorder.calls for key, name in call.fields.items()}
    used: dict[int, dict[tuple[int, int], int]] = {}
    parents = {call.number: call.parent for call in recorder.calls}
    # Only the last one to give it: the same place in memory may have been another tensor's before.
    latest = {fact.key: step for step in recorder.steps for fact in step.results}
    steps: list[FlowStep] = []
    for step in recorder.steps:
        steps.append(_step(step, sources, recorder, paths, fields, latest, steps))
        call = step.call
        while call:
            bucket = used.setdefault(call, {})
            bucket.update({fact.key: prod(fact.shape) for fact in step.operands if fact.parameter})
            call = parents.get(call, 0)
    kept = {step.call for step in recorder.steps}
    for number in list(kept):
        while parents.get(number, 0):
            number = parents[number]
            kept.add(number)
    calls = tuple(
        FlowCall(
            call.number,
            call.parent,
            paths[call.number],
            call.kind,
            sum(used.get(call.number, {}).values()),
            call.trained is not None,
        )
        for call in recorder.calls
        if call.number in kept
    )
    return Flow(cell, tuple(steps), calls, _lines(steps), recorder.seen, recorder.reason)


def _paths(calls: list[Call], sources: Sources) -> dict[int, str]:
    """How the learner reaches the module of each call: ``model``, ``model.fc1``."""
    paths = {0: ""}
    for call in calls:
        if call.parent and call.field:
            paths[call.number] = f"{paths.get(call.parent, '')}.{call.field}".lstrip(".")[:120]
            continue
        node = sources.node(call.place) if call.place is not None else None
        called = node.func if isinstance(node, ast.Call) else None
        written = ast.unparse(called) if isinstance(called, ast.expr) and is_name(called) else ""
        paths[call.number] = written[:120] or call.kind
    return paths


def _step(
    step: Step,
    sources: Sources,
    recorder: Recorder,
    paths: dict[int, str],
    fields: dict[int, str],
    latest: dict[tuple[int, int], Step],
    earlier: list[FlowStep],
) -> FlowStep:
    shapes = tuple(fact.shape for fact in step.operands)
    results = tuple(fact.shape for fact in step.results)
    what = Told(step.name, step.args, step.kwargs, shapes, results, tuple(fact.dtype for fact in step.operands))
    found = ruling(what)
    place = step.place or Place("", 0, 0, -1, -1, "")
    node = sources.node(place)
    written = sources.operands(node, step.name, step.args, step.kwargs)
    call = recorder.calls[step.call - 1] if step.call else None
    operands = []
    for number, fact in enumerate(step.operands[:_OPERANDS]):
        made_by = step.made_by[number]
        text = _text(written.get(number), step, number, call, paths)
        if not text and call is not None and call.trained and (part := call.trained.get(fact.key[0])) is not None:
            known = sources.holder(part.of, recorder.facts, deep=True) or fields.get(part.of[0], "")
            text = part.form.format(known or f"params[{part.place}]")
        if not text and not made_by:
            text = sources.holder(fact.key, recorder.facts, deep=fact.parameter)
        elif not text and made_by <= len(earlier) and len(earlier[made_by - 1].results) == 1:
            text = earlier[made_by - 1].results[0].text
        axes = found.axes[number] if number < len(found.axes) else ()
        role = found.roles.get(number, "")
        operands.append(FlowTensor(text, made_by, fact.dtype, fact.shape, axes, role))
    name = sources.result(node) if step.whole and sources.is_operation(node, step.name) else ""
    outcome = [_result(step, n, name if n == 0 else "") for n in range(len(step.results))]
    if len(outcome) == 1 and not outcome[0].text and latest.get(step.results[0].key) is step:
        outcome[0] = replace(outcome[0], text=sources.holder(step.results[0].key, recorder.facts))
    if step.name == "__setitem__" and operands and not step.error:
        first = step.operands[0]
        outcome = [FlowTensor(operands[0].text, 0, first.dtype, first.shape, memory="in place", shares=0)]
    return FlowStep(
        number=step.number,
        name=_NAMES.get(step.name, step.name),
        kind=found.kind,
        source=sources.text(place),
        file=place.file,
        line=place.line,
        end_line=place.end_line,
        column=_characters(place, place.line, place.column),
        end_column=_characters(place, place.end_line, place.end_column),
        call=step.call,
        operands=tuple(operands),
        results=tuple(outcome),
        settings=tuple((key[:40], value[:120]) for key, value in found.settings),
        parameters=sum({fact.key: prod(fact.shape) for fact in step.operands if fact.parameter}.values()),
        flops=_flops(what, found),
        times=step.times,
        broke=step.broke,
        error=step.error,
    )


def _flops(what: Told, found: Ruling) -> int:
    return min(flops(what, found), 2**62)


def _text(written: ast.expr | None, step: Step, number: int, call: Call | None, paths: dict[int, str]) -> str:
    fact = step.operands[number]
    if call is not None and fact.key[0] in call.fields:
        return f"{paths[call.number]}.{call.fields[fact.key[0]]}"
    # What stands where a call of torch's own module begins is an operand of that call.
    own = call is None or step.place != call.place
    if written is not None and own and (is_name(written) or not step.made_by[number]):
        return ast.unparse(written)[:120]
    return ""


def _result(step: Step, number: int, name: str) -> FlowTensor:
    fact = step.results[number]
    memory, shares = "new" if fact.address else "", -1
    same = step.same[number]
    if same >= 0:
        changed = step.operands[same].version != fact.version
        memory, shares = "in place" if changed else "same", same
    elif fact.address:
        owners = [n for n, operand in enumerate(step.operands) if operand.address == fact.address]
        if owners:
            memory, shares = "shared", owners[0]
    return FlowTensor(name, 0, fact.dtype, fact.shape, memory=memory, shares=shares, grad_fn=fact.grad_fn)


def _characters(place: Place, line: int, column: int) -> int:
    """CPython counts columns in UTF-8 bytes; people count characters."""
    if column < 0:
        return -1
    return len(linecache.getline(place.file, line).encode()[:column].decode("utf-8", "replace"))


def _lines(steps: list[FlowStep]) -> tuple[tuple[str, int, str], ...]:
    wanted = sorted(
        {(step.file, n) for step in steps for n in range(step.line, min(step.end_line, step.line + 8) + 1)}
    )
    return tuple((file, n, linecache.getline(file, n).rstrip("\n")[:_LINE]) for file, n in wanted[:_LINES] if n)

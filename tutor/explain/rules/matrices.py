"""Matrix products: ``@``, ``mm``, ``bmm``, ``einsum``, and ``nn.Linear``, which is one."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import Say, rule
from tutor.explain.words import code, count, setting, shape, shaped, sizes
from tutor.protocol.snapshots import Operand

_PRODUCT = r"cannot be multiplied|size mismatch|shapes? .*mismatch|inconsistent tensor size"
_INNER = "In a product the last size of the left side and the last but one of the right side must be equal: "
_INNER += "`[n, k] @ [k, m]` gives `[n, m]`."


@rule("R3", "RuntimeError", _PRODUCT)
def flatten_eats_batch(f: Failure, _match: re.Match[str]) -> Say | None:
    layer, given = _linear(f)
    got, wanted = sizes(given), setting(layer, "in_features")
    if layer is None or got is None or not wanted or len(got) not in (1, 2) or (len(got) == 2 and got[0] != 1):
        return None
    if got[-1] == wanted or got[-1] % wanted:
        return None
    samples = got[-1] // wanted
    return Say(
        f"{code(layer.source)} wants {wanted} numbers a sample, but all {samples} came in one row of {got[-1]}.",
        "`flatten()` and `view(-1)` begin at axis 0 and swallow the batch; `nn.Flatten()` begins at axis 1.",
        f"Keep the batch: `.flatten(1)` gives {shape((samples, wanted))}.",
    )


@rule("R3", "RuntimeError", _PRODUCT)
def linear_in_features(f: Failure, _match: re.Match[str]) -> Say | None:
    layer, given = _linear(f)
    got, wanted = sizes(given), setting(layer, "in_features")
    if layer is None or not got or not wanted or got[-1] == wanted:
        return None
    name = f.learner_name(given)
    subject = f"{code(name)} {shape(got)}" if name else f"its input {shape(got)}"
    last = f"`nn.Linear({wanted}, {setting(layer, 'out_features')})` multiplies the last axis only"
    if len(got) > 2 and count(got[1:]) == wanted:
        fix = f"Flatten everything but the batch first: `{name or 'x'}.flatten(1)` is {shape((got[0], wanted))}."
    else:
        fix = f"Build the layer for what comes in, `nn.Linear({got[-1]}, {setting(layer, 'out_features')})`, "
        fix += f"or make the last axis {wanted} long before it."
    who = code(layer.source) if layer.source != "self" else "`nn.Linear`"
    return Say(
        f"{who} expects {wanted} features, but the last axis of {subject} is {got[-1]} long.",
        f"{last}, so that axis must be `in_features` = {wanted} long.",
        fix,
        "`reshape` until it fits would mix the samples.",
    )


@rule("T5", "RuntimeError", _PRODUCT)
def matmul_inner_dims(f: Failure, _match: re.Match[str]) -> Say | None:
    if f.through("torch/nn/modules/linear.py"):
        return None
    left, right = _factors(f)
    a, b = sizes(left), sizes(right)
    if a is None or b is None:
        return None
    if not a or not b:
        return None
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] == inner:
        return None
    what = f"{shaped(left)} times {shaped(right)}: the inner sizes {a[-1]} and {inner} differ."
    if len(a) == len(b) == 2 and a[1] == b[1]:
        fix = f"Both have {a[1]} columns; transpose the right one: {code(f'{left.source} @ {right.source}.T')} "
        fix += f"is {shape((a[0], b[0]))}."
    elif len(a) == len(b) == 2 and b[1] == a[0]:
        fix = f"The other order fits: {code(f'{right.source} @ {left.source}')} is {shape((b[0], a[1]))}. "
        fix += "Or find where one of the shapes went wrong."
    else:
        fix = f"Make the last axis of {code(left.source)} and the rows of {code(right.source)} the same size; "
        fix += "look at where each was made."
    return Say(what, _INNER, fix, "`reshape` makes the shapes fit but scrambles the numbers.")


def _linear(f: Failure) -> tuple[Operand | None, Operand]:
    """The nn.Linear that raised, and what it was given."""
    if not f.through("torch/nn/modules/linear.py:forward"):
        return None, f.given("")
    return f.layer, f.given("input")


def _factors(f: Failure) -> tuple[Operand, Operand]:
    if f.operation in ("@", "@="):
        return f.left, f.right
    operands = [o for o in [f.receiver, *f.arguments] if o.kind in ("tensor", "unknown") and o.source]
    if f.called in ("mm", "matmul", "bmm", "mv") and len(operands) >= 2:
        return operands[0], operands[1]
    return f.given(""), f.given("")

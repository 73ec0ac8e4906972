"""Numbers of the wrong kind."""

from __future__ import annotations

import re

from tutor.explain.evidence import Failure
from tutor.explain.model import Say, rule
from tutor.explain.words import code, dtype, dtype_of

_SAME = r"must have the same dtype|expected .* to have the same dtype|expected scalar type (\w+) but found (\w+)"


@rule("F3", "RuntimeError", _SAME)
def linear_int_input(f: Failure, _match: re.Match[str]) -> Say | None:
    if not f.through("torch/nn/modules/linear.py"):
        return None
    given, layer = f.given("input"), f.layer
    kind = dtype_of(given)
    if not kind or kind == "float32" or layer is None:
        return None
    name = f.learner_name(given) or "the input"
    return Say(
        f"{code(name)} holds {dtype(kind)} numbers, but the weights of the layer are float32.",
        "A layer computes in one dtype: that of its weights, float32 unless you changed it.",
        f"Write the numbers as floats (`1.` instead of `1`), or convert: {code(f'{name}.float()')}.",
    )

"""How many multiplications with an addition one call of a layer takes: arithmetic on shapes.

A bias counts as one more addition for each output. Element-wise layers, pooling and softmax count
nothing, as in most papers; floating point operations are about twice the figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

Shape = tuple[int, ...]

_RECURRENT = ("RNNBase", "RNNCellBase")
_NORMS = ("_BatchNorm", "LayerNorm", "GroupNorm", "_InstanceNorm", "RMSNorm")


def mult_adds(
    kinds: Sequence[str],
    held: Mapping[str, Shape],
    inputs: Sequence[Shape],
    outputs: Sequence[Shape],
    batch_first: bool = False,
) -> int | None:
    """``kinds``: names of the layer's class and its bases; ``held``: shapes of its own parameters by name, of
    an attention also those of its output projection, as ``out_proj.bias``.

    None for a layer with parameters that no rule here knows, and for one whose output is not known.
    """
    if not held or any(kind in ("Embedding", "EmbeddingBag") for kind in kinds):
        return 0
    if not outputs or not outputs[0]:
        return None
    weight, bias = held.get("weight", ()), prod(held["bias"]) if "bias" in held else 0
    made = prod(outputs[0])
    if any(kind in _RECURRENT for kind in kinds):
        # Every weight is used once for each step of each sequence.
        return prod(outputs[0][:-1]) * sum(map(prod, held.values()))
    if "MultiheadAttention" in kinds:
        return _attention(held, inputs, outputs, 0 if batch_first else 1)
    if "_ConvTransposeNd" in kinds and weight and inputs:
        return prod(inputs[0]) // max(weight[0], 1) * prod(weight) + (made if bias else 0)
    if "_ConvNd" in kinds and weight:
        return made // max(weight[0], 1) * (prod(weight) + bias)
    if any(kind in ("Linear", "Bilinear") for kind in kinds) and weight:
        return made // max(weight[0], 1) * (prod(weight) + bias)
    if any(kind in _NORMS for kind in kinds) and weight:
        return made // max(prod(weight), 1) * (prod(weight) + bias)
    return None


def _attention(
    held: Mapping[str, Shape], inputs: Sequence[Shape], outputs: Sequence[Shape], batch_axis: int
) -> int | None:
    """Projections of query, key and value, scores, weighted sum, and the projection of the result."""
    if not inputs or len(inputs[0]) not in (2, 3):
        return None
    query = inputs[0]
    key = inputs[1] if len(inputs) > 1 and len(inputs[1]) == len(query) else query
    wanted, offered = prod(query[:-1]), prod(key[:-1])
    batch = max(query[batch_axis], 1) if len(query) == 3 else 1
    scores = wanted * offered // batch * query[-1]
    if "in_proj_weight" in held:
        third = prod(held["in_proj_weight"]) // 3
        into = third * (wanted + 2 * offered)
    else:
        into = sum(
            prod(held.get(f"{part}_proj_weight", (0,))) * rows
            for part, rows in (("q", wanted), ("k", offered), ("v", offered))
        )
    into += prod(held.get("in_proj_bias", (0,))) // 3 * (wanted + 2 * offered)
    result = wanted * outputs[0][-1] * (query[-1] + ("out_proj.bias" in held))
    return into + 2 * scores + result

"""Floating-point operations of the common operations, a multiplication and an addition counted as two.

The formulas are those of ``torch.utils.flop_counter`` (matmul and attention 2·m·n·k for each product, a
convolution
2·batch·out·in/groups·kernel for each place of the result); what it adds for a bias is not counted, as there.
"""

from __future__ import annotations

from math import prod

from tutor.worker.probe.flow.rules import Ruling, Told
from tutor.worker.probe.flow.rules.products import einsum_letters
from tutor.worker.probe.flow.values import At


def flops(told: Told, found: Ruling) -> int:
    """0 where none are counted."""
    if not told.results:
        return 0
    try:
        if found.kind in ("matmul", "linear"):
            return _product(told, found)
        if found.kind == "einsum":
            return _einsum(told)
        if found.kind == "conv":
            return _conv(told)
        if found.kind == "attention" and told.name == "scaled_dot_product_attention":
            return _attention(told)
    except (ValueError, TypeError, IndexError, KeyError):
        return 0
    return 0


def _product(told: Told, found: Ruling) -> int:
    """2 · elements of the result · size that is contracted."""
    factor = next(n for n in range(len(told.operands)) if found.roles.get(n) != "added")
    inner = prod(
        size
        for size, axis in zip(told.operands[factor], found.axes[factor])  # noqa: B905 - the same number of both
        if axis.fate == "contracted"
    )
    return 2 * prod(told.result) * inner if inner > 1 or found.axes[factor][-1:] else 0


def _einsum(told: Told) -> int:
    """Of two operands, 2 · the product of all sizes; of more it depends on the order torch takes."""
    operands = [item.place for item in told.args[1:] if isinstance(item, At)]
    if len(operands) != 2:
        return 0
    shapes = tuple(told.operands[number] for number in operands)
    letters, output = einsum_letters(told.args[0], shapes)
    sizes: dict[str, int] = {}
    for term, shape in zip(letters, shapes):  # noqa: B905 - the same number of both
        for letter, size in zip(term, shape):  # noqa: B905 - the same number of both
            sizes[letter] = max(sizes.get(letter, 1), size)
    if all(letter in output for letter in sizes):
        return 0
    return 2 * prod(sizes.values())


def _conv(told: Told) -> int:
    weight = told.operands[1]
    if told.name.startswith("conv_transpose"):
        x = told.operands[0]
        return 2 * prod(x) * prod(weight[1:])
    return 2 * prod(told.result) * prod(weight[1:])


def _attention(told: Told) -> int:
    """q kᵀ and scores · v: 2·Lq·Lk·d and 2·Lq·Lk·dv, for each of the leading axes."""
    places: list[int] = [item.place for item in told.args[:3]]
    query, key, value = (told.operands[number] for number in places)
    scores = prod(query[:-1]) * key[-2]
    return 2 * scores * (query[-1] + value[-1])

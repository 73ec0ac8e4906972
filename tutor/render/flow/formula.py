"""The rule of an operation as one formula over its axes: ``out[i,j] = Σₖ x[i,k] · w[k,j]``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.flow.shapes import called

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.flow import FlowStep, FlowTensor
    from tutor.render.flow.letters import Lettered
    from tutor.render.look import Look

_SIGNS = {
    "add": "+", "sub": "−", "mul": "·", "div": "/", "pow": "**", "gt": ">", "lt": "<", "ge": "≥", "le": "≤",
    "eq": "=", "ne": "≠", "maximum": "max", "minimum": "min", "remainder": "%", "floor_divide": "//",
}  # fmt: skip


def formula(step: FlowStep, letters: Lettered, look: Look) -> str:
    """Empty where a formula would say nothing."""
    if not step.results or not step.operands or not step.operands[0].axes:
        return ""
    out = f"{step.results[0].text or 'out'}{_at(letters.result)}"
    parts = [_element(step, n, letters, look) for n in range(len(step.operands)) if step.operands[n].axes]
    match step.kind:
        case "matmul" | "linear" | "einsum":
            inner = _gone(step, letters)
            total = f"{_sigma(inner, look)} " if inner else ""
            added = [n for n, operand in enumerate(step.operands) if operand.role in ("bias", "added")]
            factors = [part for n, part in enumerate(parts) if n not in added]
            return f"{out} = {total}{f' {_dot(look)} '.join(factors)}" + "".join(f" + {parts[n]}" for n in added)
        case "elementwise" if len(parts) == 2:
            sign = _sign(step, look)
            joined = f" {sign} ".join(parts) if len(sign) <= 2 else f"{step.name.rstrip('_')}({', '.join(parts)})"
            return f"{out} = {joined}"
        case "reduce":
            inner = _gone(step, letters)
            return f"{out} = {step.name} over {','.join(inner)} of {parts[0]}" if inner else ""
        case "permute":
            return f"{out} = {parts[0]}"
        case _:
            return ""


def _element(step: FlowStep, number: int, letters: Lettered, look: Look) -> str:
    operand = step.operands[number]
    row = list(letters.operands[number])
    for place, axis in enumerate(operand.axes):
        if axis.fate == "stretched":
            row[place] = "0"
        elif step.kind == "reduce" and axis.fate == "kept":
            row[place] = letters.result[axis.to[0]]
    return f"{_short(operand, look)}{_at(row)}"


def _short(operand: FlowTensor, look: Look) -> str:
    names = {"weight": "W", "bias": "b"}
    return names.get(operand.role) or called(operand, look, 14) or "x"


def _gone(step: FlowStep, letters: Lettered) -> list[str]:
    found = [
        letter
        for operand, row in zip(step.operands, letters.operands, strict=True)
        for axis, letter in zip(operand.axes, row, strict=False)
        if axis.fate in ("contracted", "reduced")
    ]
    return list(dict.fromkeys(found))


def _at(row: Sequence[str]) -> str:
    return f"[{','.join(row)}]" if row else ""


def _sigma(inner: list[str], look: Look) -> str:
    return f"{'Σ' if look.unicode else 'sum'}({','.join(inner)})"


def _dot(look: Look) -> str:
    return "·" if look.unicode else "*"


def _sign(step: FlowStep, look: Look) -> str:
    sign = _SIGNS.get(step.name.rstrip("_"), step.name)
    return sign if look.unicode else {"−": "-", "·": "*", "≥": ">=", "≤": "<=", "≠": "!="}.get(sign, sign)

"""What arrives is not trusted: a step that speaks of axes it does not have keeps its shapes and loses the
words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.protocol.flow import Flow, FlowStep

_NUMBERS = ("dim",)


def sound(flow: Flow) -> Flow:
    """The flow with every axis that is named in it there, and every ``dim`` an axis."""
    return replace(flow, steps=tuple(map(_step, flow.steps)))


def _step(step: FlowStep) -> FlowStep:
    rank = len(step.results[0].shape) if step.results else 0
    operands = tuple(
        operand
        if len(operand.axes) == len(operand.shape)
        and all(0 <= to < rank for axis in operand.axes for to in axis.to)
        else replace(operand, axes=())
        for operand in step.operands
    )
    most = max([rank, *(len(operand.shape) for operand in operands)])
    settings = tuple((key, value) for key, value in step.settings if key not in _NUMBERS or _are_axes(value, most))
    return replace(step, operands=operands, settings=settings)


def _are_axes(value: str, rank: int) -> bool:
    parts = value.split(", ")
    return all(part.isascii() and part.isdigit() and int(part) < rank for part in parts) or value == "none"

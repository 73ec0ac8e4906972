"""Runs cells as the worker does, with the flow watched."""

from __future__ import annotations

from typing import Any

from tutor.protocol.flow import Flow, FlowStep, FlowTensor
from tutor.worker.interpreter import Interpreter
from tutor.worker.probe.flow.watch import FlowWatch

SETUP = """
import torch
import torch.nn.functional as F
from torch import nn
torch.manual_seed(0)
x, w, b = torch.randn(3, 4), torch.randn(4, 5), torch.randn(5)
t = torch.randn(2, 3, 4)
img = torch.randn(2, 3, 8, 8)
idx = torch.tensor([[0, 2, 1], [1, 1, 0]])
q = torch.randn(2, 5, 8)
net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
"""


class Prompt:
    """One namespace; every cell is watched."""

    def __init__(self, setup: str = SETUP) -> None:
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.watch = FlowWatch(self.namespace)
        self.error: BaseException | None = None
        self._interpreter = Interpreter(self.namespace)
        self._cells = 0
        self.run(setup)

    def run(self, source: str) -> Flow | None:
        """What the panes are told of this cell; an exception it ends with is in ``error``."""
        self._cells += 1
        name = f"<cell {self._cells}>"
        self.error = None
        self.watch.begin(source, name)
        try:
            self._interpreter.run(source, name, lambda _value: None)
        except Exception as error:
            self.error = error
        flow = self.watch.end()
        assert self.watch.problem == ""
        return flow


def summary(step: FlowStep) -> str:
    """A step on one line: name, kind, operands with the fate of each axis, result, memory."""
    operands = "; ".join(_operand(operand) for operand in step.operands)
    results = ", ".join(f"{result.text or '_'}{_shape(result)} {result.memory}" for result in step.results[:2])
    more = f" +{len(step.results) - 2}" if len(step.results) > 2 else ""
    settings = " ".join(f"{name}={value}" for name, value in step.settings)
    return f"{step.name}:{step.kind} {operands} -> {results or step.error}{more}" + (
        f" | {settings}" if settings else ""
    )


def _operand(operand: FlowTensor) -> str:
    fates = " ".join(
        axis.fate + ("".join(f"→{to}" for to in axis.to)) + (f"({axis.note})" if axis.note else "")
        for axis in operand.axes
    )
    name = operand.text or (f"#{operand.made_by}" if operand.made_by else "?")
    return (
        f"{name}{_shape(operand)}" + (f"<{operand.role}>" if operand.role else "") + (f" {fates}" if fates else "")
    )


def _shape(tensor: FlowTensor) -> str:
    return f"[{','.join(map(str, tensor.shape))}]"

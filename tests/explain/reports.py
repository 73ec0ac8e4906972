"""Error reports made by hand, for what no machine here can raise."""

from __future__ import annotations

from typing import Any

from tutor.protocol.failures import (
    ErrorReport,
    Failing,
    Frame,
    Operand,
)
from tutor.protocol.snapshots import TensorFacts

PYTHON = "/v/lib/python3.11/"


def tensor(name: str, shape: tuple[int, ...] = (), role: str = "argument", **facts: Any) -> Operand:
    """A float32 tensor on the CPU, unless told otherwise."""
    known: dict[str, Any] = {"dtype": "float32", "device": "cpu", "requires_grad": False, **facts}
    fact = TensorFacts(
        *(name, "Tensor", known["dtype"], shape, None, 0, known["device"], "strided", known["requires_grad"]),
        *(True, None, False, 0, True, (), ""),
    )
    return Operand(name, role, "tensor", "Tensor", fact)


def module(name: str, kind: str = "Linear", role: str = "function", **settings: int | str) -> Operand:
    text = f"torch.nn.modules.x.{kind}"
    return Operand(name, role, "module", kind, text=text, settings=tuple(settings.items()))


def report(
    kind: str,
    message: str,
    *through: str,
    source: str = "f(x)",
    operation: str = "call",
    operands: tuple[Operand, ...] = (),
    made: tuple[str, ...] = (),
    inside: tuple[Operand, ...] = (),
) -> ErrorReport:
    """An error of the learner's line ``source`` that came ``through`` library code (``torch/x.py:function``)."""
    frames = [Frame("<cell 1>", 1, 1, 0, len(source), "<module>", source, own=True)]
    for place in through:
        file, _, function = place.partition(":")
        folder = PYTHON if file.startswith("multiprocessing") else f"{PYTHON}site-packages/"
        frames.append(Frame(folder + file, 9, 9, -1, -1, function, "", own=False))
    failing = Failing(source, operation, operands, made)
    return ErrorReport(kind, message, tuple(frames), failing=failing, inside=inside)

"""Which operation made the first NaN or infinity: values of small results, read as they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.worker.probe.flow.values import Fact

LARGEST = 16_384
"""Elements of a tensor that is looked at: 5 µs, where the operation itself took longer."""
_FLOATS = ("float32", "float64", "float16", "bfloat16")


class Finite:
    """Looks at tensors on the CPU only: reading another device's would make it wait."""

    def __init__(self, torch: Any) -> None:
        self._detach, self._item = torch._C.TensorBase.detach, torch._C.TensorBase.item
        self._aminmax = torch._C._VariableFunctions.aminmax
        self._strided, self._layout = torch.strided, torch._C.TensorBase.layout.__get__

    def state(self, tensor: Any, fact: Fact) -> str:
        """``nan``, ``inf``, ``sound``, or ``unknown`` where it was not looked at."""
        if fact.dtype not in _FLOATS:
            return "unknown" if fact.dtype.startswith(("complex", "float")) else "sound"
        count = 1
        for size in fact.shape:
            count *= size
        if not count:
            return "sound"
        if fact.device != "cpu" or count > LARGEST or self._layout(tensor) is not self._strided:
            return "unknown"
        least, most = map(self._item, self._aminmax(self._detach(tensor)))
        # A NaN among the elements is what both of them are then.
        if most != most:
            return "nan"
        return "inf" if most == float("inf") or least == float("-inf") else "sound"

    def broke(self, result: str, operands: Sequence[str]) -> str:
        """``nan`` or ``inf`` if this result has it and no operand had; empty if not, or if that is not known."""
        if result not in ("nan", "inf") or "unknown" in operands or "nan" in operands:
            return ""
        return "" if result == "inf" and "inf" in operands else result

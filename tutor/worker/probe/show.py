"""What the display of a value asks about torch's objects: a line for each, and who is shown how."""

from __future__ import annotations

import contextlib
import struct
import sys
from dataclasses import dataclass
from typing import Any

from tutor.protocol.snapshots import TensorFacts
from tutor.protocol.views import ModuleTree
from tutor.worker.probe.facts import facts_of
from tutor.worker.probe.modules import is_plain_module, module_line, module_tree
from tutor.worker.probe.touch import disturbs, has_values, quiet, type_name
from tutor.worker.probe.values import head

_FEW = 6
"""Elements of a tensor that are written where it is one line among others."""


@dataclass(frozen=True, slots=True)
class Brief:
    """One line about a torch object."""

    text: str
    """A tensor's values where they are few, a module's class and size."""
    line: str
    """The same for the middle of a line: ``float32 [16, 3]``."""
    tensor: TensorFacts | None = None


def brief(value: Any) -> Brief | None:
    """None for what is neither a tensor nor a module."""
    torch = sys.modules.get("torch")
    if torch is None:
        return None
    kind = type(value)
    with contextlib.suppress(Exception):
        if issubclass(kind, torch.Tensor):
            facts = facts_of("", value)
            return None if facts is None else Brief(_few(torch, value, facts), _inline(facts), facts)
        if issubclass(kind, torch.nn.Module) and is_plain_module(kind):
            line = module_line(torch, value)
            return Brief(line, line)
    return None


def tree(value: Any) -> ModuleTree | None:
    """The tree of a module that has no ``__repr__`` of its own; None for everything else."""
    torch = sys.modules.get("torch")
    if torch is None or not issubclass(type(value), torch.nn.Module) or not is_plain_module(type(value)):
        return None
    return module_tree(torch, value)


def _inline(facts: TensorFacts) -> str:
    kind = "" if facts.kind == "Tensor" else f"{facts.kind} "
    return f"{kind}{facts.dtype} {list(facts.shape)}"


def _few(torch: Any, tensor: Any, facts: TensorFacts) -> str:
    """The values of a tensor with few of them and at most one axis; otherwise nothing."""
    strided = facts.layout == "strided" and len(facts.shape) <= 1 and sum(facts.shape) <= _FEW
    if not strided or 0 in facts.shape or "complex" in facts.dtype or type_name(type(tensor)) != facts.kind:
        return ""
    with quiet(torch):
        if disturbs(torch) or not has_values(torch, tensor):
            return ""
        data = head(torch, tensor, _FEW)
    numbers = struct.unpack(f"<{len(data) // 8}d", data)
    texts = [_number(number, facts.dtype) for number in numbers]
    return f"[{', '.join(texts)}]" if facts.shape else texts[0]


def _number(value: float, dtype: str) -> str:
    if dtype == "bool":
        return str(bool(value))
    return f"{value:.4g}" if "float" in dtype else str(int(value))

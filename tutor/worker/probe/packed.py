"""What the tensors of a ``PackedSequence`` stand for: sequences of different lengths, packed step by step."""

from __future__ import annotations

import sys
from typing import Any

from tutor.worker.probe.touch import disturbs, quiet, torch_module

_SHOWN = 8
_STEPS = 100_000
"""Longest sequence whose lengths are counted."""


def packed_note(namespace: dict[str, Any], path: str) -> str:
    """A sentence about the sequences, for a tensor named ``NAME.data`` or ``NAME.batch_sizes``; else empty."""
    torch = torch_module()
    rnn = sys.modules.get("torch.nn.utils.rnn")
    name, _, field = path.partition(".")
    value = namespace.get(name)
    if torch is None or rnn is None or type(value) is not rnn.PackedSequence:
        return ""
    if field == "data":
        return f"the values of {_sequences(torch, value)}, step by step: first of all sequences the first element"
    if field == "batch_sizes":
        return f"how many of {_sequences(torch, value)} still run at each step"
    return ""


def _sequences(torch: Any, packed: Any) -> str:
    """``3 sequences of lengths 5, 2, 2``, the longest first, as they are packed."""
    with quiet(torch):
        sizes = tuple.__getitem__(packed, 1)
        if disturbs(torch) or type(sizes) is not torch.Tensor or sizes.dim() != 1 or sizes.numel() > _STEPS:
            return "its sequences"
        running = [int(size) for size in sizes.tolist()]
    count = max(running, default=0)
    lengths = [sum(size > number for size in running) for number in range(min(count, _SHOWN))]
    more = ", …" if count > _SHOWN else ""
    return f"{count} sequence{'' if count == 1 else 's'} of lengths {', '.join(map(str, lengths))}{more}"

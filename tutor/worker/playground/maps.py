"""What a network makes of every place of the plane, as bytes."""

from __future__ import annotations

from typing import Any

from tutor.protocol.playground import MISSING, ZERO

REACH = 3.0
"""The plane goes from ``-REACH`` to ``REACH`` along both axes."""


def plane(columns: int, rows: int) -> Any:
    """``[rows * columns, 2]``: the middle of each cell, row by row from the upper left."""
    import torch

    x1 = (torch.arange(columns) + 0.5) / columns * 2 - 1
    x2 = 1 - (torch.arange(rows) + 0.5) / rows * 2
    down, across = torch.meshgrid(x2 * REACH, x1 * REACH, indexing="ij")
    return torch.stack([across.flatten(), down.flatten()], dim=1)


def layer_outputs(model: Any, inputs: Any) -> list[Any]:
    """``[n, width]`` each: the inputs, the output of every hidden layer, and the network's answer.

    ``model`` is a Sequential of linear layers with an activation behind each but the last.
    """
    outputs, value = [inputs], inputs
    modules = list(model)
    for number, module in enumerate(modules):
        value = module(value)
        if number % 2 or number == len(modules) - 1:
            outputs.append(value)
    return outputs


def scaled(values: Any, bounded: bool) -> Any:
    """``[n, width]``, each column from -1 to 1; one that is ``bounded`` by 1 already is left as it is."""
    if bounded:
        return values
    most = values.abs().amax(dim=0)
    return values / most.where(most > 0, 1.0)


def as_bytes(values: Any) -> bytes:
    """One byte a value of ``[n]``; what lies beyond -1 and 1 is cut."""
    import torch

    levels = (values.clamp(-1, 1) * ZERO + ZERO).round()
    return bytes(torch.where(values.isfinite(), levels, MISSING).to(torch.uint8).tolist())

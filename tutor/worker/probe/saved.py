"""What nodes of the autograd graph have saved for their backward, without unpacking it.

A saved tensor may be packed by a hook of the learner's; reading ``_saved_x`` would call the other half of that
hook. ``_raw_saved_x`` gives the holder instead, whose ``data`` (torch 2.10 or so) is what it holds, as it is.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from tutor.protocol.gradients import SavedTensor
from tutor.worker.probe.nodes import plain_names, saved_names
from tutor.worker.probe.touch import has_values, is_tensor

_LARGE = 2**53
_MOST = 16
"""Saved tensors of one node that are described."""


def saved_by(torch: Any, node: Any) -> tuple[SavedTensor, ...]:
    """What the node holds now; empty once it was freed, and where this torch does not tell."""
    found: list[SavedTensor] = []
    with contextlib.suppress(RuntimeError):  # a Function of the learner's own says by an error that it was freed
        for name, holder in _holders(torch, node):
            held = getattr(holder, "data", None)
            if getattr(holder, "unpack_hook", None) is not None:
                if held is not None:
                    found.append(SavedTensor(name, (), "", 0, state="packed"))
            elif is_tensor(torch, held):
                found.append(_described(torch, name, held))
    return tuple(found)


def settings_of(node: Any) -> tuple[tuple[str, float], ...]:
    """Plain numbers that a node of torch's own keeps, as ``exponent`` and ``alpha``."""
    found = []
    kind: Any = type(node)
    for name in plain_names(kind):
        with contextlib.suppress(Exception):  # undocumented, every one of them
            value = getattr(node, f"_saved_{name}")
            # An axis is kept as an unsigned number: -1 is the largest there is.
            if type(value) in (int, float) and abs(value) < _LARGE:
                found.append((name, float(value)))
    return tuple(found)


def is_freed(torch: Any, node: Any) -> bool | None:
    """Whether what the node had saved was let go of; None where it may never have saved anything."""
    try:
        for name, holder in _holders(torch, node):
            if getattr(holder, "unpack_hook", None) is not None or getattr(holder, "data", holder) is not None:
                return False if getattr(holder, "data", None) is not None else None
            if name.isidentifier() and hasattr(type(node), f"_saved_{name}"):
                # Nothing is there to be unpacked: this only asks torch whether there ever was.
                getattr(node, f"_saved_{name}")
    except RuntimeError:
        return True
    return None


def _holders(torch: Any, node: Any) -> Iterator[tuple[str, Any]]:
    """Name and ``SavedTensor`` of each; raises RuntimeError where torch has freed them."""
    kind: Any = type(node)
    if issubclass(kind, torch.autograd.function.BackwardCFunction):
        # By the real attribute: a learner's class may have one of that name.
        holders = torch._C._FunctionBase._raw_saved_tensors.__get__(node)
        yield from ((f"saved_tensors[{i}]", holder) for i, holder in enumerate((holders or ())[:_MOST]))
        return
    for name in saved_names(kind)[:_MOST]:
        holder = getattr(node, f"_raw_saved_{name}", None)
        if isinstance(holder, tuple):
            yield from ((f"{name}[{i}]", one) for i, one in enumerate(holder[:_MOST]))
        elif holder is not None:
            yield name, holder


def _described(torch: Any, name: str, held: Any) -> SavedTensor:
    base = torch.Tensor
    count = base.numel(held)
    value = None
    if count == 1 and base.is_cpu.__get__(held) and has_values(torch, held) and not base.is_complex(held):
        value = float(base.item(base.detach(held)))
    dtype = str(base.dtype.__get__(held)).removeprefix("torch.")
    return SavedTensor(name, tuple(base.shape.__get__(held)), dtype, count * base.element_size(held), value)

"""What ``%gradcheck`` calls: the comparison, and its outcome in a line of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tutor.protocol.gradcheck import GradientCheck
from tutor.worker.probe.finite import NotCheckable, check
from tutor.worker.probe.touch import torch_module

NotCheckable.__module__ = "builtins"  # as the learner sees it: a name without the tutor's own path


def gradcheck(
    function: Any, formula: Any, arguments: Sequence[Any], words: tuple[str, str, Sequence[str]]
) -> GradientCheck:
    """See :func:`tutor.worker.probe.finite.check`."""
    torch = torch_module()
    if torch is None:
        raise NotCheckable("torch is not installed")
    return check(torch, function, formula, arguments, words)


def outcome(found: GradientCheck) -> str:
    """The verdict and the worst element of each input."""
    whose = found.formula or f"backward of {found.function}"
    told = [f"{whose} {'agrees' if found.ok else 'does not agree'} with finite differences"]
    for one in found.inputs:
        if one.worst is not None:
            worst = one.worst
            told.append(
                f"{one.name}: {one.outside:,} of {one.elements:,} outside; worst at {list(worst.at)}: "
                f"{worst.analytic:.6g} and {worst.numeric:.6g}"
            )
    return "\n".join(told)

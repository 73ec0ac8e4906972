"""``breakpoint()``, ``pdb.set_trace()`` and ``pdb.post_mortem()`` at the prompt."""

from __future__ import annotations

import functools
import os
import pdb
from types import FrameType, TracebackType
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - compared with co_filename, a str


def install() -> None:
    """Make every ``Pdb``, and classes made from it, show the learner's frames and leave signals alone."""
    original = pdb.Pdb.get_stack

    @functools.wraps(original)
    def get_stack(self: pdb.Pdb, frame: FrameType | None, trace: TracebackType | None) -> tuple[list[Any], int]:
        stack, current = original(self, frame, trace)
        # What called the cell comes first: whatever started the worker, its loop, perhaps a magic.
        first = max((n + 1 for n, (caller, _) in enumerate(stack) if _is_ours(caller)), default=0)
        return stack[first:], max(0, current - first)

    init = pdb.Pdb.__init__

    @functools.wraps(init)
    def without_signals(self: pdb.Pdb, *arguments: Any, **options: Any) -> None:
        # With a handler of its own for Ctrl+C, `c` would take SIGINT away from the worker.
        options.setdefault("nosigint", True)
        init(self, *arguments, **options)

    pdb.Pdb.get_stack = get_stack  # type: ignore[assignment,method-assign]
    pdb.Pdb.__init__ = without_signals  # type: ignore[method-assign]


def _is_ours(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(_HERE)

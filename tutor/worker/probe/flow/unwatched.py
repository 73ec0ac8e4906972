"""Runs that must not be watched: what looks on would be traced by a compiler, or be in what is measured."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from tutor.worker.probe.said import looked_up, words

_COMPILES = frozenset({"compile", "flex_attention", "_dynamo", "dynamo_export"})
_CLOCKS = frozenset({
    "perf_counter", "perf_counter_ns", "process_time", "process_time_ns", "monotonic", "monotonic_ns",
    "thread_time", "time_ns", "timeit", "Timer", "blocked_autorange",
})  # fmt: skip
_TIME = re.compile(r"\btime\.time\(|\bfrom time import time\b")
_FUNCTIONS = 50
"""Functions of the learner's whose code is looked at."""


def why_not(source: str, namespace: dict[str, Any]) -> str:
    """``compiled`` or ``timed``, as in :class:`~tutor.protocol.flow.Flow`; empty where a run can be watched.

    What the source says counts, and what the functions say that it names, and those that they name.
    """
    said = words(source)
    dynamo = False
    for function in _named(said, namespace):
        if function.__globals__ is namespace:
            said |= looked_up(function.__code__)
        else:
            dynamo |= str(function.__globals__.get("__name__")).startswith("torch._dynamo")
    if dynamo or said & _COMPILES or _has_compiled():
        return "compiled"
    return "timed" if said & _CLOCKS or _TIME.search(source) else ""


def _has_compiled() -> bool:
    """Whether torch.compile was used: it traces through a mode, and compiles anew for it."""
    frames = sys.modules.get("torch._dynamo.eval_frame")
    return any(backend is not None for backend in getattr(frames, "cached_backends", {}).values())


def _named(said: set[str], namespace: dict[str, Any]) -> Iterator[FunctionType]:
    pending, seen = list(said), set(said)
    found = 0
    while pending and found < _FUNCTIONS:
        value = namespace.get(pending.pop())
        if type(value) is not FunctionType:
            continue
        found += 1
        yield value
        if value.__globals__ is namespace:
            inner = looked_up(value.__code__) - seen
            seen |= inner
            pending += inner

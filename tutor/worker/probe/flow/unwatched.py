"""Runs that must not be watched: what looks on would be traced by a compiler, or be in what is measured."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType
from typing import Any

_WORD = re.compile(r"[^\W\d]\w*")
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
    words = set(_WORD.findall(source))
    dynamo = False
    for function in _named(words, namespace):
        if function.__globals__ is namespace:
            words.update(_words(function.__code__))
        else:
            dynamo |= str(function.__globals__.get("__name__")).startswith("torch._dynamo")
    if dynamo or words & _COMPILES or _has_compiled():
        return "compiled"
    return "timed" if words & _CLOCKS or _TIME.search(source) else ""


def _has_compiled() -> bool:
    """Whether torch.compile was used: it traces through a mode, and compiles anew for it."""
    frames = sys.modules.get("torch._dynamo.eval_frame")
    return any(backend is not None for backend in getattr(frames, "cached_backends", {}).values())


def _named(words: set[str], namespace: dict[str, Any]) -> Iterator[FunctionType]:
    pending, seen = list(words), set(words)
    found = 0
    while pending and found < _FUNCTIONS:
        value = namespace.get(pending.pop())
        if type(value) is not FunctionType:
            continue
        found += 1
        yield value
        if value.__globals__ is namespace:
            inner = _words(value.__code__) - seen
            seen |= inner
            pending += inner


def _words(code: CodeType) -> set[str]:
    """Names and attributes that are read in a function, and in what it defines."""
    inner = [constant for constant in code.co_consts if type(constant) is CodeType]
    return set(code.co_names).union(*map(_words, inner))

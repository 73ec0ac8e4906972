"""``%timeit`` and ``%time``."""

from __future__ import annotations

import os
import re
import statistics
import textwrap
import time as clocks
import timeit as standard
from dataclasses import dataclass
from typing import Any

from tutor.worker.interpreter import remember_source
from tutor.worker.magics.context import Context, UsageError

_RUNS = 7
_UNITS = (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6), ("ns", 1e-9))


_OPTION = re.compile(r"-(?:([nr])[ ]*(\d+)|(o))(?:[ ]+|$)")


@dataclass(frozen=True)
class Timing:
    """What ``t = %timeit -o …`` gives; seconds for one loop."""

    average: float
    stdev: float
    best: float
    worst: float
    loops: int
    repeat: int


def timeit(context: Context, arguments: str, body: str) -> Timing | None:
    """Mean and standard deviation of the time one loop takes, over several runs of many loops; the figures
    themselves with ``-o``.
    """
    loops, repeats, wanted, statement = _options(arguments)
    setup, code = (statement, textwrap.dedent(body).strip()) if body else ("", statement)
    if not code:
        raise UsageError("%timeit wants a statement: %timeit x @ w, or %timeit -n LOOPS -r RUNS x @ w")

    def clock() -> float:
        # An accelerator works on after the call has returned; its time counts too.
        context.synchronize()
        return clocks.perf_counter()

    timer = standard.Timer(code, setup or "pass", timer=clock, globals=context.namespace)
    # Both names are undocumented; without them an error in the statement has no line to show.
    remember_source(getattr(standard, "dummy_src_name", ""), getattr(timer, "src", ""))
    with context.paused():
        loops = loops or timer.autorange()[0]
        times = [total / loops for total in timer.repeat(repeats, loops)]
    runs = f"{repeats} run{'s' * (repeats != 1)}, {loops:,} loop{'s' * (loops != 1)} each"
    mean, deviation = _span(statistics.mean(times)), _span(statistics.pstdev(times))
    print(f"{mean} ± {deviation} per loop (mean ± std. dev. of {runs})")
    if not wanted:
        return None
    return Timing(statistics.mean(times), statistics.pstdev(times), min(times), max(times), loops, repeats)


def time(context: Context, arguments: str, body: str) -> Any:
    """Run once; the value of a last expression is displayed as if ``%time`` were not there."""
    before, wall = os.times(), clocks.perf_counter()
    try:
        return context.execute(body or arguments, "<time>")
    finally:
        context.synchronize()
        wall = clocks.perf_counter() - wall
        after = os.times()
        user, system = after.user - before.user, after.system - before.system
        parts = f"(user {_span(user)}, system {_span(system)})"
        print(f"wall time {_span(wall)}   CPU time {_span(user + system)} {parts}")


def _options(arguments: str) -> tuple[int, int, bool, str]:
    """Loops (0: as many as take long enough), runs, whether figures are wanted, the statement as it was typed."""
    chosen, wanted = {"n": 0, "r": _RUNS}, False
    while match := _OPTION.match(arguments):
        wanted = wanted or bool(match[3])
        if match[1]:
            chosen[match[1]] = max(1, int(match[2]))
        arguments = arguments[match.end() :]
    return chosen["n"], chosen["r"], wanted, arguments


def _span(seconds: float) -> str:
    """Three digits and a unit: ``12.3 µs``."""
    unit, size = next(((unit, size) for unit, size in _UNITS if seconds >= size), _UNITS[-1])
    return f"{seconds / size:.3g} {unit}"

"""Tracebacks as data."""

from __future__ import annotations

import linecache
import traceback
from typing import Any

import pytest

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.protocol.failures import ErrorReport
from tutor.worker.errors import report_chain


def chain(source: str, **names: Any) -> tuple[ErrorReport, ...]:
    linecache.cache["<cell 1>"] = (len(source), None, source.splitlines(keepends=True), "<cell 1>")
    with pytest.raises(BaseException) as raised:  # noqa: PT011 - any error will do
        exec(compile(source, "<cell 1>", "exec"), names)
    error = raised.value
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next
    return report_chain(error)


def test_a_recursion_is_folded_where_python_folds_it() -> None:
    (told,) = chain("def rec(n):\n    return rec(n + 1)\nrec(0)")
    frames = told.frames
    assert [(frame.line, frame.repeated > 900) for frame in frames] == [
        (3, False),
        (2, False),
        (2, False),
        (2, True),
    ]
    assert told.failing is not None

    def count() -> int:
        try:
            exec(compile("def rec(n):\n    return rec(n + 1)\nrec(0)", "<cell 1>", "exec"), {})
        except RecursionError as error:
            return len(traceback.extract_tb(error.__traceback__)) - 1
        return 0

    assert abs(sum(1 + frame.repeated for frame in frames) - count()) < 20


def test_three_times_the_same_line_are_told_one_by_one() -> None:
    (told,) = chain("def rec(n):\n    return rec(n - 1) if n else 1 / 0\nrec(2)")
    assert [(frame.line, frame.repeated) for frame in told.frames] == [(3, 0), (2, 0), (2, 0), (2, 0)]


def test_of_two_that_call_each_other_the_middle_is_left_out_and_said_so() -> None:
    (told,) = chain("def a():\n    b()\ndef b():\n    a()\na()")
    assert len(told.frames) == 40
    (gap,) = [frame for frame in told.frames if frame.left_out]
    assert gap.left_out > 800
    assert told.frames.index(gap) == 19


@pytest.mark.worker
@pytest.mark.asyncio(loop_scope="session")
async def test_an_error_in_what_is_timed_is_told_by_the_line_alone(work: Recorder) -> None:
    await work.run("x = [1]\n%timeit x[5]")
    (told,) = work.of(events.Failed)[-1].chain
    assert [(frame.source, frame.own) for frame in told.frames] == [("%timeit x[5]", True)]
    assert told.failing is not None
    assert [operand.source for operand in told.failing.operands] == ["x", "5"]


@pytest.mark.worker
@pytest.mark.asyncio(loop_scope="session")
async def test_of_a_timed_block_the_failing_line_is_told(work: Recorder) -> None:
    await work.run("%%timeit\ny = [1]\ny[5]")
    (told,) = work.of(events.Failed)[-1].chain
    assert told.frames[-1].source.strip() == "y[5]"
    assert all(frame.own for frame in told.frames)


def test_stopping_twice_is_told_once() -> None:
    again = "try:\n    raise KeyboardInterrupt\nexcept KeyboardInterrupt:\n    raise KeyboardInterrupt"
    assert [told.type for told in chain(again)] == ["KeyboardInterrupt"]
    other = "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise KeyboardInterrupt"
    assert [told.type for told in chain(other)] == ["ZeroDivisionError", "KeyboardInterrupt"]

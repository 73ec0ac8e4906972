"""Exceptions as data: the learner's frames, the library's frames, and nothing of the worker's own."""

from __future__ import annotations

import contextlib
import linecache
import os
import timeit
import traceback
from dataclasses import replace
from itertools import groupby
from types import FrameType, TracebackType

from tutor.protocol.failures import (
    ErrorReport,
    Failing,
    Frame,
    Operand,
)
from tutor.worker.expressions import Span, failing
from tutor.worker.interrupts import is_library
from tutor.worker.probe import operands
from tutor.worker.raised import cause_of, context_of, traceback_of
from tutor.worker.suggestions import suggestion

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_TIMED = "<timeit-src>"
"""The file name that the module ``timeit`` gives to what it times."""
_MAX_CHAIN = 8
_MAX_FRAMES = 40
_SHOWN = 3
"""Frames of the same line in a row that are told one by one, as Python does."""
_MAX_MESSAGE = 20_000
"""Characters of a message that travel; a torch message is rarely over a thousand."""


def report_chain(error: BaseException) -> tuple[ErrorReport, ...]:
    """The exception and those that led to it, in the order Python prints them."""
    chain: list[ErrorReport] = []
    seen: set[int] = set()
    relation = ""
    current: BaseException | None = error
    while current is not None and id(current) not in seen and len(chain) < _MAX_CHAIN:
        seen.add(id(current))
        chain.append(_told(current, relation))
        cause, context = cause_of(current), context_of(current)
        if cause is not None:
            current, relation = cause, "cause"
        elif type(current) is KeyboardInterrupt is type(context):
            current = None  # the same wish, uttered twice
        else:
            current, relation = context, "context"
    return tuple(reversed(chain))


def _told(error: BaseException, relation: str) -> ErrorReport:
    """An error is told in any case: a class of the learner's may make its attributes raise."""
    try:
        return _report(error, relation)
    except Exception:
        frames: tuple[Frame, ...] = ()
        with contextlib.suppress(Exception):
            frames = frames_of(traceback_of(error))
        return ErrorReport(type.__getattribute__(type(error), "__name__"), _text(error), frames, relation)


def _report(error: BaseException, relation: str) -> ErrorReport:
    kind = type(error)
    module = getattr(kind, "__module__", "builtins")
    name = kind.__qualname__ if module in ("builtins", "__main__") else f"{module}.{kind.__qualname__}"
    tb = traceback_of(error)
    frames = frames_of(tb)
    message = _text(error)
    if isinstance(error, SyntaxError) and error.filename is not None and error.lineno is not None:
        frames = (*frames, _syntax_frame(error))
        message = str(error.msg)
    notes = tuple(str(note)[:_MAX_MESSAGE] for note in getattr(error, "__notes__", ()) or ())
    what, inside = _failing(tb) if isinstance(error, Exception) else (None, ())
    return ErrorReport(name, message, frames, relation, notes, what, inside, suggestion(error))


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MAX_MESSAGE]
    except Exception as problem:
        return f"<its message could not be made: {type(problem).__name__}>"


def _failing(tb: TracebackType | None) -> tuple[Failing | None, tuple[Operand, ...]]:
    """What the learner's last line was doing, with which values, and what the library was given.

    Only data comes out: no frame and no tensor is kept.
    """
    pairs = [
        (frame, summary)
        for (frame, _), summary in zip(traceback.walk_tb(tb), traceback.extract_tb(tb))  # noqa: B905 - sys.tracebacklimit may cut the second
        if not _is_ours(summary.filename)
    ]
    own = [place for place, (_, summary) in enumerate(pairs) if not is_library(summary.filename)]
    if not own:
        return None, ()
    frame, summary = pairs[own[-1]]
    library = [frame for frame, _ in pairs[own[-1] + 1 :]]
    try:
        return _looked_at(frame, library, summary)
    except Exception:  # an error is told in any case, if need be without its operands
        return None, ()


def _looked_at(
    frame: FrameType, library: list[FrameType], summary: traceback.FrameSummary
) -> tuple[Failing | None, tuple[Operand, ...]]:
    place = (getattr(summary, name, None) for name in ("end_lineno", "colno", "end_colno"))
    expression = failing(summary.filename, Span(summary.lineno or 0, *place))
    inside = operands.inside(library, frame, expression)
    if expression is None:
        return None, inside
    values = operands.operands(frame, expression, library[0] if library else None)
    return Failing(expression.source, expression.operation, values, expression.made), inside


def _is_ours(file: str) -> bool:
    """Whether a frame is the tutor's own, or of the module that ``%timeit`` lends: nothing of it was typed."""
    return file.startswith(_HERE) or file == timeit.__file__


def _typed(summaries: list[traceback.FrameSummary]) -> list[traceback.FrameSummary]:
    """Without the copy that ``%timeit`` makes of a statement, where the line above shows it already."""
    pairs = zip([None, *summaries], summaries, strict=False)
    return [
        own
        for above, own in pairs
        if own.filename != _TIMED or above is None or not own.line or own.line not in (above.line or "")
    ]


def frames_of(tb: TracebackType | None) -> tuple[Frame, ...]:
    """Outermost first; a line that calls itself over and over is counted, of a very deep stack the middle."""
    summaries = _typed([s for s in traceback.extract_tb(tb) if not _is_ours(s.filename)])
    told: list[tuple[traceback.FrameSummary, int]] = []
    for _, same in groupby(summaries, key=lambda s: (s.filename, s.lineno, s.name)):
        run = list(same)
        told += [(summary, 0) for summary in run[:_SHOWN]]
        told[-1] = (told[-1][0], max(0, len(run) - _SHOWN))
    lost = len(told) - _MAX_FRAMES
    if lost <= 0:
        return tuple(_frame(summary, repeated) for summary, repeated in told)
    half = _MAX_FRAMES // 2
    lost += sum(repeated for _, repeated in told[half:-half])
    first = [_frame(summary, repeated) for summary, repeated in told[:half]]
    return (
        *first[:-1],
        replace(first[-1], left_out=lost),
        *(_frame(summary, repeated) for summary, repeated in told[-half:]),
    )


def _frame(summary: traceback.FrameSummary, repeated: int) -> Frame:
    line = summary.lineno or 0
    source = linecache.getline(summary.filename, line).rstrip("\n")
    start, end = getattr(summary, "colno", None), getattr(summary, "end_colno", None)
    last = getattr(summary, "end_lineno", None) or line
    end_source = source if last == line else linecache.getline(summary.filename, last).rstrip("\n")
    return Frame(
        file=summary.filename,
        line=line,
        end_line=last,
        column=_characters(source, start),
        end_column=_characters(end_source, end),
        function=summary.name,
        source=source,
        own=not is_library(summary.filename),
        repeated=repeated,
    )


def _characters(source: str, offset: int | None) -> int:
    """CPython counts columns in UTF-8 bytes; people count characters."""
    if offset is None:
        return -1
    return len(source.encode("utf-8")[:offset].decode("utf-8", "replace"))


def _syntax_frame(error: SyntaxError) -> Frame:
    line = error.lineno or 0
    source = (error.text or linecache.getline(error.filename or "", line)).rstrip("\n")
    start = max((error.offset or 1) - 1, 0)
    end_line = getattr(error, "end_lineno", None) or line
    end = (getattr(error, "end_offset", None) or 0) - 1
    return Frame(
        file=error.filename or "",
        line=line,
        end_line=end_line,
        column=start,
        end_column=end if end > start or end_line > line else start + 1,
        function="",
        source=source,
        own=True,
    )

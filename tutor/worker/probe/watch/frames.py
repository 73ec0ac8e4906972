"""The learner's own frames above a call: which line of the run it came from, and what names it sees."""

from __future__ import annotations

import os
import sys
from itertools import islice
from types import FrameType
from typing import Any

from tutor.worker.interrupts import is_library
from tutor.worker.probe.flow.mode import CALL

_TUTOR = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 - compared with co_filename, a str
_FRAMES = 100
_NAMES = 500


def own_frames() -> list[FrameType]:
    """Frames of learner code that led here, innermost first."""
    frame: FrameType | None = sys._getframe(1)
    found: list[FrameType] = []
    for _ in range(_FRAMES):
        if frame is None:
            break
        file = frame.f_code.co_filename
        if not file.startswith(_TUTOR) and not is_library(file) and frame.f_code.co_name != CALL:
            found.append(frame)
        frame = frame.f_back
    return found


def line_in(frames: list[FrameType], name: str) -> int:
    """The line of the source called ``name`` that was being executed; 0 if none was."""
    return next((frame.f_lineno for frame in frames if frame.f_code.co_filename == name), 0)


def names_in(frames: list[FrameType]) -> list[tuple[str, Any]]:
    """Names and values that the innermost learner frame sees, its own before the global ones."""
    if not frames:
        return []
    frame = frames[0]
    seen = list(islice(frame.f_locals.items(), _NAMES))
    if frame.f_locals is not frame.f_globals:
        seen += islice(list(frame.f_globals.items()), _NAMES)
    return [(name, value) for name, value in seen if type(name) is str]

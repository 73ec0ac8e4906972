"""The size of the terminal, for code that asks: the capture pipe itself has none."""

from __future__ import annotations

import os
from collections.abc import Callable

_CAPTURED = (1, 2)


def tell_size(columns: int, lines: int) -> None:
    """Let code know how much room its output has; 0 is not told."""
    if columns > 0 and lines > 0:
        for name, size in (("COLUMNS", str(columns)), ("LINES", str(lines))):
            if os.environ.get(name) != size:
                os.environ[name] = size


def answer_for_pipes() -> None:
    """Once per process: ``os.get_terminal_size`` of the captured descriptors gives what was told.

    tqdm asks so, and without an answer makes its bars ten characters wide, whatever the pane.
    """
    os.get_terminal_size = _answering(os.get_terminal_size)


def _answering(ask: Callable[..., os.terminal_size]) -> Callable[..., os.terminal_size]:
    def get_terminal_size(fd: int = 1, /) -> os.terminal_size:
        try:
            return ask(fd)
        except OSError:
            columns, lines = os.environ.get("COLUMNS", ""), os.environ.get("LINES", "")
            if fd not in _CAPTURED or not (columns.isdecimal() and lines.isdecimal()):
                raise
            return os.terminal_size((int(columns), int(lines)))

    get_terminal_size.__doc__ = ask.__doc__
    return get_terminal_size

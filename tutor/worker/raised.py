"""What an exception carries, whatever its class puts in the way of it."""

from __future__ import annotations

from types import TracebackType
from typing import Any

_OWN: dict[str, Any] = {
    name: vars(BaseException)[name]
    for name in ("__cause__", "__context__", "__suppress_context__", "__traceback__")
}


def cause_of(error: BaseException) -> BaseException | None:
    """``raise … from`` this."""
    found: BaseException | None = _OWN["__cause__"].__get__(error)
    return found


def context_of(error: BaseException) -> BaseException | None:
    """What was being handled, where Python tells of it."""
    found: BaseException | None = _OWN["__context__"].__get__(error)
    return None if _OWN["__suppress_context__"].__get__(error) else found


def traceback_of(error: BaseException) -> TracebackType | None:
    found: TracebackType | None = _OWN["__traceback__"].__get__(error)
    return found


def forget_traceback(error: BaseException) -> None:
    """Its frames lead back to whoever handles it: cut, or they keep what they hold alive."""
    _OWN["__traceback__"].__set__(error, None)

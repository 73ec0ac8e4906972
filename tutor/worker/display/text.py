"""The text of a value as Python writes it, never more of it than can be read.

A container of 100,000 tensors takes seconds to write in full, and all but the beginning would be thrown away:
so it is written item by item until there is enough.
"""

from __future__ import annotations

from typing import Any

from tutor.worker.display.kinds import Container, container_of
from tutor.worker.errors import frames_of
from tutor.worker.raised import traceback_of

LIMIT = 20_000
"""Characters of a displayed value that travel."""

_DEEPEST = 60
_MESSAGE = 200


def text_of(value: Any, limit: int = LIMIT) -> str:
    """``repr(value)``, cut at ``limit``; a ``__repr__`` that raises is a remark in its place.

    KeyboardInterrupt and SystemExit come out.
    """
    writer = _Writer(limit)
    try:
        writer.write(value, 0)
    except _Full:
        # What says itself how much of it is missing keeps its last line.
        return writer.text if writer.is_one_leaf else f"{writer.text[:limit]}\n… and more"
    return writer.text


def leaf_text(value: Any, limit: int = LIMIT) -> str:
    """``repr(value)`` of what is not walked, at most a little over ``limit`` characters."""
    kind = type(value)
    if kind in (str, bytes, bytearray) and len(value) > limit:
        return f"{value[:limit]!r}\n… {len(value) - limit:,} more characters"
    try:
        text = repr(value)
        size = str.__len__(text)
        # Slicing by str itself: __repr__ may have given a subclass with ideas of its own.
        head = str.__getitem__(text, slice(0, limit))
    except Exception as error:
        return _problem(value, error)
    return head if size <= limit else f"{head}\n… {size - limit:,} more characters"


def _problem(value: Any, error: Exception) -> str:
    """``<Weird: its __repr__ raised ValueError: no (<cell 2>, line 3)>``"""
    try:
        said = str(error)[:_MESSAGE].split("\n")[0]
    except Exception:
        said = ""
    own = [frame for frame in frames_of(traceback_of(error)) if frame.own]
    where = f" ({own[-1].file}, line {own[-1].line})" if own else ""
    what = f"{type(error).__name__}: {said}" if said else type(error).__name__
    return f"<{type_name(value)}: its __repr__ raised {what}{where}>"


def type_name(value: Any) -> str:
    """The name of the value's class, whatever its metaclass says."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return name[:80]


class _Full(Exception):
    """There is enough text."""


class _Writer:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[str] = []
        self._size = 0
        self._inside: set[int] = set()

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def is_one_leaf(self) -> bool:
        return len(self._pieces) == 1

    def write(self, value: Any, depth: int) -> None:
        try:
            container = container_of(value)
        except Exception:
            container = None  # a field that cannot be read: its __repr__ will say so
        if container is None:
            self._put(leaf_text(value, self._limit))
        elif id(value) in self._inside or depth > _DEEPEST:
            self._put(f"{container.opening}...{container.closing}")
        else:
            self._inside.add(id(value))
            self._container(container, depth)
            self._inside.discard(id(value))

    def _container(self, container: Container, depth: int) -> None:
        self._put(container.opening)
        paired = container.opening == "OrderedDict(["
        for place, (key, item) in enumerate(container.pairs()):
            self._put(container.separator if place else "")
            self._put("(" if paired else "")
            if container.joint == "=":
                self._put(f"{key}=")
            elif container.joint:
                self.write(key, depth + 1)
                self._put(", " if paired else container.joint)
            self.write(item, depth + 1)
            self._put(")" if paired else "")
        self._put(container.closing)

    def _put(self, text: str) -> None:
        self._pieces.append(text)
        self._size += len(text)
        if self._size > self._limit:
            raise _Full

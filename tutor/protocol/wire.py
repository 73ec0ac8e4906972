"""Frames on the private wire: a length, then one JSON object.

``u32 length (big endian) | UTF-8 JSON {"message": class name, …fields}``. Both directions use the same form.
Bytes travel as base64 text. Non-finite floats use Python's JSON spelling (``NaN``, ``Infinity``).
"""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any

VERSION = 1
MAX_FRAME = 16 * 1024 * 1024
"""Bytes. A longer frame is refused on both sides: nothing that is meant for a screen is that large."""

STDOUT_MARK, STDERR_MARK = 0xFF, 0xFE
"""Bytes in the captured output that say which stream follows; neither can occur in UTF-8 text."""

_LENGTH = struct.Struct(">I")


class WireError(Exception):
    """The other side sent something that is not a frame of this protocol."""


@cache
def _reader(kind: Any) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Names of a record's fields, and what reads them all; no names for a class that is no record.

    Kept for each class: a namespace may have a thousand records.
    """
    names = tuple(field.name for field in fields(kind)) if is_dataclass(kind) else ()
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda value: tuple(getattr(value, name) for name in names)


def _plain(value: Any) -> Any:
    names, read = _reader(type(value))  # type: ignore[arg-type]
    if names:
        return dict(zip(names, read(value), strict=True))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    raise TypeError(f"{type(value).__name__} cannot travel on the wire")


_ENCODER = json.JSONEncoder(default=_plain, ensure_ascii=False, separators=(",", ":"))


def encode(message: Any) -> bytes:
    """The frame of one message (a command or an event). Raises WireError when it is too long."""
    body = {"message": type(message).__name__, **_plain(message)}
    # Lone surrogates (from undecodable bytes) have no UTF-8 form: they become question marks.
    data = _ENCODER.encode(body).encode("utf-8", "replace")
    if len(data) > MAX_FRAME:
        raise WireError(f"a {type(message).__name__} of {len(data)} bytes is longer than a frame may be")
    return _LENGTH.pack(len(data)) + data


class FrameReader:
    """Cuts a byte stream into the JSON objects it carries."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[dict[str, Any]]:
        """Yield each object completed by ``data``. Raises WireError on anything that is not one.

        What was wrong is dropped then: the next call, with no data if need be, goes on behind it.
        """
        self._buffer += data
        while len(self._buffer) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._buffer)
            if length > MAX_FRAME:
                self._buffer.clear()
                raise WireError(f"a frame of {length} bytes was announced")
            end = _LENGTH.size + length
            if len(self._buffer) < end:
                return
            body = bytes(self._buffer[_LENGTH.size : end])
            del self._buffer[:end]
            try:
                message = json.loads(body)
            except ValueError as error:
                raise WireError("a frame is not JSON") from error
            if not isinstance(message, dict) or not isinstance(message.get("message"), str):
                raise WireError("a frame is not an object that names its message")
            yield message

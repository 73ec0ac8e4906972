"""Takes pictures and other attachments out of a notebook's JSON before anything parses it.

A notebook with 50 MB of pictures would be several times that in memory once decoded. The bytes are read once,
through a memory map, from quote to quote.
"""

from __future__ import annotations

import mmap
import re
from typing import Union

_MIME = re.compile(rb"(?!text/plain\")(?:image|audio|video|application|text|model|font)/[\w.+-]{1,80}\"\s*:\s*\Z")
_OPENS = re.compile(rb"\s*([\[{\"])")
_LONGEST = 200_000
"""Bytes of one text that is kept: no cell a person reads is longer."""

Bytes = Union[bytes, mmap.mmap]  # noqa: UP007 - 3.10


def slim(data: Bytes) -> bytes:
    """``data`` with an empty text for every value under a media type that is not ``text/plain``, and for every
    text that is absurdly long. What is no JSON is left for the parser to refuse."""
    kept: list[bytes] = []
    done = position = 0
    while (start := data.find(b'"', position)) >= 0:
        end = _end_of_text(data, start)
        if end < 0:
            break
        position = end
        if end - start > _LONGEST:
            kept += [data[done:start], b'""']
            done = end
            continue
        if b"/" not in data[start:end]:
            continue
        opened = _value_of(data, start, end)
        if opened >= 0:
            position = _end_of_value(data, opened)
            kept += [data[done:opened], b'""']
            done = position
    kept.append(data[done:])
    return b"".join(kept)


def _end_of_text(data: Bytes, start: int) -> int:
    """Index behind the quote that ends the text whose first quote is at ``start``; -1 without one."""
    at = start
    while (at := data.find(b'"', at + 1)) >= 0:
        slashes = 0
        while data[at - 1 - slashes : at - slashes] == b"\\":
            slashes += 1
        if slashes % 2 == 0:
            return at + 1
    return -1


def _value_of(data: Bytes, start: int, end: int) -> int:
    """Where the value begins whose key is this text, if the key is a media type with a value to drop; else -1."""
    after = data[end : end + 64]
    colon = after.find(b":")
    if colon < 0 or after[:colon].strip() or not _MIME.match(data[start + 1 : end] + b":"):
        return -1
    opens = _OPENS.match(after, colon + 1)
    return end + opens.start(1) if opens else -1


def _end_of_value(data: Bytes, start: int) -> int:
    """Index behind the text, list or mapping that begins at ``start``."""
    if data[start : start + 1] == b'"':
        end = _end_of_text(data, start)
        return end if end >= 0 else len(data)
    depth = 0
    position = start
    scan = re.compile(rb'["\[\]{}]')
    while found := scan.search(data, position):
        position = found.end()
        if found[0] == b'"':
            position = _end_of_text(data, found.start())
            if position < 0:
                break
        else:
            depth += 1 if found[0] in b"[{" else -1
            if depth == 0:
                return position
    return len(data)

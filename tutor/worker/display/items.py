"""Containers as lines: the first items and the last, what is inside them a level or two deep."""

from __future__ import annotations

from itertools import islice
from typing import Any

from tutor.protocol.views import Item, Items
from tutor.worker.display.kinds import Container, container_of
from tutor.worker.display.tables import table_text
from tutor.worker.display.text import leaf_text
from tutor.worker.probe.show import brief

_SHORT = 72
"""A value that Python writes on one line of so many characters needs no other form."""
_HEAD, _TAIL = 40, 4
"""Items listed of the container itself."""
_HEAD_INSIDE, _TAIL_INSIDE = 6, 1
"""Items listed of a container inside it."""
_FLOWING = 400
"""Short values that may stand side by side."""
_DEEPEST = 2
_LINES = 160
_INLINE = 60
"""Characters of an inner container that stays on its line."""
_TEXT = 200
"""Characters of one item's text."""
_KEY = 60
_PLAIN = {int, float, complex, bool, type(None)}
_PLAIN_STRING = 24


def items_of(value: Any, text: str) -> Items | None:
    """Lines for a container; None for what is none, and for one whose ``text`` is short enough to be read."""
    if len(text) <= _SHORT and "\n" not in text:
        return None
    container = container_of(value)
    if container is None:
        return None
    walk = _Walk()
    if flow := _flowing(container):
        return Items(container.type, container.count, flow, flows=True)
    walk.container(value, container, 0, _HEAD, _TAIL)
    return Items(container.type, container.count, tuple(walk.rows), record=container.joint == "=")


def _flowing(container: Container) -> tuple[Item, ...]:
    """Items that may stand side by side, because all that are listed are short and plain; otherwise none."""
    if container.joint:
        return ()
    rows: list[Item] = []
    for _, item in islice(container.pairs(), _FLOWING):
        if not _is_plain(item):
            return ()
        rows.append(Item(0, "", leaf_text(item, _KEY)))
    if container.count > len(rows):
        rows.append(Item(0, "", "", omitted=container.count - len(rows)))
    return tuple(rows)


def _is_plain(item: Any) -> bool:
    kind = type(item)
    if kind is int:
        return bool(item.bit_length() < 64)
    return kind in _PLAIN or (kind is str and len(item) <= _PLAIN_STRING)


class _Walk:
    def __init__(self) -> None:
        self.rows: list[Item] = []
        self._inside: set[int] = set()

    def container(self, value: Any, container: Container, depth: int, head: int, tail: int) -> None:
        self._inside.add(id(value))
        omitted = container.count - head - tail
        for place, (key, item) in enumerate(container.ends(head, tail)):
            if place == head and omitted > 0:
                self.rows.append(Item(depth, "", "", omitted=omitted))
            number = place if place < head or omitted <= 0 else place + omitted
            self._item(_key(container, key, number), item, depth)
        self._inside.discard(id(value))

    def _item(self, key: str, item: Any, depth: int) -> None:
        known = brief(item)
        if known is not None:
            self.rows.append(Item(depth, key, known.text, known.tensor))
            return
        inner = container_of(item)
        if inner is None or id(item) in self._inside:
            self.rows.append(Item(depth, key, _line(item)))
            return
        inline = _inline(item, _INLINE)
        if len(inline) <= _INLINE:
            self.rows.append(Item(depth, key, inline))
        elif depth >= _DEEPEST or len(self.rows) > _LINES or _flowing(inner):
            self.rows.append(Item(depth, key, f"{_title(inner)}  {inline[:_INLINE]}…"))
        else:
            self.rows.append(Item(depth, key, _title(inner)))
            self.container(item, inner, depth + 1, _HEAD_INSIDE, _TAIL_INSIDE)


def _title(container: Container) -> str:
    return f"{container.type} of {container.count:,}" if container.joint != "=" else container.type


def _key(container: Container, key: Any, number: int) -> str:
    if container.numbered:
        return str(number)
    if not container.joint:
        return ""
    text = container.text_of_key(key, lambda k: _line(k, _KEY))
    return text if len(text) <= _KEY else f"{text[: _KEY - 1]}…"


def _line(value: Any, limit: int = _TEXT) -> str:
    """A value that is not walked, on one line."""
    table = table_text(value)
    if table:
        return table
    first, *rest = leaf_text(value, limit).split("\n")
    return f"{first} …" if rest else first


def _inline(value: Any, room: int) -> str:
    """A value on one line, tensors by what they are; stops a little after ``room`` characters."""
    pieces: list[str] = []
    _write_inline(value, pieces, room, set())
    return "".join(pieces)


def _write_inline(value: Any, pieces: list[str], room: int, inside: set[int]) -> None:
    if sum(map(len, pieces)) > room:
        return
    known = brief(value)
    container = None if known is not None else container_of(value)
    if known is not None:
        pieces.append(known.line)
    elif container is None:
        pieces.append(_line(value))
    elif id(value) in inside:
        pieces.append(f"{container.opening}...{container.closing}")
    else:
        inside.add(id(value))
        pieces.append(container.opening.replace("\n", ""))
        for place, (key, item) in enumerate(container.pairs()):
            if sum(map(len, pieces)) > room:
                break
            pieces.append(", " if place else "")
            if container.joint:
                pieces.append(container.text_of_key(key, _line) + container.joint)
            _write_inline(item, pieces, room, inside)
        pieces.append(container.closing)
        inside.discard(id(value))

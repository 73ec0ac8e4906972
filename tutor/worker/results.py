"""``_`` and ``_3``: displayed values that can be used again."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

_BUDGET = 64 * 2**20
"""Bytes that numbered results may keep alive together; ``_`` alone is kept whatever its size."""
_KEPT = 40


class Results:
    """Keeps displayed values under ``_`` and ``_N``; the oldest go when they hold too much memory."""

    def __init__(self, namespace: dict[str, Any], size: Callable[[Any], int]) -> None:
        """``size`` gives the bytes a value keeps alive, as far as they are known."""
        self._namespace = namespace
        self._size = size
        self._held: OrderedDict[str, int] = OrderedDict()
        self._total = 0

    def keep(self, number: int, value: Any) -> None:
        """Remember what cell ``number`` displayed."""
        self._namespace["_"] = value
        if not number:
            return
        name = f"_{number}"
        self._namespace[name] = value
        self._total -= self._held.pop(name, 0)
        self._held[name] = size = self._size(value)
        self._total += size
        while self._total > _BUDGET or len(self._held) > _KEPT:
            oldest, size = self._held.popitem(last=False)
            self._total -= size
            self._namespace.pop(oldest, None)

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        """What is displayed inside is not counted afterwards: its names were in another namespace."""
        held, total = OrderedDict(self._held), self._total
        try:
            yield
        finally:
            self._held, self._total = held, total

    def forget(self) -> None:
        """Drop all of them."""
        for name in ("_", *self._held):
            self._namespace.pop(name, None)
        self._held.clear()
        self._total = 0

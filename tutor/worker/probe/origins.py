"""Where the nodes of the autograd graph come from: source line and result of each operation that was seen.

A node is known by the number autograd gives it as it is made; nothing here keeps a tensor or a node.
"""

from __future__ import annotations

import linecache
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from tutor.worker.probe.nodes import leaf_of, number_of, walk_edges
from tutor.worker.probe.values import norm

KEPT = 4_000
"""Operations that are remembered; the oldest go first."""
_READ = 4_096
"""Elements of a result up to which it is read."""
_CUTS = 200
_LEAVES = 400
_SOURCE = 200


class Place(Protocol):
    """A span of source: lines from 1, columns in UTF-8 bytes, -1 where there are none."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def end_line(self) -> int: ...
    @property
    def column(self) -> int: ...
    @property
    def end_column(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Origin:
    """One operation and what it gave."""

    line: int
    source: str
    value: float | None
    norm: float | None


@dataclass(eq=False, slots=True)
class Cut:
    """An operation on what needs a gradient whose result does not."""

    kind: str
    """``no_grad`` or ``detach``."""
    line: int
    leaves: dict[int, Any]
    """Weak references to the leaves above it, by ``id``."""
    results: tuple[Any, ...] = ()
    """Weak references to what it gave."""


class Origins:
    """What the recorder of operations saw; one for the process."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Origin] = OrderedDict()
        self._cuts: list[Cut] = []
        self._cut: Cut | None = None

    def before(self, torch: Any, name: str, operands: Iterable[Any], place: Place) -> None:
        """An operation begins. Call inside ``DisableTorchFunction``."""
        self._cut = None
        kind = "detach" if name in ("detach", "detach_", "data") else ""
        if not kind and torch.is_grad_enabled():
            return
        needing = [tensor for tensor in operands if torch.Tensor.requires_grad.__get__(tensor)]
        if needing:
            self._cut = Cut(kind or "no_grad", place.line, _leaves(torch, needing))

    def after(self, torch: Any, results: Iterable[Any], place: Place | None) -> None:
        """It has given ``results``, which are plain tensors."""
        cut, self._cut = self._cut, None
        if cut is not None:
            cut.results = tuple(weakref.ref(tensor) for tensor in results)
            self._cuts = [*self._cuts[1 - _CUTS :], cut]
            return
        if place is None:
            return
        for tensor in results:
            node = torch.Tensor.grad_fn.__get__(tensor)
            number = -1 if node is None else number_of(node)
            if number >= 0:
                self._known[number] = Origin(place.line, source_of(place), *_read(torch, tensor))
        while len(self._known) > KEPT:
            self._known.popitem(last=False)

    def of(self, number: int) -> Origin | None:
        return self._known.get(number)

    def why_plain(self, tensor: Any) -> Cut | None:
        """What took this very tensor out of the graph; None if that was not seen."""
        return next((cut for cut in reversed(self._cuts) if any(ref() is tensor for ref in cut.results)), None)

    def cut_below(self, leaf: Any) -> Cut | None:
        """The latest operation that took something made of ``leaf`` out of the graph."""
        for cut in reversed(self._cuts):
            found = cut.leaves.get(id(leaf))
            if found is not None and found() is leaf:
                return cut
        return None


@cache
def origins() -> Origins:
    return Origins()


def _leaves(torch: Any, tensors: list[Any]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for tensor in tensors:
        node = torch.Tensor.grad_fn.__get__(tensor)
        if node is None:
            found[id(tensor)] = weakref.ref(tensor)
            continue
        for below in walk_edges([(node, 0)], _LEAVES).nodes:
            leaf = leaf_of(below)
            if leaf is not None:
                found[id(leaf)] = weakref.ref(leaf)
    return found


def _read(torch: Any, tensor: Any) -> tuple[float | None, float | None]:
    """Value and norm, where reading them is cheap; an accelerator would have to be waited for."""
    base = torch.Tensor
    count = base.numel(tensor)
    if not base.is_cpu.__get__(tensor) or base.layout.__get__(tensor) is not torch.strided or count > _READ:
        return None, None
    if base.is_meta.__get__(tensor) or base.is_complex(tensor) or not count:
        return None, None
    if count == 1:
        value = float(base.item(base.detach(tensor)))
        return value, abs(value)
    with torch.no_grad():
        size = norm(torch, tensor)
    return None, size


def source_of(place: Place) -> str:
    """The expression on one line, at most 200 characters; empty where the source is not to be had."""
    lines = linecache.getlines(place.file)[place.line - 1 : place.end_line]
    if not lines:
        return ""
    if place.column >= 0:
        raw = [line.encode() for line in lines]
        raw[-1] = raw[-1][: place.end_column]
        raw[0] = raw[0][place.column :]
        lines = [line.decode("utf-8", "replace") for line in raw]
    return " ".join(" ".join(lines).split())[:_SOURCE]

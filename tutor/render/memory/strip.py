"""The strip of memory: slots with their values, and below it a row for each tensor that lies there."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from tutor.render.lines import Line, clean, fit, sentence
from tutor.render.memory.layout import covered, in_slots, itemsize_of, layout_of
from tutor.render.numbers import column, count

if TYPE_CHECKING:
    from tutor.protocol.memory import StorageSnapshot
    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.look import Look
    from tutor.render.memory.layout import Layout, Runs

_LABEL = 9
_NUMBERED = 4_096
"""Elements up to which each slot says which element of the tensor lies in it."""
_ROWS = 4
_WIDEST = 7
_MEASURED = 512
"""Values that say how wide a cell must be."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn, and where the cursor is in it."""

    storage: StorageSnapshot
    layout: Layout
    """Of the tensor that was asked for."""
    position: int
    """Which of its elements the cursor is on; -1 where there is none."""

    @property
    def facts(self) -> TensorFacts:
        return self.storage.tenants[0]

    @property
    def slot(self) -> int:
        return self.layout.slot_of(self.position) if self.position >= 0 else -1


def values_of(storage: StorageSnapshot) -> Sequence[float]:
    """The values that came along, from slot ``storage.start`` on."""
    numbers = array("d")
    numbers.frombytes(storage.values[: len(storage.values) // 8 * 8])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def strip(scene: Scene, look: Look) -> list[Line]:
    """As many slots as fit, the cursor's among them."""
    storage, label = scene.storage, _LABEL
    shown, cell = _in_sight(scene, look)
    values = values_of(storage)
    lines = [_slots(scene, shown, cell, label, look), _values(scene, values, shown, cell, label, look)]
    if storage.changed:
        lines.append(_changed(scene, shown, cell, label, look))
    lines += [_tenant(scene, facts, shown, cell, label, look) for facts in storage.tenants[:_ROWS]]
    left_out = len(storage.tenants) - _ROWS + storage.more
    if left_out > 0:
        lines.append(Line(f"and {count(left_out)} more on this storage", look.palette.dim))
    return lines


def _in_sight(scene: Scene, look: Look) -> tuple[range, int]:
    """The slots there is room for, and the cells that each takes."""
    storage = scene.storage
    values = values_of(storage)
    widest = max(len(str(storage.slots - 1)), 2)
    texts = column(values[:_MEASURED], _WIDEST, scene.facts.dtype)
    cell = max([widest, *map(len, texts)]) + 2
    room = max(1, (look.width - _LABEL) // cell)
    first = _first(scene.slot, storage.slots, room)
    return range(first, min(first + room, storage.slots)), cell


def _first(slot: int, slots: int, room: int) -> int:
    """The first slot shown: from 0 as long as the cursor's is in sight, then by half a strip."""
    if slots <= room or slot < room:
        return 0
    half = max(1, room // 2)
    return min((slot - room) // half * half + half, slots - room)


def _slots(scene: Scene, shown: range, cell: int, label: int, look: Look) -> Line:
    ink = look.palette
    line = Line("slot", ink.dim).pad(label)
    for slot in shown:
        here = slot == scene.slot
        line.add(f"{f'>{slot}' if here else slot!s:>{cell - 1}} ", ink.name if here else ink.dim)
    return line


def _values(scene: Scene, values: Sequence[float], shown: range, cell: int, label: int, look: Look) -> Line:
    ink = look.palette
    storage = scene.storage
    inside = [slot - storage.start for slot in shown]
    known = [values[at] for at in inside if 0 <= at < len(values)]
    texts = iter(column(known, _WIDEST, scene.facts.dtype))
    line = Line("value", ink.dim).pad(label)
    wall = look.glyphs.box[1]
    for slot, at in zip(shown, inside, strict=True):
        text = next(texts) if 0 <= at < len(values) else look.glyphs.ellipsis
        text = fit(text, cell - 2, look)
        here = slot == scene.slot
        body = f"[{text}]" if here and len(text) + 2 <= cell - 1 else text
        line.add(wall, ink.dim).add(f"{body:>{cell - 1}}", ink.accent if here else ink.number)
    return line.add(wall if line.cells < look.width else "", ink.dim)


def _changed(scene: Scene, shown: range, cell: int, label: int, look: Look) -> Line:
    ink = look.palette
    changed = set(scene.storage.changed)
    line = Line("changed", ink.warn).pad(label)
    for slot in shown:
        line.add(f"{'*' if slot in changed else '':>{cell - 1}} ", ink.warn)
    return line


def _tenant(scene: Scene, facts: TensorFacts, shown: range, cell: int, label: int, look: Look) -> Line:
    """Which element of the tensor lies in each slot; where several do, how many."""
    ink = look.palette
    own = facts is scene.facts
    line = Line(fit(clean(facts.path, look), label - 1, look), ink.name if own else ink.dim).pad(label)
    layout = layout_of(facts)
    size = itemsize_of(facts)
    if layout is None or not size:
        return line.add("no elements", ink.dim)
    runs = layout.runs()
    numbers = _elements(layout, shown) if size == scene.storage.itemsize else {}
    for slot in shown:
        here = own and slot == scene.slot
        style = ink.accent if here else (ink.number if own else ink.dim)
        line.add(f"{_mark(slot, numbers, layout, runs, size, scene, look):>{cell - 1}} ", style)
    return line


def _mark(
    slot: int,
    numbers: dict[int, list[int]],
    layout: Layout,
    runs: Runs | None,
    size: int,
    scene: Scene,
    look: Look,
) -> str:
    if slot in numbers:
        found = numbers[slot]
        return f"#{found[0]}" if len(found) == 1 else f"{look.glyphs.times}{len(found)}"
    if layout.count <= _NUMBERED and size == scene.storage.itemsize:
        return look.glyphs.dot
    if runs is None:
        within = layout.offset <= slot <= layout.last
        return "?" if within else look.glyphs.dot
    used = covered(in_slots(runs, size, scene.storage.itemsize), slot, slot + 1)
    return look.glyphs.shades[4] if used else look.glyphs.dot


def _elements(layout: Layout, shown: range) -> dict[int, list[int]]:
    """For each slot shown the positions of the elements in it, in index order."""
    if layout.count > _NUMBERED:
        return {}
    found = _lying(layout)
    return {slot: found[slot] for slot in shown if slot in found}


@lru_cache(maxsize=16)
def _lying(layout: Layout) -> dict[int, list[int]]:
    """The positions of the elements in each slot."""
    found: dict[int, list[int]] = {}
    for position in range(layout.count):
        found.setdefault(layout.slot_of(position), []).append(position)
    return found


def whole(scene: Scene, look: Look) -> list[Line]:
    """The storage in one row a tensor, where it does not fit slot by slot: each cell stands for a share of the
    slots and is filled as far as they are in use."""
    ink, glyphs, label = look.palette, look.glyphs, _LABEL
    slots = scene.storage.slots
    shown, _ = _in_sight(scene, look)
    if slots < 1 or len(shown) == slots:
        return []
    cells = max(1, min(look.width - label, 60))
    share = -(-slots // cells)
    cells = -(-slots // share)
    line = Line("in sight", ink.dim).pad(label)
    for place in range(cells):
        begin, end = place * share, min((place + 1) * share, slots)
        here = begin <= scene.slot < end
        seen = begin < shown.stop and end > shown.start
        line.add(">" if here else "=" if seen else " ", ink.accent if here else ink.dim)
    lines = [line]
    for facts in scene.storage.tenants[:_ROWS]:
        layout, size = layout_of(facts), itemsize_of(facts)
        if layout is None or not size:
            continue
        row = Line(fit(clean(facts.path, look), label - 1, look), ink.dim).pad(label)
        runs = layout.runs()
        if runs is None:
            runs = ((layout.offset, layout.last + 1),)
        runs = in_slots(runs, size, scene.storage.itemsize)
        marks = []
        for place in range(cells):
            begin, end = place * share, min((place + 1) * share, slots)
            used = covered(runs, begin, end)
            level = 4 if used == end - begin else 0 if not used else 1 + min(2, 3 * used // (end - begin))
            marks.append(glyphs.shades[level])
        lines.append(row.add("".join(marks), ink.bar if facts is scene.facts else ink.dim))
    full, none = glyphs.shades[4], glyphs.shades[0]
    told = f"1 cell = {count(share)} slot{'' if share == 1 else 's'}; in use: {none} none, {full} all"
    if any((layout := layout_of(facts)) and layout.runs() is None for facts in scene.storage.tenants[:_ROWS]):
        told += "; scattered ones from first to last slot"
    return [*lines, *sentence(told, ink.dim, look)]

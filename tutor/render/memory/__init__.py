"""The storage under a tensor: one strip of memory, and how an index becomes a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.memory.layout import itemsize_of, layout_of
from tutor.render.memory.strip import Scene, strip, values_of, whole
from tutor.render.memory.words import changing_shape, order, relation
from tutor.render.numbers import count, precise
from tutor.render.numbers import nbytes as nbytes_text
from tutor.render.tensors import dtype_short, shape_pieces

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.memory import StorageSnapshot
    from tutor.protocol.snapshots import TensorFacts
    from tutor.render.lines import Piece
    from tutor.render.look import Look

__all__ = ["last_position", "memory", "moved", "shared_storage"]

_GRID_ROWS = 8
_RELATIONS = 3
_CHANGED = 8
_NAMED = 4


def last_position(storage: StorageSnapshot) -> int:
    """The position of the last element that a cursor can be on; -1 when there is none."""
    layout = layout_of(storage.tenants[0]) if storage.tenants else None
    return layout.count - 1 if layout is not None and storage.itemsize else -1


def memory(storage: StorageSnapshot, position: int, look: Look) -> Text:
    """The tensor's storage with the cursor on its ``position``-th element (brought into range), in index order."""
    ink = look.palette
    if not storage.tenants:
        return to_text([], look)
    facts = storage.tenants[0]
    lines = [_head(facts, look)]
    last = last_position(storage)
    layout = layout_of(facts)
    if layout is None or last < 0:
        why = clean(storage.note, look) or "it has no elements, so no slot is in use"
        return to_text([*lines, *sentence(why[:1].upper() + why[1:] + ".", ink.dim, look)], look)
    scene = Scene(storage, layout, min(max(position, 0), last))
    lines += sentence(_about(storage, look), ink.dim, look)
    lines += strip(scene, look)
    lines += _formula(scene, look)
    if storage.changed:
        lines += sentence(_written(scene, look), ink.warn, look)
    lines += [*_grid(scene, look), *whole(scene, look)]
    name = clean(facts.path, look)
    said = [order(name, layout, facts), changing_shape(name, layout, facts)]
    others = storage.tenants[1 : 1 + _RELATIONS]
    said += [relation(name, facts, clean(other.path, look), other) for other in others]
    if others:
        said.append(f"Writing in place ({name} += 1, {name}[0] = 5) shows through every name on the same slots.")
    if storage.note:
        said.append(clean(storage.note, look)[:1].upper() + clean(storage.note, look)[1:] + ".")
    times = look.glyphs.times
    said.append(f"#4 under a slot: element 4 of that tensor, in index order; {times}3: three elements lie in it.")
    for text in filter(None, said):
        lines += sentence(text, ink.dim, look)
    return to_text(lines, look)


def shared_storage(storage: StorageSnapshot, look: Look) -> Text:
    """Whose slots they are, without a cursor: the strip, what was written, how the tensors lie."""
    ink = look.palette
    layout = layout_of(storage.tenants[0]) if storage.tenants else None
    if layout is None or not layout.count or not storage.itemsize:
        return to_text([], look)
    scene = Scene(storage, layout, -1)
    lines = [*sentence(_about(storage, look, named=True), ink.dim, look), *strip(scene, look)]
    if storage.changed:
        lines += sentence(_written(scene, look), ink.warn, look)
    facts, *others = storage.tenants[: 1 + _RELATIONS]
    name = clean(facts.path, look)
    for other in others:
        lines += sentence(relation(name, facts, clean(other.path, look), other), ink.dim, look)
    return to_text(lines, look)


def _head(facts: TensorFacts, look: Look) -> Line:
    """``y  f32 [3, 2]  stride (1, 3)  offset 0``"""
    ink = look.palette
    line = Line(fit(clean(facts.path, look), max(6, look.width - 24), look), ink.name)
    line.add(f"  {dtype_short(clean(facts.dtype, look))} ", ink.accent).extend(shape_pieces(facts.shape, look))
    if facts.strides is not None:
        line.add("  stride ", ink.dim).extend(_stride_pieces(facts.strides, look))
        line.add(f"  offset {facts.offset}", ink.dim)
    return line


def _stride_pieces(strides: tuple[int, ...], look: Look) -> list[Piece]:
    """Each step in the colour of its axis."""
    dim = look.palette.dim
    pieces: list[Piece] = [("(", dim)]
    for axis, step in enumerate(strides):
        pieces += [(", " if axis else "", dim), (str(step), look.palette.axis(axis))]
    return [*pieces, (")", dim)]


def _about(storage: StorageSnapshot, look: Look, named: bool = False) -> str:
    """``Storage of 24 B: 6 slots of 4 B on cpu, shared with x``; ``named`` says of whom."""
    facts = storage.tenants[0]
    others = [clean(other.path, look) for other in storage.tenants[1:]]
    slots = f"{count(storage.slots)} slot{'' if storage.slots == 1 else 's'} of {storage.itemsize} B"
    shared = ""
    if others:
        more = len(others) - _NAMED + storage.more
        shared = f", shared with {', '.join(others[:_NAMED])}{f' and {count(more)} more' if more > 0 else ''}"
    of = f" of {clean(facts.path, look)}:" if named else " of"
    return f"Storage{of} {nbytes_text(storage.nbytes)} on {clean(facts.device, look)}: {slots}{shared}"


def _formula(scene: Scene, look: Look) -> list[Line]:
    """``y[2, 0] = offset 0 + 2·1 + 0·3 = slot 2   element #4 of 6``"""
    ink, glyphs = look.palette, look.glyphs
    layout, storage = scene.layout, scene.storage
    index = layout.index(scene.position)
    times = glyphs.dot if look.unicode else "*"
    name = fit(clean(scene.facts.path, look), 14, look)
    head = Line(name, ink.name).add("[" if index else "", ink.dim)
    for axis, at in enumerate(index):
        head.add(", " if axis else "", ink.dim).add(str(at), ink.axis(axis))
    head.add("]" if index else "", ink.dim)
    sum_ = Line("= ", ink.dim).add(f"offset {layout.offset}", ink.dim)
    for axis, (at, step) in enumerate(zip(index, layout.strides, strict=True)):
        sum_.add(" + ", ink.dim).add(f"{at}{times}{step}", ink.axis(axis))
    sum_.add(f" = slot {scene.slot}", ink.accent)
    values = values_of(storage)
    place = scene.slot - storage.start
    if 0 <= place < len(values):
        value = precise(values[place], scene.facts.dtype)
        sum_.add(f" {glyphs.arrow} ", ink.dim).add(value, ink.number)
    tail = f"element #{scene.position} of {count(layout.count)}"
    if head.cells + 1 + sum_.cells > look.width:
        return [head.add(f"   {tail}", ink.dim), Line("  ").extend(sum_.pieces)]
    line = head.add(" ").extend(sum_.pieces)
    if line.cells + 3 + len(tail) <= look.width:
        return [line.add(f"   {tail}", ink.dim)]
    return [line]


def _written(scene: Scene, look: Look) -> str:
    """What changed since the look before, and under which names and indices it is seen."""
    storage = scene.storage
    since = "The last run" if storage.runs == 1 else f"The last {storage.runs} runs"
    which = _ranges(storage.changed)
    slots = ", ".join(which[:_CHANGED])
    more = f" and {count(len(which) - _CHANGED)} more" if len(which) > _CHANGED else ""
    seen = [text for facts in storage.tenants if (text := _seen_as(facts, storage, look))]
    through = f" Seen through {', '.join(seen[:_NAMED])}." if seen else ""
    looked = len(storage.values) // 8
    within = ""
    if looked < storage.slots:
        last = storage.start + looked - 1
        within = f" (only slots {count(storage.start)} to {count(last)} were compared)"
    return f"{since} wrote to slot{'' if len(storage.changed) == 1 else 's'} {slots}{more}{within}.{through}"


def _ranges(slots: tuple[int, ...]) -> list[str]:
    """Neighbours together: ``0 to 3``, ``7``."""
    found: list[list[int]] = []
    for slot in sorted(slots):
        if found and slot == found[-1][1] + 1:
            found[-1][1] = slot
        else:
            found.append([slot, slot])
    return [str(first) if first == last else f"{first} to {last}" for first, last in found]


def _seen_as(facts: TensorFacts, storage: StorageSnapshot, look: Look) -> str:
    """``y[2, 0]`` for the first changed slot that the tensor has; empty when it has none of them."""
    layout = layout_of(facts)
    if layout is None or itemsize_of(facts) != storage.itemsize:
        return clean(facts.path, look) if layout is not None and layout.count else ""
    changed = set(storage.changed)
    for position in range(min(layout.count, 4_096)):
        if layout.slot_of(position) in changed:
            index = ", ".join(map(str, layout.index(position)))
            return f"{clean(facts.path, look)}[{index}]" if index else clean(facts.path, look)
    return ""


def _grid(scene: Scene, look: Look) -> list[Line]:
    """The slots that a matrix of the last two axes reads, row by row, the cursor's in brackets."""
    ink = look.palette
    layout = scene.layout
    if len(layout.shape) < 2:
        return []
    index = layout.index(scene.position)
    rows, columns = layout.shape[-2:]
    slots = [str(layout.slot((*index[:-2], row, 0))) for row in (0, rows - 1)] + [str(layout.last)]
    cell = max(map(len, slots)) + 3
    label = max(len(str(rows - 1)), 1) + 1
    fits = max(1, (look.width - label - 2) // cell)
    first = max(0, min(index[-1] - fits // 2, columns - fits))
    top = max(0, min(index[-2] - _GRID_ROWS // 2, rows - _GRID_ROWS))
    lead = f"[{', '.join(map(str, index[:-2]))}]" if index[:-2] else ""
    title = f"Slots that {fit(clean(scene.facts.path, look), 14, look)}{lead} reads, row by row"
    lines = [Line(title, ink.heading)]
    for row in range(top, min(top + _GRID_ROWS, rows)):
        line = Line(f"{row:>{label - 1}} ", ink.axis(len(index) - 2))
        for at in range(first, min(first + fits, columns)):
            slot = layout.slot((*index[:-2], row, at))
            here = (row, at) == index[-2:]
            text = f"[{slot}]" if here else f"{slot} "
            line.add(f"{text:>{cell}}", ink.accent if here else ink.number)
        lines.append(line.add(f" {look.glyphs.ellipsis}" if first + fits < columns else "", ink.dim))
    if rows > _GRID_ROWS:
        shown = f"rows {top} to {min(top + _GRID_ROWS, rows) - 1} of {count(rows)}"
        lines.append(Line(" " * label).add(shown, ink.dim))
    return lines


def moved(storage: StorageSnapshot, position: int, axis: int, places: int) -> int:
    """The position ``places`` further along ``axis`` (which may not be there), no further than its ends."""
    layout = layout_of(storage.tenants[0])
    if layout is None or not layout.count or not -len(layout.shape) <= axis < len(layout.shape):
        return position
    index = list(layout.index(position))
    index[axis] = min(max(index[axis] + places, 0), layout.shape[axis] - 1)
    return layout.position(index)

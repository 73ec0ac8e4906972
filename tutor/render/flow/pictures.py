"""Rules drawn: which places are taken, where pieces land, how a window slides."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tutor.render.flow.formula import formula
from tutor.render.flow.shapes import bare, called
from tutor.render.lines import Line, fit, wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tutor.protocol.flow import FlowAxis, FlowStep
    from tutor.render.flow.letters import Lettered, Letters
    from tutor.render.look import Look

_BAR = 24
_PIECES = 8
_SLICE = re.compile(r"^(-?\d+):(-?\d+):(-?\d+)$")
_PIECE = re.compile(r"^(\d+):(\d+)$")
_WINDOW = re.compile(r"(\d+)")


def picture(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> list[Line]:
    """The rule of the step, as lines without indent; empty where words say it all."""
    if step.error or not step.results or not step.operands:
        return []
    draw = _PICTURES.get(step.kind)
    lines = list(draw(step, letters, names, look)) if draw is not None else []
    written = formula(step, letters, look)
    return [*(Line(part, look.palette.accent) for part in (wrap(written, look.width) if written else [])), *lines]


def _label(letter: str, size: int, names: Letters, look: Look) -> Line:
    return Line(f"{letter}={size} ".ljust(7), look.palette.axis(names.colour(letter)))


def _bar(size: int, taken: Callable[[int], bool], look: Look) -> str:
    """One cell for each place along an axis, full where it is taken; of a long axis one cell for several."""
    full, empty = ("█", "·") if look.unicode else ("#", ".")
    room = max(4, min(_BAR, look.width - 18))
    cells = min(size, room)
    return "".join(
        full if any(taken(n) for n in range(cell * size // cells, max((cell + 1) * size // cells, 1))) else empty
        for cell in range(cells)
    )


def _index(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    """Every axis of what is indexed: a strip of its places, those that are taken filled."""
    first = step.operands[0]
    for size, axis, letter in zip(first.shape, first.axes, letters.operands[0], strict=False):
        line = _label(letter, size, names, look)
        bar, said = _strip(size, axis, step, look)
        line.add(bar, look.palette.bar if axis.fate != "removed" else look.palette.warn).add(
            f" {said}", look.palette.dim
        )
        yield line
    reached = {to for operand in step.operands for axis in operand.axes for to in axis.to}
    for to, size in enumerate(step.results[0].shape):
        if to not in reached and step.name != "setitem":
            yield _label(letters.result[to], size, names, look).add("new axis (None)", look.palette.dim)


def _strip(size: int, axis: FlowAxis, step: FlowStep, look: Look) -> tuple[str, str]:
    sliced = _SLICE.match(axis.note)
    if axis.fate == "sliced" and sliced:
        chosen = range(*(int(part) for part in sliced.groups()))
        return _bar(size, chosen.__contains__, look), f"{len(chosen)} of {size}"
    if axis.fate == "removed":
        place = int(axis.note) % max(size, 1) if axis.note.lstrip("-").isdigit() else 0
        if axis.note == "by index":
            return _bar(size, lambda _n: False, look), "one place, given by a tensor; the axis goes"
        goes = "" if step.name == "setitem" else "; the axis goes"
        return _bar(size, lambda n: n == place, look), f"only {axis.note or '0'}{goes}"
    if axis.fate == "picked":
        chosen_ones = (
            {int(n) % max(size, 1) for n in re.findall(r"-?\d+", axis.note)} if "," in axis.note else None
        )
        if chosen_ones is not None:
            return _bar(size, chosen_ones.__contains__, look), f"places {axis.note}"
        by = next(
            (called(operand, look) for operand in step.operands[1:] if operand.role in ("index", "mask")), ""
        )
        return _bar(size, lambda _n: False, look), axis.note.replace(
            "by index", f"places given by {by or 'index'}"
        )
    return _bar(size, lambda _n: True, look), "all"


def _cat(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    """The joined axis of the result as a strip, each piece where it landed."""
    along = next((axis.to[0] for operand in step.operands for axis in operand.axes if axis.fate == "joined"), None)
    if along is None:
        return
    total = step.results[0].shape[along]
    yield _label(letters.result[along], total, names, look).add("one after the other:", look.palette.dim)
    for operand in step.operands[:_PIECES]:
        note = next((axis.note for axis in operand.axes if axis.fate == "joined"), "")
        found = _PIECE.match(note)
        if found:
            start, stop = int(found[1]), int(found[2])
            bar = _bar(total, lambda n: start <= n < stop, look)  # noqa: B023 - used at once
            yield (
                Line("  ")
                .add(bar, look.palette.bar)
                .add(f" {called(operand, look)}", look.palette.name)
                .add(f" at {start}:{stop}", look.palette.dim)
            )
    yield from _more(len(step.operands) - _PIECES, look)


def _stack(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    along = _axis(step)
    rank = len(step.results[0].shape)
    if along >= rank:
        return
    size = step.results[0].shape[along]
    yield _label(letters.result[along], size, names, look).add("new axis, one place for each:", look.palette.dim)
    for number, operand in enumerate(step.operands[:_PIECES]):
        index = ", ".join(str(number) if axis == along else ":" for axis in range(rank))
        yield Line(f"  [{index}] ", look.palette.axis(names.colour(letters.result[along]))).add(
            called(operand, look) or "a tensor", look.palette.name
        )
    yield from _more(len(step.operands) - _PIECES, look)


def _axis(step: FlowStep) -> int:
    dim = dict(step.settings).get("dim", "0")
    return int(dim) if dim.isdigit() else 0


def _more(count: int, look: Look) -> Iterator[Line]:
    if count > 0:
        yield Line(f"  {look.glyphs.ellipsis} and {count} more", look.palette.dim)


def _split(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    first = step.operands[0]
    for size, axis, letter in zip(first.shape, first.axes, letters.operands[0], strict=False):
        if axis.fate == "kept":
            continue
        yield _label(letter, size, names, look).add(
            "one result for each place; the axis goes" if axis.fate == "removed" else "cut in pieces:",
            look.palette.dim,
        )
        for number, part in enumerate(axis.note.split(", ")[:_PIECES] if axis.fate == "sliced" else []):
            found = _PIECE.match(part)
            if found:
                start, stop = int(found[1]), int(found[2])
                bar = _bar(size, lambda n: start <= n < stop, look)  # noqa: B023 - used at once
                yield Line("  ").add(bar, look.palette.bar).add(f" result {number} {part}", look.palette.dim)


def _window(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    """For each axis a window slides along: the formula of its size; and the window's first two places."""
    ink = look.palette
    settings = dict(step.settings)
    told = ", ".join(f"{name} {value}" for name, value in step.settings)
    yield from (Line(part, ink.dim) for part in (wrap(told, look.width) if told else []))
    first = step.operands[0]
    last = -1
    for place, (size, axis) in enumerate(zip(first.shape, first.axes, strict=False)):
        if axis.fate == "strode":
            note = axis.note if look.unicode else axis.note.replace("·", "*").replace("−", "-")
            note = note if look.unicode else re.sub("[⌊⌋⌈⌉]", "", note)
            yield _label(letters.operands[0][place], size, names, look).add(note, ink.number)
            last = place
    kernel, stride = (_last(settings.get(name, "")) for name in ("kernel", "stride"))
    if last >= 0 and kernel and stride and settings.get("padding", "0").strip("(), 0") == "":
        size = min(first.shape[last], max(4, min(_BAR, look.width - 12)))
        if kernel + stride <= size:
            full, empty = ("█", "·") if look.unicode else ("#", ".")
            for at, word in ((0, "first"), (stride, f"next: {stride} further")):
                bar = empty * at + full * kernel + empty * (size - at - kernel)
                yield Line("  ").add(bar, ink.bar).add(f" {word}", ink.dim)


def _last(text: str) -> int:
    numbers = _WINDOW.findall(text)
    return int(numbers[-1]) if numbers else 0


def _gather(step: FlowStep, letters: Lettered, names: Letters, look: Look) -> Iterator[Line]:
    dim = _axis(step)
    first = step.operands[0]
    index = next((called(operand, look) for operand in step.operands if operand.role == "index"), "") or "index"
    row = list(letters.result)
    if dim >= len(row):
        return
    inside = f"{index}[{row[dim]}]" if step.name == "index_select" else f"{index}[{','.join(row)}]"
    taken = ",".join(inside if axis == dim else letter for axis, letter in enumerate(row))
    source = called(first, look) or "input"
    left, right = f"out[{','.join(row)}]", f"{source}[{taken}]"
    text = f"{right} = {left.replace('out', 'source')}" if step.name.startswith("scatter") else f"{left} = {right}"
    yield from (Line(part, look.palette.accent) for part in wrap(text, look.width))
    yield from _index(step, letters, names, look)


def _embedding(step: FlowStep, letters: Lettered, _names: Letters, look: Look) -> Iterator[Line]:
    index = next((operand for operand in step.operands if operand.role == "index"), None)
    table = next((operand for operand in step.operands if operand.role == "table"), None)
    if index is None or table is None or not table.shape:
        return
    row = ",".join(letters.result[:-1])
    name, rows = called(index, look) or "index", called(table, look) or "table"
    yield from (
        Line(part, look.palette.accent)
        for part in wrap(f"out[{row},:] = {fit(rows, 20, look)}[{name}[{row}], :]".replace("[,", "["), look.width)
    )
    yield from (
        Line(part, look.palette.dim)
        for part in wrap(
            f"each index names one of {table.shape[0]} rows, and is replaced by its {table.shape[-1]} numbers",
            look.width,
        )
    )


def _attention(step: FlowStep, _letters: Lettered, _names: Letters, look: Look) -> Iterator[Line]:
    settings = dict(step.settings)
    by_role = {operand.role: operand for operand in step.operands}
    query, key, value = (by_role.get(role, step.operands[0]) for role in ("query", "key", "value"))
    ink = look.palette
    arrow = look.glyphs.arrow
    lines = []
    if "num_heads" in settings:
        lines.append(f"{settings['num_heads']} heads of size {settings.get('head size', '')}")
    turned = (*key.shape[:-2], *key.shape[:-3:-1])
    scores = settings.get("scores", "").replace(" ", "")
    if "num_heads" in settings:
        lines.append(f"in each head query · keyT {arrow} scores {scores}")
    else:
        lines.append(f"query {bare(query.shape)} · keyT {bare(turned)} {arrow} scores {scores}")
    lines.append(
        "each query's scores / √d, softmax over the keys"
        if look.unicode
        else "scores / sqrt(d), softmax over keys"
    )
    if settings.get("is_causal"):
        lines.append("causal: no query sees a later key")
    lines.append(f"scores · value {bare(value.shape)} {arrow} {bare(step.results[0].shape)}")
    for line in lines:
        text = line if look.unicode else line.replace("·", "*")
        yield from (Line(part, ink.number) for part in wrap(text, look.width))


_PICTURES = {
    "index": _index,
    "cat": _cat,
    "stack": _stack,
    "split": _split,
    "conv": _window,
    "pool": _window,
    "gather": _gather,
    "embedding": _embedding,
    "attention": _attention,
}

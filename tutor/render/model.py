"""A model layer by layer: the tree with shapes and sizes, the chosen layer in full, and the totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, fit, sentence, to_text
from tutor.render.model_tree import beginning, columns, heading, paths, row, visible
from tutor.render.numbers import count, nbytes
from tutor.render.tensors import dtype_short, shape_pieces

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.style import Style
    from rich.text import Text

    from tutor.protocol.models import Held, Layer, ModelSnapshot, Shape
    from tutor.render.lines import Piece
    from tutor.render.look import Look

__all__ = ["beginning", "model", "paths", "visible"]

_DETAIL = 6
"""Lines about the chosen layer where there is room for them."""


def model(snapshot: ModelSnapshot, names: Sequence[str], folded: frozenset[str], cursor: int, look: Look) -> Text:
    """The model with the layer at ``cursor`` (a place in :func:`visible`) chosen and explained."""
    shown = visible(snapshot, folded)
    cursor = min(max(cursor, 0), len(shown) - 1)
    head = _head(snapshot, names, look)
    totals = _totals(snapshot, look)
    # The model itself is told of by the totals.
    detail = _detail(snapshot, shown[cursor], look) if cursor else totals
    totals = totals if cursor else []
    height = look.height or len(shown) + len(head) + len(totals) + _DETAIL + 3
    room = height - len(head) - 1
    # Where rows are few, the tree and the chosen layer come before the totals.
    details = detail[: max(2, min(_DETAIL, room // 3))]
    with_totals = bool(totals) and room - len(details) - len(totals) >= 7
    rows = max(3, room - len(details) - (len(totals) + 1 if with_totals else 0))
    lines = [*head, *_tree(snapshot, shown, folded, cursor, rows, look)]
    rule = Line(look.glyphs.box[0] * look.width, look.palette.dim)
    lines += [rule, *details]
    return to_text([*lines, rule, *totals] if with_totals else lines, look)


def _head(snapshot: ModelSnapshot, names: Sequence[str], look: Look) -> list[Line]:
    ink, root = look.palette, snapshot.layers[0]
    line = Line(fit(clean(snapshot.path, look), look.width // 2, look), ink.name)
    words = ["train mode" if root.training else "eval mode"]
    words += [dtype_short(clean(part, look)) for part in (root.dtype,) if part]
    words += [clean(root.device, look)] if root.device else []
    if root.lazy:
        words.append("not initialised")
    line.add(f"  {'  '.join(words)}", ink.dim)
    if len(names) > 1:
        place = names.index(snapshot.path) + 1 if snapshot.path in names else 1
        line.add(f"  {place} of {len(names)}, [ ] others", ink.accent)
    if snapshot.cell:
        when = f"shapes from the forward in [{snapshot.cell}]"
    elif snapshot.note:
        return [line, *sentence(clean(snapshot.note, look), ink.warn, look)]
    else:
        when = "no forward seen yet"
    if line.cells + 2 + len(when) <= look.width:
        return [line.add(f"  {when}", ink.dim)]
    return [line, Line(when, ink.dim)]


def _tree(
    snapshot: ModelSnapshot, shown: Sequence[int], folded: frozenset[str], cursor: int, rows: int, look: Look
) -> list[Line]:
    widths = columns(snapshot, shown, folded, look)
    first = min(max(0, cursor - (rows - 1) // 2), max(0, len(shown) - (rows - 1)))
    lines = [heading(widths, first, len(shown), rows - 1, look)]
    for place in range(first, min(first + rows - 1, len(shown))):
        lines.append(row(snapshot, shown[place], folded, widths, place == cursor, look))
    if snapshot.more and first + rows - 1 >= len(shown):
        lines[-1] = Line(f"{look.glyphs.ellipsis} {count(snapshot.more)} more modules", look.palette.dim)
    return lines


def _detail(snapshot: ModelSnapshot, number: int, look: Look) -> list[Line]:
    """The chosen layer: what it is, what goes through it, what it holds and costs."""
    ink, layer = look.palette, snapshot.layers[number]
    path = paths(snapshot)[number]
    arguments = f"({clean(layer.arguments, look)})" if layer.arguments else ""
    lines = [Line(clean(path, look), ink.name).add("  ").add(clean(layer.type, look), ink.accent)]
    if lines[0].cells + cell_len(arguments) <= look.width:
        lines[0].add(arguments, ink.dim)
    else:
        lines += sentence(f"  {arguments}", ink.dim, look)[:2]
    if layer.same_as:
        words = f"the same module as {clean(layer.same_as, look)}: its parameters count once"
        return [*lines, *sentence(words, ink.warn, look)]
    if layer.calls:
        flow = Line().extend(_shapes(layer.inputs, look)).add(f" {look.glyphs.arrow} ", ink.accent)
        flow.extend(_shapes(layer.outputs, look))
        if layer.calls > 1:
            flow.add(f"  called {layer.calls} times", ink.warn)
        lines.append(flow)
    elif snapshot.cell:
        lines.append(Line("not called in that forward", ink.warn))
    lines += _flow(_facts(snapshot, layer), ink.number, look)
    for held in layer.held:
        lines.append(_held(held, look))
    return lines


def _facts(snapshot: ModelSnapshot, layer: Layer) -> list[str]:
    root = snapshot.layers[0]
    facts = []
    if layer.parameters:
        share = f" ({layer.parameters / root.parameters:.0%})" if root.parameters else ""
        facts.append(f"{count(layer.parameters)} parameters{share}")
        facts.append(_trains(layer))
        facts.append(nbytes(layer.parameter_bytes))
        facts.append(f"gradients {nbytes(layer.gradient_bytes)}" if layer.gradient_bytes else "no gradients")
    elif layer.lazy:
        facts.append("not initialised: sizes come with the first forward")
    if layer.buffers:
        facts.append(f"{count(layer.buffers)} in buffers, {nbytes(layer.buffer_bytes)}")
    if layer.calls or layer.mult_adds:
        share = f" ({layer.mult_adds / root.mult_adds:.0%})" if root.mult_adds else ""
        least = "at least " if layer.uncounted else ""
        facts.append(f"{least}{count(layer.mult_adds)} mult-adds{share}")
        facts.append(f"outputs {nbytes(layer.activation_bytes)}")
    facts.append("train mode" if layer.training else "eval mode")
    facts += [f"{layer.dtype} on {layer.device}"] if layer.dtype else []
    return facts


def _trains(layer: Layer) -> str:
    if layer.trainable == layer.parameters:
        return "trainable"
    return "frozen" if not layer.trainable else f"{count(layer.trainable)} of them trainable"


def _held(held: Held, look: Look) -> Line:
    ink = look.palette
    line = Line(f"  {clean(held.name, look)} ", ink.leaf if held.kind == "parameter" else ink.name)
    line.add(f"{dtype_short(clean(held.dtype, look))} ", ink.accent)
    if held.shape is None:
        line.add("no size yet", ink.warn)
    else:
        line.extend(shape_pieces(held.shape, look))
    word = "buffer" if held.kind == "buffer" else "parameter" if held.trainable else "parameter, frozen"
    line.add(f" {word}", ink.dim if held.trainable or held.kind == "buffer" else ink.warn)
    if held.same_as:
        line.add(f" = {clean(held.same_as, look)}", ink.warn)
    return line


def _shapes(shapes: Sequence[Shape], look: Look) -> list[Piece]:
    pieces: list[Piece] = []
    for place, shape in enumerate(shapes):
        pieces += [(", ", look.palette.dim)] if place else []
        pieces += shape_pieces(shape, look)
    return pieces or [("no tensor", look.palette.dim)]


def _totals(snapshot: ModelSnapshot, look: Look) -> list[Line]:
    ink, root = look.palette, snapshot.layers[0]
    frozen = root.parameters - root.trainable
    state = "all trainable" if not frozen else f"{count(root.trainable)} trainable, {count(frozen)} frozen"
    words = [f"{count(root.parameters)} parameters{f', {state}' if root.parameters else ''}"]
    if root.buffers:
        words.append(f"{count(root.buffers)} in buffers")
    if snapshot.cell:
        least = "at least " if root.uncounted else ""
        words.append(f"{least}{count(root.mult_adds)} mult-adds")
    whole = root.parameter_bytes + root.gradient_bytes + root.buffer_bytes
    memory = [
        f"parameters {nbytes(root.parameter_bytes)}",
        f"gradients {nbytes(root.gradient_bytes)}",
        f"buffers {nbytes(root.buffer_bytes)}",
    ]
    if snapshot.cell:
        memory += [f"input {nbytes(snapshot.input_bytes)}", f"layer outputs {nbytes(root.activation_bytes)}"]
        whole += snapshot.input_bytes + root.activation_bytes
    memory.append(f"together {nbytes(whole)}")
    lines = [*_flow(words, ink.heading, look), *_flow(memory, ink.dim, look)]
    return [*lines, *(_held(held, look) for held in root.held)]


def _flow(facts: Sequence[str], style: Style, look: Look) -> list[Line]:
    """Facts with a dot between, broken only between two of them."""
    between = f" {look.glyphs.dot} "
    lines: list[Line] = []
    for fact in facts:
        if lines and lines[-1].cells + len(between) + cell_len(fact) <= look.width:
            lines[-1].add(between, look.palette.dim).add(fact, style)
        else:
            lines.append(Line(fact, style))
    return lines

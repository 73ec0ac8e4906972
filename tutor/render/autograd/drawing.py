"""The Graph pane: head, tree, the chosen node in words, and what became of the saved tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.autograd.labels import bare_label, is_operation, label, root_name
from tutor.render.autograd.steps import Arrived, arrived, local
from tutor.render.autograd.tree import Folds, Row, prefixes, rows_of, span_of
from tutor.render.autograd.words import about, footing, why_none
from tutor.render.bars import LogScale, log_scale
from tutor.render.graph import grad_style
from tutor.render.lines import Line, Piece, fit, sentence, to_text
from tutor.render.numbers import count, number
from tutor.render.tensors import shape_pieces, shape_text

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.gradients import GraphNode
    from tutor.protocol.graphs import GraphView
    from tutor.render.look import Look

_NAME, _MOST_NAME = 12, 44
_NUMBER = 8
_BAR = 8
_DETAIL = 9
"""Lines about the chosen node where there is room for them."""
_WHOLE_DETAIL = 5
"""Lines in which what is most to be known of a node has room."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the person has chosen to see."""

    folds: Folds
    cursor: int = 0
    step: int | None = None
    """How many steps of the pass are replayed; None shows all that arrived."""


def graph(view: GraphView, names: Sequence[str], place: Place, look: Look, said: str = "") -> Text:
    """The graph with the row at the cursor chosen and explained; ``said`` answers a key that could do nothing."""
    if not view.nodes:
        return to_text(why_none(view, names, look), look)
    if place.step is not None:
        place = replace(place, step=min(max(place.step, 0), len(view.order)))
    rows = rows_of(view, place.folds)
    cursor = min(max(place.cursor, 0), len(rows) - 1)
    now = arrived(view, len(view.order) if place.step is None else place.step)
    head = _head(view, names, place, look)
    foot = footing(view, look)
    detail = sentence(said, look.palette.warn, look) if said else about(view, rows, cursor, now, look)
    height = look.height or len(head) + len(rows) + len(foot) + _DETAIL + 4
    room = height - len(head) - 1
    # Where rows are few, the tree and the chosen node come before what is true of all.
    with_foot = room >= 12 or place.cursor == 0
    foot = foot[: max(1, room // 4)] if with_foot else []
    half = max(2, min(_DETAIL, (room - len(foot) - (not place.step)) // 2))
    if half < _WHOLE_DETAIL and place.step and len(detail) > half:
        # The row in the tree names the node; how its gradient goes on is what a replay is for.
        detail = detail[1:]
    detail = detail[:half]
    shown = max(3, room - len(detail) - len(foot))
    ruler = Line(look.glyphs.box[0] * look.width, look.palette.dim)
    tree = _tree(view, rows, cursor, shown, now, place, look)
    return to_text([*head, *tree, ruler, *detail, *foot], look)


def _head(view: GraphView, names: Sequence[str], place: Place, look: Look) -> list[Line]:
    ink = look.palette
    root = view.nodes[0]
    line = Line(fit(root_name(view, look), look.width // 2, look), ink.name)
    if root.value is not None and not view.places[0]:
        line.add(f" = {number(root.value)}", ink.number)
    else:
        line.add(" ").extend(shape_pieces(root.shape or view.shape, look))
    nodes = f"{count(view.total)}{'' if view.complete else '+'} node{'s' * (view.total != 1)}"
    words = [nodes if len(view.nodes) == view.total else f"{count(len(view.nodes))} of {nodes}"]
    if view.places[0]:
        words.append("part, 0 back")
    if len(names) > 1:
        at = f"{names.index(view.path) + 1} of {len(names)}, " if view.path in names else ""
        words.append(f"{at}[ ] others")
    line.add(f"  {'  '.join(words)}", ink.dim)
    if place.step is None:
        return [line]
    return [line, _progress(view, place.step, look)]


def _progress(view: GraphView, step: int, look: Look) -> Line:
    ink, glyphs = look.palette, look.glyphs
    line = Line(f"backward {step}/{len(view.order)} ", ink.warn)
    if not step:
        return line.add("the root has its 1; . goes on", ink.dim)
    node = view.nodes[view.order[step - 1]]
    return line.add(f"{glyphs.pointer} ", ink.warn).extend(bare_label(node, look)).add("  , back  . on", ink.dim)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cells of each column; 0 leaves it out."""

    name: int
    shape: int
    value: int
    local: int
    grad: int
    bar: int


def _tree(
    view: GraphView, rows: list[Row], cursor: int, height: int, now: list[Arrived], place: Place, look: Look
) -> list[Line]:
    shown = height - 1
    first = min(max(0, cursor - shown // 2), max(0, len(rows) - shown))
    before = prefixes(rows, look)
    window = range(first, min(first + shown, len(rows)))
    shared = span_of(view).shared
    labels = [label(view, row, shared, look) for row in rows]
    plan = _columns(view, list(zip(rows, before, labels, strict=True)), now, look)
    scale = log_scale(one.norm for one in now)
    lines = [_heading(view, plan, first, len(rows) - window.stop, scale, look)]
    ran = view.order[place.step - 1] if place.step else -1
    for i in window:
        row = rows[i]
        line = _row(view, row, before[i], labels[i], plan, now[row.node], scale, look)
        if row.node == ran and not row.again:
            line.pieces = [
                (text, style + look.palette.warn if text.strip() else style) for text, style in line.pieces
            ]
        lines.append(_chosen(line, look) if i == cursor else line)
    return lines


def _chosen(line: Line, look: Look) -> Line:
    line.pad(look.width)
    line.pieces = [(text, look.palette.cursor) for text, _ in line.pieces]
    return line


def _columns(
    view: GraphView, shown: Sequence[tuple[Row, str, list[Piece]]], now: list[Arrived], look: Look
) -> _Columns:
    """Name and gradient first; then shape, value, the local derivative and the bar, as far as they fit."""
    name = max(len(before) + 2 + sum(cell_len(text) for text, _ in pieces) for _, before, pieces in shown)
    name = min(max(name, _NAME), _MOST_NAME)
    nodes = [view.nodes[row.node] for row, _, _ in shown]
    grad = max(cell_len(_title(view, look, _MOST_NAME)), *(cell_len(_grad(one, look)[0]) for one in now))
    room = look.width - name - grad - 2
    if room < 0:
        grad = max(cell_len(_title(view, look, 0)), *(cell_len(_grad(one, look)[0]) for one in now))
        name = max(_NAME, min(name, look.width - grad - 2))
        room = max(0, look.width - name - grad - 2)
    locals_ = [number(found, _NUMBER) for row, _, _ in shown if (found := _local(view, row)) is not None]
    wanted = {
        "shape": max((len(shape_text(node.shape)) for node in nodes if node.shape), default=0),
        "value": max(cell_len(_value(node, look)) for node in nodes),
        "local": max(map(len, locals_), default=0),
        "bar": _BAR if any(one.norm for one in now) else 0,
    }
    given = {}
    for column, wide in wanted.items():
        cells = max(wide, len(column)) if wide else 0
        given[column] = cells if cells and cells + 2 <= room else 0
        room -= given[column] + 2 if given[column] else 0
    return _Columns(name, given["shape"], given["value"], given["local"], grad, given["bar"])


def _title(view: GraphView, look: Look, room: int) -> str:
    """``∂loss/∂here`` where there is room for it."""
    partial, root = look.glyphs.partial, root_name(view, look)
    whole = f"{partial}{root}/{partial}here"
    return whole if cell_len(root) <= 4 and cell_len(whole) <= room else f"{partial}/{partial}here"


def _heading(view: GraphView, plan: _Columns, above: int, below: int, scale: LogScale, look: Look) -> Line:
    ink, glyphs = look.palette, look.glyphs
    line = Line()
    if above:
        line.add(f"{glyphs.up}{above} ", ink.dim)
    if below:
        line.add(f"{glyphs.down}{below}", ink.dim)
    line.pad(plan.name)
    for title, cells in (("shape", plan.shape), ("value", plan.value), ("local", plan.local)):
        if cells:
            line.add("  " + (fit(title, cells, look).ljust(cells) if title == "shape" else title.rjust(cells)))
    line.add("  " + _title(view, look, plan.grad).rjust(plan.grad))
    line.pieces = [(text, style if style is ink.dim else ink.heading) for text, style in line.pieces]
    return line.add(f"  {scale.heading(plan.bar)}", ink.dim) if plan.bar else line


def _row(
    view: GraphView,
    row: Row,
    before: str,
    pieces: list[Piece],
    plan: _Columns,
    now: Arrived,
    scale: LogScale,
    look: Look,
) -> Line:
    ink, glyphs = look.palette, look.glyphs
    node = view.nodes[row.node]
    most = max(0, plan.name - min(_NAME, 2 + sum(cell_len(text) for text, _ in pieces)))
    prefix = before if len(before) <= most else glyphs.ellipsis + before[len(before) - most + 1 :]
    line = Line(prefix, ink.dim)
    folded = row.hidden or (not row.again and view.beyond[row.node])
    mark = (
        glyphs.again
        if row.again
        else glyphs.leaf
        if not is_operation(node)
        else glyphs.pointer
        if folded
        else glyphs.node
    )
    line.add(f"{mark} ", ink.warn if row.again else ink.leaf if not is_operation(node) else ink.accent)
    room = plan.name - line.cells
    for text, style in pieces:
        part = fit(text, room, look)
        line.add(part, style)
        room -= cell_len(part)
    line.pad(plan.name)
    if plan.shape:
        line.add("  ")
        if not row.again and node.shape is not None:
            line.extend(shape_pieces(node.shape, look))
        line.pad(plan.name + 2 + plan.shape)
    if plan.value:
        line.add("  ").add(("" if row.again else _value(node, look)).rjust(plan.value), ink.dim)
    if plan.local:
        found = _local(view, row)
        line.add("  ").add(("" if found is None else number(found, plan.local)).rjust(plan.local), ink.accent)
    grad, style = _grad(now, look)
    line.add("  ").add(("" if row.again else grad).rjust(plan.grad), style)
    bar = "" if row.again or not plan.bar else scale.bar(now.norm, plan.bar, look)
    return line.add(f"  {bar}", ink.leaf if not is_operation(node) else ink.bar) if bar else line


def _local(view: GraphView, row: Row) -> float | None:
    return None if row.above < 0 else local(view, row.source, row.edge)


def _value(node: GraphNode, look: Look) -> str:
    if node.value is not None:
        return number(node.value, _NUMBER)
    return (
        ""
        if node.value_norm is None
        else f"{look.glyphs.norm}{number(node.value_norm, _NUMBER)}{look.glyphs.norm}"
    )


def _grad(now: Arrived, look: Look) -> Piece:
    ink, glyphs = look.palette, look.glyphs
    if now.norm is None:
        return (f"{now.parts} of {now.sides}" if now.parts else glyphs.dash), ink.dim
    style = grad_style(now.grad if now.grad is not None else now.norm, look)
    if now.grad is None:
        return f"{glyphs.norm}{number(now.norm, _NUMBER)}{glyphs.norm}", style
    part = "" if now.whole else glyphs.ellipsis
    return f"{number(now.grad, _NUMBER)}{part}", style

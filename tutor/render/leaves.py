"""The Gradients pane: how often backward() ran, the table of leaves with one of them in words, and the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tutor.render.gradients import heading
from tutor.render.graph import graph_lines
from tutor.render.leaf_table import change_of, leaf_lines
from tutor.render.lines import Line, clean, sentence, to_text
from tutor.render.numbers import count, ordinal
from tutor.render.tensors import dtype_short, shape_text

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.gradients import GradientSnapshot, LeafGradient
    from tutor.protocol.graphs import LeafTable
    from tutor.render.look import Look

_LEAST = 3
_MOST = 5
"""Lines about the chosen leaf."""

_WHY = {
    "never": "None: backward() was never called. It fills .grad of every leaf that the loss was made of.",
    "returned": "None: autograd.grad() returns its gradients and leaves .grad alone; only backward() fills it.",
    "unused": "None: the last backward() did not come here. Nothing the loss was made of uses it.",
    "no_grad": "None: what was made of it under torch.no_grad(){} has no graph, so no gradient comes back.",
    "detach": "None: detach(){} cut what was made of it out of the graph, so no gradient finds the way back.",
    "cleared": "None: backward() filled it, and it was cleared since, as zero_grad() does.",
    "frozen": "None: frozen. Its requires_grad is False, so it is used and never changed by training.",
    "integer": "None: {dtype}. Only floating-point and complex tensors can have gradients.",
    "inner": "None: not a leaf but the result of an operation. The gradient passes through and is not kept; "
    "{name}.retain_grad() before backward() keeps it.",
}


def table(snapshot: GradientSnapshot | None, leaves: LeafTable | None, cursor: int, look: Look) -> Text:
    """While a run goes on its snapshot's own leaves, otherwise ``leaves``, with the one at ``cursor`` chosen."""
    running = snapshot is not None and snapshot.live
    rows: Sequence[LeafGradient] = snapshot.leaves if running or leaves is None else leaves.rows  # type: ignore[union-attr]
    more = snapshot.more_leaves if running or leaves is None else leaves.more  # type: ignore[union-attr]
    head = heading(snapshot, look) if snapshot is not None else []
    if not rows:
        return to_text([*head, *leaf_lines((), 0, look)], look)
    cursor = min(max(cursor, 0), len(rows) - 1)
    height = look.height or len(head) + len(rows) + 14
    # Where rows are few, the table comes before the curves.
    if head and height - len(head) < 8:
        head = head[:1]
    detail = [] if running else about(rows[cursor], look)[:_MOST]
    rest = [] if running or leaves is None else _others(leaves, look)
    room = height - len(head) - 2
    rest = rest if room - len(rest) - len(detail) >= min(len(rows), 4) else []
    shown = max(_LEAST, min(len(rows), room - len(detail) - len(rest)))
    first = min(max(0, cursor - shown // 2), max(0, len(rows) - shown))
    lines = [*head, *leaf_lines(rows, more, look, -1 if running else cursor, first, shown)]
    hidden = len(rows) - shown + more
    if hidden > 0:
        said = f"{look.glyphs.down}{count(hidden)} more"
        if not detail:
            lines[len(head)].add(f"  {said}", look.palette.dim)
        ruler = Line(f"{look.glyphs.box[0] * 2} {said} ", look.palette.dim)
    else:
        ruler = Line("", look.palette.dim)
    ruler.add(look.glyphs.box[0] * max(0, look.width - ruler.cells), look.palette.dim)
    lines += [*([ruler] if detail else []), *detail, *rest]
    if snapshot is not None and snapshot.graph is not None and snapshot.graph.nodes:
        drawn = graph_lines(snapshot.graph, look, calls=snapshot.step)
        if look.height is None or len(lines) + 1 + len(drawn) <= height:
            lines += [Line(), *drawn]
    return to_text(lines, look)


def about(leaf: LeafGradient, look: Look) -> list[Line]:
    """One leaf in words."""
    ink = look.palette
    name = clean(leaf.path, look)
    kinds = {"leaf": "leaf", "inner": "result of an operation", "frozen": "parameter, requires_grad=False"}
    line = Line(name, ink.leaf).add(f"  {shape_text(leaf.shape)} {dtype_short(clean(leaf.dtype, look))}", ink.dim)
    lines = [line.add(f"  {kinds.get(leaf.kind, '')}", ink.dim)]
    if leaf.grad_norm is None:
        where = f" in line {leaf.line}" if leaf.line else ""
        words = _WHY.get(leaf.reason, "None.")
        text = words.replace("{}", where).replace("{dtype}", clean(leaf.dtype, look)).replace("{name}", name)
        return [*lines, *sentence(text, ink.warn, look)]
    if leaf.times > 1:
        times = count(leaf.times)
        text = (
            f"accumulated {look.glyphs.times}{times}: {times} calls of backward() have added "
            "up in .grad, because nothing cleared it between them (zero_grad)"
        )
        lines += sentence(text, ink.warn, look)
    if change := change_of(leaf, look):
        when = "the last backward()" if leaf.since <= 1 else f"the {ordinal(leaf.since)} last backward()"
        lines += sentence(f"value changed by {change} since {when}", ink.accent, look)
    return lines


def _others(leaves: LeafTable, look: Look) -> list[Line]:
    """Tensors that have nothing to do with gradients, and why."""
    lines: list[Line] = []
    for names, words in (
        (leaves.plain, "ask for no gradient"),
        (leaves.integers, "integers, which can have none"),
    ):
        if names:
            lines += sentence(f"{', '.join(clean(n, look) for n in names)}: {words}", look.palette.dim, look)
    return lines

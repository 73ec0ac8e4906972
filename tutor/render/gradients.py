"""What backward() left behind: loss, gradients of the leaves, and the graph they came through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.render.curves import curve, curve_lines
from tutor.render.graph import grad_style, graph_lines
from tutor.render.leaf_table import leaf_lines
from tutor.render.lines import Line, to_text
from tutor.render.numbers import count, number

if TYPE_CHECKING:
    from rich.text import Text

    from tutor.protocol.gradients import GradientGraph, GradientSnapshot
    from tutor.render.look import Look

__all__ = ["curve", "gradients", "graph", "leaves_table"]


def gradients(snapshot: GradientSnapshot, look: Look) -> Text:
    """Everything there is to see: curves of a loop, the leaves, then the graph."""
    lines = [*heading(snapshot, look), *leaf_lines(snapshot.leaves, snapshot.more_leaves, look)]
    if snapshot.graph is not None:
        lines += [Line(), *graph_lines(snapshot.graph, look, calls=snapshot.step)]
    return to_text(lines, look)


def heading(snapshot: GradientSnapshot, look: Look) -> list[Line]:
    """How often backward() ran, and the curves of a loop."""
    ink = look.palette
    times = "once" if snapshot.step == 1 else f"{count(snapshot.step)} times"
    title = Line("backward() ", ink.heading).add(f"ran {times}", ink.dim)
    if snapshot.live:
        title.add(f"  {look.glyphs.node} running", ink.warn)
    lines = [title]
    if len(snapshot.losses) == 1:
        title.add("   loss ", ink.heading).add(number(snapshot.losses[0]), grad_style(snapshot.losses[0], look))
    elif snapshot.losses:
        lines += [Line(), *curve_lines(snapshot.losses, look, "loss")]
    if len(snapshot.grad_norms) > 1:
        norm = f"{look.glyphs.norm}grad{look.glyphs.norm}"
        lines += [Line(), *curve_lines(snapshot.grad_norms, replace(look, height=1), norm)]
    return [*lines, Line()]


def graph(graph: GradientGraph, look: Look) -> Text:
    """The autograd graph as a tree with the gradient of the loss at each node."""
    return to_text(graph_lines(graph, look, calls=graph.step), look)


def leaves_table(snapshot: GradientSnapshot, look: Look) -> Text:
    """One line a leaf: name, shape, value, gradient, and the gradient's norm as a bar on a log scale."""
    return to_text(leaf_lines(snapshot.leaves, snapshot.more_leaves, look), look)

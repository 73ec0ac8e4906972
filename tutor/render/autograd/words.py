"""What is said of one node, of the saved tensors, and where there is no graph."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from tutor.render.autograd.labels import bare_label, is_operation, root_name, word
from tutor.render.autograd.rules import ascii_of, rule_of
from tutor.render.autograd.steps import Arrived, along, is_number, local, path_to
from tutor.render.lines import Line, clean, sentence
from tutor.render.numbers import count, nbytes, number
from tutor.render.tensors import dtype_short, shape_text

if TYPE_CHECKING:
    from tutor.protocol.gradients import GraphNode, SavedTensor
    from tutor.protocol.graphs import GraphView
    from tutor.render.autograd.tree import Row
    from tutor.render.look import Look

RECORDED = 60
"""Nodes up to which a pass is recorded."""

_FACTORS = 6

_NONE = {
    "leaf": "{} is a leaf: no operation made it, so a graph would begin here and end here. Do something with it.",
    "plain": "{} has no graph: nothing it was made of asks for a gradient, or it was made under no_grad, by "
    "detach(), .item() or .numpy(), or by torch.func.grad, whose results are plain unless asked for otherwise.",
    "no_grad": "{} has no graph: it was made under torch.no_grad(){}, where operations are done and not recorded.",
    "detach": "{} has no graph: detach(){} gave the same values without the operations behind them. backward() "
    "stops there.",
    "inference": "{} has no graph: it was made in inference mode, and can never be part of one.",
    "transform": "{} belongs to a transform of torch.func (grad, vmap, jvp). It keeps its own graph while it "
    "runs; from outside there is nothing to walk.",
    "integer": "{} is {}: only floating-point and complex tensors can have gradients, so nothing is recorded.",
    "gone": "There is no tensor {} any more.",
}


def why_none(view: GraphView, names: Sequence[str], look: Look) -> list[Line]:
    """Why there is no graph behind the tensor."""
    name = clean(view.path, look)
    where = f" in line {view.line}" if view.line else ""
    extra = clean(view.dtype, look) if view.note == "integer" else where
    text = _NONE.get(view.note, _NONE["plain"]).format(name, extra)
    lines = sentence(text, look.palette.dim, look)
    if names:
        others = ", ".join(clean(one, look) for one in names[:8])
        lines += sentence(f"With a graph: {others}. [ ] goes there.", look.palette.dim, look)
    return lines


def about(view: GraphView, rows: Sequence[Row], cursor: int, now: Sequence[Arrived], look: Look) -> list[Line]:
    """The node in the row at the cursor: what it did, how it passes its gradient on, what it keeps."""
    row = rows[cursor]
    node = view.nodes[row.node]
    lines = _title(node, look)
    if is_operation(node):
        lines += _rule(view, row.node, now[row.node], look)
    else:
        lines += _sum(view, row.node, now[row.node], look)
    lines += _path(view, rows, cursor, now[row.node], look)
    if node.saved:
        lines += _saved(node.saved, look)
    if view.beyond[row.node]:
        lines += sentence(
            "More of the graph hangs here than is shown: Enter goes on from here.", look.palette.warn, look
        )
    return lines


def _title(node: GraphNode, look: Look) -> list[Line]:
    ink = look.palette
    line = Line().extend(bare_label(node, look))
    if is_operation(node):
        line.add(f"  {clean(node.name, look).rpartition('::')[2]}", ink.dim)
    if node.shape is not None:
        line.add(f"  {shape_text(node.shape)} {dtype_short(clean(node.dtype, look))}".rstrip(), ink.dim)
    if not node.source:
        return [line]
    source = f"{clean(node.source, look)}"
    where = f"line {node.line}: "
    if line.cells + 3 + len(where) + len(source) <= look.width:
        return [line.add(f"   {where}", ink.dim).add(source, ink.name)]
    return [line, Line(where, ink.dim).add(source, ink.name)]


def _rule(view: GraphView, index: int, now: Arrived, look: Look) -> list[Line]:
    """One line for each operand: what is passed on to it, and by which rule."""
    ink, node = look.palette, view.nodes[index]
    rule = rule_of(node.name)
    if rule is None:
        own = "Backward" in node.name and not node.name.rpartition("Backward")[2].isdigit()
        text = (
            "Your own Function: what its backward() returned is passed on."
            if own
            else "The tutor has no rule in words for this operation; the numbers are torch's."
        )
        lines = sentence(text, ink.dim, look)
    else:
        lines = [Line("out = ", ink.dim).add(_spelled(rule.forward, look), ink.accent)]
    for k, child in enumerate(node.inputs):
        below = view.nodes[child]
        operand = node.operands[k] if k < len(node.operands) else k
        words = f"{look.glyphs.arrow} {word(below, look)}"
        line = Line(words, ink.leaf if not is_operation(below) else ink.name)
        line.add(f"  {_passed(view, index, k, now, look)}", ink.number)
        partial = _spelled(rule.partial(operand), look) if rule is not None else ""
        if partial and line.cells + 3 + len(partial) <= look.width:
            lines.append(line.add(f"   {partial}", ink.dim))
        else:
            lines += [line, *sentence(partial, ink.dim, look, indent=2)] if partial else [line]
    return lines


def _spelled(words: str, look: Look) -> str:
    return words if look.unicode else ascii_of(words)


def _passed(view: GraphView, index: int, k: int, now: Arrived, look: Look) -> str:
    """``1 × 4 = 4`` between numbers, ``‖0.475‖`` else; a dash where nothing is known yet."""
    glyphs, node = look.glyphs, view.nodes[index]
    passed = node.passed[k] if k < len(node.passed) else None
    factor = local(view, index, k)
    if factor is not None:
        if now.grad is None or not now.whole:
            return f"G {glyphs.times} {number(factor)}"
        return f"{number(now.grad)} {glyphs.times} {number(factor)} = {number(now.grad * factor)}"
    if passed is None or not now.whole or now.norm is None:
        return glyphs.dash
    return (
        number(passed) if is_number(view.nodes[node.inputs[k]]) else f"{glyphs.norm}{number(passed)}{glyphs.norm}"
    )


def _sum(view: GraphView, index: int, now: Arrived, look: Look) -> list[Line]:
    """What arrives at a leaf, and from where."""
    ink = look.palette
    from_ = [
        (above, above.passed[k] if k < len(above.passed) else None)
        for above in view.nodes
        for k, child in enumerate(above.inputs)
        if child == index
    ]
    if now.norm is None:
        text = f"{now.parts} of {now.sides} gradients have arrived" if now.parts else "no gradient has arrived"
        return [Line(text, ink.dim)]
    if len(from_) < 2:
        return [Line("leaf: what arrives is added to its .grad", ink.dim)]
    if now.grad is not None and now.whole and all(passed is not None for _, passed in from_):
        parts = " + ".join(f"{number(passed or 0.0)} ({word(above, look)})" for above, passed in from_)
        return sentence(
            f"used {len(from_)} times, so gradients add up: {parts} = {number(now.grad)}", ink.number, look
        )
    if not now.whole and now.grad is not None:
        return sentence(
            f"{number(now.grad)} so far: {now.parts} of {now.sides} sides have passed theirs on", ink.warn, look
        )
    names = ", ".join(word(above, look) for above, _ in from_)
    return sentence(f"used {len(from_)} times ({names}): the gradients add up", ink.number, look)


def _path(view: GraphView, rows: Sequence[Row], cursor: int, now: Arrived, look: Look) -> list[Line]:
    """The chain rule along the way that is drawn: the product of the local derivatives."""
    path = path_to(rows, cursor)
    if not path or view.places[0]:
        return []
    factors = along(view, path)
    if factors is None:
        return []
    product = prod(factors)
    few = [number(factor, 7) for factor in factors]
    if len(few) > _FACTORS:
        few = [*few[: _FACTORS // 2], look.glyphs.ellipsis, *few[-_FACTORS // 2 :]]
    dot = " · " if look.unicode else " * "
    partial, here = look.glyphs.partial, clean(view.nodes[rows[cursor].node].path, look) or "here"
    text = f"along this path {partial}{root_name(view, look)}/{partial}{here} = {dot.join(few)}"
    if len(factors) > 1:
        text += f" = {number(product)}"
    if now.sides > 1:
        text += f", one of {now.sides} ways"
    return sentence(text, look.palette.accent, look)


def _saved(saved: Sequence[SavedTensor], look: Look) -> list[Line]:
    freed = any(one.state == "freed" for one in saved)
    parts = [_one(one, look) for one in saved]
    total = sum(one.nbytes for one in saved)
    size = f", {nbytes(total)}" if total else ""
    verb = "kept for backward, now freed" if freed else "keeps for backward"
    return sentence(f"{verb}: {'; '.join(parts)}{size}", look.palette.dim, look)


def _one(saved: SavedTensor, look: Look) -> str:
    name = clean(saved.name, look)
    if saved.state == "packed":
        return f"{name}, packed by a saved-tensor hook"
    value = f" = {number(saved.value)}" if saved.value is not None else ""
    return f"{name} {shape_text(saved.shape)} {dtype_short(clean(saved.dtype, look))}{value}"


def footing(view: GraphView, look: Look) -> list[Line]:
    """What the graph keeps, or what became of it, and what that means."""
    ink = look.palette
    saved = [one for node in view.nodes for one in node.saved]
    total = sum(one.nbytes for one in saved)
    part = "" if len(view.nodes) == view.total else "the nodes here: "
    tensors = f"{count(len(saved))} saved tensor{'s' * (len(saved) != 1)}, {nbytes(total)}"
    if view.state == "freed":
        what = f" ({tensors})" if saved else ""
        by = "backward()" if view.order else "a backward pass"
        text = f"{part}freed by {by}{what}: a second one through here fails; retain_graph=True keeps it"
        lines = sentence(text, ink.warn, look)
    elif view.state == "kept":
        lines = sentence(
            f"{part}kept by retain_graph ({tensors}): backward() can be called again, and adds up", ink.dim, look
        )
    elif saved:
        lines = sentence(f"{part}{tensors}, until backward() frees them or the last name is gone", ink.dim, look)
    else:
        lines = []
    if not view.alive:
        lines += sentence("The graph itself is gone; this was recorded as backward() ran.", ink.dim, look)
    return lines + sentence(_keys(view), ink.dim, look)


def _keys(view: GraphView) -> str:
    replay = "  . , replay backward  Space play" if view.order else ""
    return f"arrows: walk, fold{replay}"


def why_no_pass(view: GraphView) -> str:
    """Why there is no pass to be replayed, and how to get one."""
    if view.total > RECORDED:
        return (
            f"A backward() through more than {RECORDED} nodes is not recorded, and this graph has "
            f"{count(view.total)}. Try it on a part: one layer, or one term of the loss."
        )
    if view.state == "freed":
        return (
            "The pass through this graph was not the last one recorded, or it was one of autograd.grad(), which "
            "is not. Make the graph anew and call backward()."
        )
    call = view.path if prod(view.shape) == 1 else f"{view.path}.sum()"
    return f"No backward() has gone through this graph. {call}.backward() is recorded as it runs."

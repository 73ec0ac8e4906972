"""Under a traceback: the values of the failing expression, and why it failed."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, Piece, chop, clean, fit
from tutor.render.palette import NONE
from tutor.render.tensors import dtype_short, shape_pieces
from tutor.texts import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.style import Style

    from tutor.explain import Explanation
    from tutor.protocol.failures import Operand
    from tutor.render.look import Look

__all__ = ["explanation_lines", "operand_lines", "prose_lines"]

_GAP = "  "
_NAME = 24
"""Cells the longest name may take before it is cut."""
_ROWS = 8
_SETTINGS = (
    *("in_features", "out_features", "in_channels", "out_channels", "kernel_size", "num_features"),
    *(
        "num_embeddings",
        "embedding_dim",
        "input_size",
        "hidden_size",
        "embed_dim",
        "num_heads",
        "start_dim",
        "end_dim",
    ),
)
_MARKED = re.compile(r"`([^`]*)`")


def operand_lines(operands: Sequence[Operand], look: Look, indent: str) -> list[Line]:
    """One line for each operand that the source line does not show already: name, then what it was."""
    shown = _telling(operands)
    ink = look.palette
    names = [fit(clean(o.source, look), min(_NAME, max(6, look.width // 3)), look) for o in shown]
    widest = max((cell_len(name) for name in names), default=0)
    devices = {o.tensor.device for o in shown if o.tensor is not None} != {"cpu"}
    lines = []
    for name, operand in zip(names, shown, strict=True):
        line = Line(indent).add(name, ink.name).pad(len(indent) + widest)
        lines.append(line.add(_GAP).extend(_value(operand, look, devices)))
    return lines


def _telling(operands: Sequence[Operand]) -> list[Operand]:
    """Without libraries, functions, what is written out in the line, and what is not known."""
    shown: dict[str, Operand] = {}
    for operand in operands:
        written = _written_out(operand.source)
        if written and operand.kind == "container":
            shown.update((o.source, o) for o in _telling(operand.items))
        elif not written and operand.kind in ("tensor", "module", "plain", "container", "object"):
            shown.setdefault(operand.source, operand)
    return list(shown.values())[:_ROWS]


def _written_out(source: str) -> bool:
    """Whether code is a number, a text, a slice or a list as such, so that the line shows what it is."""
    try:
        # As an index, where `:, 5` can stand too.
        node = ast.parse(f"_[{source}]", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    inside = node.slice if isinstance(node, ast.Subscript) else node
    if isinstance(inside, ast.UnaryOp):
        inside = inside.operand
    return isinstance(inside, (ast.Constant, ast.Slice, ast.Tuple, ast.List, ast.Set, ast.Dict))


def _value(operand: Operand, look: Look, devices: bool) -> list[Piece]:
    ink = look.palette
    if operand.tensor is not None:
        facts = operand.tensor
        pieces: list[Piece] = [(dtype_short(clean(facts.dtype, look)), ink.accent), (" ", NONE)]
        pieces += shape_pieces(facts.shape, look)
        if devices:
            pieces += [(_GAP, NONE), (clean(facts.device, look), ink.dim)]
        if facts.grad_fn:
            pieces += [(_GAP, NONE), (look.glyphs.nabla + clean(facts.grad_fn, look), ink.accent)]
        elif facts.requires_grad:
            pieces += [(_GAP, NONE), (f"leaf {look.glyphs.yes}grad", ink.leaf)]
        return pieces
    kind = clean(operand.type, look)
    if operand.kind == "module":
        return [(kind, ink.accent), (f"({clean(_settings(operand), look)})", ink.dim)]
    if operand.kind == "container":
        return _container(operand, look)
    return [(clean(operand.text, look), ink.number)] if operand.kind == "plain" else [(kind, ink.accent)]


def _settings(operand: Operand) -> str:
    if not any(name in _SETTINGS for name, _ in operand.settings) and operand.length:
        return f"{operand.length} layer{'' if operand.length == 1 else 's'}"
    return ", ".join(f"{name}={value}" for name, value in operand.settings if name in _SETTINGS)


def _container(operand: Operand, look: Look) -> list[Piece]:
    ink = look.palette
    pieces: list[Piece] = [(clean(operand.type, look), ink.accent), (f" of {operand.length}", ink.dim)]
    for place, item in enumerate(operand.items[:4]):
        pieces.append((": " if place == 0 else ", ", ink.dim))
        if item.tensor is not None:
            pieces += [(f"{dtype_short(clean(item.tensor.dtype, look))} ", ink.accent)]
            pieces += shape_pieces(item.tensor.shape, look)
        else:
            pieces.append((clean(item.text or item.type or item.source, look), ink.dim))
    if operand.items and (operand.length or 0) > min(len(operand.items), 4):
        pieces.append((f", {look.glyphs.ellipsis}", ink.dim))
    return pieces


def explanation_lines(explanation: Explanation, look: Look, more: str = "") -> list[Line]:
    """What happened, the rule, the fix, and where to read on (``more``), behind a bar at the left."""
    ink = look.palette
    rows = [("", explanation.headline, ink.heading), (_("Rule"), explanation.why, ink.heading)]
    rows += [(_("Fix"), explanation.fix, ink.good)]
    rows += [(_("Not"), explanation.caution, ink.warn)] if explanation.caution else []
    rows += [(_("More"), more, ink.heading)] if more else []
    widest = max(cell_len(label) for label, _text, _style in rows)
    lines = []
    for label, text, style in rows:
        start = Line(f"{look.glyphs.box[1]} ", ink.accent)
        margin = start.cells + (widest + 2 if label else 0)
        for place, pieces in enumerate(prose_lines(text, look, look.width - margin)):
            line = Line(f"{look.glyphs.box[1]} ", ink.accent)
            if label:
                line.add(label if place == 0 else "", style).pad(margin)
            lines.append(line.extend(pieces))
    return lines


def prose_lines(text: str, look: Look, width: int, style: Style = NONE) -> Iterator[list[Piece]]:
    """Prose with code between backticks, wrapped at spaces; code keeps its colour on every line it takes.

    ``style`` is that of the words.
    """
    line = Line()
    for word in _words(text, look, style):
        cells = sum(cell_len(part) for part, _ in word)
        if line.cells and line.cells + 1 + cells > max(1, width):
            yield line.pieces
            line = Line()
        line.add(" " if line.cells else "")
        for part, own in word:
            first, *rest = chop(part, max(1, width - line.cells)) if cells > width else [part]
            line.add(first, own)
            for piece in rest:
                yield line.pieces
                line = Line(piece, own)
    yield line.pieces


def _words(text: str, look: Look, style: Style) -> Iterator[list[Piece]]:
    """What stands between spaces, as styled pieces: ``(`x`),`` is one word of three pieces."""
    word: list[Piece] = []
    code = look.palette.name
    for place, part in enumerate(_MARKED.split(clean(text, look))):
        first, *others = part.split(" ")
        word.append((first, code if place % 2 else style))
        for other in others:
            yield word
            word = [(other, code if place % 2 else style)]
    yield word

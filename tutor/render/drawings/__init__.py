"""The drawing of one tensor, 0-D to 4-D and beyond: identity, picture, figures, and a reading in a sentence."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tutor.render.drawings.batch import batch
from tutor.render.drawings.matrix import matrix
from tutor.render.drawings.patch import Patch, Picture, narrow, patch_of
from tutor.render.drawings.scalar import scalar
from tutor.render.drawings.vector import vector
from tutor.render.drawings.volume import volume
from tutor.render.drawings.words import missing_note, plural, stats_lines
from tutor.render.lines import Line, clean, sentence, to_text
from tutor.render.tensors import identity_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.snapshots import TensorDetail, TensorFacts
    from tutor.render.look import Look

__all__ = ["drawing"]

_LEAST_PICTURE = 4
"""Lines a picture gets even where the height is too small for everything."""


_ROOMY = 16
"""Height from which there is room for the reading: below it the picture needs the lines more."""


def drawing(detail: TensorDetail, look: Look, index: tuple[int, ...] = ()) -> Text:
    """Identity line, picture, statistics and a one-sentence reading.

    ``index`` goes along the leading axes. Of a 3-D tensor one index says which slice is in front, of a
    4-D tensor at which one the row of pictures starts; further ones go into the tensor: ``(n, c)`` of a
    4-D tensor draws that one matrix. A tensor with more than four axes has its leading axes fixed, at
    the index or at 0. Out of range is brought back into range.
    """
    facts = detail.facts
    ink = look.palette
    name = clean(facts.path, look)
    head = identity_lines(facts, look)
    patch = patch_of(detail, name)
    if patch is None:
        return to_text([*head, *sentence(_nothing(detail, look), ink.dim, look)], look)
    tail = stats_lines(detail.stats, facts.dtype, look)
    roomy = look.height is None or look.height >= _ROOMY
    for text in (missing_note(patch, detail.stats), _reading(facts, name, look) if roomy else ""):
        if text:
            tail += sentence(text, ink.dim, look)
    lines = _body(detail, patch, index, look)
    if look.height is not None:
        # How many lines a picture takes is known once it is drawn: what is too much comes off its room.
        room = max(_LEAST_PICTURE, look.height - len(head) - len(tail))
        spare = max(room, look.height)
        while len(lines) > room and spare > _LEAST_PICTURE:
            spare = max(_LEAST_PICTURE, spare - max(1, len(lines) - room))
            lines = _body(detail, patch, index, replace(look, height=spare))
    return to_text([*head, *lines, *tail], look)


def _body(detail: TensorDetail, patch: Patch, index: Sequence[int], look: Look) -> list[Line]:
    """The picture with its legend and notes."""
    picture = _picture(patch, index, look)
    notes = ". ".join(clean(note, look).rstrip(".") for note in (*picture.notes, *_about(detail)) if note)
    under = sentence(f"{notes}.", look.palette.dim, look) if notes else []
    return [*picture.lines, *([picture.legend] if picture.legend else []), *under]


def _picture(patch: Patch, index: Sequence[int], look: Look) -> Picture:
    rank = len(patch.axes)
    if rank > 4:
        lead = rank - 4
        inner = narrow(patch, index, 4)
        picture = _picture(inner, index[lead:], look)
        axes = "axis 0 is" if lead == 1 else f"axes 0 to {lead - 1} are"
        picture.notes.append(f"Drawn is {inner.title}: {axes} fixed at {', '.join(map(str, inner.fixed))}.")
        return picture
    if rank > 2 and len(index) <= 1:
        draw = volume if rank == 3 else batch
        return draw(patch, index[0] if index else 0, look)
    inner = narrow(patch, index, max(0, rank - len(index)))
    picture = (scalar, vector, matrix)[len(inner.axes)](inner, look)
    if inner.fixed:
        picture.lines.insert(0, Line(inner.title, look.palette.name))
    return picture


def _about(detail: TensorDetail) -> list[str]:
    notes = [detail.note]
    if detail.sample is not None and detail.sample.part == "magnitude":
        notes.append("Complex numbers are drawn by their magnitude |z|.")
    return notes


def _nothing(detail: TensorDetail, look: Look) -> str:
    facts = detail.facts
    if 0 in facts.shape:
        axis = facts.shape.index(0)
        return f"Empty: axis {axis} has size 0, so there are no values. The shape still counts in every operation."
    if detail.note:
        return clean(detail.note, look)
    if facts.device == "meta":
        return "On the meta device a tensor has a shape and a dtype but no values."
    return "There are no values to draw."


def _reading(facts: TensorFacts, name: str, look: Look) -> str:
    """The picture in a sentence, for a screen reader or a pasted question."""
    shape = facts.shape
    if not shape:
        kind = {"bool": "bool", "complex64": "complex", "complex128": "complex"}.get(facts.dtype, "float")
        kind = "int" if facts.dtype.startswith(("int", "uint")) else kind
        return f"{name} is a scalar: one number, no axes. {name}.item() gives it as a Python {kind}."
    if len(shape) == 1:
        return f"{name} is a vector of {plural(shape[0], 'value')}."
    grid = f"{plural(shape[-2], 'row')} and {plural(shape[-1], 'column')}"
    if len(shape) == 2:
        return f"{name} is a matrix of {grid}."
    if len(shape) == 3:
        return f"{name} is a stack of {plural(shape[0], 'slice')}, each of {grid}."
    if len(shape) == 4:
        times = look.glyphs.times
        images = f"; as images: {shape[0]} of {plural(shape[1], 'channel')}, {shape[2]}{times}{shape[3]}"
        fits = shape[1] in (1, 3, 4) and min(shape[2:]) >= 8
        return f"{name} is {shape[0]} by {shape[1]} matrices, each of {grid}{images if fits else ''}."
    return f"{name} has {len(shape)} axes and {plural(math.prod(shape), 'value')}; the last ones are drawn."

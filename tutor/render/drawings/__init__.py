"""The drawing of one tensor, 0-D to 4-D and beyond: identity, picture, figures, and a reading in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tutor.render.drawings.batch import batch
from tutor.render.drawings.element import complex_text, element_line
from tutor.render.drawings.matrix import matrix
from tutor.render.drawings.patch import Patch, Picture, narrow, patch_of
from tutor.render.drawings.reading import nothing, reading
from tutor.render.drawings.scalar import scalar
from tutor.render.drawings.vector import vector
from tutor.render.drawings.view import Grid, View
from tutor.render.drawings.volume import volume
from tutor.render.drawings.words import histogram_lines, missing_note, stats_lines
from tutor.render.lines import Line, clean, sentence, to_text
from tutor.render.tensors import identity_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.protocol.snapshots import TensorDetail
    from tutor.render.look import Look

__all__ = ["Drawn", "Grid", "View", "drawing", "drawn"]

_LEAST_PICTURE = 4
"""Lines a picture gets even where the height is too small for everything."""
_PICTURE = 9
"""Lines a picture should have before what is less telling is added under it."""
_LOW = 10
"""Height below which every line is the picture's: its row labels say what is left out."""
_ROOMY = 16
"""Height from which there is room for the reading: below it the picture needs the lines more."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawing line by line, and where its elements are."""

    lines: list[Line]
    grid: Grid | None = None
    tiles: bool = False
    """As in :class:`~tutor.render.drawings.patch.Picture`."""


def drawing(detail: TensorDetail, look: Look, view: View = View()) -> Text:  # noqa: B008 - it is frozen
    """Identity line, picture, statistics and a one-sentence reading."""
    return to_text(drawn(detail, look, view).lines, look)


def drawn(detail: TensorDetail, look: Look, view: View = View()) -> Drawn:  # noqa: B008
    """The same as lines, none wider than the look once it is clipped; an index out of range is brought back."""
    facts, ink = detail.facts, look.palette
    if view.cursor is not None and len(view.cursor) != len(facts.shape):
        view = replace(view, cursor=None)
    name = clean(facts.path, look)
    head = identity_lines(facts, look)
    patch = patch_of(detail, name, view.part)
    if patch is None:
        return Drawn([*head, *sentence(nothing(detail, look), ink.dim, look)])
    if look.height is not None and look.height < _ROOMY:
        head = head[: 1 if look.height < _LOW else 2]
    rank = len(facts.shape)
    pointed = view.cursor
    if pointed is not None and rank >= 4 and len(view.index) < rank - 2:
        pointed = pointed[: rank - 2]
    under = [] if pointed is None else element_line(detail, pointed, look)
    tail = _tail(detail, patch, name, look, len(head) + len(under))
    spare = max(_LEAST_PICTURE, (look.height or 0) - len(head) - len(under) - len(tail))
    picture = _body(detail, patch, view, look if look.height is None else replace(look, height=spare))
    if look.height is not None:
        # How many lines a picture takes is known once it is drawn: what is too much comes off its room.
        room = max(_LEAST_PICTURE, look.height - len(head) - len(under) - len(tail))
        while len(picture.lines) > room and spare > _LEAST_PICTURE:
            spare = max(_LEAST_PICTURE, spare - (len(picture.lines) - room))
            picture = _body(detail, patch, view, replace(look, height=spare))
    grid = picture.grid and picture.grid.moved(down=len(head))
    return Drawn([*head, *picture.lines, *under, *tail], grid, picture.tiles)


def _tail(detail: TensorDetail, patch: Patch, name: str, look: Look, taken: int) -> list[Line]:
    """What stands under the picture, most telling first; where lines are few, only as much as leaves it some."""
    dtype, ink = detail.facts.dtype, look.palette
    roomy = look.height is None or look.height >= _ROOMY
    figures = stats_lines(detail.stats, dtype, look)
    missing = missing_note(patch, detail.stats)
    told = reading(detail.facts, name, look) if roomy else ""
    parts = [
        figures[:1],
        histogram_lines(detail.stats, dtype, look),
        figures[1:],
        sentence(missing, ink.dim, look) if missing else [],
        sentence(told, ink.dim, look) if told else [],
    ]
    if look.height is not None:
        room = look.height - taken - _PICTURE
        for part in (parts[0], parts[3], *parts[1:3], parts[4]):
            room -= len(part)
            if room < 0:
                part.clear()
    first, spread, rest, *sentences = parts
    return [*first, *rest, *spread, *(line for part in sentences for line in part)]


def _body(detail: TensorDetail, patch: Patch, view: View, look: Look) -> Picture:
    """The picture with its legend and notes."""
    picture = _picture(detail, patch, view, view.index, look)
    low = look.height is not None and look.height < _LOW - 3
    told = (*([] if low else picture.notes), *_about(detail, view))
    notes = ". ".join(clean(note, look).rstrip(".") for note in told if note)
    if picture.legend:
        picture.lines.append(picture.legend)
    if notes:
        picture.lines += sentence(f"{notes}.", look.palette.dim, look)
    return picture


def _picture(detail: TensorDetail, patch: Patch, view: View, index: Sequence[int], look: Look) -> Picture:
    rank = len(patch.axes)
    if rank > 4:
        lead = rank - 4
        inner = narrow(patch, index, 4)
        picture = _picture(detail, inner, view, index[lead:], look)
        axes = "axis 0 is" if lead == 1 else f"axes 0 to {lead - 1} are"
        picture.notes.append(f"Drawn is {inner.title}: {axes} fixed at {', '.join(map(str, inner.fixed))}.")
        return picture
    first = index[0] if index else 0
    if rank == 4 and len(index) <= 1:
        return batch(patch, first, look, view.cursor, view.merged)
    if rank == 3 and len(index) <= 1:
        return volume(patch, first, look, view.cursor, view.merged)
    inner = narrow(patch, index, max(0, rank - len(index)))
    if not inner.axes:
        picture = scalar(inner, look, detail.history, complex_text(detail, inner.fixed))
    elif len(inner.axes) == 1:
        picture = vector(inner, look, view.cursor)
    else:
        picture = matrix(inner, look, view.cursor)
    return picture.above(Line(inner.title, look.palette.name)) if inner.fixed else picture


def _about(detail: TensorDetail, view: View) -> list[str]:
    notes = [detail.note]
    if detail.sample is not None and detail.sample.imag and detail.facts.shape:
        parts = {"phase": "phase, from -π to π", "real": "real part", "imag": "imaginary part"}
        notes.append(f"Complex numbers are drawn by their {parts.get(view.part, 'magnitude |z|')}.")
    return notes

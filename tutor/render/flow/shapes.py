"""Shapes with a letter for each axis, and what a tensor is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.lines import Piece, clean, fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tutor.protocol.flow import FlowTensor
    from tutor.render.flow.letters import Letters
    from tutor.render.look import Look


def lettered(shape: Sequence[int], letters: Sequence[str], names: Letters, look: Look) -> list[Piece]:
    """``[i=3, k=4]``, each axis in its colour."""
    ink = look.palette
    pieces: list[Piece] = [("[", ink.dim)]
    for axis, (size, letter) in enumerate(zip(shape, letters, strict=True)):
        pieces += [(", ", ink.dim)] if axis else []
        pieces.append((f"{letter}={size}", ink.axis(names.colour(letter))))
    return [*pieces, ("]", ink.dim)]


def bare(shape: Sequence[int]) -> str:
    """``[3,4]``"""
    return f"[{','.join(map(str, shape))}]"


def called(tensor: FlowTensor, look: Look, cells: int = 18) -> str:
    """Its name as written, else which operation gave it: ``(2)``."""
    if tensor.text:
        return fit(clean(tensor.text, look), cells, look)
    if tensor.made_by:
        return f"({tensor.made_by})"
    return tensor.role and fit(clean(tensor.role, look), cells, look)

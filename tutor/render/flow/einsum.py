"""An einsum equation, letter by letter: which axes are kept, which are multiplied and summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.render.flow.shapes import called
from tutor.render.lines import Line, wrap

if TYPE_CHECKING:
    from tutor.protocol.flow import FlowStep
    from tutor.render.flow.letters import Lettered, Letters
    from tutor.render.look import Look


def einsum_lines(step: FlowStep, drawn: Lettered, names: Letters, look: Look) -> list[Line]:
    """The equation over its operands, then each of its letters: which axis it is here, and what becomes of it."""
    ink = look.palette
    equation = dict(step.settings).get("equation", "")
    lines = [Line(part, ink.heading) for part in wrap(equation, look.width)]
    letters: dict[str, list[tuple[str, int, str, tuple[int, ...]]]] = {}
    ours: dict[str, str] = {}
    for operand, row in zip(step.operands, drawn.operands, strict=True):
        for size, axis, mine in zip(operand.shape, operand.axes, row, strict=False):
            ours.setdefault(axis.note, mine)
            place = (called(operand, look, 10) or "an operand", size, axis.fate, axis.to)
            letters.setdefault(axis.note, []).append(place)
    for letter, places in letters.items():
        size = max(size for _, size, _, _ in places)
        fates = {fate for _, _, fate, _ in places}
        goes = next((to for _, _, _, to in places if to), ())
        said = (
            f"kept: axis {goes[0]} of the result"
            if goes
            else "summed"
            if "reduced" in fates
            else "multiplied and summed"
        )
        holders = ", ".join(dict.fromkeys(name for name, _, _, _ in places))
        mine = ours[letter]
        letter = letter if not letter.isdigit() else f"...{letter}"
        line = Line(f"{letter} is ", ink.dim).add(f"{mine}={size}".ljust(7), ink.axis(names.colour(mine)))
        line.add(said, ink.good if goes else ink.warn)
        if line.cells + len(holders) + 5 <= look.width:
            line.add(f"  in {holders}", ink.dim)
        lines.append(line)
    return lines

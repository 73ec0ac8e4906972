"""What is wrong with a lesson, for its author: place first, then the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from tutor.render.lines import Line, clean, to_text, wrap
from tutor.texts import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.text import Text

    from tutor.lesson.problems import Problem
    from tutor.render.look import Look

__all__ = ["problem_list"]


def problem_list(problems: Sequence[Problem], look: Look, most: int) -> Text:
    """The first ``most`` problems as ``file:line:column: message``, and how many more there are."""
    ink, lines = look.palette, []
    for problem in problems[:most]:
        mark = f"{look.glyphs.no} "
        place = clean(f"{problem.file.name}:{problem.line}:{problem.column}: ", look)
        first, *rest = wrap(place + clean(problem.message, look), max(1, look.width - cell_len(mark)))
        line = Line(mark, ink.bad)
        if first.startswith(place):
            line.add(place, ink.heading).add(first[len(place) :], ink.number)
        else:
            line.add(first, ink.heading)
        lines += [line, *(Line(" " * cell_len(mark)).add(part, ink.number) for part in rest)]
    if len(problems) > most:
        lines.append(Line("  " + _("and {n} more").format(n=len(problems) - most), ink.dim))
    return to_text(lines, look)

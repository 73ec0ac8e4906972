"""The watched expressions over the runs: what changed since the last one, and how numbers went."""

from __future__ import annotations

from tutor.protocol.events import Watched
from tutor.protocol.watches import WatchLine, WatchRow

HISTORY = 200
"""Values of one expression that are kept."""
MOST = 32
"""Expressions that are watched at once."""


def follow(lines: tuple[WatchLine, ...], event: Watched) -> tuple[WatchLine, ...]:
    """The lines after ``event``, in its order."""
    known = {line.row.expression: line for line in lines}
    return tuple(_next(known.get(row.expression), row, event.ran) for row in event.rows)


def _next(line: WatchLine | None, row: WatchRow, ran: bool) -> WatchLine:
    number = () if row.number is None else (row.number,)
    if line is None:
        return WatchLine(row, "new", None, number)
    if not ran and line.row.mark == row.mark and line.row.status == row.status:
        return WatchLine(row, line.change, line.before, line.history)
    before = line.row if line.row.status == "value" else line.before
    return WatchLine(row, _change(before, row), before, (*line.history, *number)[-HISTORY:])


def _change(before: WatchRow | None, row: WatchRow) -> str:
    if before is None:
        return "new"
    if row.status != "value" or (before.mark == row.mark and before.type == row.type):
        return "same"
    return "changed" if _form(before) == _form(row) else "type"


def _form(row: WatchRow) -> object:
    facts = row.tensor
    return row.type if facts is None else (row.type, facts.dtype, facts.shape, facts.device)


def asked(watching: tuple[str, ...], expression: str, keep: bool) -> tuple[str, ...]:
    """The list with ``expression`` at its end, or without it; without an expression the empty one."""
    wanted = " ".join(expression.split())
    if not keep:
        return tuple(known for known in watching if known != wanted) if wanted else ()
    return watching if not wanted or wanted in watching else (*watching, wanted)[-MOST:]

"""Runs a Python file as a sequence of cells, without a screen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tutor.protocol import events
from tutor.session.asking import ask_around
from tutor.session.queue import Cell
from tutor.session.session import Session
from tutor.session.state import Phase, SessionState

_CELL_MARK = re.compile(r"^#\s*%%")


@dataclass(frozen=True, slots=True)
class ScriptCell:
    """A part of a file between two ``# %%`` lines."""

    source: str
    line: int
    """1-based line of the file where it begins."""


def split_cells(text: str) -> list[ScriptCell]:
    """Cells of ``text`` that hold more than blank lines and comments, in order."""
    cells: list[ScriptCell] = []
    start, lines = 1, text.splitlines()
    part: list[str] = []
    for number, line in enumerate([*lines, "# %%"], 1):
        if not _CELL_MARK.match(line):
            part.append(line)
            continue
        if any(piece.strip() and not piece.lstrip().startswith("#") for piece in part):
            cells.append(ScriptCell("\n".join(part).rstrip() + "\n", start))
        start, part = number + 1, []
    return cells


Report = Callable[[int, ScriptCell, events.Event], None]


async def run_script(
    session: Session,
    cells: list[ScriptCell],
    name: str,
    report: Report,
    answer: Callable[[str], str | None],
) -> bool:
    """Run all cells in one session; True if every one ended well.

    ``report`` hears every event with the number of its cell (from 1) and the cell, and after each the answers
    to what is asked about models, shared memory and watched expressions; ``answer`` is asked for a
    line when the code calls ``input()``. Line numbers in errors are those of the file. What ``report`` raises ends
    the run and comes out of here.
    """
    ok = True
    raised: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    for number, part in enumerate(cells, 1):

        def hear(event: events.Event, _state: SessionState, number: int = number, part: ScriptCell = part) -> None:
            if raised.done():
                return
            try:
                report(number, part, event)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is for whoever called us
                raised.set_exception(error)
            if isinstance(event, events.InputRequested):
                # The reply goes out after the question has been told to everybody.
                asyncio.get_running_loop().call_soon(lambda: session.reply(answer(event.prompt)))

        unsubscribe = session.subscribe(hear)
        try:
            # Blank lines in front make the cell's lines count as they do in the file.
            cell = session.run("\n" * (part.line - 1) + part.source, name=name)
            await _end_of(session, cell, raised)
            await ask_around(session)
            if raised.done():
                raised.result()
        finally:
            unsubscribe()
        ok = ok and cell.status == "ok"
        if cell.status in ("exit", "interrupted") or session.state.phase is Phase.UNAVAILABLE:
            return ok and cell.status == "exit"
    return ok


async def _end_of(session: Session, cell: Cell, raised: asyncio.Future[None]) -> None:
    while not cell.done.is_set() and session.state.phase is not Phase.UNAVAILABLE:
        waiting = asyncio.ensure_future(cell.done.wait())
        either: set[asyncio.Future[Any]] = {waiting, raised}
        await asyncio.wait(either, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if raised.done():
            break
    if raised.done():
        raised.result()

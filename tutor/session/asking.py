"""What a script asks once a cell has ended: on the screen the panes ask it, here nobody else does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from tutor.protocol import commands, events
from tutor.protocol.snapshots import TensorFacts
from tutor.session.session import Session
from tutor.session.state import Phase

_MODELS = 4
"""Models asked about after one cell."""
_STORAGES = 3
"""Storages asked about after one cell."""


async def ask_around(session: Session) -> None:
    """Ask for the watched expressions just named, the models, and the storages with several names on them.

    Whoever listens to ``session`` hears the answers. Returns early when the worker is gone.
    """
    await _until(session, lambda: set(session.state.watching) <= _watched(session))
    if not session.state.tensors:
        return
    seen = await _answer(session, commands.LookAtModel(0, ""))
    for name in seen.names[1:_MODELS] if isinstance(seen, events.ModelSeen) else ():
        await _answer(session, commands.LookAtModel(0, name))
    for path in shared(session.state.tensors)[:_STORAGES]:
        await _answer(session, commands.Locate(0, path))


def shared(tensors: Iterable[TensorFacts]) -> list[str]:
    """Of each storage that several different tensors lie on, one of them changed: whose memory it is."""
    known = {facts.path: facts for facts in tensors}
    found: list[str] = []
    told: set[str] = set()
    for path, facts in known.items():
        group = [known[name] for name in (path, *facts.shares) if name in known]
        forms = {(one.shape, one.strides, one.offset) for one in group}
        if path in told or len(forms) < 2 or not any(one.change for one in group):
            continue
        told |= {one.path for one in group}
        found.append(next((one.path for one in group if not one.view_of and not one.same_as), path))
    return found


def _watched(session: Session) -> set[str]:
    return {line.row.expression for line in session.state.watches}


async def _answer(session: Session, look: commands.Look) -> events.Event | None:
    """The answer to ``look``; None when the worker is gone before."""
    answers: list[events.Event] = []

    def hear(event: events.Event, _state: object) -> None:
        if isinstance(event, events.Seen):
            answers.append(event)

    unsubscribe = session.subscribe(hear)
    try:
        session.look(look)
        await _until(session, lambda: bool(answers))
    finally:
        unsubscribe()
    return answers[0] if answers else None


async def _until(session: Session, true: Callable[[], bool]) -> None:
    """Wait for events until ``true()``, or until there is no worker that could send one."""
    heard = asyncio.Event()
    unsubscribe = session.subscribe(lambda _event, _state: heard.set())
    try:
        while not true() and session.state.phase is Phase.READY:
            heard.clear()
            await heard.wait()
    finally:
        unsubscribe()

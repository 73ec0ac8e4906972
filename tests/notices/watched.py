"""Runs code in a real worker and gives what was noticed."""

from __future__ import annotations

from tests.recorder import Recorder
from tutor.protocol import events
from tutor.protocol.failures import Notice


async def noticed(work: Recorder, source: str, *, status: str = "ok") -> list[Notice]:
    """The notices of one cell."""
    before = len(work.of(events.Noticed))
    cell = await work.run(source, limit=100)
    assert cell.status == status, work.of(events.Failed)[-1:]
    assert not work.of(events.Broken)
    return [notice for event in work.of(events.Noticed)[before:] for notice in event.notices]


async def rules(work: Recorder, *cells: str) -> list[str]:
    """The rules that the last of these cells gave rise to; those before it must give rise to none."""
    for source in cells[:-1]:
        assert await noticed(work, source) == []
    return [notice.rule for notice in await noticed(work, cells[-1])]

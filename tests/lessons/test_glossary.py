"""Every example of the glossary is run in the real worker."""

from __future__ import annotations

import asyncio

import pytest

from tests.recorder import Recorder
from tutor.lesson.glossary import load_glossary
from tutor.protocol import events

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]


async def test_every_example_runs_alone_and_shows_something(work: Recorder) -> None:
    wrong = []
    for term in load_glossary().terms:
        cell = work.session.run("%reset -f\nimport torch", silent=True)
        await asyncio.wait_for(cell.done.wait(), 60)
        before = len(work.of(events.Displayed))
        cell = work.session.run(term.example)
        await asyncio.wait_for(cell.done.wait(), 60)
        if cell.status != "ok" or len(work.of(events.Displayed)) == before:
            wrong.append(f"{term.term}: {cell.status}: {term.example}")
    assert not wrong

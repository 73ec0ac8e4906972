"""Judges one step of a lesson in a real worker, as if a learner had run some code in it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.recorder import Recorder
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Lesson
from tutor.lesson.state import fitted, prelude
from tutor.protocol import commands, events
from tutor.session.steps import check_request

LESSONS = [fitted(lesson, ()) for lesson in Catalogue(Path(__file__).parent / "lessons").load_all().lessons]


async def judged(work: Recorder, lesson: Lesson, index: int, *cells: str, asked: bool = True) -> events.Checked:
    """What the judge says of a learner who comes to this step fresh and runs these cells."""
    step = lesson.steps[index]
    work.session.restart(1)
    prepared = await work.session.prepare(prelude(lesson, index), step.setup, lesson.seed)
    assert prepared is not None
    assert prepared.problem == ""
    ran = [work.session.run(code) for code in cells]
    for cell in ran:
        await asyncio.wait_for(cell.done.wait(), 60)
    well = tuple(cell.source for cell in ran if cell.status == "ok")
    request = check_request(lesson, index, step, ran[-1].output if ran else "", well, asked=asked)
    checked = await work.session.check(request, 60.0)
    assert checked is not None
    return checked


async def verdict(
    work: Recorder,
    check: dict[str, object],
    mine: str,
    solution: str,
    *,
    setup: str = "import torch",
    helpers: str = "",
    limit: float = 10.0,
) -> tuple[str, str]:
    """Status and message of one check, made by hand; ``mine`` is run once. A fault of the lesson is ``fault``."""
    work.session.restart(1)
    await work.session.prepare((), setup, 0)
    cell = work.session.run(mine)
    await asyncio.wait_for(cell.done.wait(), 60)
    request = commands.Check(
        0, (), setup, solution, (check,), (), 0, cell.output, (mine,), helpers, asked=True, limit=limit
    )
    checked = await work.session.check(request, 60.0)
    assert checked is not None
    if checked.problem:
        return "fault", checked.problem
    (result,) = checked.results
    return result.status, result.message


def statuses(checked: events.Checked) -> list[str]:
    """One a check; a fault of the lesson fails the test."""
    assert checked.problem == ""
    return [result.status for result in checked.results]


def passes(checked: events.Checked) -> bool:
    """Whether every check does."""
    found = statuses(checked)
    assert "broken" not in found, checked.results
    return all(status == "pass" for status in found)

"""Tutorials as people write them: imported, opened as lessons, and every step passed, with a real worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from sys import executable

import pytest
import pytest_asyncio

from tests.importing.reading import DATA
from tests.recorder import Recorder
from tutor.importing.importing import Imported, imported
from tutor.lesson.loader import load_lesson
from tutor.lesson.model import Lesson, Run
from tutor.progress import Progress
from tutor.session.player import Player

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

FILES = {"broadcast.md": (7, 5, 3), "gallery.py": (4, 3, 2), "percent.py": (3, 2, 1), "shapes.ipynb": (5, 4, 3)}
"""Steps of the lesson, those with code to run, those with output to expect."""


@pytest.fixture(scope="module", params=FILES)
def made(request: pytest.FixtureRequest) -> Imported:
    return imported(DATA / request.param, python=executable)


@pytest_asyncio.fixture(loop_scope="session")
async def lesson(made: Imported, tmp_path: Path) -> AsyncIterator[Lesson]:
    file = tmp_path / "lesson.yaml"
    file.write_text(made.text, "utf-8")
    yield load_lesson(file)


async def test_every_step_of_an_imported_tutorial_passes(work: Recorder, lesson: Lesson, made: Imported) -> None:
    assert (len(lesson.steps), made.runs, made.checked) in FILES.values()
    with closing(Progress()) as progress:
        player = Player(lesson, progress, work.session, lambda: None)
        await player.open()
        for number, step in enumerate(lesson.steps):
            assert player.view.index == number
            assert player.view.mood != "bad", player.view.message
            if isinstance(step, Run):
                cell = work.session.run(step.code)
                await asyncio.wait_for(cell.done.wait(), 60)
                await player.cell_finished(cell)
                assert player.view.status == "done", step.id
                assert player.view.mood == "good", player.view.message
            assert await player.next() is (number + 1 == len(lesson.steps))


async def test_another_output_than_the_recorded_one_is_said_and_never_in_the_way(
    work: Recorder, lesson: Lesson
) -> None:
    index = next(n for n, step in enumerate(lesson.steps) if isinstance(step, Run) and step.prints)
    step = lesson.steps[index]
    assert isinstance(step, Run)
    with closing(Progress()) as progress:
        player = Player(lesson, progress, work.session, lambda: None)
        await player.open(step.id)
        # The same code but for a comment passes; that it was kept quiet is told.
        cell = work.session.run(step.code.rstrip() + "  # mine")
        cell.displayed = cell.output = ""
        await asyncio.wait_for(cell.done.wait(), 60)
        cell.displayed, cell.output = "something else", ""
        await player.cell_finished(cell)
        assert (player.view.status, player.view.mood) == ("done", "info")
        assert "`something else` here" in player.view.message
        assert step.prints.strip().split("\n")[0][:20] in player.view.message

"""A lesson that is reopened has its variables, and goes on drawing the random numbers it would have drawn."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.recorder import Recorder
from tutor.lesson.loader import load_lesson
from tutor.lesson.model import Lesson
from tutor.progress import Progress
from tutor.session.player import Player

pytestmark = [pytest.mark.worker, pytest.mark.asyncio(loop_scope="session")]

_LESSON = """
schema: 1
id: chance
title: Chance
track: tensors
objectives: [draw numbers]
minutes: 5
difficulty: 1
seed: 7
setup: import torch
steps:
  - {id: first, kind: read, text: Draw., setup: "a = torch.rand(3)"}
  - {id: second, kind: read, text: Draw more., setup: "b = torch.zeros(2)"}
  - id: third
    kind: exercise
    text: Make `y`.
    starter: y = ...
    solution: y = b + 1
    hints: [Add.]
    checks: [{kind: tensor, target: y}]
    rejects: [y = b]
"""


def chance(folder: Path) -> Lesson:
    """A lesson whose steps draw random numbers."""
    folder = folder / "chance"
    folder.mkdir()
    (folder / "lesson.yaml").write_text(_LESSON, encoding="utf-8")
    return load_lesson(folder / "lesson.yaml")


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return chance(tmp_path)


@pytest.fixture
def progress() -> Iterator[Progress]:
    with closing(Progress()) as opened:
        yield opened


class Learner:
    """Takes the lesson in one Python after another."""

    def __init__(self, work: Recorder, lesson: Lesson, progress: Progress) -> None:
        self.work = work
        self.lesson = lesson
        self.progress = progress
        self.player = self._fresh()

    def _fresh(self) -> Player:
        return Player(self.lesson, self.progress, self.work.session, lambda: None)

    async def does(self, source: str) -> None:
        cell = self.work.session.run(source)
        await asyncio.wait_for(cell.done.wait(), 60)
        await self.player.cell_finished(cell)

    async def value(self, source: str) -> str:
        """Looked at without being kept as the learner's."""
        return await self.work.value(source)

    async def reopens(self, step: str | None = None) -> int:
        self.work.session.restart(1)
        self.player = self._fresh()
        return await self.player.open(step)


EVERYTHING = (
    "[sorted((k, repr(v)) for k, v in globals().items() if not k.startswith('_') and type(v) is not type(torch))]"
)
NEXT = "(torch.rand(2).tolist(), __import__('random').random(), __import__('numpy').random.rand(2).tolist())"


async def _drew(learner: Learner) -> None:
    await learner.player.open()
    await learner.does("import random, numpy as np\nr = torch.rand(3); n = np.random.rand(2); p = random.random()")
    await learner.does("r.add_(torch.randn(3))")
    await learner.does("raise ValueError(torch.rand(1))")


async def test_the_same_values_and_the_same_next_numbers(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await _drew(learner)
    everything, following = await learner.value(EVERYTHING), await learner.value(NEXT)
    assert await learner.reopens() == 2
    assert await learner.value(EVERYTHING) == everything
    assert await learner.value(NEXT) == following
    # Once more: nothing of the reopening itself is kept.
    await learner.reopens()
    assert await learner.value(NEXT) == following


async def test_steps_come_in_the_order_in_which_they_were_visited(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await _drew(learner)
    await learner.player.enter(1)
    await learner.does("s = r + torch.rand(3); b.add_(5)")
    await learner.player.enter(0)
    await learner.does("r = torch.rand(3)")
    await learner.player.enter(2)
    await learner.player.enter(1)
    await learner.does("t = torch.rand(1)")
    everything, following = await learner.value(EVERYTHING), await learner.value(NEXT)
    await learner.reopens()
    assert learner.player.view.index == 1
    assert await learner.value(EVERYTHING) == everything
    assert await learner.value(NEXT) == following


async def test_what_a_step_needs_and_the_learner_changed_in_it_is_not_set_again(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open()
    await learner.does("a.zero_(); del torch")
    await learner.reopens()
    assert await learner.value("a.tolist()") == "[0.0, 0.0, 0.0]"
    assert await learner.value("'torch' in globals()") == "False"
    assert learner.player.view.message == ""


async def test_a_step_opened_by_name_begins_afresh_and_is_resumed_as_that(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await _drew(learner)
    await learner.reopens("third")
    assert await learner.value("'r' in globals()") == "False"
    await learner.reopens()
    assert await learner.value("'r' in globals()") == "True", "nothing was run in the new Python"
    await learner.reopens("third")
    await learner.does("z = torch.rand(2)")
    everything = await learner.value(EVERYTHING)
    assert await learner.reopens() == 1
    assert await learner.value(EVERYTHING) == everything


async def test_code_kept_without_marks_runs_after_the_set_up_of_its_step(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    for step, source in (("first", "u = torch.rand(2)"), ("gone", "u = 0"), ("second", "v = b + 1; _ = 5")):
        progress.add_cell("chance", step, source, "ok")
    progress.enter_step("chance", "second")
    learner = Learner(work, lesson, progress)
    assert await learner.reopens() == 2
    drawn = "torch.manual_seed(7); torch.rand(2).equal(u)"
    assert await learner.value(drawn) == "True"
    assert await learner.value("v.tolist()") == "[1.0, 1.0]"


async def test_the_last_value_is_there_for_code_that_used_it(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open()
    await learner.does("a * 2")
    await learner.does("double = _")
    await learner.reopens()
    assert await learner.value("double.equal(a * 2)") == "True"


async def test_after_a_crash_what_was_done_since_counts(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await learner.player.open("second")
    await learner.does("old = torch.rand(2)")
    work.session.restart(1)
    await learner.player.revive()
    assert await learner.reopens() == 1
    assert await learner.value("old.shape") == "torch.Size([2])", "nothing was run since: all there was comes back"
    work.session.restart(1)
    await learner.player.revive()
    await learner.does("young = torch.rand(2)")
    everything, following = await learner.value(EVERYTHING), await learner.value(NEXT)
    assert await learner.reopens() == 1
    assert await learner.value(EVERYTHING) == everything
    assert await learner.value(NEXT) == following


async def test_running_again_can_be_ended_and_the_step_is_set_up(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    progress.mark("chance", "first", "entered")
    progress.add_cell("chance", "first", "import time\nprint('begun')\ntime.sleep(600)", "ok")
    progress.add_cell("chance", "first", "never = 1", "ok")
    learner = Learner(work, lesson, progress)
    opening = asyncio.create_task(learner.player.open())
    await work.until(lambda: learner.player.restoring and "begun" in work.output)
    work.session.interrupt()
    assert await asyncio.wait_for(opening, 60) == 0
    assert not learner.player.restoring
    assert await learner.value("a.shape, 'never' in globals()") == "(torch.Size([3]), False)"


async def test_what_is_typed_meanwhile_runs_when_the_variables_are_there(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    learner = Learner(work, lesson, progress)
    await _drew(learner)
    drawn = await learner.value("torch.rand(1).item()")
    work.session.restart(1)
    learner.player = Player(lesson, progress, work.session, lambda: None)
    opening = asyncio.create_task(learner.player.open())
    await work.until(lambda: learner.player.restoring)
    typed = work.session.run("first = torch.rand(1).item(), r.shape")
    assert [cell.source for cell in work.session.queued] == [typed.source]
    assert await asyncio.wait_for(opening, 60) == 2
    await asyncio.wait_for(typed.done.wait(), 60)
    assert typed.status == "ok"
    assert await learner.value("first") == f"({drawn}, torch.Size([3]))"


async def test_what_waits_for_the_variables_is_given_up_with_them(
    work: Recorder, lesson: Lesson, progress: Progress
) -> None:
    progress.mark("chance", "first", "entered")
    progress.add_cell("chance", "first", "import time\nprint('begun')\ntime.sleep(600)", "ok")
    learner = Learner(work, lesson, progress)
    opening = asyncio.create_task(learner.player.open())
    await work.until(lambda: learner.player.restoring and "begun" in work.output)
    typed = work.session.run("typed = 1")
    work.session.interrupt()
    await asyncio.wait_for(opening, 60)
    assert typed.status == "dropped"
    assert not work.session.queued

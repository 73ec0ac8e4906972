"""Lessons from outside: shown as such, and asked about before their code runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake import FakeClient, run_well
from tests.packs.samples import folder_pack, zip_of
from tests.ui.driver import Driver
from tutor.packs.finding import find
from tutor.packs.trust import Trust, content_of
from tutor.progress import Progress
from tutor.protocol import commands
from tutor.ui.app import Start, TutorApp
from tutor.ui.screens.consent import ConsentScreen
from tutor.ui.screens.home import HomeScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.review import ReviewScreen


@contextlib.asynccontextmanager
async def opened(
    *named: Path, lesson: str = "", trust: bool = False, review: bool = False
) -> AsyncIterator[Driver]:
    """The app with these packs and nothing of its own."""
    client = FakeClient(run_well, ready=True)
    places = lambda: find([str(path) for path in named])  # noqa: E731
    app = TutorApp(Start(Path(), lesson, find=places, trust=trust, review=review), lambda _threads: client)
    async with app.run_test(size=(120, 40)) as pilot:
        driver = Driver(app, pilot, client)
        await driver.until(lambda: client.starts)
        yield driver


def _ran(driver: Driver) -> bool:
    """Whether anything of a lesson reached the worker."""
    return any(isinstance(command, (commands.Execute, commands.Prepare)) for command in driver.client.commands)


def _asks(driver: Driver) -> bool:
    """Whether the question stands there, painted."""
    return isinstance(driver.app.screen, ConsentScreen) and driver.shows("Run the code of the pack")


async def test_home_shows_what_is_from_outside(tmp_path: Path) -> None:
    file = zip_of(folder_pack(tmp_path), tmp_path / "deep-nets-1.2.zip")
    async with opened(file) as driver:
        await driver.until(
            lambda: driver.shows("deep-nets · Tensors   0/1 · 5 min   from outside", "The one that is first")
        )
        await driver.until(lambda: driver.shows("the pack deep-nets; its code", "asks before it first runs"))


async def test_nothing_runs_before_yes_and_enter_by_habit_says_no(tmp_path: Path) -> None:
    async with opened(folder_pack(tmp_path)) as driver:
        await driver.until(lambda: driver.shows("The one that is first"))
        await driver.press("enter")
        await driver.until(lambda: _asks(driver))
        assert driver.shows("Run the code of the pack deep-nets?", str(tmp_path), "Its code runs with your rights")
        assert driver.shows("1 lesson; 1 file")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, HomeScreen))
        assert not _ran(driver)
        await driver.press("enter")
        await driver.until(lambda: _asks(driver))
        await driver.press("y")
        await driver.until(lambda: isinstance(driver.app.screen, LessonScreen))
        await driver.until(lambda: driver.shows("deep-nets (from outside)   The one that is first"))
        await driver.until(lambda: _ran(driver))


async def test_a_yes_is_remembered_until_the_pack_changes(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path)
    (pack,) = find([str(folder)]).packs
    Trust().agree(pack, content_of(pack))
    async with opened(folder, lesson="first") as driver:
        await driver.until(lambda: driver.shows("The one that is first · 1/1", "● ready"))
    (folder / "01-first" / "checks.py").write_text("import os")
    async with opened(folder, lesson="deep-nets/first") as driver:
        await driver.until(lambda: _asks(driver))
        assert driver.shows("It has changed since you said yes.")
        await driver.press("escape")
        await driver.until(lambda: isinstance(driver.app.screen, HomeScreen))
        assert not _ran(driver)


async def test_what_changes_while_the_question_stands_is_asked_again_and_opened_as_it_is(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path)
    file = folder / "01-first" / "lesson.yaml"
    async with opened(folder, lesson="first") as driver:
        await driver.until(lambda: _asks(driver))
        first = driver.app.screen
        file.write_text(file.read_text().replace("The one that is first", "Another title"))
        await driver.press("y")
        await driver.until(lambda: _asks(driver) and driver.app.screen is not first)
        assert driver.shows("It has changed since you said yes.")
        await driver.press("y")
        await driver.until(lambda: driver.shows("Another title · 1/1"))


async def test_with_trust_nothing_is_asked_and_nothing_remembered(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path)
    async with opened(folder, lesson="first", trust=True) as driver:
        await driver.until(lambda: driver.shows("The one that is first · 1/1", "● ready"))
    (pack,) = find([str(folder)]).packs
    assert not Trust().allows(pack, content_of(pack))


async def test_a_lesson_that_is_gone_when_it_is_opened_is_told(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path)
    async with opened(folder) as driver:
        await driver.until(lambda: driver.shows("The one that is first"))
        (folder / "01-first" / "lesson.yaml").unlink()
        await driver.press("enter")
        await driver.until(lambda: len(driver.app._notifications))
        assert isinstance(driver.app.screen, HomeScreen)


async def test_what_is_done_in_a_pack_is_no_progress_of_the_tutors_own_lesson(tmp_path: Path) -> None:
    folder = folder_pack(tmp_path, "deep-nets", "what-a-tensor-is")
    async with opened(folder, lesson="what-a-tensor-is", trust=True) as driver:
        await driver.until(lambda: driver.shows("1/1"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("finished"))
    progress = Progress()
    assert list(progress.summary()) == ["deep-nets/what-a-tensor-is"]
    progress.close()


async def test_a_review_asks_too_and_leaves_out_what_may_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folder_pack(tmp_path)
    file = folder / "01-first" / "lesson.yaml"
    options = "[{text: x, correct: true, feedback: right}, {text: y, feedback: wrong}]"
    choice = f"  - {{id: b, kind: choice, text: t, options: {options}}}\n"
    file.write_text(file.read_text() + choice)
    long_ago = time.time() - 9 * 86_400
    with monkeypatch.context() as then, contextlib.closing(Progress()) as progress:
        then.setattr("tutor.progress.store.time.time", lambda: long_ago)
        progress.complete_step("deep-nets/first", "b", "done")
    async with opened(folder, review=True) as driver:
        await driver.until(lambda: _asks(driver))
        await driver.press("n")
        await driver.until(lambda: len(driver.app._notifications))
        assert [told.message for told in driver.app._notifications] == ["Nothing is due."]
        assert not _ran(driver)
        await driver.press("e")
        await driver.until(lambda: _asks(driver))
        await driver.press("y")
        await driver.until(lambda: isinstance(driver.app.screen, ReviewScreen))

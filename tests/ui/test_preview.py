"""``tutor preview`` with a fake worker: what is saved is shown, and nothing of the learner's is touched."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake import Answer, run_well
from tests.ui.driver import LESSONS, Driver, opened
from tests.ui.test_lesson_screen import Judge
from tutor.paths import data_dir
from tutor.progress.schema import FILE_NAME
from tutor.protocol import commands, events
from tutor.session import draft
from tutor.ui.widgets.lesson_pane import LessonPane

KEPT = "kept by the preview"
INSERTED = "steps:\n  - {id: new, kind: read, text: A new step.}\n"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the lesson, looked at often."""
    monkeypatch.setattr(draft, "_EVERY", 0.01)
    made = tmp_path / "pack" / "01-broadcasting" / "lesson.yaml"
    made.parent.mkdir(parents=True)
    made.write_bytes((LESSONS / "01-broadcasting" / "lesson.yaml").read_bytes())
    return made


class Anew(Judge):
    """In a fresh Python nothing was run."""

    def __call__(self, command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Prepare):
            self.last = ""
        return super().__call__(command)


def save(file: Path, old: str, new: str, at: float | None = None) -> None:
    """As editors do that move a new file over the old one; ``at`` is when, in seconds since 1970."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    beside = file.with_name("new.tmp")
    beside.write_text(text.replace(old, new, 1), encoding="utf-8")
    if at is not None:
        os.utime(beside, (at, at))
    beside.replace(file)


@contextlib.asynccontextmanager
async def preview(
    file: Path, step: str = "", *, answer: Answer = run_well, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Driver]:
    pack = file.parent.parent
    data = pack / KEPT
    async with opened(preview=(file, step), data=data, lessons=pack, answer=answer, size=size) as driver:
        await driver.until(lambda: driver.shows("preview · saved"))
        yield driver


async def test_a_save_is_shown_at_the_same_step_in_a_fresh_python(file: Path) -> None:
    async with preview(file, "centre", answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("Make centred", "5/5", "· 0 problems"))
        starts = driver.client.starts
        save(file, "steps:\n", INSERTED)
        await driver.until(lambda: driver.shows("Make centred", "6/6"))
        assert driver.client.starts == starts + 1
        assert "read again, in a fresh Python" in driver.transcript
        save(file, "Make `centred`", "Please make `centred`")
        await driver.until(lambda: driver.shows("Please make centred"))
        save(file, "x = torch.arange(12.)", "x = torch.arange(24.)")
        await driver.until(lambda: "24." in str(driver.client.sent(commands.Prepare)[-1]))


async def test_where_the_step_is_gone_the_one_in_its_place_is_shown(file: Path) -> None:
    async with preview(file, "2") as driver:
        await driver.until(lambda: driver.shows("Run it.", "2/5"))
        save(file, "id: runit", "id: renamed")
        await driver.until(lambda: driver.shows("renamed", "2/5"))


async def test_a_comment_changes_nothing_but_the_time(file: Path) -> None:
    async with preview(file) as driver:
        await driver.until(lambda: driver.shows("lined up from the right") and driver.client.starts)
        starts, saved = driver.client.starts, driver.text_of("#title")
        save(file, "steps:\n", "# A comment.\nsteps:\n", 1_000_000_000)
        await driver.until(lambda: driver.text_of("#title") != saved)
        assert driver.client.starts == starts


async def test_problems_stand_in_place_and_the_lesson_can_still_be_used(file: Path) -> None:
    async with preview(file, "centre", answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        starts = driver.client.starts
        save(file, "minutes: 15", "minuets: 15")
        await driver.until(lambda: driver.shows("lesson.yaml:6:1: the lesson has no key `minuets`", "1 problem"))
        assert driver.client.starts == starts
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("✓ done", "The lesson's solution"))
        save(file, "minuets: 15", "minutes: 15")
        await driver.until(lambda: driver.shows("0 problems") and not driver.shows("minuets"))


async def test_a_step_that_cannot_be_judged_is_not_called_free_of_problems(file: Path) -> None:
    def broken(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Check):
            checked = events.Checked(command.id, (), "", "the lesson's own code failed: IndexError")
            return [events.Started(command.id), checked, events.Finished(command.id, "ok", 0.01)]
        return run_well(command)

    async with preview(file, "centre", answer=broken) as driver:
        await driver.until(lambda: driver.shows("IndexError", "· this step is broken: line "))
        assert not driver.shows("0 problems")
        assert "solution shown" not in driver.text_of("#title")
        save(file, "minutes: 15", "minuets: 15")
        await driver.until(lambda: driver.shows("· 1 problem"))
        save(file, "minuets: 15", "minutes: 15")
        await driver.press("f7")
        await driver.until(lambda: driver.shows("· 0 problems"))


async def test_many_problems_leave_room_for_the_lesson(file: Path) -> None:
    async with preview(file, size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("lined up from the right"))
        for key in ("title:", "minutes:", "difficulty:", "objectives:"):
            save(file, key, "x" + key)
        await driver.until(lambda: driver.shows("lesson.yaml:", "and ", " more"))
        assert driver.app.screen.query_one("#problems").size.height <= 3
        assert driver.app.screen.query_one(LessonPane).size.height >= 8


async def test_a_lesson_that_cannot_be_read_opens_once_it_can_at_the_step_that_was_asked_for(file: Path) -> None:
    save(file, "schema: 1", "schema: 9")
    async with preview(file, "guess") as driver:
        await driver.until(lambda: driver.shows("cannot be read yet", "lesson.yaml:1:9:", "1 problem"))
        save(file, "schema: 9", "schema: 1")
        await driver.until(lambda: driver.shows("What is the shape", "3/5", "0 problems"))


async def test_what_each_check_says_is_shown_from_the_start_and_after_every_save(file: Path) -> None:
    async with preview(file, "centre", answer=Anew()) as driver:
        await driver.until(lambda: driver.shows("✗ centred is right", "expected [4, 3]"))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("✓ done"))
        save(file, "title: Broadcasting", "title: Renamed")
        await driver.until(lambda: driver.shows("Renamed · 5/5", "✗ centred is right"))
        assert not driver.shows("✓ done")


async def test_a_save_while_the_work_is_being_judged_says_nothing_of_the_old_lesson(file: Path) -> None:
    asked = 0

    def endless(command: commands.Command) -> list[events.Event]:
        nonlocal asked
        if isinstance(command, commands.Check):
            asked += 1
            if asked == 2:
                return [events.Started(command.id)]
        return run_well(command)

    async with preview(file, "centre", answer=endless) as driver:
        await driver.until(lambda: asked == 1 and driver.app.session.state.phase.name == "READY")
        await driver.type("centred = 1\n")
        await driver.until(lambda: asked == 2)
        save(file, "Make `centred`", "Now make `centred`")
        await driver.until(lambda: driver.shows("Now make centred") and asked == 3)
        await driver.pilot.pause()
        assert not driver.shows("Judging was stopped")


async def test_the_learners_own_progress_is_not_touched(file: Path) -> None:
    async with preview(file, "centre", answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("✓ done"))
    assert not (data_dir() / FILE_NAME).exists()
    assert (file.parent.parent / KEPT / FILE_NAME).exists()


async def test_from_the_list_of_lessons_one_comes_back_to_the_preview(file: Path) -> None:
    async with preview(file, "pick") as driver:
        await driver.until(lambda: driver.shows("Which?"))
        await driver.press("f2")
        await driver.until(lambda: driver.shows("1 of") or driver.shows("Broadcasting"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("preview · saved", "Which?"))

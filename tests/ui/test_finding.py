"""Search over all lessons and the glossary, by keyboard alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.ui.driver import LESSONS, opened
from tests.ui.test_lesson_screen import Judge
from tutor.progress import Progress
from tutor.ui.screens.glossary import GlossaryScreen
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.searching import SearchScreen
from tutor.ui.widgets.prompt import Prompt

HOSTILE = "[red]not markup[/] [@click=app.quit]x[/]"


@pytest.fixture
def lessons(tmp_path: Path) -> Path:
    """Two lessons; the second is called by something that looks like markup."""
    text = (LESSONS / "01-broadcasting" / "lesson.yaml").read_text("utf-8")
    for folder, own in (
        ("01-broadcasting", text),
        (
            "02-second",
            text.replace("id: broadcasting", "id: second", 1)
            .replace("title: Broadcasting", f'title: "{HOSTILE}"', 1)
            .replace("Run it.", "Run this peculiar thing."),
        ),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lesson.yaml").write_text(own, "utf-8")
    return tmp_path


async def test_search_from_home_opens_the_step_that_was_found(lessons: Path) -> None:
    async with opened(answer=Judge(), lessons=lessons) as driver:
        await driver.until(lambda: driver.shows("Broadcasting", "start here"))
        await driver.press("slash")
        await driver.until(lambda: driver.shows("Search all lessons", "Titles, objectives"))
        await driver.type("Peculiar")
        await driver.until(lambda: driver.shows("1 place", "· 2 runit  text", "this peculiar thing"))
        assert driver.shows("[red]not markup[/]")
        await driver.press("enter")
        await driver.until(lambda: driver.shows("· 2/5"))
        screen = driver.app.screen
        assert isinstance(screen, LessonScreen)
        assert screen.lesson.id == "second"


async def test_search_in_a_lesson_goes_to_its_own_steps_without_a_fresh_python(lessons: Path) -> None:
    async with opened(answer=Judge(), lessons=lessons, lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("lined up from the right"))
        starts = driver.client.starts
        await driver.press("escape", "slash")
        await driver.until(lambda: driver.shows("Search all lessons"))
        await driver.type("which")
        await driver.until(lambda: driver.shows("Broadcasting · 4 pick", "Enter opens it"))
        await driver.press("down")
        await driver.until(lambda: driver.shows("Enter leaves this lesson for it"))
        await driver.press("up", "enter")
        await driver.until(lambda: driver.shows("· 4/5", "this one"))
        assert driver.client.starts == starts


async def test_nothing_found_is_said_and_esc_changes_nothing() -> None:
    async with opened(answer=Judge(), lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("lined up from the right"))
        await driver.press("escape", "slash")
        await driver.until(lambda: isinstance(driver.app.screen, SearchScreen))
        await driver.type("keepdim")
        await driver.until(lambda: driver.shows("Nothing has all of these"))
        await driver.press("enter", "down", "up", "pagedown", "escape")
        await driver.until(lambda: driver.shows("· 1/5", "lined up from the right"))


async def test_before_anything_is_typed_the_bookmarks_of_all_lessons_are_there(lessons: Path) -> None:
    with closing(Progress()) as progress:
        progress.toggle_bookmark("second", "pick")
        progress.toggle_bookmark("gone", "pick")
    async with opened(answer=Judge(), lessons=lessons) as driver:
        await driver.until(lambda: driver.shows("start here"))
        await driver.press("slash")
        await driver.until(lambda: driver.shows("Your bookmarks", "★ [red]not markup", "· 4 pick"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("· 4/5", "Which?"))


async def test_the_glossary_explains_the_word_under_the_cursor() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("y = x.stride")
        await driver.press("escape", "V")
        await driver.until(lambda: driver.shows("Glossary", "how many elements further in the storage"))
        await driver.press("enter")
        await driver.until(lambda: not isinstance(driver.app.screen, GlossaryScreen))
        prompt = driver.app.screen.query_one(Prompt)
        await driver.until(lambda: prompt.source == "torch.zeros(2, 3).stride()")
        await driver.press("ctrl+z")
        await driver.until(lambda: prompt.source == "y = x.stride")


async def test_with_an_empty_prompt_the_terms_of_the_step_come_first() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#guess") as driver:
        await driver.until(lambda: driver.shows("What is the shape", "(3, 5)"))
        await driver.press("escape", "V")
        await driver.until(lambda: driver.shows("In this step", "All terms", "The length of every axis"))
        await driver.type("leaf")
        await driver.until(lambda: driver.shows("no recorded operation made", "not in this course yet"))
        await driver.type("xyz")
        await driver.until(lambda: driver.shows("No term has that in its name"))
        await driver.press("enter", "f8", "escape")
        await driver.until(lambda: driver.shows("What is the shape"))


async def test_the_glossary_opens_the_lesson_that_teaches_the_term() -> None:
    async with opened(answer=Judge(), repl=True) as driver:
        await driver.until(lambda: driver.shows("Free prompt"))
        await driver.press("escape", "V")
        await driver.until(lambda: driver.shows("Glossary"))
        assert not driver.shows("In this step")
        await driver.type("broadcast")
        await driver.until(lambda: driver.shows("Taught in “Broadcasting”.", "F8 opens the lesson"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("lined up from the right"))

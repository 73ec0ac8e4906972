"""A folder of every kind of bad lesson, and a good one: the good one works, and home says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import OptionList

from tests.lesson.bad import BAD, write_bad, write_good
from tests.ui.driver import opened
from tutor.ui.screens.home import HomeScreen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_home_says_what_is_wrong_and_the_good_lesson_works(size: tuple[int, int], tmp_path: Path) -> None:
    write_bad(tmp_path, large=True)
    write_good(tmp_path, "70-good", prerequisites="good")
    async with opened(lessons=tmp_path, size=size) as driver:
        await driver.until(lambda: driver.shows("The one that is good", "start here"))
        options = driver.app.screen.query_one("#lessons", OptionList)
        rows = [str(options.get_option_at_index(n).prompt) for n in range(options.option_count)]
        for name in BAD:
            assert any(f" ✗ 50-{name}:" in row for row in rows), name
        await driver.press("end")
        await driver.until(lambda: driver.shows("builds on itself"))
        await driver.press("up")
        await driver.until(lambda: driver.shows("60-large cannot be used", "too large", "1:1"))
        assert driver.shows("Everything else works")
        await driver.press("enter")
        await driver.pilot.pause()
        assert isinstance(driver.app.screen, HomeScreen)
        await driver.press("home", "enter")
        await driver.until(lambda: driver.shows("1/1"))


async def test_a_folder_of_bad_lessons_alone_leaves_the_free_prompt(tmp_path: Path) -> None:
    write_bad(tmp_path)
    async with opened(lessons=tmp_path) as driver:
        await driver.until(lambda: driver.shows("Cannot be used"))
        await driver.press("r")
        await driver.until(lambda: driver.shows("● ready"))

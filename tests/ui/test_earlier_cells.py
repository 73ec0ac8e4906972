"""Earlier cells are edited, run again and copied from the transcript."""

from __future__ import annotations

import pytest

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.ui.widgets.prompt import Prompt


def echoing(command: commands.Command) -> list[events.Event]:
    answer = run_well(command)
    if isinstance(command, commands.Execute):
        answer.insert(1, events.Output("stdout", f"ran {command.source}\n"))
    return answer


def sources(driver: Driver) -> list[str]:
    return [command.source for command in driver.client.commands if isinstance(command, commands.Execute)]


async def with_cells(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("ready"))
    await driver.type("a = 1\nb = 2\n")
    await driver.until(lambda: "ran b = 2" in driver.transcript)
    await driver.press("escape", "k")
    await driver.until(lambda: driver.shows("[2] is chosen"))


async def test_an_earlier_cell_comes_back_into_the_prompt_to_be_edited() -> None:
    async with opened(repl=True, answer=echoing) as driver:
        await with_cells(driver)
        await driver.press("K", "enter")
        prompt = driver.app.screen.query_one(Prompt)
        await driver.until(lambda: prompt.has_focus_within and prompt.source == "a = 1")
        await driver.until(lambda: not driver.shows("is chosen"))
        await driver.type("0\n")
        await driver.until(lambda: "ran a = 10" in driver.transcript)


async def test_an_earlier_cell_runs_again_under_a_new_number() -> None:
    async with opened(repl=True, answer=echoing) as driver:
        await with_cells(driver)
        await driver.press("left_square_bracket", "r")
        await driver.until(lambda: "[3] a = 1" in driver.transcript)
        assert sources(driver) == ["a = 1", "b = 2", "a = 1"]
        assert driver.app.screen.query_one(Prompt).history[-1] == "a = 1"


async def test_what_is_copied_is_said_and_esc_goes_back() -> None:
    async with opened(repl=True, answer=echoing) as driver:
        await with_cells(driver)
        await driver.press("y")
        await driver.until(lambda: driver.shows("Copied the code of [2]."))
        assert driver.app.clipboard == "b = 2"
        await driver.press("Y")
        await driver.until(lambda: driver.shows("Copied the output of [2]."))
        assert driver.app.clipboard == "ran b = 2"
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).has_focus_within)
        await driver.type("c\n")
        await driver.until(lambda: "ran c" in driver.transcript)


async def test_in_a_lesson_running_again_is_judged_like_any_cell() -> None:
    async with opened(lesson="broadcasting#3", answer=echoing) as driver:
        await driver.until(lambda: driver.shows("ready", "1  (3, 5)"))
        driver.app.screen.query_one(Prompt).focus()
        await driver.until(lambda: driver.app.screen.query_one(Prompt).has_focus_within)
        await driver.type("a = 1\n")
        await driver.until(lambda: "ran a = 1" in driver.transcript)
        await driver.press("escape", "k")
        await driver.until(lambda: driver.shows("is chosen"))
        await driver.press("r")
        await driver.until(lambda: driver.transcript.count("ran a = 1") == 2)


@pytest.mark.parametrize("size", [(80, 24), (60, 18)])
async def test_without_a_cell_it_says_so(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "k")
        await driver.until(lambda: driver.shows("No cell has run here yet."))


async def test_after_clearing_it_says_so_and_esc_is_not_left_hanging() -> None:
    async with opened(repl=True, answer=echoing) as driver:
        await with_cells(driver)
        await driver.press("escape", "ctrl+l")
        prompt = driver.app.screen.query_one(Prompt)
        await driver.until(lambda: "ran" not in driver.transcript)
        await driver.press("escape", "k")
        await driver.until(lambda: driver.shows("the transcript was cleared"))
        await driver.until(lambda: prompt.has_focus_within)


async def test_a_function_key_or_the_focus_elsewhere_ends_the_menu_of_esc() -> None:
    async with opened(repl=True, answer=echoing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        prompt = driver.app.screen.query_one(Prompt)
        await driver.press("escape")
        await driver.until(lambda: driver.shows("Esc, then:"))
        await driver.press("f12")
        await driver.until(lambda: prompt.large and not driver.shows("Esc, then:"))
        await driver.type("tax")
        await driver.until(lambda: prompt.source == "tax")
        await driver.press("f12", "escape")
        await driver.until(lambda: driver.shows("Esc, then:"))
        prompt.focus()
        await driver.until(lambda: not driver.shows("Esc, then:"))
        await driver.type("i")
        await driver.until(lambda: prompt.source == "taxi")

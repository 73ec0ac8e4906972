"""More room for a long cell: the whole screen, or the learner's own editor."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.ui.widgets.editor import Editor
from tutor.ui.widgets.prompt import Prompt


def prompt(driver: Driver) -> Prompt:
    return driver.app.screen.query_one(Prompt)


def sources(driver: Driver) -> list[str]:
    return [command.source for command in driver.client.commands if isinstance(command, commands.Execute)]


async def enlarge(driver: Driver, *keys: str) -> None:
    await driver.press(*(keys or ("f12",)))
    await driver.until(lambda: prompt(driver).size.height > driver.app.size.height // 2)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 18)])
async def test_the_prompt_has_the_whole_screen_and_says_how_to_run_and_leave(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x = (1,")
        await enlarge(driver)
        await driver.until(lambda: driver.shows("f5 Run", "esc Back", "1  x = (1,"))
        assert prompt(driver).size.width >= size[0] - 6
        await driver.type("\n2)\n")
        assert prompt(driver).source == "x = (1,\n2)\n"
        assert not sources(driver)
        await driver.press("f5")
        await driver.until(lambda: sources(driver) == ["x = (1,\n2)"])
        await driver.until(lambda: prompt(driver).size.height <= 3)
        assert prompt(driver).source == ""
        await driver.until(lambda: not driver.shows("f5 Run"))


async def test_esc_goes_back_with_the_text_kept() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await enlarge(driver, "escape", "E")
        await driver.type("a = 1\nb = 2")
        await driver.press("escape")
        await driver.until(lambda: prompt(driver).size.height == 2 and prompt(driver).has_focus_within)
        assert prompt(driver).source == "a = 1\nb = 2"
        await driver.press("enter")
        await driver.until(lambda: sources(driver) == ["a = 1\nb = 2"])


async def test_up_and_down_stay_in_the_text_and_ctrl_r_searches() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("old = 1\n")
        await enlarge(driver)
        await driver.press("up", "down")
        assert prompt(driver).source == ""
        await driver.press("ctrl+r", "o")
        await driver.until(lambda: driver.shows("search ▏o", "1 of 1"))
        await driver.press("escape")
        assert prompt(driver).large
        await driver.press("ctrl+r", "o", "enter")
        assert prompt(driver).source == "old = 1"
        await driver.press("f12")
        await driver.until(lambda: prompt(driver).size.height == 1)


async def test_in_a_lesson_f5_runs_what_is_typed_and_the_other_keys_wait() -> None:
    async with opened(lesson="broadcasting") as driver:
        await driver.until(lambda: driver.app.screen.query(Prompt) and driver.shows("ready"))
        prompt(driver).focus()
        await enlarge(driver)
        await driver.press("f8", "f7", "f6", "alt+h")
        await driver.type("mine = 1")
        await driver.press("f5")
        await driver.until(lambda: sources(driver) == ["mine = 1"])
        await driver.until(lambda: not prompt(driver).large)
        assert driver.shows("1/")


async def test_a_program_that_asks_takes_it_back() -> None:
    async with opened(repl=True, answer=lambda _: []) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("input('name? ')\n")
        driver.client.tell(events.Started(1))
        await enlarge(driver)
        await driver.type("draft")
        driver.client.tell(events.InputRequested(1, "name? ", False))
        await driver.until(lambda: driver.shows("name? ", "waits for input"))
        await driver.press("f12")
        await driver.until(lambda: driver.shows("answer it first"))
        driver.client.tell(events.Finished(1, "ok", 0.1))
        await driver.until(lambda: prompt(driver).source == "draft" and not prompt(driver).asks)


async def test_undo_goes_on_through_it() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a")
        await enlarge(driver)
        await driver.press("enter", "escape", "ctrl+z")
        assert prompt(driver).source == "a"
        assert not driver.app.screen.query_one(Editor).show_line_numbers


async def test_without_an_editor_it_says_how_to_set_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a")
        await driver.press("escape", "v")
        await driver.until(lambda: driver.shows("No editor is set", "export EDITOR"))
        assert prompt(driver).source == "a"


async def test_an_editor_that_is_not_there_is_said_to_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "no-such-editor-anywhere")
    monkeypatch.setattr("tutor.ui.app.TutorApp.suspend", lambda _app: nullcontext())
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "v")
        await driver.until(lambda: "no-such-editor-anywhere: No such file" in driver.transcript)
        await driver.pilot.resize_terminal(90, 30)
        await driver.until(lambda: driver.shows("no-such-editor-anywhere: No such file"))


async def test_where_the_terminal_cannot_be_lent_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISUAL", "true")
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "v")
        await driver.until(lambda: driver.shows("cannot be lent"))

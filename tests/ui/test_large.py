"""Folded output and figures on the screen."""

from __future__ import annotations

import os

import pytest

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.failures import ErrorReport, Frame
from tutor.ui.screens.pager import Pager
from tutor.ui.widgets.pages import Pages

FIGURE = events.Pictured(
    1,
    b"not a picture",
    640,
    480,
    "",
    (events.AxesWords("Loss", "epoch", "", ()),),
    bytes([200, 0, 0] * 40 * 30),
    40,
    30,
)
BAD = Frame("<cell 1>", 1, 1, 0, 3, "<module>", "bad", own=True)


def scripted(command: commands.Command) -> list[events.Event]:
    number = command.id
    if not isinstance(command, commands.Execute):
        return run_well(command)
    many = "".join(f"number {n}\n" for n in range(1_000))
    middle: dict[str, list[events.Event]] = {
        "many": [events.Output("stdout", many)],
        "bad": [
            events.Output("stdout", many),
            events.Failed(number, (ErrorReport("NameError", "no bad", (BAD,) * 8),)),
        ],
        "text": [events.Displayed(number, "\n".join(f"row {n}" for n in range(500)), "T", None)],
        "'a\\nb'": [events.Displayed(number, r"'a\nb'", "str", None)],
        "show": [FIGURE],
    }
    return [events.Started(number), *middle.get(command.source, []), events.Finished(number, "ok", 0.001)]


async def typed(driver: Driver, line: str) -> None:
    await driver.until(lambda: driver.shows("ready"))
    await driver.type(f"{line}\n")


async def test_long_output_is_folded_when_the_cell_ends() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "many")
        await driver.until(lambda: "960 more lines" in driver.transcript)
        assert "number 29\n" in driver.transcript
        assert "number 30\n" not in driver.transcript
        assert driver.transcript.rstrip().endswith("number 999")
        await driver.until(lambda: driver.shows("number 999"))


async def test_folded_output_opens_whole_and_is_searched() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "many")
        await driver.until(lambda: "960 more lines" in driver.transcript)
        await driver.press("escape", "u")
        await driver.until(lambda: isinstance(driver.app.screen, Pager))
        await driver.until(lambda: driver.shows("number 0", "1,000 lines of output"))
        await driver.press("slash")
        await driver.type("Number 50\n")
        await driver.until(lambda: driver.shows("not found"))
        await driver.press("slash")
        await driver.type("number 50\n")
        await driver.until(lambda: driver.shows("line 1 of 11", "number 50"))
        await driver.press("n")
        await driver.until(lambda: driver.shows("line 2 of 11", "number 500"))
        await driver.press("N", "N")
        await driver.until(lambda: driver.shows("line 11 of 11", "number 509"))
        assert len(driver.app.screen.query_one(Pages).text().split("\n")) == 1_000
        await driver.press("q")
        await driver.until(lambda: driver.shows("Free prompt"))


async def test_a_click_opens_a_fold() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "many")
        await driver.until(lambda: driver.shows("960 more lines"))
        y = next(n for n, line in enumerate(driver.screen.split("\n")) if "960 more lines" in line)
        await driver.pilot.click(offset=(8, y))
        await driver.until(lambda: isinstance(driver.app.screen, Pager))


async def test_a_traceback_is_never_folded_away() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "bad")
        await driver.until(lambda: "NameError" in driver.transcript)
        after = driver.transcript.split("number 999\n")[1]
        assert after.count("<cell 1>, line 1") == 8


async def test_a_long_value_is_folded_too() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "text")
        await driver.until(lambda: "460 more lines" in driver.transcript)


async def test_a_hint_is_given_once() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        for count in (1, 2):
            await typed(driver, r"'a\nb'")
            await driver.until(lambda count=count: driver.transcript.count(r"'a\nb'") == 2 * count)  # type: ignore[misc]
        assert driver.transcript.count("line breaks") == 1


async def test_a_figure_is_drawn_and_opens_large() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "i")
        await driver.until(lambda: driver.shows("No figure yet"))
        await typed(driver, "show")
        await driver.until(lambda: driver.shows("▀▀▀▀", "Figure 640×480: Loss; epoch."))
        await driver.press("escape", "i")
        # Without a terminal the app cannot step aside: its own screen shows the blocks.
        await driver.until(lambda: isinstance(driver.app.screen, Pager) and driver.shows("▀▀▀▀", "Figure"))


async def test_without_colours_a_figure_is_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "NO_COLOR", "1")
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "show")
        await driver.until(lambda: driver.shows("Figure 640×480: Loss; epoch."))
        assert "▀" not in driver.transcript


async def test_a_narrower_screen_cuts_a_figure_and_wraps_nothing() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await typed(driver, "show")
        await driver.until(lambda: driver.shows("▀▀▀▀"))
        rows = driver.transcript.count("▀\n")
        await driver.pilot.resize_terminal(80, 30)
        await driver.until(lambda: driver.shows("Figure 640×480"))
        assert driver.transcript.count("▀\n") == rows

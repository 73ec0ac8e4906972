"""The quiet lines below a cell, and the screen behind them."""

from __future__ import annotations

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.failures import Notice
from tutor.ui.screens.notices import NoticesScreen

NOTICES = (
    Notice("broadcast", 4, (("left", "(50, 1)"), ("right", "(50,)"), ("result", "(50, 50)"))),
    Notice("no-zero-grad", 6, ()),
    Notice("unheard-of", 1, ()),
    Notice("no-step", 0, (("optimizer", "[red]opt"),)),
    Notice("clip-after-step", 9, (("code", "clip_grad_norm_"),)),
)


def answer(command: commands.Command) -> list[events.Event]:
    """Every cell is full of mistakes, except `1`."""
    told = run_well(command)
    if isinstance(command, commands.Execute) and command.source != "1" and not command.silent:
        told.insert(1, events.Noticed(command.id, NOTICES))
    return told


async def _train(driver: Driver, times: int = 1) -> None:
    await driver.until(lambda: driver.shows("ready"))
    await driver.type("train()\n")
    await driver.until(lambda: driver.transcript.count("train()") == times)
    await driver.until(lambda: driver.transcript.count("! ") >= 1)


async def test_at_most_three_lines_say_what_was_noticed() -> None:
    async with opened(repl=True, answer=answer) as driver:
        await _train(driver)
        lines = [line for line in driver.transcript.splitlines() if line.startswith("! ")]
        assert lines[0].startswith("! line 4: (50, 1) and (50,) made (50, 50)")
        assert lines[1].startswith("! line 6: gradients of earlier steps")
        assert "[red]opt.step()" in lines[2]
        assert lines[2].endswith("(1 more, Esc y opens)".replace(" ", "\N{NO-BREAK SPACE}"))
        assert len(lines) == 3


async def test_a_run_without_notices_says_nothing() -> None:
    async with opened(repl=True, answer=answer) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("1\n")
        await driver.until(lambda: "[1] 1" in driver.transcript)
        assert "!" not in driver.transcript


async def test_the_whole_story_is_one_key_away() -> None:
    async with opened(repl=True, answer=answer) as driver:
        await _train(driver)
        await driver.press("escape", "y")
        await driver.until(lambda: driver.shows("A loss over every pair", "Why it matters", "y[:, None]"))
        await driver.press("down")
        await driver.until(lambda: driver.shows("optimizer.zero_grad()"))
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, NoticesScreen))


async def test_a_rule_is_silenced_and_wanted_again() -> None:
    async with opened(repl=True, answer=answer) as driver:
        await _train(driver)
        await driver.press("escape", "y")
        await driver.until(lambda: driver.shows("A loss over every pair"))
        await driver.press("g")
        await driver.until(lambda: driver.shows("quiet for good"))
        await driver.press("down", "s")
        await driver.until(lambda: driver.shows("quiet in this sitting"))
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, NoticesScreen))
        await driver.type("train()\n")
        await driver.until(lambda: driver.transcript.count("clip_grad_norm_") == 1)
        assert driver.transcript.count("(50, 50)") == 1
        assert driver.app.notes.silenced() == {"broadcast": True, "no-zero-grad": False}
        await driver.press("escape", "y")
        await driver.until(lambda: driver.shows("A loss over every pair", "quiet for good"))
        await driver.press("end", "a", "a")
        await driver.until(lambda: driver.app.notes.silenced() == {})


async def test_before_anything_was_noticed_the_screen_says_so() -> None:
    async with opened(repl=True, answer=answer, size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "y")
        await driver.until(lambda: driver.shows("Nothing has been noticed yet"))
        await driver.press("s", "g", "a", "escape")
        await driver.until(lambda: not isinstance(driver.app.screen, NoticesScreen))


async def test_a_long_story_is_read_to_its_end_in_a_small_window() -> None:
    async with opened(repl=True, answer=answer, size=(80, 24)) as driver:
        await _train(driver)
        await driver.press("escape", "y")
        await driver.until(lambda: driver.shows("Why it matters"))
        assert not driver.shows("Broadcasting")
        await driver.press("pagedown", "space")
        await driver.until(lambda: driver.shows("Broadcasting"))
        await driver.press("pageup", "pageup")
        await driver.until(lambda: driver.shows("Why it matters"))

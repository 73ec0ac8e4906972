"""Code that does not stop at once: what the person is told, and what can be had back."""

from __future__ import annotations

from tests.fake import run_well
from tests.ui.driver import opened
from tutor.protocol import commands, events


def _never_ends(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.Execute) and command.source == "forever":
        return [events.Started(command.id)]
    return run_well(command)


async def test_each_press_says_what_was_tried_until_only_a_restart_is_left() -> None:
    async with opened(repl=True, answer=_never_ends) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("forever\n")
        await driver.until(lambda: driver.shows("running"))
        for words in ("insists", "forces", "It does not listen"):
            await driver.press("ctrl+c")
            await driver.until(lambda words=words: driver.shows(words))  # type: ignore[misc]
        assert len(driver.client.sent(commands.Interrupt)) == 3


async def test_code_that_stops_at_once_needs_no_words() -> None:
    def stops(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Interrupt):
            return [events.Finished(command.id, "interrupted", 1.0)]
        return _never_ends(command)

    async with opened(repl=True, answer=stops) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("forever\n")
        await driver.until(lambda: driver.shows("running"))
        await driver.press("ctrl+c")
        await driver.until(lambda: "Stopped. Your variables are still here." in driver.transcript)
        assert not driver.shows("insists")


async def test_after_a_death_the_cells_that_went_well_run_again_on_one_key() -> None:
    async with opened(repl=True, answer=_never_ends) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a = 1\n")
        await driver.type("b = 2\n")
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 2)
        driver.client.tell(events.Died(4242, -9, "SIGKILL", 0))
        await driver.until(lambda: "Esc a runs your 2 cells again." in driver.transcript)
        await driver.press("escape", "a")
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 4)
        await driver.until(lambda: driver.transcript.count("b = 2") == 2)

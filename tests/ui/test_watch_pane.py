"""The Watch pane: the list is made there and at the prompt."""

from __future__ import annotations

from tests.fake import run_well
from tests.ui.driver import opened
from tutor.protocol import commands, events
from tutor.protocol.watches import WatchRow


def scripted(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.Watch):
        rows = tuple(WatchRow(one, "value", f"value of {one}", "str") for one in command.expressions)
        return [events.Watched(command.id, rows, False)]
    if isinstance(command, commands.Execute) and command.source.startswith("%watch"):
        asked = events.WatchAsked(command.id, command.source[7:], True)
        return [events.Started(command.id), asked, events.Finished(command.id, "ok", 0.0)]
    return run_well(command)


async def test_an_expression_is_added_edited_and_removed() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "j")
        await driver.until(lambda: driver.shows("Nothing is watched yet."))
        await driver.press("f6")
        await driver.type("x.mean(0)\n")
        await driver.until(lambda: driver.shows("value of x.mean(0)"))
        await driver.type("y\n")
        await driver.until(lambda: driver.shows("value of y"))
        await driver.press("up", "minus")
        await driver.until(lambda: not driver.shows("value of x.mean(0)"))
        assert driver.client.sent(commands.Watch)[-1].expressions == ("y",)  # type: ignore[union-attr]
        await driver.press("enter")
        await driver.until(lambda: driver.shows("Nothing is watched yet."))
        await driver.type(" + 1\n")
        await driver.until(lambda: driver.shows("value of y + 1"))


async def test_the_magic_brings_the_pane_to_the_front() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("%watch z\n")
        await driver.until(lambda: driver.shows("value of z"))

"""The Model pane: asked for only while it is shown, walked with the keys."""

from __future__ import annotations

from tests.fake import run_well
from tests.render.test_model import NET
from tests.ui.driver import opened
from tutor.protocol import commands, events


def scripted(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.LookAtModel):
        return [events.ModelSeen(command.id, NET, ("net", "other"))]
    return run_well(command)


async def test_it_asks_when_it_is_shown_and_after_each_run_then() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("1\n")
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 1)
        await driver.until(lambda: driver.shows("ready"))
        assert driver.client.sent(commands.LookAtModel) == []
        await driver.press("escape", "K")
        await driver.until(lambda: driver.shows("net Net", "conv Conv2d", "1,234,567 parameters"))
        assert len(driver.client.sent(commands.LookAtModel)) == 1
        await driver.type("2\n")
        await driver.until(lambda: len(driver.client.sent(commands.LookAtModel)) == 2)


async def test_keys_choose_fold_and_change_the_model() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "K")
        await driver.until(lambda: driver.shows("conv Conv2d"))
        await driver.press("f6")
        await driver.press("down", "down")
        await driver.until(lambda: driver.shows("called 2 times"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("…2 inside") and not driver.shows("ReLU"))
        await driver.press("right")
        await driver.until(lambda: driver.shows("ReLU"))
        await driver.press("down", "left")
        await driver.until(lambda: driver.shows("called 2 times"))
        await driver.press("]")
        await driver.until(lambda: len(driver.client.sent(commands.LookAtModel)) == 2)
        assert driver.client.sent(commands.LookAtModel)[-1].path == "other"  # type: ignore[union-attr]


async def test_while_the_first_answer_is_awaited_nothing_is_said_to_be_missing() -> None:
    def silent(command: commands.Command) -> list[events.Event]:
        return [] if isinstance(command, commands.LookAtModel) else run_well(command)

    async with opened(repl=True, answer=silent) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "K")
        await driver.until(lambda: driver.shows("Looking …"))
        assert not driver.shows("No model yet.")
        (asked,) = driver.client.sent(commands.LookAtModel)
        driver.client.tell(events.ModelSeen(asked.id, None, ()))
        await driver.until(lambda: driver.shows("No model yet."))

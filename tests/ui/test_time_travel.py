"""Every pane goes back through the runs together."""

from __future__ import annotations

import struct
from dataclasses import replace

from tests.fake import run_well
from tests.ui.driver import opened
from tests.ui.test_free_prompt import DETAIL, GRADIENTS
from tutor.protocol import commands, events
from tutor.protocol.snapshots import Sample


def scripted(command: commands.Command) -> list[events.Event]:
    """Each cell is a number, and x is full of it."""
    if not isinstance(command, commands.Execute):
        return [] if isinstance(command, commands.Inspect) else run_well(command)
    number = float(command.source)
    drawn = replace(DETAIL, sample=Sample((2, 3), (0, 0), (1, 1), struct.pack("<6d", *[number] * 6)))
    changed = events.NamespaceChanged(command.id, (drawn.facts,), 0, (drawn,))
    gradients = [events.GradientsChanged(command.id, GRADIENTS)] if number == 22 else []
    return [events.Started(command.id), changed, *gradients, events.Finished(command.id, "ok", 0.1)]


async def test_back_forth_and_home_with_the_next_run() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        for place, number in enumerate((11, 22, 33), 1):
            await driver.type(f"{number}\n")
            await driver.until(lambda place=place: len(driver.app.session.travel.moments) == place)  # type: ignore[misc]
        await driver.press("escape", "t")
        await driver.press("escape", ",")
        await driver.until(lambda: driver.shows("after [2] · 1 run ago", "22"))
        await driver.press("f6", "less_than_sign")
        await driver.until(lambda: driver.shows("after [1] · 2 runs ago", "11"))
        await driver.press("escape", "g")
        await driver.until(lambda: driver.shows("No gradients yet."))
        await driver.press("escape", "K")
        await driver.until(lambda: driver.shows("Nothing is known of a model after [1]"))
        assert driver.client.sent(commands.LookAtModel) == []
        await driver.press("less_than_sign")
        await driver.until(lambda: driver.shows("Nothing earlier is kept."))
        await driver.press("greater_than_sign")
        await driver.until(lambda: driver.shows("after [2] · 1 run ago"))
        await driver.press("escape", "g")
        await driver.until(lambda: driver.shows("PowBackward0"))
        await driver.press("f6")
        await driver.press("f6")
        await driver.until(lambda: driver.app.focused is not None)
        driver.app.session.run("44")
        await driver.until(lambda: not driver.shows("ago"))
        assert len(driver.app.session.travel.moments) == 4

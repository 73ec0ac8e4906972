"""The Flow pane: the operations of the last run, one chosen and drawn, module calls folded."""

from __future__ import annotations

from tests.fake import run_well
from tests.render.test_flow import NESTED, SKETCH
from tests.ui.driver import opened
from tutor.protocol import commands, events


def scripted(command: commands.Command) -> list[events.Event]:
    if not isinstance(command, commands.Execute):
        return run_well(command)
    flows = {"h": SKETCH, "y": NESTED}
    told = [events.Flowed(command.id, flows[command.source])] if command.source in flows else []
    return [events.Started(command.id), *told, events.Finished(command.id, "ok", 0.1)]


async def test_the_last_operation_is_drawn_and_arrows_choose_another() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("h\n")
        await driver.press("escape", "F")
        await driver.until(lambda: driver.shows("1 matmul", "2 add", "3 relu", "━━━━━ 1"))
        await driver.until(lambda: driver.shows("h [i=3, k=5] f32"))
        await driver.press("f6")
        await driver.press("up", "up")
        await driver.until(lambda: driver.shows("contracts j=4", "120 FLOPs"))


async def test_enter_folds_a_module_call_and_plus_and_minus_all() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("y\n")
        await driver.press("escape", "F")
        await driver.until(lambda: driver.shows("▾ net Net", "▾ net.body Sequential", "1 linear"))
        await driver.press("f6", "home", "enter")
        await driver.until(lambda: driver.shows("▸ net Net") and not driver.shows("net.body Seq"))
        await driver.press("plus")
        await driver.until(lambda: driver.shows("▾ net Net", "▾ net.body Sequential"))
        await driver.press("minus")
        await driver.until(lambda: not driver.shows("net.body Seq"))


async def test_before_the_first_operation_it_says_what_it_is_for_and_a_restart_empties_it() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "F")
        await driver.until(lambda: driver.shows("No operations yet"))
        await driver.type("h\n")
        await driver.until(lambda: driver.shows("3 relu"))
        driver.client.ready()
        await driver.until(lambda: driver.shows("No operations yet"))


async def test_at_80_by_24_list_and_drawing_are_both_there() -> None:
    async with opened(repl=True, answer=scripted, size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("h\n")
        await driver.press("escape", "F")
        await driver.until(lambda: driver.shows("3 relu", "line 1"))
        await driver.until(lambda: driver.shows("h [i=3, k=5]"))

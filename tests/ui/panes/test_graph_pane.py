"""The Graph and Gradients panes: asked for only while they are shown, walked with the keys."""

from __future__ import annotations

from dataclasses import replace

from tests.fake import run_well
from tests.render.autograd.test_drawing import PARABOLA
from tests.render.test_leaves import TABLE
from tests.ui.driver import opened
from tutor.protocol import commands, events


def scripted(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.LookAtGraph):
        view = replace(PARABOLA, path=command.path or "y")
        return [events.GraphSeen(command.id, view, ("y", "z"))]
    if isinstance(command, commands.LookAtLeaves):
        return [events.LeavesSeen(command.id, TABLE)]
    return run_well(command)


async def test_it_asks_when_it_is_shown_and_after_each_run_then() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("1\n")
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 1)
        await driver.until(lambda: driver.shows("ready"))
        assert driver.client.sent(commands.LookAtGraph) == []
        await driver.press("escape", "G")
        await driver.until(lambda: driver.shows("y = 9", "** Pow"))
        assert len(driver.client.sent(commands.LookAtGraph)) == 1
        await driver.type("2\n")
        await driver.until(lambda: len(driver.client.sent(commands.LookAtGraph)) == 2)


async def test_keys_walk_fold_and_replay() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "G")
        await driver.until(lambda: driver.shows("** Pow"))
        await driver.press("f6")
        await driver.press("down", "down", "down")
        await driver.until(lambda: driver.shows("4 · 1 = 4") or driver.shows("1 · 1 · 4 = 4"))
        await driver.press("left", "left")
        await driver.until(lambda: driver.shows("…1 inside"))
        await driver.press("enter")
        await driver.until(lambda: not driver.shows("inside"))
        await driver.press("end", "enter")
        await driver.until(lambda: driver.shows("1 · 1 · 4 = 4"))
        await driver.press("full_stop")
        await driver.until(lambda: driver.shows("backward 1/5"))
        await driver.press("full_stop", "full_stop")
        await driver.until(lambda: driver.shows("backward 3/5", "2…"))
        await driver.press("comma")
        await driver.until(lambda: driver.shows("backward 2/5"))
        await driver.press("0")
        await driver.until(lambda: not driver.shows("backward 2/5"))
        await driver.press("]")
        await driver.until(lambda: len(driver.client.sent(commands.LookAtGraph)) == 2)
        assert driver.client.sent(commands.LookAtGraph)[-1].path == "z"  # type: ignore[union-attr]


async def test_the_pass_plays_to_its_end_by_itself() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "G")
        await driver.until(lambda: driver.shows("** Pow"))
        await driver.press("f6", "space")
        await driver.until(lambda: driver.shows("backward 5/5"))


async def test_leaves_are_asked_for_and_walked() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "g")
        await driver.until(lambda: driver.shows("accumulated ×2"))
        await driver.press("f6", "down")
        await driver.until(lambda: driver.shows("None: detach() in line 7"))
        assert len(driver.client.sent(commands.LookAtLeaves)) == 1


async def test_while_the_first_graph_is_awaited_nothing_is_said_to_be_missing() -> None:
    def silent(command: commands.Command) -> list[events.Event]:
        return [] if isinstance(command, commands.LookAtGraph) else run_well(command)

    async with opened(repl=True, answer=silent) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "G")
        await driver.until(lambda: driver.shows("Looking …"))
        assert not driver.shows("No graph yet.")
        (asked,) = driver.client.sent(commands.LookAtGraph)
        driver.client.tell(events.GraphSeen(asked.id, None, ()))
        await driver.until(lambda: driver.shows("No graph yet."))

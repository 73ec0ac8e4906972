"""Shapes that meet, the Memory pane and the comparison, in the whole app."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.widgets import Input

from tests.fake import no_help, run_well
from tests.render.samples import facts, pack
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.alignment import Term, align
from tutor.protocol.assistance import Description
from tutor.protocol.comparison import Comparison
from tutor.protocol.memory import StorageSnapshot
from tutor.ui.panes.memory import MemoryPane
from tutor.ui.screens.compare_work import offered
from tutor.ui.widgets.prompt import Prompt

GROWS = align("p - t", "broadcast", "-", (Term("p", (8, 1)), Term("t", (8,))))
SUM = Description("torch.sub", "function", ("input", "other"), "Tensor", 1, "")
X, Y = facts("x", (2, 3)), facts("y", (3, 2), strides=(1, 3), contiguous=False, shares=("x",))
STORAGE = StorageSnapshot((Y, X), 0, 4, 24, 0, pack([0, 1, 2, 3, 4, 5]), (), 0)


def helping(command: commands.Command) -> list[events.Event]:
    """Knows ``p - t``, and the call of torch.sub."""
    if isinstance(command, commands.Align) and "p - t" in command.source:
        return [events.Aligned(command.id, (GROWS,), 0)]
    if isinstance(command, commands.Describe) and "sub(" in command.source:
        return [events.Described(command.id, SUM, command.full)]
    return no_help(command)


def answering(command: commands.Command) -> list[events.Event]:
    """A run makes x and y; the storage of y and a comparison are known."""
    match command:
        case commands.Execute():
            made = tuple(replace(one, change="new") for one in (X, Y))
            start, end = run_well(command)
            return [start, events.NamespaceChanged(command.id, made, 0), end]
        case commands.Locate():
            return [
                events.Located(command.id, STORAGE if command.path == "y" else replace(STORAGE, tenants=(X, Y)))
            ]
        case commands.Contrast():
            found = Comparison(
                X, Y, same=False, shares=True, values=None, difference=None, note="the shapes differ"
            )
            return [events.Contrasted(command.id, found)]
        case _:
            return run_well(command)


def source(driver: Driver) -> str:
    return driver.app.screen.query_one(Prompt).source


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_shapes_meet_above_the_prompt_while_typing(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size, helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("loss = p - t")
        await driver.until(lambda: driver.shows("result is bigger than both", "[1] loss = p - t"))
        assert not driver.client.sent(commands.Execute)
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.shows("result is bigger than both"))


async def test_where_rows_are_few_a_warning_takes_the_row_of_the_signature() -> None:
    async with opened(repl=True, size=(80, 24), helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("torch.sub(1")
        await driver.until(lambda: driver.shows("torch.sub(input, other)"))
        await driver.type(", p - t")
        await driver.until(lambda: driver.shows("bigger than both") and not driver.shows("torch.sub(input"))
    async with opened(repl=True, size=(80, 40), helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("torch.sub(p - t")
        await driver.until(lambda: driver.shows("torch.sub(input, other)", "bigger than both"))


async def test_the_pane_keeps_what_was_typed_after_it_ran_and_shows_what_failed() -> None:
    async with opened(repl=True, helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "A")
        await driver.until(lambda: driver.shows("Nothing to line up yet"))
        await driver.type("p - t")
        await driver.until(lambda: driver.shows("If you meant pairs"))
        await driver.press("enter")
        await driver.until(lambda: not source(driver))
        assert driver.shows("If you meant pairs")


async def test_what_was_lined_up_two_runs_ago_is_marked_as_old() -> None:
    async with opened(repl=True, helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "A")
        await driver.type("p - t")
        await driver.until(lambda: driver.shows("If you meant pairs"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("[2]"))
        assert not driver.shows("of an earlier statement")
        await driver.type("1\n")
        await driver.until(lambda: driver.shows("of an earlier statement:", "If you meant pairs"))
        await driver.type("p - t")
        await driver.until(lambda: not driver.shows("of an earlier statement"))


def test_two_that_can_be_compared_are_offered() -> None:
    other, small, alias = facts("x2", (2, 3)), facts("b", (5,)), facts("z", (2, 3), same_as="x2")
    assert offered([X, other, small]) == ("x", "x2")
    assert offered([X, other, alias]) == ("x", "x2")
    assert offered([X, Y]) == ("x", "y")
    assert offered([X]) == ("", "x")
    assert offered([]) == ("", "")


async def test_nothing_is_asked_before_there_is_an_operation() -> None:
    async with opened(repl=True, helper=helping) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x = y")
        await driver.until(lambda: source(driver) == "x = y")
        assert not driver.client.sent(commands.Align)


async def test_a_pane_out_of_sight_asks_nothing_and_in_sight_after_every_run() -> None:
    async with opened(repl=True, answer=answering) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("make()\n")
        await driver.until(lambda: driver.shows("[2]"))
        assert not driver.client.sent(commands.Locate)
        await driver.press("escape", "D")
        await driver.until(lambda: driver.shows("y[0, 0] = offset 0", "shared with x"))
        asked = len(driver.client.sent(commands.Locate))
        await driver.type("again()\n")
        await driver.until(lambda: len(driver.client.sent(commands.Locate)) > asked)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_cursor_walks_and_moves_with_keys_of_the_pane(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size, answer=answering) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("make()\n")
        await driver.press("escape", "D")
        await driver.until(lambda: driver.shows("y[0, 0] = offset 0"))
        await driver.press("f6")
        await driver.until(lambda: driver.app.screen.query_one(MemoryPane).has_focus_within)
        for key, shown in (
            ("full_stop", "y[0, 1] = offset 0 + 0·1 + 1·3 = slot 3"),
            ("down", "y[1, 1] = offset 0 + 1·1 + 1·3 = slot 4"),
            ("left", "y[1, 0]"),
            ("comma", "y[0, 1]"),
            ("0", "y[0, 0]"),
            ("comma", "y[2, 1]"),
            ("right_square_bracket", "x[0, 0] = offset 0"),
        ):
            await driver.press(key)
            await driver.until(lambda shown=shown: driver.shows(shown))  # type: ignore[misc]


async def test_space_plays_to_the_end_and_takes_one_step_without_animations() -> None:
    async with opened(repl=True, answer=answering) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("make()\n")
        await driver.press("escape", "D")
        await driver.until(lambda: driver.shows("y[0, 0] = offset 0"))
        await driver.press("f6", "space")
        await driver.until(lambda: driver.shows("y[2, 1]"))
        driver.app.animation_level = "none"
        await driver.press("0", "space")
        await driver.until(lambda: driver.shows("y[0, 1]"))
        assert driver.app.screen.query_one(MemoryPane)._walk is None


async def test_two_names_are_asked_for_and_offered_again() -> None:
    async with opened(repl=True, answer=answering) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("make()\n")
        await driver.until(lambda: driver.shows("[2]"))
        await driver.press("escape", "C")
        await driver.until(lambda: driver.shows("Compare two tensors", "would fail too: axis -1: 3 vs 2"))
        assert [field.value for field in driver.app.screen.query(Input)] == ["x", "y"]
        await driver.press("end", "ctrl+u")
        await driver.type("nope\n")
        await driver.until(lambda: driver.shows("nope is no tensor with a name. There are: x, y."))
        await driver.press("escape")
        await driver.until(lambda: not driver.shows("Compare two tensors"))
        await driver.press("escape", "C")
        await driver.until(lambda: driver.shows("Compare two tensors"))
        assert [field.value for field in driver.app.screen.query(Input)] == ["x", ""]

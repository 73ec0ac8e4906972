"""The list of tensors and the drawing one can move in."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable

import pytest

from tests.fake import run_well
from tests.render.samples import facts, stats
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.snapshots import Sample, TensorDetail, TensorFacts
from tutor.ui.panes.tensor_drawing import TensorDrawing
from tutor.ui.panes.tensor_list import TensorList
from tutor.worker.probe.sampling import for_drawing

W = facts("W", (100, 80), change="new", nans=1, counted=True)
MISSING = (77, 55)


def answer_with(*tensors: TensorFacts) -> Callable[[commands.Command], list[events.Event]]:
    """A worker with these tensors; element ``i`` (row-major) of each is ``i``, but for one NaN in ``W``."""
    by_path = {fact.path: fact for fact in tensors}

    def look(asked: commands.Inspect) -> TensorDetail:
        fact = by_path[asked.path]
        pick = for_drawing(fact.shape, asked.index, asked.window)
        places: list[tuple[int, ...]] = [()]
        for start, step, count in zip(pick.start, pick.steps, pick.shape, strict=True):
            places = [(*place, start + at * step) for place in places for at in range(count)]
        values = [value(fact, place) for place in places]
        sample = Sample(pick.shape, pick.start, pick.steps, struct.pack(f"<{len(values)}d", *values))
        figures = stats([1.0, 2.0, 3.0], exact=asked.exact or fact.path == "W")
        found = MISSING if asked.after is not None and fact.path == "W" else None
        element = None
        if asked.cursor is not None:
            ones = (1,) * len(fact.shape)
            element = Sample(ones, asked.cursor, ones, struct.pack("<d", value(fact, asked.cursor)))
        return TensorDetail(fact, figures, sample, found=found, element=element)

    def answer(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Inspect):
            return [events.Inspected(command.id, look(command))]
        if isinstance(command, commands.Execute):
            shown = events.NamespaceChanged(command.id, tensors, 0)
            return [events.Started(command.id), shown, events.Finished(command.id, "ok", 0.0)]
        return run_well(command)

    return answer


def value(fact: TensorFacts, place: tuple[int, ...]) -> float:
    if fact.path == "W" and place == MISSING:
        return math.nan
    number = 0
    for size, at in zip(fact.shape, place, strict=True):
        number = number * size + at
    return float(number)


async def into_the_drawing(driver: Driver) -> TensorDrawing:
    await driver.until(lambda: driver.shows("ready"))
    await driver.type("x\n")
    await driver.until(lambda: driver.client.sent(commands.Inspect))
    await driver.press("f6")
    await driver.until(lambda: isinstance(driver.app.focused, TensorList))
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.focused, TensorDrawing))
    return driver.app.screen.query_one(TensorDrawing)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_the_element_under_the_cursor_is_written_out(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size, answer=answer_with(W)) as driver:
        drawing = await into_the_drawing(driver)
        await driver.until(lambda: driver.shows("W[0, 0] = 0", "[]"))
        await driver.press("down", "l")
        cursor = drawing.sight.view.cursor
        assert cursor is not None
        assert min(cursor) > 0
        number = cursor[0] * 80 + cursor[1]
        await driver.until(lambda: driver.shows(f"W[{cursor[0]}, {cursor[1]}] = {number}"))


async def test_zoom_asks_for_a_closer_sample_and_back_for_the_whole() -> None:
    async with opened(repl=True, answer=answer_with(W)) as driver:
        await into_the_drawing(driver)
        await driver.press("plus", "plus", "plus", "plus")
        await driver.until(lambda: driver.shows("rows 0 to", "of 80"))
        asked = driver.client.sent(commands.Inspect)[-1]
        assert isinstance(asked, commands.Inspect)
        assert len(asked.window) == 2
        await driver.press("0")
        await driver.until(lambda: not driver.shows("rows 0 to"))
        asked = driver.client.sent(commands.Inspect)[-1]
        assert isinstance(asked, commands.Inspect)
        assert asked.window == ()


async def test_the_next_nan_is_jumped_to_although_no_sample_held_it() -> None:
    async with opened(repl=True, answer=answer_with(W)) as driver:
        await into_the_drawing(driver)
        await driver.press("full_stop")
        await driver.until(lambda: driver.shows("W[77, 55] = nan"))


async def test_an_element_between_those_that_are_drawn_is_written_out_too() -> None:
    async with opened(repl=True, answer=answer_with(W)) as driver:
        drawing = await into_the_drawing(driver)
        await driver.press("full_stop")
        await driver.until(lambda: driver.shows("W[77, 55] = nan"))
        await driver.press("0")
        await driver.until(lambda: drawing.sight.window == () and driver.shows("shown: every"))
        await driver.until(lambda: driver.shows("W[77, 55] = nan"))
        await driver.press("up")
        row = (drawing.sight.view.cursor or (0,))[0]
        assert row < 77
        await driver.until(lambda: driver.shows(f"W[{row}, 55] = {row * 80 + 55}"))


async def test_where_there_is_no_nan_it_says_so() -> None:
    async with opened(repl=True, answer=answer_with(facts("big", (9, 9), change="new"))) as driver:
        await into_the_drawing(driver)
        await driver.press("full_stop")
        await driver.until(lambda: driver.shows("no NaN, no infinity"))


async def test_figures_of_a_sample_become_exact_on_request_and_stay_so() -> None:
    async with opened(repl=True, answer=answer_with(facts("big", (90, 90), change="new"))) as driver:
        await into_the_drawing(driver)
        await driver.until(lambda: driver.shows("mean ~2", "X exact"))
        await driver.press("X")
        await driver.until(lambda: driver.shows("mean 2"))
        await driver.press("plus", "right")
        await driver.until(lambda: driver.shows("of 90"))
        assert driver.shows("mean 2")


async def test_slices_axes_and_pictures() -> None:
    shape = (4, 3, 10, 10)
    async with opened(repl=True, answer=answer_with(facts("imgs", shape, change="new"))) as driver:
        await into_the_drawing(driver)
        await driver.until(lambda: driver.shows("▀▀▀"))
        await driver.press("right", "down", "enter")
        await driver.until(lambda: driver.shows("imgs[1, 1]", "imgs[1, 1, 0, 0] = 400"))
        await driver.press("greater_than_sign", "right_square_bracket")
        await driver.until(lambda: driver.shows("imgs[1, 2]"))
        await driver.press("enter", "space")
        await driver.until(lambda: driver.shows("red, green and blue"))


async def test_enter_goes_back_to_the_list_and_the_cursor_is_gone() -> None:
    async with opened(repl=True, size=(80, 24), answer=answer_with(W)) as driver:
        await into_the_drawing(driver)
        # Where rows are few the drawing has those of the list meanwhile.
        await driver.until(lambda: not driver.app.screen.query_one(TensorList).display)
        await driver.until(lambda: driver.shows("W[0, 0] = 0"))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.focused, TensorList))
        await driver.until(lambda: not driver.shows("W[0, 0] = 0"))


async def test_keys_pressed_before_the_answer_do_not_move_in_another_tensor() -> None:
    small = facts("small", (3, 3), change="")
    slow = answer_with(small, W)
    silent = False

    def answer(command: commands.Command) -> list[events.Event]:
        return [] if silent and isinstance(command, commands.Inspect) else slow(command)

    async with opened(repl=True, answer=answer) as driver:
        drawing = await into_the_drawing(driver)
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.focused, TensorList))
        silent = True
        await driver.press("up", "enter", "right", "down", "down", "right")
        await driver.until(lambda: driver.app.focused is drawing)
        driver.client.tell(slow(driver.client.sent(commands.Inspect)[-1])[0])
        await driver.until(lambda: driver.shows("small[0, 0] = 0"))


async def test_a_click_moves_the_cursor() -> None:
    async with opened(repl=True, answer=answer_with(W)) as driver:
        drawing = await into_the_drawing(driver)
        await driver.until(lambda: driver.shows("W[0, 0] = 0"))
        await driver.pilot.click(TensorDrawing, offset=(8, 6))
        await driver.until(lambda: drawing.sight.view.cursor not in (None, (0, 0)))


async def test_a_thousand_tensors_are_listed_and_the_last_new_one_is_chosen_and_in_view() -> None:
    many = tuple(facts(f"t{number}", (2, 3), change="new" if number == 700 else "") for number in range(1_000))
    async with opened(repl=True, answer=answer_with(*many)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x\n")
        await driver.until(lambda: driver.shows("+ t700"))
        await driver.press("f6", "end")
        await driver.until(lambda: driver.shows("t999"))
        await driver.press("up", "enter")
        await driver.until(lambda: driver.shows("t998[0, 0] = 0"))


async def test_a_write_in_place_shows_the_tensor_whose_memory_it_is() -> None:
    owner = facts("a", (3, 4), change="modified", shares=("e",))
    view = facts("e", (4,), change="modified", shares=("a",), view_of="a")
    async with opened(repl=True, answer=answer_with(owner, view)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x\n")
        await driver.until(lambda: driver.client.sent(commands.Inspect))
        assert [asked.path for asked in driver.client.sent(commands.Inspect)][-1] == "a"  # type: ignore[union-attr]

"""Cells come back in a later session, and keeping them holds up nothing."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest

from tests.ui.driver import Driver, opened
from tutor.history import FILE_NAME, PastCells
from tutor.paths import data_dir
from tutor.ui.widgets.prompt import Prompt


def prompt(driver: Driver) -> Prompt:
    return driver.app.screen.query_one(Prompt)


async def ready(driver: Driver, cells: int) -> None:
    await driver.until(lambda: driver.shows("ready") and len(prompt(driver).history) == cells)


async def test_cells_of_an_earlier_session_come_after_those_of_this_one() -> None:
    async with opened(repl=True) as driver:
        await ready(driver, 0)
        await driver.type("a = 1\nb = 2\n")
    async with opened(repl=True) as driver:
        await ready(driver, 2)
        await driver.type("c = 3\n")
        shown = []
        for _ in range(3):
            await driver.press("up")
            shown.append(prompt(driver).source)
        assert shown == ["c = 3", "b = 2", "a = 1"]


async def test_cells_of_a_tutor_open_at_the_same_time_appear_after_a_restart() -> None:
    async with opened(repl=True) as driver:
        await ready(driver, 0)
        with closing(PastCells()) as other:
            other.add("theirs = 1")
        await driver.type("mine = 1\n")
        assert prompt(driver).history == ["mine = 1"]
    async with opened(repl=True) as driver:
        await ready(driver, 2)
        assert prompt(driver).history == ["theirs = 1", "mine = 1"]


async def test_a_lesson_and_the_next_share_one_history() -> None:
    async with opened(lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("ready") and driver.app.screen.query(Prompt))
        prompt(driver).focus()
        await driver.type("a = 1\n")
        await driver.press("f2")
        await driver.until(lambda: not driver.app.screen.query(Prompt))
        driver.app.open_repl()
        await driver.until(lambda: driver.app.screen.query(Prompt))
        assert prompt(driver).history == ["a = 1"]


async def test_a_slow_disk_holds_up_no_key_and_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = threading.Event()
    read = PastCells.cells

    def slowly(past: PastCells) -> list[str]:
        assert stuck.wait(60)
        return read(past)

    monkeypatch.setattr(PastCells, "cells", slowly)
    with closing(PastCells()) as past:
        past.add("old = 1")
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a = 1\n")
        await driver.press("up")
        assert prompt(driver).source == "a = 1"
        assert prompt(driver).history == ["a = 1"]
        stuck.set()
        await driver.until(lambda: prompt(driver).history == ["old = 1", "a = 1"])
        await driver.press("up")
        assert prompt(driver).source == "old = 1"
    with closing(PastCells()) as past:
        assert past.cells() == ["old = 1", "a = 1"]


def notices(driver: Driver) -> list[str]:
    return [notice.message for notice in driver.app._notifications]


async def test_a_damaged_history_is_said_once() -> None:
    data_dir().mkdir(parents=True)
    (data_dir() / FILE_NAME).write_bytes(b"no database " * 100)
    async with opened(repl=True) as driver:
        await driver.until(lambda: notices(driver))
        assert "Your history file could not be read" in notices(driver)[0]
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a = 1\nb = 1\n")
        assert len(notices(driver)) == 1
    async with opened(repl=True) as driver:
        await ready(driver, 2)
        assert notices(driver) == []

"""What Esc S keeps is the whole drawing, in the smallest terminal too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fake import run_well
from tests.render import test_leaves
from tests.ui import test_flow_pane, test_shape_views, test_training_pane
from tests.ui.driver import Driver, opened
from tests.ui.panes import test_graph_pane
from tests.ui.panes.test_tensor_pane import W, answer_with, into_the_drawing
from tests.ui.test_free_prompt import written
from tutor.protocol import commands, events
from tutor.protocol.watches import WatchRow

SMALL = (80, 24)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def kept(driver: Driver, name: str) -> str:
    await driver.press("escape", "S")
    await driver.until(lambda: driver.shows(f"tutor-{name}-1.svg"))
    return written(f"tutor-{name}-1.txt")


async def test_of_the_flow_every_operation() -> None:
    async with opened(repl=True, answer=test_flow_pane.scripted, size=SMALL) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("h\n")
        await driver.press("escape", "F")
        await driver.until(lambda: driver.shows("3 relu"))
        text = await kept(driver, "flow")
    for operation in ("1 matmul", "2 add", "3 relu", "contracts j=4", "120 FLOPs"):
        assert operation in text


async def test_of_a_tensor_more_rows_than_the_pane_has_and_neither_cursor_nor_keys() -> None:
    async with opened(repl=True, answer=answer_with(W), size=(100, 30)) as driver:
        drawing = await into_the_drawing(driver)
        await driver.until(lambda: drawing.size.height > 0 and driver.shows("W[0, 0]"))
        text = await kept(driver, "tensors")
    assert len(text.splitlines()) > drawing.size.height
    assert "W[0, 0]" not in text
    assert "back" not in text


async def test_of_a_training_every_layer_and_the_legend() -> None:
    async with opened(repl=True, answer=test_training_pane.scripted, size=SMALL) as driver:
        await test_training_pane.trains(driver)
        text = await kept(driver, "training")
    for words in (*(f"{n}.weight" for n in range(6)), "dw/w: change of a step", "lr 3e-4", "log axis"):
        assert words in text
    assert "pause" not in text


async def test_of_a_graph_every_node_and_the_chosen_one_in_full() -> None:
    async with opened(repl=True, answer=test_graph_pane.scripted, size=SMALL) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "G")
        await driver.until(lambda: driver.shows("** Pow"))
        text = await kept(driver, "graph")
    for words in ("y + Add", "+ Add", "** Pow", "* Mul", "x #1", "freed by backward() (1 saved tensor"):
        assert words in text


async def test_of_the_gradients_every_leaf_and_why_others_have_none() -> None:
    async with opened(repl=True, answer=test_graph_pane.scripted, size=SMALL) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "g")
        await driver.until(lambda: driver.shows("leaf"))
        text = await kept(driver, "gradients")
    assert not [leaf.path for leaf in test_leaves.TABLE.rows if leaf.path not in text]
    assert not [name for name in test_leaves.TABLE.plain if name not in text]


async def test_of_a_watched_value_lines_as_long_as_a_page() -> None:
    long = " ".join(["ten"] * 22)

    def scripted(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Watch):
            rows = tuple(WatchRow(one, "error", long) for one in command.expressions)
            return [events.Watched(command.id, rows, False)]
        if isinstance(command, commands.Execute):
            asked = events.WatchAsked(command.id, "x", True)
            return [events.Started(command.id), asked, events.Finished(command.id, "ok", 0.0)]
        return run_well(command)

    async with opened(repl=True, answer=scripted, size=SMALL) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "j")
        await driver.type("%watch x\n")
        await driver.until(lambda: driver.shows("ten ten"))
        assert not driver.shows(long)
        assert long in await kept(driver, "watch")


async def test_of_the_memory_no_keys() -> None:
    async with opened(repl=True, answer=test_shape_views.answering, size=SMALL) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("y\n")
        await driver.press("escape", "D")
        await driver.until(lambda: driver.shows("Storage of"))
        text = await kept(driver, "memory")
    assert "slot" in text
    assert "arrows" not in text

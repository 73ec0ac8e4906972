"""The descent as a screen, with a worker that is made up."""

from __future__ import annotations

import itertools

from tests.ui.driver import opened
from tests.ui.trainer import Trainer
from tutor.protocol import commands, events
from tutor.ui.screens.descent import DescentScreen
from tutor.ui.screens.repl import ReplScreen


async def test_steps_go_forward_and_back() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("f(x) = x**2", "moves by"))
        await driver.press("right", "right")
        await driver.until(lambda: driver.shows("step 2", "1.28"))
        await driver.press("left")
        await driver.until(lambda: driver.shows("step 1"))
        await driver.press("end")
        await driver.until(lambda: driver.shows("step 20"))
        await driver.press("r")
        await driver.until(lambda: driver.shows("step 0"))


async def test_it_runs_to_its_end_by_itself() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        for _ in range(4):
            await driver.press("greater_than_sign")
        await driver.press("space")
        await driver.until(lambda: driver.shows("step 20", "paused"))


async def test_rate_momentum_start_and_function_are_asked_for_anew() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        seen = [len(driver.client.sent(commands.Descend))]
        for key in ("l", "o", "left_square_bracket", "f", "plus"):
            await driver.press(key)
            seen.append(len(driver.client.sent(commands.Descend)))
        assert all(b == a + 1 for a, b in itertools.pairwise(seen))
        last = driver.client.sent(commands.Descend)[-1]
        assert isinstance(last, commands.Descend)
        assert "x ** 4 / 4" in last.program
        assert "momentum=0.5" in last.program
        assert "lr=0.2" in last.program


async def test_a_function_can_be_typed() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        await driver.press("e")
        await driver.type("x+\n")
        await driver.until(lambda: driver.shows("cannot read that"))
        await driver.press("ctrl+a", "ctrl+k")
        await driver.type("sin(x) + x**2\n")
        await driver.until(lambda: driver.shows("f(x) = sin(x) + x**2"))
        last = driver.client.sent(commands.Descend)[-1]
        assert isinstance(last, commands.Descend)
        assert "from torch import sin" in last.program


async def test_escape_leaves_the_field_and_the_function_as_it_was() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        await driver.press("e", "1", "escape")
        await driver.until(lambda: driver.shows("f(x) = x**2"))
        assert isinstance(driver.app.screen, DescentScreen)


async def test_what_the_worker_cannot_use_is_told() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        trainer.problem = "It divides by 0."
        await driver.press("f")
        await driver.until(lambda: driver.shows("It divides by 0."))


async def test_a_dead_worker_is_told_in_the_descent_too() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        driver.client.tell(events.Died(4242, 3, "", 0))
        await driver.until(lambda: driver.shows("Python is gone"))
        count = len(driver.client.sent(commands.Descend))
        await driver.until(lambda: driver.app.session.state.phase.name == "READY")
        await driver.press("x")
        await driver.until(lambda: len(driver.client.sent(commands.Descend)) > count)
        await driver.until(lambda: not driver.shows("Python is gone"))


async def test_the_descent_is_taken_to_the_prompt() -> None:
    async with opened(answer=Trainer(), play="descent") as driver:
        await driver.until(lambda: driver.shows("moves by"))
        await driver.press("right", "right", "c")
        await driver.until(lambda: isinstance(driver.app.screen, ReplScreen))
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 2)
        last = driver.client.sent(commands.Execute)[-1]
        assert isinstance(last, commands.Execute)
        assert "range(2)" in last.source

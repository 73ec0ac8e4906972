"""The Training pane: it comes to the front with a loop, its layers are walked, its axis is chosen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fake import run_well
from tests.render.test_training import RUN
from tests.ui.driver import Driver, opened
from tests.ui.test_free_prompt import GRADIENTS
from tutor.protocol import commands, events
from tutor.protocol.training import Curve, TrainingSnapshot
from tutor.ui.panes.gradients import GradientPane
from tutor.ui.panes.inspector import Inspector
from tutor.ui.panes.training import TrainingPane

_STEPS = tuple(range(1, 33))
_FALLS = replace(RUN, curves=(Curve("loss", _STEPS, tuple(2.0**-step for step in _STEPS)),))


def scripted(command: commands.Command) -> list[events.Event]:
    """A loop that never ends."""
    if isinstance(command, commands.Execute) and command.source == "train()":
        return [events.Started(command.id), events.TrainingChanged(command.id, _FALLS)]
    return run_well(command)


def _pane(driver: Driver) -> TrainingPane:
    return driver.app.screen.query_one(TrainingPane)


def _tell(driver: Driver, snapshot: TrainingSnapshot) -> None:
    driver.client.tell(events.TrainingChanged(1, snapshot))


def _chosen(driver: Driver) -> list[commands.ChooseLayer]:
    return [one for one in driver.client.sent(commands.ChooseLayer) if isinstance(one, commands.ChooseLayer)]


async def trains(driver: Driver) -> None:
    """Start the loop and look at it."""
    await driver.until(lambda: driver.shows("ready"))
    await driver.type("train()\n")
    await driver.until(lambda: _pane(driver).has_class("-chosen"))
    await driver.press("escape", "T")  # a small terminal shows no pane by itself
    await driver.until(lambda: driver.shows("step 1,240"))


async def test_a_new_run_brings_it_to_the_front_and_news_of_the_same_run_do_not() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await trains(driver)
        await driver.press("escape", "F")
        await driver.until(lambda: not _pane(driver).has_class("-chosen"))
        _tell(driver, replace(_FALLS, step=1300))
        await driver.until(lambda: driver.app.session.state.training == replace(_FALLS, step=1300))
        await driver.pilot.pause()
        assert not _pane(driver).has_class("-chosen")
        _tell(driver, replace(_FALLS, run=2, step=7))
        await driver.until(lambda: _pane(driver).has_class("-chosen") and driver.shows("step 7"))


async def test_the_first_backward_of_a_loop_does_not_bring_the_gradients_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begins(command: commands.Command) -> list[events.Event]:
        if not isinstance(command, commands.Execute):
            return run_well(command)
        return [events.Started(command.id), events.GradientsChanged(command.id, GRADIENTS)]

    async with opened(repl=True, answer=begins) as driver:
        await driver.until(lambda: driver.shows("ready"))
        chosen: list[str] = []
        inspector = driver.app.screen.query_one(Inspector)
        choose = inspector.choose

        def noted(name: str) -> None:
            chosen.append(name)
            choose(name)

        monkeypatch.setattr(inspector, "choose", noted)
        await driver.type("train()\n")
        await driver.until(lambda: driver.app.session.state.gradients is not None)
        _tell(driver, _FALLS)
        await driver.until(lambda: _pane(driver).has_class("-chosen"))
        assert chosen == ["training"]


async def test_a_backward_with_no_loop_around_it_brings_the_gradients_when_the_run_ends_or_soon() -> None:
    for ends in (True, False):

        def once(command: commands.Command, ends: bool = ends) -> list[events.Event]:
            if not isinstance(command, commands.Execute):
                return run_well(command)
            told: list[events.Event] = [events.Started(command.id), events.GradientsChanged(command.id, GRADIENTS)]
            return [*told, events.Finished(command.id, "ok", 0.1)] if ends else told

        async with opened(repl=True, answer=once) as driver:
            await driver.until(lambda: driver.shows("ready"))
            await driver.type("y.backward()\n")
            await driver.until(lambda: driver.app.screen.query_one(GradientPane).has_class("-chosen"))


async def test_arrows_choose_the_layer_whose_gradients_are_drawn_and_stop_at_the_ends() -> None:
    async with opened(repl=True, answer=scripted, size=(80, 24)) as driver:
        await trains(driver)
        await driver.press("f6")
        await driver.until(lambda: driver.shows("▸ 1.weight", "model.1.weight"))
        await driver.press("down")
        await driver.until(lambda: driver.shows("▸ 2.weight", "model.2.weight"))
        await driver.press("up", "up", "up", "up")
        await driver.until(lambda: driver.shows("▸ 0.weight", "model.0.weight"))
        await driver.press(*["down"] * 8)
        await driver.until(lambda: driver.shows("▸ 5.weight", "model.5.weight"))
        assert [asked.path for asked in _chosen(driver)][:1] == ["model.2.weight"]
        assert _chosen(driver)[-1].path == "model.5.weight"
        asked = len(_chosen(driver))
        _tell(driver, replace(_FALLS, run=2))
        await driver.until(lambda: [one.path for one in _chosen(driver)[asked:]] == ["model.5.weight"])


async def test_l_goes_from_the_axis_that_suits_to_a_logarithmic_and_a_linear_one() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await trains(driver)
        await driver.press("f6")
        await driver.until(lambda: driver.shows("log axis"))  # it falls by nine powers of ten
        await driver.press("l", "l")
        await driver.until(lambda: not driver.shows("log axis"))
        await driver.press("l")
        await driver.until(lambda: driver.shows("log axis"))

"""The playground as a screen, with a worker that is made up."""

from __future__ import annotations

import pytest

from tests.ui.driver import Driver, opened
from tests.ui.trainer import Trainer
from tutor.playground.settings import Settings
from tutor.protocol import commands, events
from tutor.protocol.playground import Sign
from tutor.ui.play_keys import DESCENT_KEYS, PLAY_KEYS
from tutor.ui.screens.descent import DescentScreen
from tutor.ui.screens.play import PlayScreen
from tutor.ui.screens.repl import ReplScreen

SETTINGS = {
    "d": "data",
    "n": "noise",
    "p": "share",
    "s": "seed",
    "a": "activation",
    "o": "optimiser",
    "b": "batch",
    "g": "penalty",
    "w": "strength",
}


def asked(driver: Driver) -> commands.Play:
    last = driver.client.sent(commands.Play)[-1]
    assert isinstance(last, commands.Play)
    return last


def settings(driver: Driver) -> Settings:
    screen = driver.app.screen
    assert isinstance(screen, PlayScreen)
    return screen.settings


async def shown(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("class 0", "train"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 18)])
async def test_it_opens_with_everything_in_place(size: tuple[int, int]) -> None:
    async with opened(size=size, answer=Trainer(), play="network") as driver:
        await driver.until(lambda: driver.shows("Playground", "circle", "paused", "train"))
        look = asked(driver).look
        if size[0] >= 80:
            assert driver.shows("x1", "out", "‖grad‖")
        # A square on the screen: a line is two values, a cell twice as high as wide.
        assert abs(look.columns - look.rows) <= 2


async def test_space_runs_and_pauses_and_enter_makes_one_step() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        assert trainer.steps == 0
        await driver.press("enter")
        await driver.until(lambda: trainer.steps == 1)
        await driver.press("space")
        await driver.until(lambda: trainer.steps > 200 and driver.shows("running"))
        await driver.press("space")
        await driver.until(lambda: driver.shows("paused"))
        count = len(driver.client.sent(commands.Play))
        await driver.press("t", "u", "y")
        assert len(driver.client.sent(commands.Play)) <= count + 1


async def test_only_one_question_is_under_way() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        trainer.silent = True
        await driver.press("space")
        await driver.until(lambda: asked(driver).steps > 1)
        count = len(driver.client.sent(commands.Play))
        await driver.pilot.pause(0.2)
        assert len(driver.client.sent(commands.Play)) == count


async def test_every_setting_has_a_key_and_begins_anew() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        for key, field in SETTINGS.items():
            before, run = settings(driver), asked(driver).run
            await driver.press(key)
            assert getattr(settings(driver), field) != getattr(before, field), key
            assert asked(driver).run != run, key
            assert asked(driver).program
            await driver.press(key.upper())
            assert settings(driver) == before, key
        await driver.press("3")
        assert settings(driver).inputs == ("x1", "x2", "x1²")
        await driver.press("right_square_bracket", "plus")
        assert settings(driver).layers == (4, 2, 3)
        await driver.press("left_square_bracket", "minus")
        assert settings(driver).layers == (4, 1)


async def test_the_rate_changes_without_beginning_again() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        await driver.press("space")
        await driver.until(lambda: trainer.steps > 100)
        run = asked(driver).run
        await driver.press("l")
        await driver.until(lambda: asked(driver).rate == 0.1)
        assert asked(driver).run == run
        assert driver.shows("running")


async def test_arrows_go_through_the_list_and_change_what_is_chosen() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        before = settings(driver)
        await driver.press("down", "right")
        assert settings(driver).noise > before.noise
        await driver.press("up", "left")
        assert settings(driver).data == "moons"


async def test_tab_shows_one_neuron_in_the_large_map() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        await driver.press("tab")
        await driver.until(lambda: driver.shows("hidden 1, neuron 1"))
        await driver.press("down", "right")
        await driver.until(lambda: (asked(driver).look.layer, asked(driver).look.neuron) == (2, 1))
        assert driver.shows("hidden 2, neuron 2")
        await driver.press("escape")
        await driver.until(lambda: asked(driver).look.layer == -1)
        assert driver.shows("Answer")


async def test_fewer_layers_take_the_chosen_neuron_along() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        await driver.press("tab", "right")
        await driver.until(lambda: asked(driver).look.layer == 2)
        trainer.widths = (2, 4)
        await driver.press("left_square_bracket")
        await driver.until(lambda: asked(driver).look.layer == 1)
        assert driver.shows("hidden 1, neuron 1")


async def test_zoom_gives_each_part_the_screen_and_escape_gives_it_back() -> None:
    async with opened(size=(80, 24), answer=Trainer(), play="network") as driver:
        await shown(driver)
        columns = asked(driver).look.columns
        await driver.press("z")
        await driver.until(lambda: asked(driver).look.columns > columns)
        assert not driver.shows("optimiser")
        await driver.press("z")
        await driver.until(lambda: driver.shows("out") and not driver.shows("class 0"))
        await driver.press("z")
        await driver.until(lambda: driver.shows("train") and not driver.shows("out"))
        await driver.press("escape")
        await driver.until(lambda: driver.shows("optimiser", "out"))


async def test_a_sign_is_told_in_words() -> None:
    trainer = Trainer()
    trainer.changes = {"sign": Sign("stalled", (1000.0,))}
    async with opened(answer=trainer, play="network") as driver:
        await driver.until(lambda: driver.shows("Stalled"))


async def test_what_has_no_numbers_any_more_is_paused() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        await driver.press("space")
        await driver.until(lambda: driver.shows("running"))
        trainer.changes = {"sign": Sign("diverged", (0.7,)), "train_loss": float("nan")}
        await driver.until(lambda: driver.shows("Diverged", "paused"))


async def test_a_dead_worker_is_told_and_x_begins_again() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        await driver.press("space")
        await driver.until(lambda: trainer.steps > 40)
        driver.client.tell(events.Died(4242, -9, "SIGKILL", 0))
        await driver.until(lambda: driver.shows("Python is gone", "paused"))
        run = asked(driver).run
        await driver.press("space")
        assert driver.shows("paused")
        await driver.press("x")
        await driver.until(lambda: asked(driver).run != run and not driver.shows("Python is gone"))
        assert asked(driver).program


async def test_x_on_a_living_worker_asks_first() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        starts = driver.client.starts
        await driver.press("x")
        await driver.until(lambda: driver.shows("x again does it"))
        assert driver.client.starts == starts
        await driver.press("x")
        await driver.until(lambda: driver.client.starts > starts)


async def test_a_program_that_fails_is_told() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        session = driver.app.session
        driver.client.tell(events.Played(session._looks[events.Played], None, "ValueError: no"))
        await driver.until(lambda: driver.shows("could not be run", "ValueError: no"))


async def test_while_the_learners_code_runs_it_says_that_it_waits() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        driver.client.tell(events.Started(99))
        await driver.until(lambda: driver.shows("Your own code is running"))
        driver.client.tell(events.Finished(99, "ok", 1.0))
        await driver.until(lambda: not driver.shows("Your own code is running"))


async def test_c_takes_the_code_to_the_prompt_and_runs_it() -> None:
    trainer = Trainer()
    async with opened(answer=trainer, play="network") as driver:
        await shown(driver)
        await driver.press("l", "enter", "enter")
        await driver.until(lambda: trainer.steps == 2)
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, ReplScreen))
        await driver.until(lambda: len(driver.client.sent(commands.Execute)) == 2)
        program, loop = (
            command.source
            for command in driver.client.sent(commands.Execute)
            if isinstance(command, commands.Execute)
        )
        assert "model = nn.Sequential(" in program
        assert "lr=0.1" in program
        assert "for _ in range(2):" in loop
        await driver.until(lambda: "train_step()" in driver.transcript)


async def test_while_python_starts_the_prompt_says_what_waits() -> None:
    async with opened(answer=Trainer(), play="network", ready=False) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, PlayScreen))
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, ReplScreen))
        await driver.until(lambda: driver.shows("waiting to run: import math and 1 more"))
        assert not driver.client.sent(commands.Execute)


async def test_settings_are_remembered_and_the_prompt_is_still_there() -> None:
    async with opened(answer=Trainer(), repl=True) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, ReplScreen))
        prompt = driver.app.screen
        await driver.press("escape", "Y")
        await driver.until(lambda: isinstance(driver.app.screen, PlayScreen))
        await shown(driver)
        await driver.press("d", "escape")
        await driver.until(lambda: driver.app.screen is prompt)
        await driver.press("escape", "Y")
        await driver.until(lambda: isinstance(driver.app.screen, PlayScreen) and driver.shows("xor"))


async def test_home_opens_both_views() -> None:
    async with opened(answer=Trainer()) as driver:
        await driver.until(lambda: driver.shows("The playground"))
        await driver.press("p")
        await driver.until(lambda: isinstance(driver.app.screen, PlayScreen))
        await driver.press("escape", "end", "enter")
        await driver.until(lambda: isinstance(driver.app.screen, DescentScreen))


@pytest.mark.parametrize("view", ["network", "descent"])
async def test_help_names_every_key(view: str) -> None:
    async with opened(size=(120, 60), answer=Trainer(), play=view) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, (PlayScreen, DescentScreen)))
        await driver.press("question_mark")
        keys = PLAY_KEYS if view == "network" else DESCENT_KEYS
        await driver.until(lambda: driver.shows(keys[0].help, keys[3].shown))


async def test_the_palette_offers_what_the_keys_do() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        titles = [command.title for command in driver.app.get_system_commands(driver.app.screen)]
        assert "Run and pause" in titles
        assert len(titles) == len({*titles})


async def test_one_view_takes_the_others_place() -> None:
    async with opened(answer=Trainer(), play="network") as driver:
        await shown(driver)
        await driver.press("v")
        await driver.until(lambda: isinstance(driver.app.screen, DescentScreen))
        await driver.press("v")
        await driver.until(lambda: isinstance(driver.app.screen, PlayScreen))
        await driver.press("escape")
        await driver.until(lambda: len(driver.app.screen_stack) == 1)

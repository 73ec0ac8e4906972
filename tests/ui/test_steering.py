"""The training loop that runs, steered from the Training pane and from anywhere; the runs that are kept."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.fake import run_well
from tests.render.runs_samples import training
from tests.ui.driver import Driver, opened
from tests.ui.test_kinds_of_steps import focused
from tutor.protocol import commands, events
from tutor.session import event_file
from tutor.ui.actions import END_TRAINING, LOWER_RATE, PAUSE, RAISE_RATE, RUNS, STEP
from tutor.ui.panes.training import TrainingPane
from tutor.ui.widgets.prompt import Prompt


class _Loop:
    """A cell whose loop does what it is told, as the worker's answers say it."""

    def __init__(self) -> None:
        self.held = False

    def __call__(self, command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute) and command.source == "train()":
            return [events.Started(command.id), events.TrainingChanged(command.id, training(state="running"))]
        if isinstance(command, commands.Interrupt):
            return [events.Finished(command.id, "interrupted", 0.0)]
        if not isinstance(command, commands.Steer):
            return run_well(command)
        told = {
            "pause": events.Steered(command.id, "paused"),
            "step": events.Steered(command.id, "paused"),
            "resume": events.Steered(command.id, "running"),
            "rate": events.Steered(command.id, "rate", 0.1, 0.1 * command.rate, 1),
            "stop": events.Steered(command.id, "stopping"),
        }[command.wish]
        return [told, events.Finished(command.id, "stopped", 0.0)] if command.wish == "stop" else [told]


@contextlib.asynccontextmanager
async def _training(size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    async with opened(repl=True, answer=_Loop(), size=size) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("train()\n")
        await driver.until(lambda: driver.app.session.state.runs.kept)
        yield driver


def _wishes(driver: Driver) -> list[tuple[str, float]]:
    return [
        (wish.wish, wish.rate) for wish in driver.client.sent(commands.Steer) if isinstance(wish, commands.Steer)
    ]


async def _into_pane(driver: Driver) -> None:
    await driver.press("escape", "T")
    await driver.until(lambda: driver.app.screen.query_one(TrainingPane).has_class("-chosen"))
    await driver.press("f6")
    await driver.until(lambda: driver.app.screen.query_one(TrainingPane).has_focus_within)


async def test_keys_of_the_pane_steer_the_loop_and_its_line_names_them() -> None:
    async with _training() as driver:
        await _into_pane(driver)
        await driver.until(lambda: driver.shows("Space pause", ". step", "x stop"))
        await driver.press("space")
        await driver.until(lambda: driver.shows("‖ paused · Space", "go on", "‖ training paused"))
        await driver.press(".", "s", "+", "-", "space")
        await driver.until(lambda: driver.shows("pause") and not driver.shows("paused"))
        await driver.press("x")
        await driver.until(lambda: driver.shows("Training stopped between two steps."))
        running = driver.client.sent(commands.Execute)[-1].id
        assert {wish.id for wish in driver.client.sent(commands.Steer)} == {running}
        assert _wishes(driver) == [
            *(("pause", 0.0), ("step", 0.0), ("step", 0.0)),
            *(("rate", 2.0), ("rate", 0.5), ("resume", 0.0), ("stop", 0.0)),
        ]
        assert "Learning rate 0.1 → 0.2." in driver.transcript


async def test_the_same_is_done_from_the_prompt_while_the_loop_runs() -> None:
    async with _training() as driver:
        assert driver.app.screen.query_one(Prompt).has_focus_within
        for letter in ("P", "N", "U", "H", "P", "X"):
            await driver.press("escape", letter)
            await driver.pilot.pause()
        await driver.until(lambda: driver.app.session.state.running == 0)
        assert [wish for wish, _ in _wishes(driver)] == ["pause", "step", "rate", "rate", "resume", "stop"]


async def test_its_line_names_the_keys_that_work_where_the_focus_is() -> None:
    anywhere = "Esc, then P pause  N step  U H rate  X stop"
    assert [action.letter for action in (PAUSE, STEP, RAISE_RATE, LOWER_RATE, END_TRAINING, RUNS)] == [*"PNUHXR"]
    async with _training() as driver:
        await driver.press("escape", "T")
        await driver.until(lambda: driver.shows(anywhere) and not driver.shows("Space"))
        await _into_pane(driver)
        await driver.until(lambda: driver.shows("Space pause") and not driver.shows(anywhere))
        await driver.press("f6")
        await driver.until(lambda: driver.shows(anywhere) and not driver.shows("Space"))
        await driver.press("escape", "X")
        await driver.until(lambda: driver.shows("1 run kept   Esc R: compare"))


async def test_with_nothing_to_steer_it_is_said() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "P")
        await driver.until(lambda: driver.shows("Nothing runs"))
        assert not driver.client.sent(commands.Steer)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("no rate", "There is no learning rate to change"),
        ("waiting", "No step of a training loop has ended"),
        ("late", "The code ended before a step"),
    ],
)
async def test_a_wish_that_came_to_nothing_is_answered_in_words(outcome: str, words: str) -> None:
    async with _training() as driver:
        driver.client.tell(events.Steered(1, outcome))
        await driver.until(lambda: words in " ".join(driver.transcript.split()))


async def test_ctrl_c_ends_the_pause_on_the_screen() -> None:
    async with _training() as driver:
        await driver.press("escape", "P")
        await driver.until(lambda: driver.shows("training paused"))
        await driver.press("ctrl+c")
        await driver.until(lambda: not driver.shows("training paused"))


def _more(driver: Driver, *speeds: float) -> None:
    for number, speed in enumerate(speeds, 2):
        told = replace(training(number, 100 * number, speed=speed, rate=1 / number), cell=number)
        driver.client.tell(events.TrainingChanged(1, told))


async def test_runs_are_listed_chosen_named_and_drawn_together() -> None:
    async with _training() as driver:
        _more(driver, 2.0, 8.0)
        await driver.press("escape", "R")
        await driver.until(lambda: driver.shows("run 3 ·", "run 2 ·", "run 1 ·"))
        await driver.press("enter", "down", "enter")
        await driver.until(lambda: driver.shows("o run 3", "+ run 2", "log axis"))
        await driver.press("n")
        field = driver.app.screen.query_one("#training-name", Input)
        await driver.until(lambda: field.has_focus)
        field.value = ""
        await driver.type("slow n w\n")
        await driver.until(lambda: driver.shows("+ slow n w"))
        assert driver.app.session.state.runs.kept[1].name == "slow n w"
        await driver.press("n", "escape")
        await driver.until(lambda: not field.display)
        await driver.press("enter")
        await driver.until(lambda: not driver.shows("+ slow"))
        await driver.press("k")
        await driver.until(lambda: not driver.shows("slow n w"))


async def test_no_more_than_four_runs_are_drawn() -> None:
    async with _training() as driver:
        _more(driver, 2.0, 3.0, 4.0, 5.0)
        await driver.press("escape", "R")
        await driver.until(lambda: driver.shows("run 5 ·"))
        for _ in range(5):
            await driver.press("enter", "down")
        await driver.until(lambda: driver.shows("At most four runs are drawn"))
        assert driver.shows("* run 2")


async def test_files_are_written_beside_each_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(event_file, "installed", lambda: False)
    (tmp_path / "tutor-training-1.svg").touch()
    async with _training() as driver:
        await driver.press("escape", "R")
        await driver.until(lambda: driver.shows("run 1 ·"))
        await focused(driver, "training-runs-list")
        await driver.press("w")
        await driver.until(lambda: "pip install tensorboard" in driver.text_of("#waiting"))
    assert (tmp_path / "tutor-training-2.csv").read_text().startswith("run,step,loss")
    assert "<polyline" in (tmp_path / "tutor-training-2.svg").read_text()


async def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def refuse(*_arguments: object, **_options: object) -> int:
        raise PermissionError(13, "Permission denied", "tutor-training-1.csv")

    async with _training() as driver:
        await driver.press("escape", "R")
        await driver.until(lambda: driver.shows("run 1 ·"))
        await focused(driver, "training-runs-list")
        monkeypatch.setattr(Path, "write_text", refuse)
        await driver.press("w")
        await driver.until(lambda: "could not be written: Permission denied" in driver.text_of("#waiting"))


async def test_it_is_usable_in_a_small_terminal() -> None:
    async with _training((80, 24)) as driver:
        await _into_pane(driver)
        await driver.until(lambda: driver.shows("Space: pause", ".: one step", "x: stop"))
        await driver.press("k")
        await driver.until(lambda: driver.shows("run 1 ·", "loss", "k: back"))

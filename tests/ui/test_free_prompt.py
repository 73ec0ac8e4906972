"""The free prompt: what is typed runs, what comes of it is shown."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tests.fake import run_well
from tests.ui.driver import opened
from tutor.protocol import commands, events
from tutor.protocol.failures import ErrorReport, Frame
from tutor.protocol.gradients import (
    GradientGraph,
    GradientSnapshot,
    GraphNode,
    LeafGradient,
)
from tutor.protocol.snapshots import (
    Sample,
    Stats,
    TensorDetail,
    TensorFacts,
)
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.prompt import Prompt

X = TensorFacts(
    "x", "Tensor", "float32", (2, 3), (3, 1), 0, "cpu", "strided", False, True, None, False, 24, True, (), "new"
)
DETAIL = TensorDetail(
    X,
    Stats(6, 0.0, 5.0, 2.5, 1.7, 1, 0, 0, exact=True),
    Sample((2, 3), (0, 0), (1, 1), struct.pack("<6d", *range(6))),
)
GRADIENTS = GradientSnapshot(
    1,
    (9.0,),
    (6.0,),
    (LeafGradient("w", "float32", (), 2.0, 6.0, struct.pack("<d", 2.0), struct.pack("<d", 6.0)),),
    0,
    GradientGraph(
        (GraphNode("PowBackward0", "", (), (1,), 1.0, 1.0), GraphNode("AccumulateGrad", "w", (), (), 6.0, 6.0)), 2
    ),
    live=False,
)

BAD = Frame("<cell 1>", 1, 1, 0, 3, "<module>", "bad", own=True)


def scripted(command: commands.Command) -> list[events.Event]:
    """A worker that knows three cells."""
    number = command.id
    if isinstance(command, commands.Inspect):
        return [events.Inspected(number, DETAIL)]
    if not isinstance(command, commands.Execute):
        return run_well(command)
    middle: dict[str, list[events.Event]] = {
        "x": [events.Displayed(number, "tensor(…)", "Tensor", None), events.NamespaceChanged(number, (X,), 0)],
        "print('[red]hi')": [events.Output("stdout", "[red]hi\n")],
        "y.backward()": [events.GradientsChanged(number, GRADIENTS)],
        "bad": [events.Failed(number, (ErrorReport("NameError", "name 'bad' is not defined", (BAD,)),))],
    }
    status = "error" if command.source == "bad" else "ok"
    return [events.Started(number), *middle.get(command.source, []), events.Finished(number, status, 0.5)]


async def test_a_value_a_tensor_and_its_drawing_appear() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("Free prompt", "ready"))
        await driver.type("x\n")
        await driver.until(lambda: "tensor(…)" in driver.transcript)
        await driver.until(lambda: driver.shows("f32", "[2, 3]", "24 B", "mean 2.5"))
        # In the list and above the drawing: both have the pane's whole width from the first tensor on.
        await driver.until(lambda: driver.screen.count("x  f32  [2, 3]  cpu") == 2)


async def test_printed_markup_is_text() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("print('[red]hi')\n")
        await driver.until(lambda: "\n[red]hi" in driver.transcript)
        await driver.until(lambda: driver.shows("[red]hi"))


async def test_gradients_come_to_the_front() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("y.backward()\n")
        await driver.until(lambda: driver.shows("PowBackward0", "w"))


async def test_an_error_shows_the_learners_line_and_the_message() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("bad\n")
        await driver.until(lambda: "NameError: name 'bad' is not defined" in driver.transcript)
        assert "^^^" in driver.transcript


async def test_the_time_of_a_slow_cell_is_marked() -> None:
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x\n")
        await driver.until(lambda: driver.shows("0.5 s"))


async def test_code_typed_while_torch_loads_waits_and_then_runs() -> None:
    async with opened(repl=True, ready=False) as driver:
        driver.client.tell(events.Loading("torch"))
        await driver.until(lambda: driver.shows("loading torch"))
        await driver.type("x = 1\n")
        await driver.until(lambda: driver.shows("waiting to run: x = 1"))
        assert not driver.client.sent(commands.Execute)
        driver.client.ready()
        await driver.until(lambda: "[1] x = 1" in driver.transcript)
        await driver.until(lambda: not driver.shows("waiting to run"))


async def test_ctrl_c_interrupts_and_does_not_quit() -> None:
    def endless(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Interrupt):
            return [events.Finished(command.id, "interrupted", 1.0)]
        return [events.Started(command.id)]

    async with opened(repl=True, answer=endless) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("loop()\n")
        await driver.until(lambda: driver.shows("running"))
        await driver.press("ctrl+c")
        await driver.until(lambda: "Stopped. Your variables are still here." in driver.transcript)
        await driver.press("ctrl+c", "ctrl+c")
        await driver.until(lambda: "To leave press Ctrl+Q" in driver.transcript)
        assert driver.app.is_running


async def test_a_dead_worker_is_told_in_one_sentence() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        driver.client.tell(events.Died(1, 3, "", 0))
        await driver.until(lambda: "it exited with code 3" in driver.transcript)
        await driver.until(lambda: driver.shows("ready"))


async def test_without_torch_the_bar_names_the_command_that_installs_it() -> None:
    async with opened(repl=True, ready=False) as driver:
        driver.client.tell(events.Ready(1, 2, "3.11.7", "/usr/bin/python3", None, "ModuleNotFoundError"))
        await driver.until(
            lambda: driver.shows("no torch in this Python", "/usr/bin/python3 -m pip install torch")
        )


async def test_input_is_asked_in_the_prompt_and_answered() -> None:
    def asking(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute):
            return [events.Started(command.id), events.InputRequested(command.id, "name? ", False)]
        if isinstance(command, commands.Reply):
            return [events.Finished(command.id, "ok", 0.1)]
        return run_well(command)

    async with opened(repl=True, answer=asking) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("input('name? ')\n")
        await driver.until(lambda: driver.shows("name? ", "waits for input"))
        await driver.type("Ada\n")
        await driver.until(lambda: driver.client.sent(commands.Reply))
        assert driver.client.sent(commands.Reply)[0] == commands.Reply(1, "Ada")
        await driver.until(lambda: "name? Ada" in driver.transcript)


async def test_restart_asks_first() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        before = driver.client.starts
        await driver.press("escape", "x")
        await driver.until(lambda: "forgets every variable" in driver.transcript)
        assert driver.client.starts == before
        await driver.press("escape", "x")
        await driver.until(lambda: driver.client.starts == before + 1)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60), (60, 18)])
async def test_every_size_shows_prompt_state_and_keys(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("[1]", "ready", "Help"))
        await driver.type("x\n")
        await driver.until(lambda: "tensor(…)" in driver.transcript)
        await driver.press("f6")
        await driver.until(lambda: driver.shows("f32", "[2, 3]"))


async def test_a_window_too_small_says_so_and_comes_back() -> None:
    async with opened(repl=True, size=(50, 12)) as driver:
        await driver.until(lambda: driver.shows("The tutor needs 60×18", "50×12"))
        await driver.pilot.resize_terminal(90, 30)
        await driver.until(lambda: driver.shows("[1]", "ready"))


async def test_esc_and_a_letter_typed_fast_are_one_key_and_do_the_same() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a")
        await driver.press("alt+question_mark")
        await driver.until(lambda: driver.shows("Esc closes"))
        await driver.press("escape")
        await driver.press("alt+x")
        await driver.until(lambda: "forgets every variable" in driver.transcript)
        assert driver.app.screen.query_one(Prompt).source == "a"


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_a_zoomed_console_has_the_whole_width(size: tuple[int, int]) -> None:
    async with opened(repl=True, size=size) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("f9")
        await driver.until(lambda: driver.app.screen.query_one("#console").size.width > size[0] - 6)
        await driver.press("f9")
        await driver.until(
            lambda: driver.app.screen.query_one("#console").size.width < size[0] - 6 or size[0] < 100
        )


def written(name: str) -> str:
    return Path(name).read_text("utf-8")


async def test_the_drawing_in_front_is_saved_as_a_picture_and_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x\n")
        await driver.until(lambda: driver.shows("mean 2.5"))
        await driver.press("escape", "S")
        await driver.until(lambda: driver.shows("tutor-tensors-1.svg"))
        await driver.press("escape", "S")
        await driver.until(lambda: driver.shows("tutor-tensors-2.svg"))
    assert "mean 2.5" in written("tutor-tensors-1.txt")
    assert written("tutor-tensors-1.svg").startswith("<svg")


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tutor-tensors-1.svg").symlink_to(tmp_path / "missing" / "file")
    monkeypatch.chdir(tmp_path)
    async with opened(repl=True, answer=scripted) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("escape", "S")
        await driver.until(lambda: driver.shows("could not be written", "tutor-tensors-1.svg"))


async def test_the_footer_names_what_can_be_done_now() -> None:
    async with opened(repl=True, answer=lambda _: [], size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.until(lambda: driver.shows("f12 Editor", "^q Quit"))
        assert "^c Stop" not in driver.screen
        await driver.type("input()\n")
        driver.client.tell(events.Started(1))
        await driver.until(lambda: driver.shows("^c Stop"))
        driver.client.tell(events.InputRequested(1, "name? ", False))
        await driver.until(lambda: driver.shows("Answer", "^c Stop"))
        driver.client.tell(events.Finished(1, "ok", 0.1))
        await driver.until(lambda: not driver.shows("Stop") and not driver.shows("Answer"))


async def test_a_worker_that_eats_the_machine_is_pointed_out() -> None:
    async with opened(repl=True, size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready", "123 MB") or driver.shows("ready", "117"))
        bar = driver.app.screen.query_one(DeviceBar)
        assert "!" not in str(bar.render())
        bar._machine = 200_000_000
        assert "! " in str(bar.render())


async def test_the_number_of_a_long_cell_goes_with_its_first_line() -> None:
    async with opened(repl=True, size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready"))
        prompt = driver.app.screen.query_one(Prompt)
        prompt.load("\n".join(f"line{n} = {n}" for n in range(12)))
        await driver.until(lambda: driver.shows("line11") and not driver.shows("line0 "))
        await driver.until(lambda: driver.shows("↑ line") and not driver.shows("[1]"))
        prompt.load("short = 1")
        await driver.until(lambda: driver.shows("[1] short"))

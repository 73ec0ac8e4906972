"""Free play by keyboard, with a fake worker."""

from __future__ import annotations

from contextlib import closing

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.progress import Progress
from tutor.protocol import commands, events
from tutor.protocol.freeplay import PlayName
from tutor.ui.widgets.prompt import Prompt

MADE = (PlayName("mine", "tensor [2]", "changed"), PlayName("deep", "int", "new"))


class Worker:
    """Plays, or says why it does not."""

    def __init__(
        self, missing: tuple[PlayName, ...] = (), problem: str = "", made: tuple[PlayName, ...] = MADE
    ) -> None:
        self.missing = missing
        self.problem = problem
        self.made = made

    def __call__(self, command: commands.Command) -> list[events.Event]:
        if not isinstance(command, commands.FreePlay):
            return run_well(command)
        match command.verb:
            case "copy":
                answer = events.FreePlayed(command.id, not self.problem, self.missing, self.problem)
            case "names":
                answer = events.FreePlayed(command.id, True, self.made)
            case "leave":
                brought = tuple(PlayName(name, "int", "") for name in command.bring)
                answer = events.FreePlayed(command.id, False, brought)
            case _:
                answer = events.FreePlayed(command.id, True)
        return [events.Started(command.id), answer, events.Finished(command.id, "ok", 0.01)]


async def _in_play(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("Make centred"))
    driver.app.screen.query_one(Prompt).focus()
    await driver.press("escape", "L")
    await driver.until(lambda: driver.shows("FREE PLAY: nothing here counts", "play [1]", "● free play"))


async def test_nothing_done_in_play_is_kept_or_judged() -> None:
    async with opened(answer=Worker(made=()), lesson="broadcasting#centre") as driver:
        await _in_play(driver)
        judged = len(driver.client.sent(commands.Check))
        await driver.type("centred = 1\n")
        await driver.until(lambda: "[1] centred = 1" in driver.transcript and driver.shows("play [2]"))
        for keys in (("f8",), ("f7",), ("f3",), ("escape", "s")):
            await driver.press(*keys)
            await driver.until(lambda: driver.shows("This is free play. Esc L goes back to the lesson first."))
            driver.app.screen.query_one(Prompt).focus()
        await driver.press("escape", "L")
        await driver.until(lambda: driver.shows("Back in the lesson", "5/5") and not driver.shows("FREE PLAY"))
        assert driver.shows("[2]", "● ready")
        assert not driver.shows("play [2]")
        assert len(driver.client.sent(commands.Check)) == judged
    with closing(Progress()) as progress:
        assert progress.cells("broadcasting") == []
        assert progress.attempts("broadcasting", "centre") == []


async def test_names_are_chosen_to_come_along_or_play_goes_on() -> None:
    async with opened(answer=Worker(), lesson="broadcasting#centre", size=(80, 24)) as driver:
        await _in_play(driver)
        await driver.press("escape", "L")
        await driver.until(lambda: driver.shows("[ ] mine  changed  tensor [2]", "[ ] deep  new      int"))
        await driver.press("escape")
        await driver.until(lambda: not driver.shows("bring variables back"))
        assert driver.shows("FREE PLAY")
        await driver.press("escape", "L")
        await driver.until(lambda: driver.shows("[ ] mine"))
        await driver.press("a")
        await driver.until(lambda: driver.shows("[x] mine", "[x] deep"))
        await driver.press("space", "enter")
        await driver.until(lambda: "`deep` came along." in driver.transcript)
        (left,) = (c for c in driver.client.sent(commands.FreePlay) if getattr(c, "verb", "") == "leave")
        assert getattr(left, "bring", None) == ("deep",)
        assert not driver.shows("FREE PLAY")


async def test_what_is_not_in_the_copy_is_named_with_the_reason() -> None:
    lines = PlayName("lines", "generator", "a generator cannot be copied")
    async with opened(answer=Worker((lines,)), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred"))
        # What asks a question is not run again by itself.
        driver.app.screen.query_one(Prompt).focus()
        await driver.type("x = input()\n")
        await driver.until(lambda: "[1] x = input()" in driver.transcript)
        await driver.press("escape", "L")
        await driver.until(lambda: driver.shows("Not in the copy", "`lines` (a generator cannot be"))


async def test_a_copy_that_cannot_be_made_is_said_and_the_lesson_goes_on() -> None:
    async with opened(answer=Worker(problem="Your tensors hold 9 GB."), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred"))
        await driver.press("escape", "L")
        await driver.until(lambda: driver.shows("No free play: Your tensors hold 9 GB."))
        assert not driver.shows("FREE PLAY")


async def test_a_python_that_dies_ends_the_play() -> None:
    async with opened(answer=Worker(), lesson="broadcasting#centre") as driver:
        await _in_play(driver)
        driver.client.tell(events.Died(4242, 3, "", 0))
        await driver.until(lambda: driver.shows("Python is gone", "5/5") and not driver.shows("FREE PLAY"))


async def test_keys_wait_until_the_variables_are_back() -> None:
    with closing(Progress()) as progress:
        progress.enter_step("broadcasting", "centre")
        progress.mark("broadcasting", "centre", "entered")
        progress.add_cell("broadcasting", "centre", "slow = 1", "ok")
    held: list[commands.Command] = []

    def slow(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute) and command.source == "slow = 1":
            held.append(command)
            return [events.Started(command.id)]
        return run_well(command)

    async with opened(answer=slow, lesson="broadcasting") as driver:
        await driver.until(lambda: held)
        for keys in (("f8",), ("escape", "L")):
            await driver.press(*keys)
            await driver.until(lambda: driver.shows("One moment: your code runs again"))
            driver.app.screen.query_one(Prompt).focus()
        driver.client.tell(events.Finished(held[0].id, "ok", 1.0))
        await driver.until(lambda: "Your 1 cell ran again" in driver.transcript)
        await driver.press("f8")
        await driver.until(lambda: driver.client.sent(commands.Check))

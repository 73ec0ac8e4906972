"""Completion and help in the whole app, with a worker that is told what to say."""

from __future__ import annotations

from textual.widgets import TextArea

from tests.fake import no_help, run_well
from tests.ui.driver import Driver, opened
from tutor.protocol import commands, events
from tutor.protocol.assistance import Candidate, Description
from tutor.ui.widgets.completions import Completions
from tutor.ui.widgets.prompt import Prompt

DOC = "sum(input) -> Tensor\n\nReturns the sum of :attr:`input`."
PARAMETERS = ("input", "dim", "keepdim=False")
SUM = Description(
    *("torch.sum", "function", PARAMETERS, "Tensor", 1, DOC), "def sum(input):\n    ...", "/lib/torch/sums.py", 7
)


def knowing(command: commands.Command) -> list[events.Event]:
    """Knows what begins with ``re``, and torch.sum."""
    match command:
        case commands.Complete() if command.source[: command.cursor].endswith("re"):
            found = (Candidate("relu", "function"), Candidate("reshape", "function"))
            return [events.Completed(command.id, command.cursor - 2, command.cursor, found, 0)]
        case commands.Describe() if "sum" in command.source:
            return [events.Described(command.id, SUM, command.full)]
        case _:
            return no_help(command)


def source(driver: Driver) -> str:
    return driver.app.screen.query_one(Prompt).source


def is_open(driver: Driver) -> bool:
    return driver.app.screen.query_one(Completions).is_open


async def test_at_80_by_24_popup_and_signature_leave_the_line_in_sight() -> None:
    async with opened(repl=True, size=(80, 24), helper=knowing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("y = torch.sum(x, re")
        await driver.until(
            lambda: driver.shows("relu", "reshape", "torch.sum(input, dim, keepdim=False) → Tensor")
        )
        assert driver.shows("[1] y = torch.sum(x, re")
        await driver.press("tab", "tab")
        await driver.until(lambda: source(driver).endswith("reshape"))


async def test_fast_typing_asks_one_question_at_a_time() -> None:
    held: list[commands.Command] = []

    def slow(command: commands.Command) -> list[events.Event]:
        held.append(command)
        return []

    async with opened(repl=True, helper=slow) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x.reshape_as")
        await driver.until(lambda: source(driver) == "x.reshape_as" and held)
        assert len(driver.client.sent(commands.Complete)) == 1
        for event in no_help(held[0]):
            driver.client.tell(event)
        await driver.until(lambda: len(driver.client.sent(commands.Complete)) == 2)
        last = driver.client.sent(commands.Complete)[1]
        assert isinstance(last, commands.Complete)
        assert last.source == "x.reshape_as"


async def test_an_answer_with_an_old_number_is_dropped() -> None:
    async with opened(repl=True, helper=lambda _command: []) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x.re")
        await driver.until(lambda: driver.client.sent(commands.Complete))
        driver.client.tell(events.Completed(99, 2, 4, (Candidate("relu", "function"),), 0))
        await driver.pilot.pause()
        assert not is_open(driver)


async def test_while_torch_loads_nothing_is_asked_and_tab_does_no_harm() -> None:
    async with opened(repl=True, ready=False, helper=knowing) as driver:
        driver.client.tell(events.Loading("torch"))
        await driver.until(lambda: driver.shows("loading torch"))
        await driver.type("x.re")
        await driver.press("tab")
        await driver.type("lu(")
        assert source(driver) == "x.relu("
        assert not driver.client.sent(commands.Complete)
        await driver.press("ctrl+c")
        await driver.type("x.re")
        driver.client.ready()
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("tab")
        await driver.until(lambda: is_open(driver))


async def test_a_question_while_torch_loads_is_put_off_in_words() -> None:
    async with opened(repl=True, ready=False, helper=knowing) as driver:
        await driver.until(lambda: driver.shows("Free prompt"))
        await driver.type("x?\n")
        await driver.until(lambda: "still starting" in driver.transcript)


async def test_the_first_escape_closes_the_popup_the_second_leads() -> None:
    async with opened(repl=True, helper=knowing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x.re")
        await driver.until(lambda: is_open(driver))
        await driver.press("escape")
        assert not is_open(driver)
        assert isinstance(driver.app.focused, TextArea)
        await driver.press("escape")
        await driver.until(lambda: driver.shows("Esc, then:"))


async def test_answers_go_on_while_code_runs() -> None:
    def endless(command: commands.Command) -> list[events.Event]:
        return [events.Started(command.id)] if isinstance(command, commands.Execute) else run_well(command)

    async with opened(repl=True, answer=endless, helper=knowing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("loop()\n")
        await driver.until(lambda: driver.shows("running"))
        await driver.type("x.re")
        await driver.until(lambda: is_open(driver))


async def test_a_question_mark_asks_and_runs_nothing() -> None:
    async with opened(repl=True, helper=knowing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("torch.sum?\n")
        await driver.until(lambda: "torch.sum(input, dim, keepdim=False) → Tensor" in driver.transcript)
        assert "Returns the sum of input." in driver.transcript
        assert "def sum" not in driver.transcript
        assert "sums.py, line 7" in driver.transcript
        await driver.type("torch.sum??\n")
        await driver.until(lambda: "def sum(input):" in driver.transcript)
        await driver.type("nothing?\n")
        await driver.until(lambda: "Nothing is known of nothing" in driver.transcript)
        assert not driver.client.sent(commands.Execute)
        assert driver.shows("[1]")


async def test_a_worker_that_dies_takes_its_questions_along() -> None:
    silent = True

    def helper(command: commands.Command) -> list[events.Event]:
        return [] if silent else knowing(command)

    async with opened(repl=True, helper=helper) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x.re")
        await driver.until(lambda: driver.client.sent(commands.Complete))
        driver.client.tell(events.Died(4242, 3, "", 0))
        await driver.until(lambda: driver.client.starts == 2 and driver.shows("ready"))
        silent = False
        await driver.press("tab")
        await driver.until(lambda: is_open(driver))


async def test_a_lone_question_mark_opens_the_help() -> None:
    async with opened(repl=True) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("?\n")
        await driver.until(lambda: type(driver.app.screen).__name__ == "HelpScreen")

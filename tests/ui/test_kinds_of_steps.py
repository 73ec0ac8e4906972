"""Each kind of step on the screen, by keyboard alone, with a fake worker."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake import DEVICES, FakeClient, run_well
from tests.ui.driver import Driver, opened
from tutor.lesson.loader import load_lesson
from tutor.lesson.state import solution_of
from tutor.protocol import commands, events
from tutor.protocol.devices import Backend, DeviceSnapshot
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.ui.widgets.line_order import LineOrder
from tutor.ui.widgets.prompt import Prompt

LESSONS = Path(__file__).parent.parent / "kinds" / "lessons"
LESSON = load_lesson(LESSONS / "01-every-kind")
PREDICTED = {"a + b": "(3, 5)", "m.t().tolist()": "[[1, 4], [2, 5], [3, 6]]"}


def result(status: str, message: str = "") -> CheckResult:
    parts = (CheckPart("shape", False, "[2]", "[3]"),) if status == "fail" else ()
    return CheckResult("total is right", status, parts, message, "")


class Worker:
    """Finds right what is the solution, and answers anything else with ``otherwise``."""

    def __init__(self, otherwise: CheckResult | None = None) -> None:
        self.otherwise = otherwise or result("fail", "shape: expected [2], got [3].")
        self.last = ""

    def __call__(self, command: commands.Command) -> list[events.Event]:
        answer: events.Event
        if isinstance(command, commands.Execute):
            self.last = command.source
            status = "error" if "1 / 0" in command.source else "ok"
            return [events.Started(command.id), events.Finished(command.id, status, 0.01)]
        if isinstance(command, commands.Check):
            right = "".join(self.last.split()) == "".join(command.solution.split())
            answer = events.Checked(command.id, (result("pass") if right else self.otherwise,), "", "")
        elif isinstance(command, commands.Predict):
            answer = events.Predicted(command.id, PREDICTED[command.code.strip()], "")
        else:
            return run_well(command)
        return [events.Started(command.id), answer, events.Finished(command.id, "ok", 0.01)]


@contextlib.asynccontextmanager
async def at(step: str, worker: Worker | None = None, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    answer = worker or Worker()
    async with opened(lesson=f"every-kind#{step}", lessons=LESSONS, answer=answer, size=size) as driver:
        yield driver


async def focused(driver: Driver, name: str) -> None:
    await driver.until(lambda: driver.app.focused is not None and driver.app.focused.id == name)


def ran(driver: Driver) -> list[str]:
    return [c.source for c in driver.client.sent(commands.Execute) if isinstance(c, commands.Execute)]


async def test_gaps_are_typed_in_place_and_what_they_make_is_run_and_judged() -> None:
    async with at("filling") as driver:
        await focused(driver, "step-blanks")
        await driver.type("mean\n")
        assert driver.shows("x.mean_(dim=")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Fill every gap first."))
        assert ran(driver) == []
        await driver.type("0\n")
        await driver.until(lambda: driver.shows("shape: expected [2], got [3]."))
        assert ran(driver) == ["total = x.mean(dim=0)\ntwice = total * 2  # as it is"]
        assert not driver.shows("✓ done")
        await driver.press("backspace", "1", "shift+tab", "ctrl+u", *"sum", "enter")
        await driver.until(lambda: driver.shows("✓ done", "The lesson's solution"))
        assert ran(driver)[-1].startswith("total = x.sum(dim=1)")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Put the lines in order"))
        await focused(driver, "step-lines")


async def test_a_gap_is_edited_like_a_line() -> None:
    async with at("filling") as driver:
        await focused(driver, "step-blanks")
        await driver.press(*"ssm", "left", "left", "delete", "u", "end", "s", "backspace", "home", "right", "end")
        assert driver.shows("x.sum")
        await driver.press("tab", *"1", "up", "down")
        assert driver.shows("dim=1")
        await driver.press("tab")
        await driver.until(lambda: driver.app.focused is None or driver.app.focused.id != "step-blanks")
        # What was typed stays while the learner is elsewhere.
        assert driver.shows("x.sum", "dim=1")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize(
    ("step", "work"), [("filling", "step-blanks"), ("ordering", "step-lines"), ("picking", "step-answers")]
)
async def test_from_what_is_worked_on_f6_leads_to_the_prompt_and_round_again(
    step: str, work: str, size: tuple[int, int]
) -> None:
    async with at(step, size=size) as driver:
        await focused(driver, work)
        prompt = driver.app.screen.query_one(Prompt)
        await driver.press("f6")
        await driver.until(lambda: prompt.has_focus_within)
        # There is no tensor yet: the panes have nothing to be worked on.
        await driver.press("f6")
        await focused(driver, "transcript")
        await driver.press("f6")
        await focused(driver, work)
        await driver.press("f6", "escape", "t", "f6")
        await (focused(driver, "transcript") if size[0] > 80 else focused(driver, work))


async def test_lines_are_put_in_order_and_judged_by_running() -> None:
    async with at("ordering") as driver:
        await focused(driver, "step-lines")
        order = driver.app.screen.query_one(LineOrder)
        wanted = [line.strip() for line in solution_of(LESSON.steps[8]).splitlines()]
        assert [line.strip() for line in order.code.splitlines()] != wanted
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [2], got [3]."))
        assert ran(driver) == [order.code]
        for place, line in enumerate(wanted):
            now = [code for code, _, _ in order._lines]
            await driver.press(
                *["up"] * 9, *["down"] * now.index(line), "enter", *["up"] * 9, *["down"] * place, "enter"
            )
            await driver.press(*["right"] * (place > 2))
        await driver.press("down", "delete", "f8")
        await driver.until(lambda: driver.shows("✓ done"))
        assert order.code == solution_of(LESSON.steps[8]).rstrip()
        assert not order.display


async def test_a_line_can_be_moved_without_picking_it_up_and_taken_back() -> None:
    async with at("ordering") as driver:
        await focused(driver, "step-lines")
        order = driver.app.screen.query_one(LineOrder)
        first, second = order.code.splitlines()[:2]
        await driver.press("alt+down")
        assert order.code.splitlines()[:2] == [second, first]
        await driver.press("right", "right", "left", "backspace")
        assert order.code.splitlines()[0] == second
        assert first not in order.code.splitlines()
        await driver.press("backspace")
        assert order.code.splitlines()[1] == "    " + first


async def test_a_prediction_that_is_typed_is_committed_and_marked_element_by_element() -> None:
    async with at("typing") as driver:
        await focused(driver, "step-blanks")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Type your answer first."))
        assert not driver.shows("✓ done")
        await driver.type("[[1, 4], [2, 6], [3, 6]]\n")
        await driver.until(
            lambda: driver.shows(
                "Your answer", "yours ✗ what it is", "6 ✗ 5", "Not quite. Rows become columns.", "answered"
            )
        )
        assert ran(driver) == ["m.t().tolist()"]
        await driver.press("f8")
        await driver.until(lambda: not driver.shows("Your answer"))
        await driver.press("f7")
        await driver.until(lambda: driver.shows("Your answer", "6 ✗ 5", "Rows become columns.", "answered"))
        assert ran(driver) == ["m.t().tolist()"]


async def test_a_prediction_that_is_chosen_is_marked_axis_by_axis() -> None:
    async with at("guessing") as driver:
        await driver.until(lambda: driver.shows("(3, 5)", "(3, 1)"))
        wrong = next(line for line in driver.screen.splitlines() if "(3, 1)" in line and "torch" not in line)
        await driver.press(next(character for character in wrong if character.isdigit()))
        await driver.until(lambda: driver.shows("Your answer", "3 ✓   1 ✗ 5"))
        await driver.press("f8")
        await driver.until(lambda: not driver.shows("Your answer"))
        await driver.press("f7")
        await driver.until(lambda: driver.shows("Your answer", "3 ✓   1 ✗ 5", "answered"))


async def test_what_makes_the_same_as_the_shown_code_is_as_good() -> None:
    async with at("running") as driver:
        await driver.until(lambda: driver.shows("F5 runs it", "ready"))
        await driver.type("p = torch.arange(6)\n")
        await driver.until(lambda: ran(driver) == ["p = torch.arange(6)"])
        assert not driver.client.sent(commands.Check)
        worker = driver.client._answer
        assert isinstance(worker, Worker)
        worker.otherwise = result("pass")
        await driver.type("q = torch.arange(6).view(2, 3)\n")
        await driver.until(lambda: driver.shows("✓ done", "There it is."))
        (check,) = driver.client.sent(commands.Check)
        assert isinstance(check, commands.Check)
        assert check.checks == ({"kind": "value", "target": "q"},)


async def test_training_is_judged_under_seeds_only_when_asked() -> None:
    worker = Worker(result("", "F8 runs your code again."))
    async with at("training", worker) as driver:
        await driver.until(lambda: driver.shows("Run your loop at the prompt", "ready"))
        await driver.type("n = 1\n")
        await driver.until(lambda: len(driver.client.sent(commands.Check)) == 2)
        assert not driver.shows("✓ done")
        worker.otherwise = result("pass")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("✓ done", "✓ Right."))
        asked = [(c.asked, c.cells) for c in driver.client.sent(commands.Check) if isinstance(c, commands.Check)]
        assert asked == [(False, ()), (False, ("n = 1",)), (True, ("n = 1",))]


async def test_free_play_is_never_in_the_way() -> None:
    async with at("playing") as driver:
        await driver.until(lambda: driver.shows("Goal", "not contiguous", "ready"))
        await driver.type("view = 1\n")
        await driver.until(lambda: ran(driver) == ["view = 1"])
        assert not driver.shows("shape: expected")
        await driver.type("view = x.t()\n")
        await driver.until(lambda: driver.shows("You reached the goal.", "✓ done"))
    async with at("playing") as driver:
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Every kind: 11 steps are still open."))


async def test_who_has_tried_is_told_once_that_a_goal_is_not_reached() -> None:
    async with at("playing") as driver:
        await driver.until(lambda: driver.shows("Goal", "not contiguous", "ready"))
        await driver.type("view = 1\n")
        await driver.until(lambda: ran(driver) == ["view = 1"] and len(driver.client.sent(commands.Check)) == 2)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("The goal is not reached yet."))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Every kind: 11 steps are still open."))


async def test_a_timeout_is_the_learners_and_a_broken_check_lets_them_on() -> None:
    late = result("timeout", "Your code ran for more than 10 s here and was stopped.")
    async with at("fixing", Worker(late)) as driver:
        await driver.until(lambda: driver.shows("F5 puts it into the prompt", "ready"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("ran for more than 10 s"))
        assert not driver.shows("solution shown")
    broken = result("broken", "it refuses the lesson's own solution")
    async with at("fixing", Worker(broken)) as driver:
        await driver.until(lambda: driver.shows("This step cannot be judged", "refuses the lesson's own", "Go on"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Fill the gaps"))


async def test_filled_code_that_raises_says_so_and_is_not_judged() -> None:
    async with at("filling") as driver:
        await focused(driver, "step-blanks")
        before = len(driver.client.sent(commands.Check))
        await driver.type("sum\n1 / 0\n")
        await driver.until(lambda: driver.shows("That raised an error"))
        assert len(driver.client.sent(commands.Check)) == before


async def test_what_was_found_of_an_answer_is_not_told_of_the_next_one_that_raises() -> None:
    async with at("filling") as driver:
        await focused(driver, "step-blanks")
        await driver.type("sum\n0\n")
        await driver.until(lambda: driver.shows("shape: expected [2], got [3]."))
        await driver.press("backspace", *"1 / 0", "enter")
        await driver.until(lambda: driver.shows("That raised an error", "Done when"))
        assert not driver.shows("expected [2]")
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("Why it was refused", "That raised an error"))
        assert not driver.shows("expected [2]")


async def test_what_was_said_of_an_answer_does_not_outlive_it() -> None:
    worker = Worker(result("error", "`total` is not defined yet."))
    async with at("centring", worker) as driver:
        await driver.until(lambda: driver.shows("ready", "Done when"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("✗ total is not defined yet."))
        await driver.type("a = 1\n")
        await driver.until(lambda: len(driver.client.sent(commands.Check)) > 2)
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("Why it was refused", "a = 1"))
        await driver.press("escape")
        await driver.until(lambda: driver.shows("Done when"))
        assert driver.shows("✗ total is not defined yet."), "it holds all the same"
        worker.otherwise = result("fail", "shape: expected [2], got [3].")
        await driver.type("total = 0\n")
        await driver.until(lambda: driver.shows("expected [2]"))
        assert not driver.shows("not defined yet")


async def test_a_step_for_a_device_has_a_twin_where_there_is_none() -> None:
    async with at("moving") as driver:
        await driver.until(lambda: driver.shows("This machine has no GPU", 'x.to("cpu")'))


async def test_a_step_for_a_device_is_taken_where_the_first_worker_finds_one() -> None:
    gpu = Backend("cuda", True, True, "H200", 0, 1, "")
    devices = DeviceSnapshot("2.13.0", 1, 2, (gpu,), "cpu", "cuda")
    async with opened(lesson="every-kind#moving", lessons=LESSONS, answer=Worker(), ready=False) as driver:
        client: FakeClient = driver.client
        client.tell(events.Ready(1, 2, "3.11.7", "/usr/bin/python3", "2.13.0"))
        client.tell(events.DevicesChanged(devices))
        await driver.until(lambda: driver.shows("Move x to the GPU."))
        assert DEVICES.accelerator is None


async def test_every_kind_fits_a_narrow_screen() -> None:
    for step, shown in (
        ("filling", ("total = x.", "Type into the gaps", "Done when")),
        ("ordering", ("Put the lines in order", "loss.backward()", "F8 checks")),
        ("typing", ("What is in m.t()?", "Type the value, then Enter")),
        ("training", ("Train model until", "Done when")),
        ("fixing", ("def share(x):", "F5 puts it")),
        ("playing", ("Goal", "F5 runs it")),
    ):
        async with at(step, size=(80, 24)) as driver:
            await driver.until(lambda shown=shown: driver.shows(*shown))  # type: ignore[misc]

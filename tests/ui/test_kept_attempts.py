"""What is kept of the attempts at each kind of step, and as whose answer."""

from __future__ import annotations

from contextlib import closing

import pytest

from tests.ui.test_kinds_of_steps import Worker, at, focused, result
from tutor.progress import Progress
from tutor.protocol import commands, events

LESSON = "every-kind"


def kept(step: str) -> tuple[list[tuple[str, str]], str, str]:
    """Attempts with their verdicts, how the step stands, and the accepted answer."""
    with closing(Progress()) as progress:
        attempts = progress.attempts(LESSON, step)
        assert all(tried.seconds is not None and tried.seconds >= 0 for tried in attempts)
        state = progress.steps(LESSON)[step]
        return [(tried.answer, tried.verdict) for tried in attempts], state.status, state.accepted


async def test_gaps_each_handing_in_is_an_attempt() -> None:
    async with at("filling") as driver:
        await focused(driver, "step-blanks")
        await driver.type("sum\n1 / 0\n")
        await driver.until(lambda: driver.shows("That raised an error"))
        await driver.press(*["backspace"] * 5, *"0", "enter")
        await driver.until(lambda: driver.shows("shape: expected [2], got [3]."))
        await driver.press("backspace", "1", "enter")
        await driver.until(lambda: driver.shows("✓ done"))
    wrong, right = (f"total = x.sum(dim={dim})\ntwice = total * 2  # as it is" for dim in "01")
    attempts, status, accepted = kept("filling")
    assert attempts == [(wrong.replace("0", "1 / 0"), "error"), (wrong, "fail"), (right, "pass")]
    assert status == "done"
    assert accepted.endswith(right)
    assert "1 / 0" not in accepted


async def test_lines_what_was_handed_in_is_the_attempt() -> None:
    async with at("ordering") as driver:
        await focused(driver, "step-lines")
        await driver.until(lambda: driver.shows("ready", "loss.backward()"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [2], got [3]."))
    (((tried, verdict),), status, accepted) = kept("ordering")
    assert "loss.backward()" in tried
    assert (verdict, status, accepted) == ("fail", "seen", "")


async def test_a_last_try_that_was_right_by_itself_is_the_answer() -> None:
    class Alone(Worker):
        def __call__(self, command: commands.Command) -> list[events.Event]:
            told = super().__call__(command)
            if isinstance(command, commands.Check) and command.asked and command.cells:
                checked = events.Checked(command.id, (result("pass"),), "", "", alone=command.cells[-1])
                return [told[0], checked, told[-1]]
            return told

    async with at("fixing", Alone()) as driver:
        await driver.until(lambda: driver.shows("F5 puts it into the prompt", "ready"))
        await driver.type("x.div_(2)\n")
        await driver.type("shares = x / 3\n")
        await driver.until(lambda: "shares = x / 3" in driver.transcript)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("✓ done", "run again by itself"))
    assert kept("fixing") == ([("shares = x / 3", "pass")], "done", "shares = x / 3")


async def test_of_the_tries_only_what_the_answer_needs_is_kept_as_it() -> None:
    class Enough(Worker):
        def __call__(self, command: commands.Command) -> list[events.Event]:
            told = super().__call__(command)
            if isinstance(command, commands.Check) and len(command.cells) == 2:
                checked = events.Checked(command.id, (result("pass"),), "", "", enough=command.cells[-1])
                return [told[0], checked, told[-1]]
            return told

    async with at("fixing", Enough()) as driver:
        await driver.until(lambda: driver.shows("F5 puts it into the prompt", "ready"))
        await driver.type("x.div(2)\n")
        await driver.type("shares = x / 3\n")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.until(lambda: not driver.shows("run again by itself"))
    assert kept("fixing") == ([("shares = x / 3", "pass")], "done", "shares = x / 3")


@pytest.mark.parametrize("step", ["fixing", "training"])
async def test_code_at_the_prompt_is_kept_with_its_verdict(step: str) -> None:
    worker = Worker(result("timeout", "Your code ran for more than 10 s here and was stopped."))
    async with at(step, worker) as driver:
        await driver.until(lambda: driver.shows("ready", "Done when"))
        await driver.type("n = 1\n")
        await driver.until(lambda: len(driver.client.sent(commands.Check)) == 2)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("ran for more than 10 s"))
        worker.otherwise = result("pass")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("✓ done"))
    assert kept(step) == ([("n = 1", "timeout"), ("n = 1", "pass")], "done", "n = 1")


@pytest.mark.parametrize(
    ("typed", "verdict"), [("[[1, 4], [2, 6], [3, 6]]", "fail"), ("[[1, 4], [2, 5], [3, 6]]", "pass")]
)
async def test_a_typed_prediction_is_one_attempt(typed: str, verdict: str) -> None:
    async with at("typing") as driver:
        await focused(driver, "step-blanks")
        await driver.type(typed + "\n")
        await driver.until(lambda: driver.shows("Your answer", "✓ done" if verdict == "pass" else "answered"))
    assert kept("typing")[:2] == ([(typed, verdict)], "done")


async def test_free_play_has_an_answer_only_where_the_goal_was_reached() -> None:
    async with at("playing") as driver:
        await driver.until(lambda: driver.shows("Goal", "ready"))
        await driver.type("view = 1\n")
        await driver.until(
            lambda: "view = 1" in driver.transcript and len(driver.client.sent(commands.Check)) == 2
        )
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("not reached yet"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Every kind: 11 steps are still open."))
    assert kept("playing") == ([], "done", "")


async def test_free_play_that_reached_its_goal_is_kept() -> None:
    async with at("playing") as driver:
        await driver.until(lambda: driver.shows("Goal", "ready"))
        await driver.type("view = x.t()\n")
        await driver.until(lambda: driver.shows("You reached the goal."))
    assert kept("playing") == ([("view = x.t()", "pass")], "done", "view = x.t()")

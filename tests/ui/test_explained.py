"""A known error: its operands and explanation in the transcript, more on a key, and the way to its lesson."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.explain.reports import report, tensor
from tests.fake import run_well
from tests.ui.driver import opened
from tutor.explain.topics import TOPICS
from tutor.lesson.catalogue import Catalogue
from tutor.protocol import commands, events
from tutor.ui.screens.explained import ExplainedScreen
from tutor.ui.screens.lesson import LessonScreen

LESSONS = Path(__file__).parent.parent.parent / "lessons"
VIEW = report(
    "RuntimeError",
    "shape '[4, 2]' is invalid for input of size 6",
    source="x.view(4, 2)",
    operands=(tensor("x", (6,), "receiver"), tensor("x.view", role="function")),
)
MATMUL = report(
    "RuntimeError",
    "mat1 and mat2 shapes cannot be multiplied (3x4 and 5x4)",
    source="a @ b",
    operation="@",
    operands=(tensor("a", (3, 4), "left"), tensor("b", (5, 4), "right")),
)
UNKNOWN = report("ZeroDivisionError", "division by zero", source="1 / 0", operation="/")
FAILURES = {"x.view(4, 2)": VIEW, "a @ b": MATMUL, "1 / 0": UNKNOWN}


def failing(command: commands.Command) -> list[events.Event]:
    if not isinstance(command, commands.Execute) or command.source not in FAILURES:
        return run_well(command)
    failed = events.Failed(command.id, (FAILURES[command.source],))
    return [events.Started(command.id), failed, events.Finished(command.id, "error", 0.01)]


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_transcript_ends_in_operands_and_explanation(size: tuple[int, int]) -> None:
    async with opened(repl=True, answer=failing, size=size) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a @ b\n")
        await driver.until(lambda: "Rule" in driver.transcript)
        words = " ".join(driver.transcript.replace("│", " ").split())
        assert "a f32 [3, 4] b f32 [5, 4]" in words
        assert "the inner sizes 4 and 5 differ" in words
        assert "a @ b.T is [3, 5]" in words
        assert "Esc e" in words
        assert driver.transcript.index("Rule") < driver.transcript.index("Fix") < driver.transcript.index("More")


async def test_more_names_the_lesson_that_will_teach_it_where_there_is_none() -> None:
    async with opened(repl=True, answer=failing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a @ b\n")
        await driver.until(lambda: "Rule" in driver.transcript)
        await driver.press("escape", "e")
        await driver.until(lambda: isinstance(driver.app.screen, ExplainedScreen))
        await driver.until(
            lambda: driver.shows("Why it failed", "Matrix multiplication", "not in this course yet")
        )
        await driver.press("enter")
        assert isinstance(driver.app.screen, ExplainedScreen)
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, ExplainedScreen))


async def test_more_opens_the_lesson_that_teaches_it() -> None:
    async with opened(repl=True, answer=failing, lessons=LESSONS) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("x.view(4, 2)\n")
        await driver.until(lambda: "Rule" in driver.transcript)
        await driver.press("escape", "e")
        await driver.until(lambda: driver.shows("Shapes and reshaping", "Enter opens it"))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, LessonScreen))
        assert isinstance(driver.app.screen, LessonScreen)
        assert driver.app.screen.lesson.id == "shapes-and-reshaping"
        assert len(driver.app.screen_stack) == 2


async def test_the_lesson_that_is_open_is_not_the_one_to_read_on_in() -> None:
    async with opened(lesson="shapes-and-reshaping", answer=failing, lessons=LESSONS) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a @ b\n")
        await driver.until(lambda: "More" in driver.transcript)
        await driver.press("escape", "l")
        await driver.until(lambda: "More" not in driver.transcript)
        await driver.type("x.view(4, 2)\n")
        await driver.until(lambda: "Fix" in driver.transcript and "invalid for input" in driver.transcript)
        assert "More" not in driver.transcript
        await driver.press("escape", "e")
        await driver.until(lambda: driver.shows("This lesson teaches it."))


async def test_the_repair_that_a_step_asks_for_is_shown_on_demand_only() -> None:
    async with opened(lesson="shapes-and-reshaping#read-in-order", answer=failing, lessons=LESSONS) as driver:
        await driver.until(lambda: driver.shows("ready", "Repair a view"))
        await driver.type("a @ b\n")
        await driver.until(lambda: "Fix" in driver.transcript)
        words = " ".join(driver.transcript.replace("│", " ").split())
        assert "the inner sizes 4 and 5 differ" in words
        assert "Fix Look for it yourself first; Esc e shows it." in words
        assert "a @ b.T" not in words
        await driver.press("escape", "e")
        await driver.until(lambda: driver.shows("What to do", "a @ b.T"))


async def test_an_unknown_error_stays_a_traceback_and_says_so() -> None:
    async with opened(repl=True, answer=failing) as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("a @ b\n")
        await driver.until(lambda: "Rule" in driver.transcript)
        await driver.press("escape", "l")
        await driver.until(lambda: "Rule" not in driver.transcript)
        await driver.type("1 / 0\n")
        await driver.until(lambda: "ZeroDivisionError" in driver.transcript)
        assert "Rule" not in driver.transcript
        await driver.press("escape", "e")
        await driver.until(lambda: driver.shows("No explanation for the last error"))


def test_lessons_are_found_by_the_topics_they_teach() -> None:
    ids = [lesson.id for lesson in Catalogue(LESSONS).load_all().lessons]
    assert TOPICS["F2"].lesson_among(ids) == "what-a-tensor-is"
    assert TOPICS["T3"].lesson_among(ids) == "shapes-and-reshaping"
    assert TOPICS["T4"].lesson_among(["broadcasting", *ids]) == "broadcasting"
    assert TOPICS["X1"].lesson_among(ids) is None

"""A review by keyboard alone, with a fake worker: question, answer, truth, grade, next, summary."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

import msgspec
import pytest

from tests.fake import FakeClient, run_well
from tests.ui.driver import LESSONS, Driver, opened
from tests.ui.test_lesson_screen import Judge
from tutor.lesson.catalogue import Catalogue
from tutor.lesson.model import Choice, Option
from tutor.progress import Progress
from tutor.progress.reviews import Reviews
from tutor.protocol import commands
from tutor.protocol.devices import Backend, DeviceSnapshot
from tutor.session.review import Reviewer
from tutor.session.review_items import Question
from tutor.session.session import Session
from tutor.ui.screens.review import ReviewScreen
from tutor.ui.widgets.prompt import Prompt

DAY = 86_400.0


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prediction, a choice and an exercise were done a month ago."""
    now = time.time()
    with monkeypatch.context() as then, closing(Progress()) as progress:
        then.setattr("tutor.progress.store.time.time", lambda: now - 30 * DAY)
        for step in ("guess", "pick", "centre"):
            progress.enter_step("broadcasting", step)
            progress.complete_step("broadcasting", step, "done")


def times() -> dict[str, int]:
    with closing(Progress()) as progress:
        return {one.step: one.times for one in Reviews(progress.database).scheduled()}


def digit(driver: Driver, text: str) -> str:
    """The number before an answer."""
    line = next(line for line in driver.screen.splitlines() if text in line and "torch.zeros" not in line)
    return next(character for character in line if character.isdigit())


async def asked(driver: Driver, text: str) -> None:
    await driver.until(lambda: driver.shows("Review · ", text) and not driver.app.screen.reviewer.view.step.busy)  # type: ignore[attr-defined]


@pytest.mark.usefixtures("due")
async def test_a_sitting_by_keyboard_alone() -> None:
    async with opened(answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("3 questions due"))
        await driver.press("e")
        # What is due longest comes first; those met at one time, by name.
        await asked(driver, "Make centred")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).has_focus_within)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [4, 3], got [4]."))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("The lesson's solution", "▸2 hard"))
        await driver.press("enter")

        await asked(driver, "What is the shape")
        assert "centred" not in driver.transcript
        assert "torch.zeros" not in driver.transcript
        await driver.press(digit(driver, "(3, 1)"))
        await driver.until(lambda: driver.shows("Not quite.", "along its last axis", "▸1 again 1 d"))
        await driver.until(lambda: "a + b" in driver.transcript)
        await driver.press("enter")

        await asked(driver, "Which?")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Press the number"))
        await driver.press(digit(driver, "this one"))
        await driver.until(lambda: driver.shows("yes it is", "▸3 good"))
        await driver.press("4")

        await asked(driver, "once more")
        await driver.press(digit(driver, "(3, 5)"))
        await driver.until(lambda: driver.shows("▸3 good"))
        await driver.press("f8")

        await driver.until(lambda: driver.shows("Review done.", "3 questions"))
        assert driver.shows("1  easy", "1  hard", "1  again", "The next is due tomorrow")
        assert times() == {"centre": 1, "guess": 2, "pick": 1}
        await driver.press("enter")
        await driver.until(lambda: driver.shows("learn PyTorch where you type it"))
        assert not driver.shows("due")


@pytest.mark.usefixtures("due")
async def test_an_exercise_is_judged_by_the_cells_of_this_question_too() -> None:
    async with opened(answer=Judge(), review=True) as driver:
        await asked(driver, "Make centred")
        await driver.type("centred = 0\n")
        await driver.until(lambda: len(driver.client.sent(commands.Check)) == 2)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [4, 3], got [4]."))
        sent = [(c.cells, c.asked) for c in driver.client.sent(commands.Check) if isinstance(c, commands.Check)]
        assert sent == [((), False), (("centred = 0",), False), (("centred = 0",), True)]


@pytest.mark.usefixtures("due")
async def test_a_step_for_a_device_is_asked_as_this_machine_can() -> None:
    twin = Choice(id="pick", text="Which, without a GPU?", options=(_option("a", True), _option("b", False)))
    step = Choice(
        id="pick", text="Which GPU?", needs="cuda", twin=twin, options=(_option("c", True), _option("d", False))
    )
    lesson = Catalogue(LESSONS).load_all().lessons[0]
    question = Question(msgspec.structs.replace(lesson, steps=(step,)), 0)
    with closing(Progress()) as progress:
        session = Session(FakeClient(run_well))
        session.start()
        reviewer = Reviewer([question], progress, session, lambda: None)
        await reviewer.begin()
        assert set(reviewer.view.step.options) == {"a", "b"}
        gpu = Backend("cuda", True, True, "H200", 0, 1, "")
        session.state = replace(session.state, devices=DeviceSnapshot("2.13.0", 1, 2, (gpu,), "cpu", "cuda"))
        again = Reviewer([question], progress, session, lambda: None)
        await again.begin()
        assert set(again.view.step.options) == {"c", "d"}


def _option(text: str, correct: bool) -> Option:
    return Option(text=text, feedback="So it is.", correct=correct)


@pytest.mark.usefixtures("due")
async def test_who_does_not_know_is_shown_the_answer_and_asked_again() -> None:
    async with opened(answer=Judge(), review=True) as driver:
        await asked(driver, "Make centred")
        await driver.press("f4")
        await driver.until(lambda: driver.shows("Hint 1 of 2"))
        await driver.press("f3")
        await driver.until(lambda: driver.shows("The lesson's solution", "Enter goes on"))
        await driver.press("4")  # how well is no question any more
        assert driver.shows("Make centred")
        await driver.press("enter")
        await asked(driver, "What is the shape")
        await driver.press("f3")
        await driver.until(lambda: driver.shows("✓", "Enter goes on") and "a + b" in driver.transcript)
        await driver.press("enter")
        await asked(driver, "3/5")


@pytest.mark.usefixtures("due")
async def test_the_lessons_know_nothing_of_it_and_home_and_back_goes_on() -> None:
    async with opened(answer=Judge(), review=True) as driver:
        await asked(driver, "Make centred")
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("▸3 good"))
        await driver.press("f2")
        await driver.until(lambda: driver.shows("3 questions due"))
        await driver.press("e")
        await driver.until(lambda: driver.shows("▸3 good"))
        await driver.press("enter")
        await asked(driver, "2/3")
    with closing(Progress()) as progress:
        assert progress.steps("broadcasting")["centre"].attempts == 0
        assert progress.resume("broadcasting") == "centre"
        assert progress.cells("broadcasting") == []


async def test_without_anything_due_home_does_not_speak_of_it() -> None:
    async with opened(answer=Judge(), review=True) as driver:
        await driver.until(lambda: driver.shows("start here") and len(driver.app._notifications))
        assert [told.message for told in driver.app._notifications] == ["Nothing is due."]
        assert not isinstance(driver.app.screen, ReviewScreen)
        assert not driver.shows("question")


@pytest.mark.usefixtures("due")
async def test_it_fits_a_small_terminal() -> None:
    async with opened(answer=Judge(), review=True, size=(80, 24)) as driver:
        await asked(driver, "Make centred")
        await driver.press("f3")
        await driver.until(lambda: driver.shows("The lesson's solution", "Enter goes on"))

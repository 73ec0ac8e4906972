"""The verbs of a lesson beyond next and back, by keyboard alone, with a fake worker."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from textual.events import Key
from textual.widgets import OptionList

from tests.ui.driver import LESSONS, Driver, opened
from tests.ui.test_lesson_screen import Judge
from tutor.progress import Progress
from tutor.protocol import commands
from tutor.ui.screens.overview import OverviewScreen
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

RECALL = """
recall:
  - id: memory
    text: What was it again?
    options:
      - {text: that thing, feedback: "Yes, that.", correct: true}
      - {text: no thing, feedback: Not that.}
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """Two lessons of one step, the first with a question."""
    text = (LESSONS / "01-broadcasting" / "lesson.yaml").read_text("utf-8")
    head, _, steps = text.partition("  - id: first")
    first = head + "  - id: first" + steps.partition("  - id: runit")[0]
    for folder, own in (
        ("01-one", first + RECALL),
        (
            "02-two",
            first.replace("id: broadcasting", "id: two").replace("title: Broadcasting", "title: Number two"),
        ),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "lesson.yaml").write_text(own, "utf-8")
    return tmp_path


def status(step: str) -> str:
    with closing(Progress()) as progress:
        found = progress.steps("broadcasting").get(step)
        return found.status if found else "none"


async def asked(driver: Driver) -> None:
    """The question is there, and the keyboard is at its answers."""
    await driver.until(
        lambda: driver.shows("Which?") and driver.app.screen.query_one(LessonPane).answers.has_focus
    )


async def refused(driver: Driver) -> None:
    await driver.until(lambda: driver.shows("Make centred", "Done when"))
    await driver.type("centred = 0\n")
    await driver.until(lambda: "centred = 0" in driver.transcript)
    await driver.press("f8")
    await driver.until(lambda: driver.shows("shape: expected [4, 3], got [4]."))


async def test_skip_goes_on_marks_the_step_shown_and_leaves_what_it_makes() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#runit") as driver:
        await driver.until(lambda: driver.shows("Run it."))
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("What is the shape", "(3, 5)"))
        ran = [one.source for one in driver.client.sent(commands.Execute) if isinstance(one, commands.Execute)]
        assert any("torch.arange(6)" in source for source in ran)
        assert "torch.arange(6)" not in driver.transcript
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("Which?"))
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("Make centred"))
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("Broadcasting: one step is still open.", "4 shown"))
    assert [status(step) for step in ("runit", "guess", "pick", "centre")] == ["shown"] * 4


async def test_why_refused_shows_every_rule_and_writes_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("No answer was refused"))
        await refused(driver)
        assert driver.shows("Esc W: every rule")
        await driver.press("escape", "W")
        await driver.until(
            lambda: driver.shows("Why it was refused", "✗ shape  expected [4, 3]", "What was judged")
        )
        await driver.press("r")
        await driver.until(lambda: driver.shows("The report is in", "Nothing was sent"))
        await driver.press("r")
        await driver.until(lambda: (tmp_path / "tutor-report-broadcasting-centre-2.md").exists())
        text = (tmp_path / "tutor-report-broadcasting-centre-1.md").read_text("utf-8")
        assert "centred = 0" in text
        assert "keepdim" not in text
        await driver.press("escape")
        await driver.until(lambda: driver.shows("Done when"))


async def test_a_report_that_cannot_be_written_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_text: str, _name: str) -> str:
        raise OSError(28, "No space left on device", "report.md")

    monkeypatch.setattr("tutor.ui.screens.why.save_report", full)
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await refused(driver)
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("Why it was refused"))
        await driver.press("r")
        await driver.until(lambda: driver.shows("Not written: No space left on device"))


async def test_mine_stands_beside_the_reference_and_is_still_there_when_the_step_is_opened_again() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre", size=(200, 60)) as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("Yours", "The lesson's solution"))
        await driver.press("f7")
        await driver.until(lambda: driver.shows("Which?"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Choose an answer first"))
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Yours", "The lesson's solution"))


async def test_a_step_is_begun_anew_only_when_that_is_chosen() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("The lesson's solution"))
        await driver.press("escape", "Z")
        await driver.until(lambda: driver.shows("Begin anew?", "Keep everything"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("The lesson's solution") and not driver.shows("Begin anew?"))
        assert status("centre") == "done"
        starts = driver.client.starts
        await driver.press("escape", "Z")
        await driver.until(lambda: driver.shows("Begin anew?"))
        await driver.press("down", "enter")
        await driver.until(lambda: not driver.shows("The lesson's solution") and driver.shows("Done when"))
        assert driver.client.starts > starts
        assert status("centre") == "seen"
        # What was run at it is not run again.
        later = driver.client.commands[-20:]
        assert not [one for one in later[-3:] if isinstance(one, commands.Execute)]
    with closing(Progress()) as progress:
        assert not progress.cells("broadcasting")
        assert not progress.attempts("broadcasting", "centre")


async def test_a_lesson_is_begun_anew_from_its_first_step() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#runit") as driver:
        await driver.until(lambda: driver.shows("Run it."))
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.press("escape", "B")
        await driver.until(lambda: driver.shows("★ bookmark"))
        await driver.press("escape", "Z")
        await driver.until(lambda: driver.shows("Begin the whole lesson anew"))
        await driver.press("down", "down", "enter")
        await driver.until(lambda: driver.shows("lined up from the right", "0 %"))
    assert status("runit") == "none"
    with closing(Progress()) as progress:
        assert not progress.bookmarks()


async def test_the_overview_says_what_its_marks_mean() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#2") as driver:
        await driver.until(lambda: driver.shows("Run it."))
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.press("f3")
        await driver.until(lambda: driver.shows("· 4 open", "✓ 1 done", "○ 0 shown", "Enter jumps"))


async def test_the_end_of_a_lesson_opens_the_next_one(course: Path) -> None:
    async with opened(answer=Judge(), lessons=course, lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("Two shapes are"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Broadcasting: finished.", "Next", "Number two", "You can now"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("Number two · 1/1"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("You have finished every lesson"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("Free prompt", "Search"))


async def test_home_names_the_next_lesson(course: Path) -> None:
    async with opened(answer=Judge(), lessons=course, lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("Two shapes are"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Broadcasting: finished."))
        await driver.press("f2")
        await driver.until(lambda: driver.shows("Number two   next"))


async def test_the_end_of_a_lesson_asks_from_memory_and_the_answer_counts(course: Path) -> None:
    async with opened(answer=Judge(), lessons=course, lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("Two shapes are"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("1 question", "Broadcasting: finished."))
        await driver.press("r")
        await driver.until(lambda: driver.shows("Review · 1/1", "What was it again?", "that thing"))
        line = next(line for line in driver.screen.splitlines() if "that thing" in line)
        await driver.press(next(character for character in line if character.isdigit()))
        await driver.until(lambda: driver.shows("Yes, that.", "How well?"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("Review done.", "1  good"))
    with closing(Progress()) as progress:
        (row,) = progress.database.read("SELECT times FROM reviews WHERE step = 'memory'")
        assert row[0] == 1


async def test_from_the_end_the_steps_are_one_key_away(course: Path) -> None:
    async with opened(answer=Judge(), lessons=course, lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("Two shapes are"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Broadcasting: finished."))
        await driver.press("f3")
        await driver.until(lambda: driver.shows("Enter jumps", "✓ 1 done"))
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen.query(Prompt))


async def test_letters_typed_faster_than_what_they_open_open_one_thing() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("ready", "centred"))
        await driver.press("f6", "f6")
        await driver.until(lambda: driver.app.screen.query_one(Transcript).has_focus)
        for character in ":o:o:":
            driver.app.post_message(Key("colon" if character == ":" else character, character))
        await driver.until(lambda: len(driver.app.screen_stack) > 2)
        await driver.pilot.pause()
        assert len(driver.app.screen_stack) == 3
        await driver.press("escape")
        await driver.until(lambda: len(driver.app.screen_stack) == 2)


async def test_where_there_is_room_for_one_thing_the_next_step_is_not_behind_a_pane() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#first", size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("ready", "Two shapes are"))
        await driver.press("escape", "t")
        await driver.until(lambda: driver.shows("No tensors yet.") and not driver.shows("Two shapes are"))
        await driver.press("escape", "t")
        await driver.until(lambda: driver.shows("Two shapes are"))
        await driver.press("escape", "t")
        await driver.until(lambda: not driver.shows("Two shapes are"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Run it."))


async def test_after_a_question_is_left_what_is_typed_is_python_and_no_action() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.press("f7")
        await driver.until(
            lambda: driver.shows("Which?") and driver.app.screen.query_one(LessonPane).answers.has_focus
        )
        for key in ("f7", "f7"):
            await driver.press(key)
        await driver.until(lambda: driver.shows("Run it."))
        await driver.until(lambda: driver.app.screen.query_one(Prompt).has_focus_within)
        await driver.type("xlogs")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).source == "xlogs")


async def test_the_next_step_is_seen_where_another_pane_was_in_front() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick", size=(80, 24)) as driver:
        await driver.until(lambda: driver.shows("Which?", "this one"))
        await driver.press("escape", "t")
        await driver.until(lambda: driver.shows("No tensors yet") and not driver.shows("Which?"))
        for digit in "12":
            # An answer that nobody sees is not taken.
            await driver.press("escape", digit)
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("Make centred"))
    assert status("pick") == "shown"


async def test_f8_at_an_open_question_brings_the_keyboard_to_its_answers() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick") as driver:
        await driver.until(
            lambda: driver.shows("Which?") and driver.app.screen.query_one(LessonPane).answers.has_focus
        )
        await driver.type("x")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).source == "x")
        await driver.press("ctrl+c", "f8")
        await driver.until(
            lambda: driver.shows("press its number") and driver.app.screen.query_one(LessonPane).answers.has_focus
        )


async def test_digits_in_code_that_is_typed_fast_are_no_answer() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick") as driver:
        await driver.until(
            lambda: driver.shows("Which?") and driver.app.screen.query_one(LessonPane).answers.has_focus
        )
        for character in "x1":
            driver.app.post_message(Key(character, character))
        await driver.until(lambda: len(driver.app.screen.query_one(Prompt).source) == 2)
        assert driver.app.screen.query_one(Prompt).source == "x1"
        assert not driver.shows("✗")
    assert status("pick") == "seen"


async def test_the_solution_of_a_step_that_is_done_does_not_go_on() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("The lesson's solution"))
        await driver.press("escape", "s")
        await driver.until(lambda: driver.shows("This step is behind you"))
        assert driver.shows("Make centred")


async def test_why_refused_is_about_what_was_run_last() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await refused(driver)
        await driver.type("centred = 1\n")
        await driver.until(lambda: "centred = 1" in driver.transcript)
        await driver.until(lambda: "centred = 1" in getattr(driver.app.screen, "player").refusal.code)  # noqa: B009
        await driver.press("escape", "W")
        await driver.until(lambda: driver.shows("What was judged", "centred = 1"))


async def test_the_number_of_a_step_leads_to_it_in_the_list_of_steps() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "ready"))
        await driver.press("f3")
        await driver.until(lambda: isinstance(driver.app.screen, OverviewScreen))
        steps = driver.app.screen.query_one(OptionList)
        for digit, highlighted in (("2", 1), ("9", 1), ("0", 1), ("4", 3), ("x", 3), ("3", 2)):
            await driver.press(digit)
            assert steps.highlighted == highlighted
        await driver.press("enter")
        await driver.until(lambda: driver.shows("· 3/5"))


async def test_a_key_with_nothing_to_do_in_a_step_says_so_and_is_not_in_the_footer() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick") as driver:
        await asked(driver)
        footer = driver.screen.splitlines()[-1]
        assert "Hint" not in footer
        assert "Run code" not in footer
        await driver.press("f4")
        await driver.until(lambda: driver.shows("This step has no hints."))
        await driver.press("f5")
        await driver.until(lambda: driver.shows("Nothing to run in this step."))


async def test_code_that_is_typed_while_the_text_has_the_keyboard_is_code() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("ready", "Make centred"))
        screen = driver.app.screen
        for code in ("mean", "net = 1", "print(1)", "(1)", "2 + 2", "%who", "_x", "'q'"):
            screen.query_one(Prompt).load("")
            screen.query_one(LessonPane).focus()
            await driver.until(lambda: driver.app.focused is not None and driver.app.focused.id == "lesson")
            for character in code:
                driver.app.post_message(Key({" ": "space"}.get(character, character), character))
            await driver.until(lambda code=code: screen.query_one(Prompt).source == code)  # type: ignore[misc]
        assert driver.app.screen is screen
        assert driver.shows("Make centred")


async def test_the_text_leaves_other_keys_to_their_actions() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("ready", "Make centred"))
        driver.app.screen.query_one(LessonPane).focus()
        await driver.until(lambda: driver.app.focused is not None and driver.app.focused.id == "lesson")
        await driver.press("space")
        await driver.press("slash")
        await driver.until(lambda: driver.shows("Esc") and len(driver.app.screen_stack) == 3)
        await driver.press("escape")
        await driver.until(lambda: len(driver.app.screen_stack) == 2)
        assert not driver.app.screen.query_one(Prompt).source
        await driver.press("escape", "m")
        await driver.until(lambda: driver.shows("learn PyTorch"))


@pytest.mark.parametrize("step", ["pick", "guess"])
async def test_a_number_that_is_pressed_before_its_answers_are_there_is_no_code(step: str) -> None:
    async with opened(answer=Judge(), lesson=f"broadcasting#{step}", ready=False) as driver:
        await driver.until(lambda: driver.shows("Broadcasting ·"))
        pane = driver.app.screen.query_one(LessonPane)
        await driver.until(lambda: pane.has_focus_within)
        await driver.press("1")
        await driver.until(lambda: driver.shows("The answers are on their way."))
        assert not driver.app.screen.query_one(Prompt).source
        driver.client.ready()
        await driver.until(lambda: pane.answers.has_focus and pane.answers.option_count)
        await driver.press("1")
        await driver.until(lambda: driver.shows("✗") or driver.shows("✓"))
    assert status(step) != "none"


async def test_code_that_is_typed_before_the_answers_are_there_is_code() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick", ready=False) as driver:
        await driver.until(lambda: driver.app.screen.query(LessonPane))
        pane = driver.app.screen.query_one(LessonPane)
        await driver.until(lambda: pane.has_focus_within)
        await driver.type("x1")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).source == "x1")

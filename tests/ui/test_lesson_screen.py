"""A lesson by keyboard alone, with a fake worker."""

from __future__ import annotations

from contextlib import closing

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tutor.progress import Progress
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckPart, CheckResult
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt

RIGHT = CheckResult("centred is right", "pass", (), "", "")
WRONG = CheckResult(
    "centred is right",
    "fail",
    (CheckPart("shape", False, "[4, 3]", "[4]"),),
    "shape: expected [4, 3], got [4].",
    "",
)


class Judge:
    """Answers checks by what was run last."""

    def __init__(self) -> None:
        self.last = ""

    def __call__(self, command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute):
            self.last = command.source
        if isinstance(command, commands.Check):
            right = "keepdim" in self.last or self.last.strip() == command.solution.strip()
            mistake = command.mistakes[0].feedback if "dim=1" in self.last else ""
            checked = events.Checked(command.id, (RIGHT if right else WRONG,), mistake, "")
            return [events.Started(command.id), checked, events.Finished(command.id, "ok", 0.01)]
        return run_well(command)


async def _at(driver: Driver, step: str) -> None:
    await driver.until(lambda: driver.shows(f"· {step}/5"))


async def test_the_end_leads_back_to_what_is_open() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "ready"))
        await driver.press("escape", "J")
        await driver.until(lambda: driver.shows("4 steps are still open.", "Enter: step 1"))
        assert not driver.shows("You can now")
        await driver.press("enter")
        await _at(driver, "1")


async def test_asking_for_a_hint_that_is_not_there_takes_nothing_away() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#guess") as driver:
        await driver.until(lambda: driver.shows("What is the shape", "(3, 5)", "(5, 3)"))
        wrong = next(line for line in driver.screen.splitlines() if "(3, 1)" in line and "torch" not in line)
        await driver.press(next(character for character in wrong if character.isdigit()))
        await driver.until(lambda: driver.shows("Not quite.", "answered"))
        await driver.press("escape", "h")
        await driver.until(lambda: driver.shows("This step has no hints."))
        assert driver.shows("Not quite.", "answered")


async def test_a_starter_that_nobody_touched_goes_with_its_step() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        prompt = driver.app.screen.query_one(Prompt)
        for typed in ("", "1"):
            await driver.until(lambda: driver.shows("Make centred", "ready"))
            await driver.press("f5")
            await driver.until(lambda: prompt.source == "centred = ...")
            await driver.type(typed)
            await driver.press("f7")
            await _at(driver, "4")
            await driver.pilot.pause()
            assert prompt.source == ("centred = ...1" if typed else "")
            await driver.press("f3", "end", "enter")
            await _at(driver, "5")


async def test_a_wrong_choice_stays_marked_when_another_is_made() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick") as driver:
        await driver.until(lambda: driver.shows("this one", "that one", "Press the number"))
        rows = {
            name: next(row for row in driver.screen.splitlines() if name in row)
            for name in ("this one", "that one")
        }
        number = {name: next(letter for letter in row if letter.isdigit()) for name, row in rows.items()}
        await driver.press(number["that one"])
        await driver.until(lambda: driver.shows(f"✗ {number['that one']}  that one", "Choose again"))
        await driver.press(number["this one"])
        await driver.until(lambda: driver.shows(f"✓ {number['this one']}  this one"))
        assert driver.shows(f"✗ {number['that one']}  that one")


async def test_every_step_by_keyboard_alone() -> None:
    async with opened(answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("Broadcasting", "start here"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("lined up from the right", "F5 runs it"))
        await driver.press("f8")
        await _at(driver, "2")
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Run the code first"))
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("What is the shape", "(3, 5)", "(5, 3)"))
        wrong = next(line for line in driver.screen.splitlines() if "(3, 1)" in line and "torch" not in line)
        await driver.press(next(character for character in wrong if character.isdigit()))
        await driver.until(lambda: driver.shows("Not quite.", "along its last axis"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Which?", "this one"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Choose an answer first"))
        right = next(line for line in driver.screen.splitlines() if "this one" in line)
        await driver.press(next(character for character in right if character.isdigit()))
        await driver.until(lambda: driver.shows("yes it is"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [4, 3], got [4]."))
        await driver.press("f4")
        await driver.until(lambda: driver.shows("Hint 1 of 2", "Which axis must disappear"))
        driver.app.screen.query_one(Prompt).focus()
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("The lesson's solution"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("Broadcasting: finished.", "5 of 5 steps done"))


async def test_code_of_the_lesson_that_was_run_can_be_brought_back() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#runit") as driver:
        await driver.until(lambda: driver.shows("Run it."))
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        prompt = driver.app.screen.query_one(Prompt)
        prompt.focus()
        await driver.press("up")
        ran = [one.source for one in driver.client.commands if isinstance(one, commands.Execute)]
        await driver.until(lambda: prompt.source == ran[-1])


async def test_the_solution_is_shown_only_when_asked_twice_and_marks_the_step() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.press("escape", "s")
        await driver.until(lambda: driver.shows("Esc s again does it"))
        assert "keepdim" not in driver.transcript
        await driver.press("escape", "s")
        await driver.until(lambda: "keepdim" in driver.transcript)
        await driver.until(lambda: driver.shows("solution shown"))


async def test_a_bookmark_is_set_shown_in_the_overview_and_at_home_and_taken_away() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#pick") as driver:
        await driver.until(lambda: driver.shows("Which?", "that one"))
        await driver.press("escape", "B")
        await driver.until(lambda: driver.shows("Bookmark set", "★ bookmark"))
        await driver.press("f3")
        await driver.until(lambda: driver.shows("4  pick  ★ bookmark", "Esc closes"))
        await driver.press("escape")
        await driver.press("f2")
        await driver.until(lambda: driver.shows("★ 4  pick"))
        await driver.press("enter")
        await driver.until(lambda: driver.shows("Which?"))
        await driver.press("escape", "B")
        await driver.until(lambda: driver.shows("Bookmark taken away") and not driver.shows("★"))


async def test_every_attempt_is_kept_with_what_was_tried_and_its_verdict() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = 0\n")
        await driver.until(lambda: "centred = 0" in driver.transcript and driver.shows("expected"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("shape: expected [4, 3], got [4]."))
        driver.app.screen.query_one(Prompt).focus()
        await driver.type("centred = keepdim\n")
        await driver.until(lambda: driver.shows("The lesson's solution"))
    with closing(Progress()) as progress:
        attempts = progress.attempts("broadcasting", "centre")
        assert [(tried.answer, tried.verdict) for tried in attempts] == [
            ("centred = 0", "fail"),
            ("centred = keepdim", "pass"),
        ]
        assert all(tried.seconds is not None and tried.seconds >= 0 for tried in attempts)
        assert progress.steps("broadcasting")["centre"].accepted == "centred = keepdim"


async def test_a_foreseen_mistake_gets_the_authors_words() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.type("centred = x.mean(dim=1)\n")
        await driver.until(lambda: "dim=1" in driver.transcript)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("You centred the rows."))


async def test_a_lesson_reopens_at_its_step_with_the_learners_code_run_again() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#2") as driver:
        await _at(driver, "2")
        await driver.until(lambda: driver.shows("ready"))
        await driver.type("mine = 5\n")
        await driver.until(lambda: "mine = 5" in driver.transcript)
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.press("f8")
        await _at(driver, "3")
    async with opened(answer=Judge()) as driver:
        await driver.until(lambda: driver.shows("continue"))
        await driver.press("enter")
        await _at(driver, "3")
        await driver.until(lambda: "ran again" in driver.transcript)
        again = [c.source for c in driver.client.sent(commands.Execute) if isinstance(c, commands.Execute)]
        assert again[:2] == ["mine = 5", "q = torch.arange(6).reshape(2, 3)\nq"]
        assert "mine = 5" not in driver.transcript


async def test_the_overview_jumps_to_a_step() -> None:
    async with opened(answer=Judge(), lesson="broadcasting") as driver:
        await _at(driver, "1")
        await driver.press("f3")
        await driver.until(lambda: driver.shows("Enter jumps"))
        await driver.press("down", "down", "down", "enter")
        await _at(driver, "4")
        await driver.press("f7")
        await _at(driver, "3")


async def test_after_a_death_the_lessons_own_variables_are_set_up_again() -> None:
    async with opened(answer=Judge(), lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        before = len(driver.client.sent(commands.Prepare))
        driver.client.tell(events.Died(1, -9, "SIGKILL", 0))
        await driver.until(lambda: "set up again" in driver.transcript)
        assert len(driver.client.sent(commands.Prepare)) > before


async def test_a_lessons_fault_is_said_and_lets_the_learner_on() -> None:
    def faulty(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Predict):
            answer = events.Predicted(command.id, "", "the lesson's own code failed: NameError: a")
            return [events.Started(command.id), answer, events.Finished(command.id, "ok", 0.01)]
        return run_well(command)

    async with opened(answer=faulty, lesson="broadcasting#guess") as driver:
        await driver.until(lambda: driver.shows("the lesson's fault"))
        await driver.press("f8")
        await _at(driver, "4")


async def test_the_narrow_screen_has_the_lesson_and_the_panes_behind_one_key() -> None:
    async with opened(size=(80, 24), answer=Judge(), lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("lined up from the right", "[1]", "ready"))
        assert not driver.shows("No tensors yet")
        await driver.press("escape", "t")
        await driver.until(lambda: driver.shows("No tensors yet"))
        assert not driver.shows("lined up from the right")


async def test_zoom_gives_one_pane_the_screen() -> None:
    async with opened(answer=Judge(), lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("lined up from the right", "No tensors yet"))
        await driver.press("f9")
        await driver.until(lambda: not driver.shows("No tensors yet"))
        await driver.press("f9")
        await driver.until(lambda: driver.shows("No tensors yet"))


async def test_what_is_typed_while_an_answer_is_to_be_chosen_goes_to_the_prompt() -> None:
    async with opened(lesson="broadcasting#guess") as driver:
        await driver.until(lambda: driver.app.screen.query(LessonPane) and driver.shows("(3, 5)"))
        answers = driver.app.screen.query_one(LessonPane).answers
        await driver.until(lambda: answers.has_focus)
        await driver.type("last = 1\n")
        await driver.until(
            lambda: (
                [c.source for c in driver.client.sent(commands.Execute) if isinstance(c, commands.Execute)]
                == ["last = 1"]
            )
        )


async def test_going_home_keeps_the_lesson_as_it_is_and_shows_what_was_done() -> None:
    async with opened(lesson="broadcasting") as driver:
        await driver.until(lambda: driver.shows("ready"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("2/"))
        screen, starts = driver.app.screen, driver.client.starts
        await driver.press("f2")
        await driver.until(lambda: driver.shows("learn PyTorch", "continue"))
        await driver.press("enter")
        await driver.until(lambda: driver.app.screen is screen)
        assert driver.shows("2/")
        assert driver.client.starts == starts


async def test_without_torch_nothing_is_judged_or_recorded() -> None:
    async with opened(lesson="broadcasting#guess", ready=False) as driver:
        driver.client.tell(events.Ready(1, 2, "3.11.7", "/usr/bin/python3", None, "ModuleNotFoundError"))
        await driver.until(lambda: driver.shows("no torch", "pip install torch"))
        await driver.press("f8", "escape", "s", "escape", "s")
        await driver.until(lambda: driver.shows("so nothing can be run"))
        assert not driver.shows("solution shown")
        assert not driver.shows("lesson's fault")


async def test_an_exercise_is_not_done_by_being_opened() -> None:
    def always_right(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Check):
            checked = events.Checked(command.id, (RIGHT,), "", "")
            return [events.Started(command.id), checked, events.Finished(command.id, "ok", 0.01)]
        return run_well(command)

    async with opened(lesson="broadcasting#centre", answer=always_right) as driver:
        await driver.until(lambda: driver.shows("centred is right"))
        assert not driver.shows("✓ done")
        prepared = [c for c in driver.client.sent(commands.Prepare) if isinstance(c, commands.Prepare)]
        assert prepared[-1].fresh == ("centred",)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("✓ done"))

"""An answer that is written in an editor of the learner's: one that fills the terminal, or any at all."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fake import run_well
from tests.ui.driver import Driver, opened
from tests.ui.test_lesson_screen import Judge
from tutor.paths import data_dir
from tutor.protocol import commands, events
from tutor.ui.widgets.prompt import Prompt

RIGHT = "centred = x - x.mean(dim=0, keepdim=True)"
WRONG = "centred = x - x.mean(dim=1)"


def answer_file() -> Path:
    return data_dir() / "answers" / "broadcasting" / "centre.py"


def by_renaming(code: str) -> None:
    """Save as many editors do, from a process of its own."""
    script = (
        "import os, sys, pathlib; file = pathlib.Path(sys.argv[1]); new = file.with_suffix('.swp'); "
        "new.write_text(file.read_text().replace('centred = ...', '') + sys.argv[2] + '\\n'); "
        "os.replace(new, file)"
    )
    subprocess.run([sys.executable, "-c", script, str(answer_file()), code], check=True, timeout=60)


@contextlib.asynccontextmanager
async def at_the_exercise(size: tuple[int, int] = (120, 40)) -> AsyncIterator[Driver]:
    async with opened(answer=Judge(), lesson="broadcasting#centre", size=size) as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        driver.app.screen.query_one(Prompt).focus()
        yield driver


@pytest.fixture
def lent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal can be lent, though there is none."""
    monkeypatch.setattr("textual.app.App.suspend", lambda _app: contextlib.nullcontext())


def set_editor(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    code = f"import os, sys, pathlib, time\nfile = pathlib.Path(sys.argv[1])\n{script}"
    monkeypatch.setenv("VISUAL", shlex.join([sys.executable, "-c", code]))


async def test_each_save_is_judged_in_the_lesson_until_it_is_right() -> None:
    async with at_the_exercise() as driver:
        await driver.press("escape", "O")
        await driver.until(lambda: "Write your answer in" in driver.transcript and driver.shows("✎ file"))
        assert "Make `centred`" in answer_file().read_text("utf-8")
        by_renaming(WRONG)
        await driver.until(lambda: driver.shows("You centred the rows."))
        assert WRONG in driver.transcript
        assert "# Make" not in driver.transcript
        by_renaming(RIGHT)
        await driver.until(lambda: driver.shows("The lesson's solution", "✓ done"))
        await driver.press("escape", "O")
        await driver.until(lambda: "No longer watched" in driver.transcript and not driver.shows("✎ file"))
        assert RIGHT in answer_file().read_text("utf-8")


async def test_what_cannot_be_handed_in_is_said_and_saving_again_goes_on() -> None:
    async with at_the_exercise((80, 24)) as driver:
        await driver.press("escape", "O")
        await driver.until(lambda: "Write your answer in" in driver.transcript)
        answer_file().write_bytes(b"centred = '\xff'")
        await driver.until(lambda: "not UTF-8" in driver.transcript)
        answer_file().unlink()
        await driver.until(lambda: "is gone. Save it again" in driver.transcript)
        answer_file().write_text("# nothing yet\n", "utf-8")
        await driver.until(lambda: "# nothing yet" in driver.transcript)
        answer_file().write_text(RIGHT, "utf-8")
        await driver.until(lambda: driver.shows("✓ done"))


async def test_a_save_while_code_runs_waits_for_it() -> None:
    held: list[commands.Command] = []
    judge = Judge()

    def slow(command: commands.Command) -> list[events.Event]:
        if isinstance(command, commands.Execute) and "while True" in command.source:
            held.append(command)
            return [events.Started(command.id)]
        return judge(command)

    async with opened(answer=slow, lesson="broadcasting#centre") as driver:
        await driver.until(lambda: driver.shows("Make centred", "Done when"))
        await driver.press("escape", "O")
        await driver.until(lambda: "Write your answer in" in driver.transcript)
        answer_file().write_text("while True: pass", "utf-8")
        await driver.until(lambda: held)
        answer_file().write_text(RIGHT, "utf-8")
        await driver.until(lambda: driver.shows("Saved again: it is handed in when"))
        assert len(driver.client.sent(commands.Execute)) == 1
        driver.client.tell(events.Finished(held[0].id, "interrupted", 1.0))
        await driver.until(lambda: driver.shows("✓ done"))


async def test_the_terminals_editor_opens_the_task_and_its_answer_is_handed_in(
    lent: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with at_the_exercise() as driver:
        set_editor(monkeypatch, f"file.write_text(file.read_text().replace('centred = ...', {WRONG!r}))")
        await driver.press("escape", "v")
        await driver.until(lambda: driver.shows("You centred the rows."))
        # What was refused is there to be put right.
        set_editor(monkeypatch, f"file.write_text(file.read_text().replace({WRONG!r}, {RIGHT!r}))")
        await driver.press("escape", "v")
        await driver.until(lambda: driver.shows("✓ done"))
        assert RIGHT in answer_file().read_text("utf-8")


async def test_an_editor_with_a_window_of_its_own_is_watched(lent: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutor.ui.screens.answer_work.AT_ONCE", 1e9)
    set_editor(monkeypatch, "")
    async with at_the_exercise() as driver:
        await driver.press("escape", "v")
        await driver.until(lambda: "each save hands it in" in driver.transcript)
        by_renaming(RIGHT)
        await driver.until(lambda: driver.shows("✓ done"))


async def test_an_editor_that_fails_loses_nothing(lent: None, monkeypatch: pytest.MonkeyPatch) -> None:
    set_editor(monkeypatch, "file.write_text('centred = 7'); sys.exit(3)")
    async with at_the_exercise() as driver:
        await driver.press("escape", "v")
        await driver.until(lambda: driver.shows("ended with status 3."))
        assert answer_file().read_text("utf-8") == "centred = 7"
        assert driver.client.sent(commands.Execute) == []


async def test_text_in_the_prompt_is_what_the_editor_gets(lent: None, monkeypatch: pytest.MonkeyPatch) -> None:
    set_editor(monkeypatch, "file.write_text(file.read_text() + 'two')")
    async with at_the_exercise() as driver:
        await driver.type("one")
        await driver.press("escape", "v")
        await driver.until(lambda: driver.app.screen.query_one(Prompt).source == "one\ntwo")
        assert not answer_file().exists()


async def test_a_step_without_code_has_no_file() -> None:
    async with opened(answer=run_well, lesson="broadcasting#pick") as driver:
        await driver.until(lambda: driver.shows("Which?"))
        await driver.press("escape", "O")
        await driver.until(lambda: driver.shows("There is no code to hand in at this step."))

"""A step opens at its beginning, whatever was said at the one before or is said on entering, and is whole."""

from __future__ import annotations

from pathlib import Path

from tests.fake import run_well
from tests.ui.driver import opened
from tutor.protocol import commands, events
from tutor.protocol.verdicts import CheckResult
from tutor.ui.widgets.lesson_pane import LessonPane

_LESSON = """\
schema: 1
id: long-steps
title: Long steps
track: foundations
objectives: [read]
minutes: 10
difficulty: 1
steps:
  - id: first
    kind: choice
    text: "{long}"
    options:
      - {{text: this one, feedback: "{long}", correct: true}}
      - {{text: that one, feedback: no}}
  - id: second
    kind: read
    text: "It begins here. {long}"
"""

_EXERCISE = """\
  - id: third
    kind: exercise
    text: "{long}"
    solution: y = 1
    hints: [Think.]
    checks:
      - {{kind: value, target: y}}
"""


def _repairs(command: commands.Command) -> list[events.Event]:
    if isinstance(command, commands.Prepare):
        prepared = events.Prepared(command.id, (), ("loader",), "")
        return [events.Started(command.id), prepared, events.Finished(command.id, "ok", 0.0)]
    if isinstance(command, commands.Check):
        wrong = CheckResult("y is right", "fail", (), "It is not there yet.", "")
        return [
            events.Started(command.id),
            events.Checked(command.id, (wrong,), "", ""),
            events.Finished(command.id, "ok", 0.0),
        ]
    return run_well(command)


async def test_a_step_opens_at_its_beginning(tmp_path: Path) -> None:
    folder = tmp_path / "01-long-steps"
    folder.mkdir()
    text = _LESSON.format(long="Words that fill the pane. " * 40)
    (folder / "lesson.yaml").write_text(text, encoding="utf-8")
    async with opened(lesson="long-steps", lessons=tmp_path, size=(80, 24), answer=_repairs) as driver:
        await driver.until(lambda: driver.shows("Words that fill"))
        pane = driver.app.screen.query_one(LessonPane)
        await driver.until(lambda: pane.answers.has_focus and pane.answers.option_count == 2)
        assert pane.scroll_offset.y == 0
        right = next(n for n, option in enumerate(pane.answers.options) if "this one" in str(option.prompt))
        await driver.press(str(right + 1))
        await driver.until(lambda: pane.scroll_offset.y > 0)
        await driver.press("f8")
        await driver.until(lambda: driver.shows("It begins here."))
        for _ in range(5):
            await driver.pilot.pause()
        assert driver.shows("It begins here.", "▾ more below")
        await driver.press("f6", "pagedown")
        await driver.until(lambda: driver.shows("set again"))


async def test_code_in_a_text_is_shown_whole(tmp_path: Path) -> None:
    folder = tmp_path / "01-long-steps"
    folder.mkdir()
    lines = [f"line_{number} = {number}" for number in range(30)]
    lines[0] = "result = model(" + ", ".join(f"argument_{number}={number}" for number in range(12)) + ")"
    head, _, _ = _LESSON.partition("steps:")
    code = "\n".join(f"      {line}" for line in ("```python", *lines, "```"))
    text = f"{head}steps:\n  - id: first\n    kind: read\n    text: |\n{code}\n"
    (folder / "lesson.yaml").write_text(text, encoding="utf-8")
    async with opened(lesson="long-steps", lessons=tmp_path, size=(80, 60), answer=_repairs) as driver:
        await driver.until(lambda: driver.shows("result = model("))
        await driver.press("f6", "f9")
        await driver.until(lambda: driver.shows("line_29 = 29"))
        assert driver.shows(*(f"argument_{number}={number}" for number in range(12)))


async def test_why_an_answer_is_refused_comes_into_view_also_the_second_time(tmp_path: Path) -> None:
    folder = tmp_path / "01-long-steps"
    folder.mkdir()
    text = (_LESSON + _EXERCISE).format(long="Words that fill the pane. " * 40)
    (folder / "lesson.yaml").write_text(text, encoding="utf-8")
    async with opened(lesson="long-steps#third", lessons=tmp_path, size=(80, 24), answer=_repairs) as driver:
        await driver.until(lambda: driver.shows("ready", "Words that fill"))
        pane = driver.app.screen.query_one(LessonPane)
        for _time in range(2):
            await driver.press("f8")
            await driver.until(lambda: driver.shows("It is not there yet."))
            pane.scroll_home(animate=False)
            await driver.until(lambda: not driver.shows("It is not there yet."))

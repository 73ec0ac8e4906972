"""Titles are text: nothing in them is markup."""

from __future__ import annotations

from pathlib import Path

from tests.ui.driver import opened

TITLE = "An [b]x[0][/b] [@click=app.quit]title[/] \\[red]"
LESSON = f"""\
schema: 1
id: titled
title: '{TITLE}'
track: tensors
objectives: [see it]
minutes: 1
difficulty: 1
steps:
  - id: one
    kind: read
    title: '{TITLE}'
    text: A text.
"""


async def test_titles_are_shown_as_they_are_written(tmp_path: Path) -> None:
    folder = tmp_path / "01-titled"
    folder.mkdir()
    (folder / "lesson.yaml").write_text(LESSON, "utf-8")
    async with opened(lesson="titled", lessons=tmp_path) as driver:
        await driver.until(lambda: driver.screen.count(TITLE) == 2)
        await driver.press("f3")
        await driver.until(lambda: driver.shows("Enter jumps", TITLE))

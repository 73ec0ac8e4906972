"""A step's ``view``: its pane stands in front while the step is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.render.test_training import RUN
from tests.ui.driver import opened
from tutor.protocol import commands, events
from tutor.ui.panes.inspector import Inspector

_LESSON = """\
schema: 1
id: pictures
title: Pictures
track: foundations
objectives: [see it]
minutes: 10
difficulty: 1
setup: import torch
steps:
  - id: lined-up
    kind: read
    text: The first one.
    example: a = torch.ones(3, 1)
    view: {align: ["a + a.t()"]}
  - id: kept
    kind: run
    text: The second one.
    code: b = 1
    view: {watch: ["b * 2"]}
  - id: plain
    kind: read
    text: The third one.
"""


async def test_a_steps_pane_is_in_front_until_the_step_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "01-pictures"
    folder.mkdir()
    (folder / "lesson.yaml").write_text(_LESSON, encoding="utf-8")
    async with opened(lesson="pictures", lessons=tmp_path, size=(160, 40)) as driver:
        await driver.until(lambda: driver.shows("The first one."))
        inspector = driver.app.screen.query_one(Inspector)
        run = 0

        def asked() -> list[str]:
            return [one.source for one in driver.client.sent(commands.Align) if isinstance(one, commands.Align)]

        def watched() -> list[tuple[str, ...]]:
            sent = driver.client.sent(commands.Watch)
            return [one.expressions for one in sent if isinstance(one, commands.Watch)]

        async def news() -> None:
            """Of a loop, which bring the Training pane to the front where nothing holds it."""
            nonlocal run
            run += 1
            driver.client.tell(events.TrainingChanged(1, replace(RUN, run=run)))
            await driver.until(lambda: driver.app.session.state.training == replace(RUN, run=run))
            await driver.pilot.pause()

        await driver.until(lambda: inspector.shows("align") and asked() == ["a + a.t()"])
        await driver.press("f5")
        await driver.until(lambda: len(asked()) == 2)
        await driver.press("f8")
        await driver.until(lambda: inspector.shows("watch") and watched()[-1:] == [("b * 2",)])
        await news()
        assert inspector.shows("watch")
        await driver.press("escape", "t")
        await driver.until(lambda: inspector.shows("tensors"))
        await news()
        assert inspector.shows("training"), "whoever has gone to another pane sees the news again"
        await driver.press("f5")
        await driver.until(lambda: driver.shows("✓ done"))
        await driver.press("f8")
        await driver.until(lambda: driver.shows("The third one.") and watched()[-1] == ())
        await driver.press("escape", "t")
        await news()
        assert inspector.shows("training")

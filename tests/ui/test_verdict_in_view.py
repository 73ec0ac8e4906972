"""What was said of an answer is seen, however full the pane is, and wherever the message stands."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from tutor.lesson.model import Predict
from tutor.session.marks import Mark
from tutor.session.steps import StepView
from tutor.ui.widgets.lesson_pane import LessonPane


class _Bench(App[None]):
    def compose(self) -> ComposeResult:
        yield LessonPane()


@pytest.mark.parametrize("height", range(14, 26))
async def test_a_verdict_that_was_not_there_before_comes_into_view(height: int) -> None:
    step = Predict(id="guess", text="\n\n".join("word" for _ in range(6)), code="w", ask="value")
    asked = StepView(step, 0, 1, "open", options=("1", "2"))
    told = replace(
        asked,
        status="done",
        chosen=1,
        right=0,
        marks=((Mark("2", False, "1"),),),
        message="Not quite.\n\nBecause.",
        mood="bad",
        said=1,
    )
    async with _Bench().run_test(size=(60, height)) as pilot:
        pane = pilot.app.query_one(LessonPane)
        await pane.show(asked)
        pane.focus_work()
        await pilot.pause()
        with pilot.app.batch_update():
            await pane.show(told)
            await pilot.pause()
        for _ in range(10):
            await pilot.pause()
        message = pane.query_one("#step-message")
        assert message.region.height >= 3
        assert message.region.bottom <= pane.region.bottom

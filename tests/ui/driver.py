"""Drives the app with a fake worker, waiting on conditions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from tests.fake import Answer, FakeClient, run_well
from tutor.ui.app import Start, TutorApp
from tutor.ui.widgets.transcript import Transcript

LESSONS = Path(__file__).parent / "lessons"


class Driver:
    """One open app."""

    def __init__(self, app: TutorApp, pilot: Pilot[None], client: FakeClient) -> None:
        self.app = app
        self.pilot = pilot
        self.client = client

    async def until(self, condition: Callable[[], object], limit: float = 20.0) -> None:
        """Let the app work until ``condition()`` is true."""
        end = asyncio.get_running_loop().time() + limit
        while not condition():
            assert asyncio.get_running_loop().time() < end, f"waited in vain; the screen shows:\n{self.screen}"
            await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Type text; a newline is Enter."""
        names = {"\n": "enter", " ": "space"}
        await self.pilot.press(*(names.get(character, character) for character in text))

    @property
    def screen(self) -> str:
        """What a person sees, as text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)

    @property
    def transcript(self) -> str:
        return self.app.screen.query_one(Transcript).text()

    def shows(self, *texts: str) -> bool:
        """Whether all of these are on the screen."""
        screen = self.screen
        return all(text in screen for text in texts)

    def text_of(self, selector: str) -> str:
        """The text of one Static."""
        return str(self.app.screen.query_one(selector, Static).content)


@contextlib.asynccontextmanager
async def opened(
    *,
    size: tuple[int, int] = (120, 40),
    answer: Answer = run_well,
    ready: bool = True,
    lesson: str = "",
    repl: bool = False,
    review: bool = False,
    lessons: Path = LESSONS,
    helper: Answer | None = None,
    play: str = "",
    preview: tuple[Path, str] | None = None,
    data: Path | None = None,
) -> AsyncIterator[Driver]:
    """The app, open, with its lessons loaded."""
    client = FakeClient(answer, ready=ready, helper=helper)

    def make(threads: int | None) -> FakeClient:
        client.threads = threads
        return client

    app = TutorApp(Start(lessons, lesson, repl, play, review=review, preview=preview, data=data), make)
    async with app.run_test(size=size) as pilot:
        driver = Driver(app, pilot, client)
        await driver.until(lambda: client.starts)
        yield driver

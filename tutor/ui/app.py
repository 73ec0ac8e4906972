"""The application: one session, one progress file, one catalogue, and the screens that show them."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand
from textual.command import CommandPalette

from tutor.texts import _
from tutor.ui import terminal_input
from tutor.ui.keeper import Keeper
from tutor.ui.openings import LESSON_THREADS, Openings
from tutor.ui.screens.home import HomeScreen
from tutor.ui.start import Start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from tutor.lesson.catalogue import Catalogue
    from tutor.playground.settings import Settings
    from tutor.progress import Progress
    from tutor.session.client import Client
    from tutor.session.notes import Notes
    from tutor.session.session import Session
    from tutor.ui.screens.work import WorkScreen

__all__ = ["Start", "TutorApp"]

_LAST_SECONDS = 3.0
"""For closing down when told to end from outside."""

_SMALLEST = (60, 18)
"""Columns and rows below which the panes cannot be read."""


class TutorApp(Openings, App[None]):
    """Paints first; torch, lessons and progress load behind the first frame."""

    TITLE = "tutor"
    CSS_PATH = ["styles/app.tcss", "styles/home.tcss"]
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "f10"
    BINDINGS = []

    def __init__(self, start: Start, client: Callable[[int | None], Client]) -> None:
        terminal_input.prepare()
        super().__init__()
        self._start = start
        self._make_client = client
        self._session: Session | None = None
        self._progress: Progress | None = None
        self._catalogue: Catalogue | None = None
        self._keeper = Keeper(self._warn)
        self._notes: Notes | None = None
        self._work: WorkScreen | None = None
        self.play_settings: Settings | None = None
        """What was last set in the playground."""

    def get_default_screen(self) -> Screen[None]:
        return HomeScreen()

    def on_mount(self) -> None:
        # Told to end from outside, the terminal is still put back as it was.
        for number in (signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._told_to_end)
        self.call_after_refresh(self._load)

    def _told_to_end(self) -> None:
        # Of a terminal that is gone Textual's writer may wait for ever, and its reader turn round without a rest.
        # What was done is in the progress file, step by step, and the worker ends with the pipe to it.
        last = threading.Timer(_LAST_SECONDS, os._exit, (1,))
        last.daemon = True
        last.start()
        self.exit()

    async def _load(self) -> None:
        """What the first frame does not need."""
        from tutor.lesson.catalogue import Catalogue
        from tutor.progress import Progress

        self.session.start()
        self.run_worker(self._keeper.load())
        self._progress = Progress(self._start.data)
        self._catalogue = self._start.catalogue
        if self._catalogue is None:
            find = self._start.find
            self._catalogue = Catalogue(await asyncio.to_thread(find) if find else self._start.lessons)
            await self._read_lessons(self._catalogue)
        self.refresh_home()
        if self._progress.notice:
            self._warn(self._progress.notice)
        if self._start.repl:
            self.open_repl()
        elif self._start.review:
            self.open_review()
        elif self._start.preview:
            self.open_preview(*self._start.preview)
        elif self._start.play:
            self.open_play(self._start.play)
        elif self._start.lesson:
            lesson, step = self._catalogue.find(self._start.lesson)
            self.open_lesson(lesson, step)

    async def _read_lessons(self, catalogue: Catalogue) -> None:
        """Load the catalogue; where that takes long, say how far it is."""
        home = self.screen_stack[0]
        told = self.set_interval(0.25, lambda: home.tell(catalogue) if isinstance(home, HomeScreen) else None)
        await catalogue.load()
        told.stop()

    @property
    def session(self) -> Session:
        """The one session; its worker starts to load when it is first asked for."""
        if self._session is None:
            from tutor.session.session import Session

            threads = self._start.threads
            if threads is None and not self._start.repl:
                threads = LESSON_THREADS
            self._session = Session(self._make_client(threads))
        return self._session

    @property
    def notes(self) -> Notes:
        """What was noticed in this sitting, and what is silenced."""
        if self._notes is None:
            from tutor.session.notes import Notes

            assert self._progress is not None  # noqa: S101 - nothing runs before it is loaded
            self._notes = Notes(self._progress)
        return self._notes

    def refresh_home(self) -> None:
        """Show on the home screen what has been done by now."""
        home = self.screen_stack[0]
        if isinstance(home, HomeScreen) and self._catalogue is not None and self._progress is not None:
            home.fill(self._catalogue, self._progress, self.review_outlook())

    def _warn(self, text: str) -> None:
        self.notify(text, severity="warning", timeout=12, markup=False)

    async def on_unmount(self) -> None:
        if self._session is not None:
            self._session.close()
        if self._progress is not None:
            self._progress.close()
        await self._keeper.close()

    def action_command_palette(self) -> None:
        # Textual asks only whether it is in front: keys typed fast may have put something over it.
        if not any(isinstance(screen, CommandPalette) for screen in self.screen_stack):
            super().action_command_palette()

    def on_resize(self) -> None:
        # The app learns its new size only after this.
        self.call_after_refresh(self._mind_size)

    def _mind_size(self) -> None:
        """Cover a window too small to work in, and uncover it when there is room again."""
        from tutor.ui.screens.too_small import TooSmallScreen

        small = self.size.width < _SMALLEST[0] or self.size.height < _SMALLEST[1]
        covered = isinstance(self.screen, TooSmallScreen)
        if small and not covered:
            self.push_screen(TooSmallScreen(_SMALLEST))
        elif covered and not small:
            self.pop_screen()

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Whatever a function key does, the menu of Esc is over."""
        if self._work is not None and self.screen is self._work:
            self._work.end_leader()
        return await super().run_action(action, default_namespace, namespaces)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers what the screen can do, from the registry of actions."""
        for action in getattr(screen, "ACTIONS", ()):
            yield SystemCommand(
                _(action.title), _(action.help), partial(self.call_later, screen.run_action, action.name)
            )

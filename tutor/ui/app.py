"""The application: one session, one progress file, one catalogue, and the screens that show them."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import time
from typing import TYPE_CHECKING

from textual.app import App, SystemCommand

from tutor.texts import _
from tutor.ui import terminal_input
from tutor.ui.keeper import Keeper
from tutor.ui.screens.home import HomeScreen
from tutor.ui.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode
    from textual.screen import Screen

    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.model import Lesson
    from tutor.lesson.places import Places
    from tutor.playground.settings import Settings
    from tutor.progress import Progress
    from tutor.session.client import Client
    from tutor.session.notes import Notes
    from tutor.session.review_items import Outlook, Question
    from tutor.session.session import Session
    from tutor.ui.gate import Gate
    from tutor.ui.screens.work import WorkScreen

_WORK = "work"
"""Name under which the lesson or prompt that is open is installed."""

_SMALLEST = (60, 18)
"""Columns and rows below which the panes cannot be read."""

_LESSON_THREADS = 1
"""A busy second core made small steps up to 29 times slower with two threads; lessons say how many they use."""


@dataclass(frozen=True, slots=True)
class Start:
    """What the app is to open with."""

    lessons: Path
    lesson: str = ""
    """``LESSON`` or ``LESSON#STEP``; empty for the home screen."""
    repl: bool = False
    play: str = ""
    """``network`` or ``descent``: a view of the playground."""
    threads: int | None = None
    review: bool = False
    """The questions that are due."""
    find: Callable[[], Places] | None = None
    """Finds packs and unpacks them, behind the first frame; ``lessons`` alone where there is none."""
    catalogue: Catalogue | None = None
    """All lessons, where they have been read already."""
    trust: bool = False
    """Run the code of packs without a question."""
    preview: tuple[Path, str] | None = None
    """The file of a lesson that is being written, and a step of it (its id or number; empty for the first)."""
    data: Path | None = None
    """Where progress is kept; None is where it always is."""


class TutorApp(Ways, App[None]):
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
        self._gate: Gate | None = None
        self._used = False
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
            asyncio.get_running_loop().add_signal_handler(number, self.exit)
        self.call_after_refresh(self._load)

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
                threads = _LESSON_THREADS
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

    def open_listed(self, entry_id: str) -> None:
        """Open a lesson of the list."""
        from tutor.lesson.problems import LessonError

        assert self._catalogue is not None  # noqa: S101 - the list was filled from it
        try:
            lesson = self._catalogue.lesson(entry_id)
        except LessonError as error:
            self._warn(_("This lesson cannot be used any more: {problem}").format(problem=error.problems[0]))
        else:
            self.open_lesson(lesson)

    def open_lesson(self, lesson: Lesson, step: str | None = None, *, agreed: Lesson | None = None) -> None:
        """Open a lesson in a namespace of its own. One of a pack asks first, unless it was ``agreed`` to."""
        from tutor.ui.screens.lesson import LessonScreen

        assert self._progress is not None  # noqa: S101 - lessons are chosen from a list that is filled after it
        if lesson.pack and lesson is not agreed:
            self.run_worker(self.gate.lead_in(lesson, step), group="gate", exclusive=True)
            return
        if isinstance(self._work, LessonScreen) and self._work.lesson.id == lesson.id and step is None:
            self._show_work(self._work)
            return
        self._leave_work()
        self._fresh(self._start.threads or _LESSON_THREADS)
        self._show_work(LessonScreen(self.session, self._keeper.log, lesson, self._progress, step))

    @property
    def gate(self) -> Gate:
        """Where the code of packs is let in, or not."""
        if self._gate is None:
            from tutor.packs.trust import Trust
            from tutor.ui.gate import Gate

            assert self._catalogue is not None  # noqa: S101 - whatever is let in is from it
            self._gate = Gate(self, self._catalogue, Trust(for_now=self._start.trust), self._warn)
        return self._gate

    def open_preview(self, file: Path, step: str) -> None:
        """Open the lesson of a file at a step, and show it anew at every save."""
        from tutor.session.draft import Draft
        from tutor.ui.screens.preview import PreviewScreen

        assert self._progress is not None  # noqa: S101 - it is opened with the app
        self._leave_work()
        self._fresh(self._start.threads or _LESSON_THREADS)
        self._show_work(PreviewScreen(self.session, self._keeper.log, Draft(file), self._progress, step))

    def lesson_among(self, choose: Callable[[list[str]], str | None]) -> Lesson | None:
        """The lesson whose id ``choose`` picks from those of the catalogue."""
        if self._catalogue is None:
            return None
        chosen = choose([entry.id for entry in self._catalogue.entries])
        return next(iter(self._catalogue.some([chosen])), None) if chosen else None

    def change_to_lesson(self, lesson: Lesson, step: str | None = None) -> None:
        """Leave the lesson or prompt that is open for another lesson."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.open_lesson(lesson, step)

    def open_repl(self, threads: int | None = None) -> None:
        """Open the free prompt, with ``threads`` in a torch operation or torch's own number of them."""
        from tutor.ui.screens.repl import ReplScreen

        if isinstance(self._work, ReplScreen):
            self._show_work(self._work)
            return
        self._leave_work()
        self._fresh(self._start.threads or threads)
        self._show_work(ReplScreen(self.session, self._keeper.log))

    def review_outlook(self) -> Outlook:
        """What is due to be asked again."""
        from tutor.session.review_items import known_lessons, outlook

        assert self._catalogue is not None  # noqa: S101 - nothing is open before it is loaded
        assert self._progress is not None  # noqa: S101 - nor before this
        return outlook(self._catalogue.some(known_lessons(self._progress)), self._progress, time())

    def open_review(self) -> None:
        """Ask what is due, or go on asking."""
        from tutor.session.review_items import sitting
        from tutor.ui.screens.review import ReviewScreen

        if isinstance(self._work, ReviewScreen) and not self._work.reviewer.over:
            self._show_work(self._work)
            return
        questions = sitting(self.review_outlook())
        if any(question.lesson.pack for question in questions):
            self.run_worker(self.gate.lead_in_review(questions), group="gate", exclusive=True)
        else:
            self.begin_review(questions)

    def begin_review(self, questions: list[Question]) -> None:
        """Ask these questions; what is from packs may run."""

        if not questions:
            self._warn(_("Nothing is due."))
            return
        self._ask(questions)

    def _ask(self, questions: list[Question]) -> None:
        from tutor.ui.screens.review import ReviewScreen

        assert self._progress is not None  # noqa: S101 - there are questions
        self._leave_work()
        self._fresh(self._start.threads or _LESSON_THREADS)
        self._show_work(ReviewScreen(self.session, questions, self._progress))

    def open_play(self, view: str = "network") -> None:
        """Open a view of the playground over whatever is open; one view takes the other's place."""
        from tutor.playground.settings import Settings
        from tutor.ui.screens.descent import DescentScreen
        from tutor.ui.screens.play import PlayScreen
        from tutor.ui.screens.play_base import PlayBase

        screen = (
            DescentScreen(self.session)
            if view == "descent"
            else PlayScreen(self.session, self.play_settings or Settings())
        )
        if isinstance(self.screen, PlayBase):
            self.switch_screen(screen)
        else:
            self.push_screen(screen)
        self.call_after_refresh(self._mind_size)

    def take_to_prompt(self, cells: tuple[str, ...]) -> None:
        """Leave the playground for the free prompt, and run there what it stood for."""
        self.run_worker(self._take_to_prompt(cells))

    async def _take_to_prompt(self, cells: tuple[str, ...]) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        # With as many threads as it was trained with: small steps are no faster with more.
        self.open_repl(threads=1)
        assert self._work is not None  # noqa: S101 - the free prompt has just been opened
        work = self._work
        work.call_after_refresh(lambda: [self.session.run(cell) for cell in cells])

    def _show_work(self, screen: WorkScreen) -> None:
        """Bring it to the front; it lives on behind the home screen until other work is begun."""
        if screen is not self._work:
            self._work = screen
            self.install_screen(screen, _WORK)
        self.push_screen(_WORK)
        self.call_after_refresh(self._mind_size)

    def _leave_work(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            self.uninstall_screen(_WORK)
            work.remove()

    def _fresh(self, threads: int | None) -> None:
        """The worker that was started behind the home screen serves the first lesson; later ones get their own."""
        if self._used or self.session.threads != threads:
            self.session.restart(threads)
        self._used = True

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

"""Opens lessons, the free prompt, a review, the playground: one at a time, behind the home screen."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from tutor.texts import _
from tutor.ui.ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tutor.lesson.model import Lesson
    from tutor.playground.settings import Settings
    from tutor.session.review_items import Outlook, Question
    from tutor.session.session import Session
    from tutor.ui.gate import Gate
    from tutor.ui.keeper import Keeper
    from tutor.ui.screens.work import WorkScreen
    from tutor.ui.start import Start

LESSON_THREADS = 1
"""A busy second core made small steps up to 29 times slower with two threads; lessons say how many they use."""

_WORK = "work"
"""Name under which the lesson or prompt that is open is installed."""


class Openings(Ways):
    """Mixin of the application."""

    if TYPE_CHECKING:
        _start: Start
        _keeper: Keeper
        play_settings: Settings | None

        @property
        def session(self) -> Session: ...
        def _warn(self, text: str) -> None: ...
        def _mind_size(self) -> None: ...

    _gate: Gate | None = None
    _used = False

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
        self._fresh(self._start.threads or LESSON_THREADS)
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
        self._fresh(self._start.threads or LESSON_THREADS)
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
        self._fresh(self._start.threads or LESSON_THREADS)
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
        # The screen that is left says so first: the prompt takes a moment, and Python to start some more.
        self.call_after_refresh(lambda: self.run_worker(self._take_to_prompt(cells)))

    async def _take_to_prompt(self, cells: tuple[str, ...]) -> None:
        # From one picture to the other: the home screen between them would look like the end of it.
        with self.batch_update():
            while len(self.screen_stack) > 1:
                await self.pop_screen()
            # With as many threads as it was trained with: small steps are no faster with more.
            self.open_repl(threads=1)
        assert self._work is not None  # noqa: S101 - the free prompt has just been opened
        self._work.call_after_refresh(self._work.run_all, cells)

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

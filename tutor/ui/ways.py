"""Ways from one lesson to another: search, the end of a lesson, its questions from memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.model import Lesson
    from tutor.progress import Progress
    from tutor.progress.outcome import Outcome
    from tutor.session.review_items import Outlook, Question
    from tutor.ui.screens.work import WorkScreen

    _Base = App[None]
else:
    _Base = object


class Ways(_Base):
    """Mixin of the application."""

    if TYPE_CHECKING:
        _catalogue: Catalogue | None
        _progress: Progress | None
        _work: WorkScreen | None

        def _show_work(self, screen: WorkScreen) -> None: ...
        def _ask(self, questions: list[Question]) -> None: ...
        def change_to_lesson(self, lesson: Lesson, step: str | None = None) -> None: ...
        def open_listed(self, entry_id: str) -> None: ...
        def review_outlook(self) -> Outlook: ...

    def search_lessons(self) -> None:
        """Search all lessons, and open what is chosen."""
        from tutor.ui.screens.lesson import LessonScreen
        from tutor.ui.screens.searching import Chosen, SearchScreen

        if self._catalogue is None or self._progress is None:
            return
        here = self.screen.lesson.id if isinstance(self.screen, LessonScreen) else ""

        def go(chosen: Chosen | None) -> None:
            if chosen is not None:
                self.go_to(*chosen)

        self.push_screen(SearchScreen(self._catalogue, self._progress, here), go)

    def go_to(self, lesson: Lesson, step: str | None = None) -> None:
        """A step of a lesson, whatever is open; the lesson that is open keeps its variables."""
        from tutor.ui.screens.lesson import LessonScreen

        work = self._work
        if isinstance(work, LessonScreen) and work.lesson.id == lesson.id:
            if self.screen is not work:
                self._show_work(work)
            if step is not None:
                work.jump([one.id for one in lesson.steps].index(step))
        else:
            self.change_to_lesson(lesson, step)

    def change_to_listed(self, entry_id: str) -> None:
        """Leave the lesson or prompt that is open for a lesson of the list."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.open_listed(entry_id)

    def outcome_of(self, lesson: Lesson) -> Outcome:
        """What came of a lesson, and what comes next."""
        from tutor.progress.outcome import outcome

        assert self._catalogue is not None  # noqa: S101 - a lesson is open
        assert self._progress is not None  # noqa: S101 - a lesson is open
        return outcome(lesson, self._catalogue.entries, self._progress)

    def open_recall(self, lesson: Lesson) -> None:
        """Ask from memory what a lesson that is finished wants to be known."""
        from tutor.session.review_items import recall_of

        self.review_outlook()  # puts the questions into the schedule
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._ask(recall_of(lesson))

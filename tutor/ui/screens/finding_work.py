"""Looking something up: in all lessons, or in the glossary."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tutor.texts import _
from tutor.ui.widgets.prompt import Prompt

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.lesson.glossary import Term
    from tutor.lesson.model import Lesson
    from tutor.ui.app import TutorApp
    from tutor.ui.screens.glossary import Wish

    _Base = Screen[None]
else:
    _Base = object


class FindingWork(_Base):
    """Mixin of a work screen."""

    if TYPE_CHECKING:

        def say(self, text: str) -> None: ...

    def reading(self) -> str:
        """The text that is being read, whose terms may be asked about."""
        return ""

    def action_search_lessons(self) -> None:
        cast("TutorApp", self.app).search_lessons()

    def action_show_glossary(self) -> None:
        from tutor.explain.topics import TOPICS
        from tutor.lesson.glossary import load_glossary
        from tutor.lesson.problems import LessonError
        from tutor.ui.screens.glossary import GlossaryScreen

        tutor = cast("TutorApp", self.app)
        try:
            glossary = load_glossary()
        except LessonError as broken:
            self.say(_("The glossary cannot be read: {problem}").format(problem=broken.problems[0]))
            return

        def taught(term: Term) -> Lesson | None:
            return tutor.lesson_among(TOPICS[term.topic].lesson_among)

        prompt = self.query_one(Prompt)
        near, here = glossary.in_text(self.reading()), glossary.at(*prompt.cursor_line)
        self.app.push_screen(GlossaryScreen(glossary, near, here, taught), self._after_glossary)

    def _after_glossary(self, wish: Wish | None) -> None:
        if wish is None:
            return
        if wish.lesson is not None:
            cast("TutorApp", self.app).go_to(wish.lesson)
        elif wish.example:
            prompt = self.query_one(Prompt)
            prompt.load(wish.example)
            prompt.focus()
            self.say(_("Enter runs the example; Ctrl+Z brings back what you had typed."))

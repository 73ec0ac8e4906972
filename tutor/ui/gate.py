"""Lets code of packs in: whatever runs any goes through here first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.lesson.problems import LessonError
from tutor.packs.trust import Content, TooMuch, Trust, content_of
from tutor.texts import _

if TYPE_CHECKING:
    from tutor.lesson.catalogue import Catalogue
    from tutor.lesson.model import Lesson
    from tutor.lesson.places import Pack
    from tutor.session.review_items import Question
    from tutor.ui.openings import Openings


class Gate:
    """Asks the learner once for each content of each pack."""

    def __init__(self, app: Openings, catalogue: Catalogue, trust: Trust, say: Callable[[str], None]) -> None:
        self._app = app
        self._catalogue = catalogue
        self._trust = trust
        self._say = say

    async def lead_in(self, lesson: Lesson, step: str | None) -> None:
        """Open a lesson of a pack, once its code may run."""
        if not await self.allows(lesson.pack):
            return
        try:
            # As it is now: that is what was agreed to.
            now = self._catalogue.lesson(lesson.id, fresh=True)
        except LessonError as error:
            self._say(_("This lesson cannot be used any more: {problem}").format(problem=error.problems[0]))
        else:
            self._app.open_lesson(now, step, agreed=now)

    async def lead_in_review(self, questions: list[Question]) -> None:
        """Ask questions, without those of packs whose code may not run."""
        packs = dict.fromkeys(question.lesson.pack for question in questions)
        allowed = {pack for pack in packs if await self.allows(pack)}
        self._app.begin_review([question for question in questions if question.lesson.pack in allowed])

    async def allows(self, name: str) -> bool:
        """Whether the code of the pack of that name may run; the tutor's own, which has no name, always may.

        Call it from a worker of Textual's: it may wait for an answer.
        """
        if not name:
            return True
        pack = self._catalogue.packs[name]
        lessons = sum(entry.pack == name for entry in self._catalogue.entries)
        while (content := await self._content(pack)) is not None:
            # Also after a yes: what was agreed to must be what is there now.
            if self._trust.allows(pack, content):
                return True
            from tutor.ui.screens.consent import ConsentScreen

            question = ConsentScreen(pack, content, lessons, changed=self._trust.knew(pack))
            if not await self._app.push_screen_wait(question):
                return False
            self._trust.agree(pack, content)
        return False

    async def _content(self, pack: Pack) -> Content | None:
        try:
            return await asyncio.to_thread(content_of, pack)
        except TooMuch as why:
            words = _("The pack {name} cannot be used: {why}, too much to look at.")
            self._say(words.format(name=pack.name, why=why))
        except OSError as why:
            words = _("The pack {name} cannot be used: {why}")
            self._say(words.format(name=pack.name, why=f"{why.filename}: {why.strerror}"))
        return None

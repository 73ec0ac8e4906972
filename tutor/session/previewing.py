"""Leads an author through a lesson that changes while it is open."""

from __future__ import annotations

from tutor.lesson.catalogue import NotFound, find_step
from tutor.lesson.model import Lesson
from tutor.session.player import Player


class PreviewPlayer(Player):
    """Begins anew at the same step with every new lesson, and shows what each check says from the start."""

    async def take(self, lesson: Lesson, step: str = "") -> None:
        """Go on with ``lesson``: at ``step`` (its id or number), else at the step that is shown, by its id.

        The worker must be a fresh one.
        """
        index = _place(lesson, step or self.view.step.id, self.view.index)
        self._progress.clear_lesson(self.lesson.id)
        self._whole = self.lesson = lesson
        await self.enter(index)

    async def enter(self, index: int, *, as_it_was: bool = False) -> None:
        await super().enter(index, as_it_was=as_it_was)
        if self.view.index == index:
            self._set(tried=True)


def _place(lesson: Lesson, step: str, index: int) -> int:
    """The number of that step; where it is gone, the one in its place."""
    try:
        wanted = find_step(lesson, step)
    except NotFound:
        return min(index, len(lesson.steps) - 1)
    return [step.id for step in lesson.steps].index(wanted)

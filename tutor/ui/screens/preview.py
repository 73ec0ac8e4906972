"""A lesson as it is being written: every save shows at once."""

from __future__ import annotations

from collections.abc import Awaitable

from rich.text import Text
from textual.widgets import Static

from tutor.lesson.model import Lesson
from tutor.lesson.positions import Places
from tutor.progress import Progress
from tutor.render.look import Look
from tutor.render.problems import problem_list
from tutor.session.draft import Draft, stand_in
from tutor.session.previewing import PreviewPlayer
from tutor.session.session import Session
from tutor.texts import _, plural
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.widgets.history import CellLog
from tutor.ui.widgets.transcript import Transcript

_MOST, _MOST_SHORT = 4, 1
"""Problems told at once, also where rows are few; they are put right one after the other."""


class PreviewScreen(LessonScreen):
    """A lesson screen over a draft. While the draft cannot be read, the lesson stays as it was."""

    CSS_PATH = ["../styles/work.tcss", "../styles/lesson.tcss", "../styles/preview.tcss"]

    def __init__(self, session: Session, log: CellLog, draft: Draft, progress: Progress, step: str = "") -> None:
        lesson = draft.lesson or stand_in(draft.file)
        super().__init__(session, log, lesson, progress)
        self.player: PreviewPlayer = PreviewPlayer(lesson, progress, session, self._changed)
        self._draft = draft
        self._wanted = step

    def on_mount(self) -> None:
        self.mount(Static(id="problems", markup=False), after="#title")
        self.run_worker(self._watch(), group="watch")

    async def _open(self) -> None:
        if self._draft.lesson is None:
            await super()._open()
        else:
            await self._continue(self.lesson)

    async def _go_on(self, moved: Awaitable[bool]) -> None:
        """Behind the last step there is nothing to go on to but the author's own work."""
        if await moved:
            self.say(_("That was the last step. Every save shows the lesson again; F2 leads to the others."))

    async def _watch(self) -> None:
        async for _saved in self._draft.saves():
            self._show_problems()
            self._show_title()
            lesson = self._draft.lesson
            if lesson is not None and lesson != self.lesson and not self._draft.problems:
                self._take(lesson)

    def _take(self, lesson: Lesson) -> None:
        """A fresh Python, and in it what the step needs by now."""
        self.lesson = lesson
        # Before the player goes on: what is being judged ends with the lesson it was asked about.
        self.session.restart(self.session.threads)
        self.query_one(Transcript).note(_("Saved: read again, in a fresh Python."), "info")
        self.run_worker(self._continue(lesson), group="player", exclusive=True)

    async def _continue(self, lesson: Lesson) -> None:
        wanted, self._wanted = self._wanted, ""
        await self.player.take(lesson, wanted)

    def _show_problems(self) -> None:
        found = self._draft.problems
        most = _MOST_SHORT if self.has_class("-short") else _MOST
        line = self.query_one("#problems", Static)
        line.display = bool(found)
        line.update(problem_list(found, Look(width=max(self.size.width - 2, 24)), most))

    def on_resize(self) -> None:
        self.call_after_refresh(self._show_problems)

    def _show_title(self) -> None:
        view, found = self.player.view, len(self._draft.problems)
        saved = _("no file")
        if self._draft.saved:
            saved = _("saved {time}").format(time=f"{self._draft.saved:%H:%M:%S}")
        title = Text(" tutor   ", style="bold")
        title.append(_("preview"), style="reverse").append(f" · {saved} · ")
        broken = self._cannot_judge()
        said = plural("{n} problem", "{n} problems", found).format(n=found)
        if broken and not found:
            line, _column = Places.of(self.lesson.file).at(("steps", view.index))
            said = _("this step is broken: line {line}").format(line=line)
        title.append(said, style="bold red" if found or broken else "green")
        title.append(f"   {self.lesson.title} · {view.index + 1}/{view.total}")
        if view.status != "open" and not broken:
            title.append(
                "   ✓ " + _("done") if view.status == "done" else "   " + _("solution shown"), style="dim"
            )
        self.query_one("#title", Static).update(title)

    def _cannot_judge(self) -> bool:
        """Whether the step that is shown has code or a check of its own that fails."""
        refusal, player = self.player.refusal, self.player
        return (
            refusal is not None
            and refusal.fault
            and (refusal.lesson, refusal.index) == (player.lesson, player.view.index)
        )

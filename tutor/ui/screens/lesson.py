"""One lesson: text, console and panes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.widgets import Static

from tutor.lesson.model import Fix, Lesson
from tutor.lesson.state import title_of
from tutor.progress import Progress
from tutor.protocol import events
from tutor.session.player import Player
from tutor.session.queue import Cell
from tutor.session.session import Session
from tutor.session.steps import StepView
from tutor.texts import _, plural
from tutor.ui import actions
from tutor.ui.actions import key_text
from tutor.ui.screens.answer_work import AnswerWork
from tutor.ui.screens.choosing import ChoosingScreen
from tutor.ui.screens.free_play import FreePlayWork
from tutor.ui.screens.lesson_title import title_line
from tutor.ui.screens.pane_work import is_shown
from tutor.ui.screens.picture_work import PictureWork
from tutor.ui.screens.question_work import QuestionWork
from tutor.ui.widgets.history import CellLog
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp


class LessonScreen(QuestionWork, FreePlayWork, AnswerWork, PictureWork, ChoosingScreen):
    """Leads through the steps of one lesson."""

    ACTIONS = actions.LESSON_ACTIONS
    BINDINGS = actions.bindings(ACTIONS)
    CSS_PATH = ["../styles/work.tcss", "../styles/lesson.tcss"]
    PANES = ("prompt", "lesson", "inspector", "transcript")

    def __init__(
        self, session: Session, log: CellLog, lesson: Lesson, progress: Progress, step: str | None = None
    ) -> None:
        super().__init__(session, log)
        self.lesson = lesson
        self.player = Player(lesson, progress, session, self._changed)
        self._first_step = step
        self._pending: asyncio.Event = asyncio.Event()
        self._starter = ""
        """What F5 put into the prompt at this step, to be edited."""
        self._lost_state = False

    def compose_beside(self) -> ComposeResult:
        yield LessonPane()

    def on_mount(self) -> None:
        # In this order: the first step that is shown is the one that is opened.
        self.run_worker(self._open(), group="player", exclusive=True)
        self.run_worker(self._follow(), group="follow")

    async def _open(self) -> None:
        restored = await self.player.open(self._first_step)
        pane = self.query_one(LessonPane)
        if self.player.view.answering and not pane.has_focus_within and not self.query_one(Prompt).source:
            # The prompt took the focus when the screen was made, maybe after the step had it.
            pane.focus_work()
        if restored:
            words = plural(
                "Your {n} cell ran again: your variables are back.",
                "Your {n} cells ran again: your variables are back.",
                restored,
            )
            self.query_one(Transcript).note(words.format(n=restored), "info")

    async def _follow(self) -> None:
        """Show the newest view; views that come faster than they can be drawn are passed over."""
        pane = self.query_one(LessonPane)
        before: tuple[int, bool] | None = None
        index: int | None = None
        while True:
            self._pending.clear()
            view = self.player.view
            if index not in (None, view.index):
                self._turn(view)
            index = view.index
            self._show_title()
            await pane.show(view)
            if not view.busy:
                self.picture_step(view.step)
            self.refresh_bindings()
            asked = (view.index, view.answering) if view.will_ask and view.chosen is None else None
            if asked not in (None, before):
                self.lend_keyboard(view)
            before = asked
            await self._pending.wait()

    def _turn(self, view: StepView) -> None:
        """Another step: it is what is seen, and the keyboard goes where it is worked on."""
        # Where one pane is seen at a time, it may be another than the lesson.
        self.remove_class("-inspecting", "-zoom-inspector")
        prompt = self.query_one(Prompt)
        if self._starter and prompt.source == self._starter:
            # Nobody has touched it, and it belongs to the step that was left.
            prompt.load("")
        self._starter = ""
        # Letters typed in the lesson are actions, and what is typed next is Python.
        if not view.will_ask and is_shown(prompt):
            prompt.focus()

    def file_watched(self) -> None:
        self._changed()

    def _changed(self) -> None:
        self._pending.set()

    def _show_title(self) -> None:
        self.query_one("#title", Static).update(
            title_line(self.lesson, self.player, self.size.width, watching=self.watching_file)
        )

    def on_resize(self) -> None:
        self._changed()

    def hear(self, event: events.Event) -> None:
        super().hear(event)
        if self.show_play():
            self._changed()
        if isinstance(event, events.Died):
            self._lost_state = True
        elif isinstance(event, events.Ready) and self._lost_state:
            self._lost_state = False
            self.run_worker(self._revive(), group="player")

    async def _revive(self) -> None:
        await self.player.revive()
        self.query_one(Transcript).note(_("The lesson's own variables are set up again."), "info")

    @property
    def open_lessons(self) -> list[str]:
        return [self.lesson.id]

    @property
    def asks_for_repair(self) -> bool:
        return isinstance(self.player.view.step, Fix) and self.player.view.status == "open"

    def cell_finished(self, cell: Cell) -> None:
        self.run_worker(self._judge(cell), group="judge")

    async def _judge(self, cell: Cell) -> None:
        await cell.done.wait()
        self.picture_again()
        if cell.play:
            self.player.play_finished(cell)
        else:
            await self.player.cell_finished(cell)

    def restart(self) -> None:
        super().restart()
        self.player.forget()
        self.run_worker(self._revive(), group="player")

    # Actions

    def action_next_step(self) -> None:
        if self.held_up():
            return
        self.uncover()
        if self.player.view.status == "open" and self.query_one(Prompt).source.strip():
            self.say(_("What stands in the prompt has not been run: Enter runs it, twice after a block."))
            return
        refused = self.query_one(LessonPane).hand_in()
        if refused is not None:
            self.query_one(LessonPane).focus_work()
            self.say(refused)
            return
        self.run_worker(self._go_on(self.player.next()), group="player", exclusive=True)

    async def _go_on(self, moved: Awaitable[bool]) -> None:
        """Wait until the player has moved; at the end of the lesson say what comes of it."""
        if await moved:
            from tutor.ui.screens.finished import LIST, FinishedScreen

            def after(step: int | None) -> None:
                if step == LIST:
                    self.action_overview()
                elif step is not None:
                    self.jump(step)

            outcome = cast("TutorApp", self.app).outcome_of(self.lesson)
            self.app.push_screen(FinishedScreen(outcome), after)
        elif not self.player.view.answering:
            self.query_one(Prompt).focus()
        else:
            # "Press its number" is true only while the answers have the keyboard.
            self.query_one(LessonPane).focus_work(seen=True)

    def action_back(self) -> None:
        if self.held_up():
            return
        self.run_worker(self.player.back(), group="player", exclusive=True)

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The footer names only keys that do something in this step; the others say why they do not."""
        idle = set()
        if not getattr(self.player.view.step, "hints", ()):
            idle.add("hint")
        if not self.player.shown_code()[0].strip():
            idle.add("run_shown")
        return {key: one for key, one in super().active_bindings.items() if one.binding.action not in idle}

    def action_hint(self) -> None:
        self.uncover()
        self.say(self.player.hint())

    def action_bookmark(self) -> None:
        there = self.player.toggle_bookmark()
        self.say(_("Bookmark set: F3 shows it, and the list of lessons.") if there else _("Bookmark taken away."))

    def action_solution(self) -> None:
        if self.held_up():
            return
        self.run_worker(self.player.solution(), group="player", exclusive=True)

    def action_skip(self) -> None:
        if self.held_up():
            return
        view = self.player.view
        if view.status == "open":
            title = title_of(view.step)
            note = _("Passed over “{step}”. F3 leads back to it, {key} begins it anew.")
            self.query_one(Transcript).note(note.format(step=title, key=key_text(actions.RESET)), "info")
        self.run_worker(self._go_on(self.player.skip()), group="player", exclusive=True)

    def reading(self) -> str:
        step = self.player.view.step
        return f"{step.title}\n{step.text}\n{self.player.shown_code()[0]}"

    def action_why_refused(self) -> None:
        from tutor.ui.screens.why import WhyScreen

        if self.player.refusal is None:
            self.say(_("No answer was refused at this step. F8 has it checked."))
        else:
            self.app.push_screen(WhyScreen(self.player.refusal, self.session.state.ready))

    def action_reset(self) -> None:
        if self.held_up():
            return
        from tutor.ui.screens.resetting import ResetScreen

        step = self.player.view.step

        def begin(what: str | None) -> None:
            if what:
                again = self.player.reset_step if what == "step" else self.player.reset_lesson
                words = _("This step begins anew.") if what == "step" else _("This lesson begins anew.")
                self.query_one(Transcript).note(words, "info")
                self.run_worker(again(), group="player", exclusive=True)

        self.app.push_screen(ResetScreen(title_of(step), self.lesson.title), begin)

    def action_run_shown(self) -> None:
        code, edit = self.player.shown_code()
        if not code.strip():
            self.say(_("Nothing to run in this step."))
        elif edit:
            self._starter = code.rstrip()
            self.query_one(Prompt).load(self._starter)
            self.query_one(Prompt).focus()
        else:
            self.query_one(Transcript).follow()
            # The lesson's code can be brought back and changed, as if it had been typed.
            self._log.add(code.rstrip())
            self.session.run(code.rstrip())

    def jump(self, index: int) -> None:
        """Go to a step."""
        self.run_worker(self.player.enter(index), group="player", exclusive=True)

    def action_overview(self) -> None:
        if self.held_up():
            return
        from tutor.ui.screens.overview import OverviewScreen

        def jump(index: int | None) -> None:
            if index is not None:
                self.jump(index)

        self.app.push_screen(OverviewScreen(self.lesson, self.player), jump)

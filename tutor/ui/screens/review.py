"""Due questions, one after the other: question, answer, truth, how well it was known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.widgets import Static

from tutor.lesson.model import Exercise, Predict
from tutor.progress import Progress
from tutor.progress.reviews import Grade
from tutor.protocol import events
from tutor.render.reviews import grades, instruction
from tutor.session.queue import Cell
from tutor.session.review import Reviewer, ReviewView
from tutor.session.review_items import Question
from tutor.session.session import Session
from tutor.texts import _
from tutor.ui import actions
from tutor.ui.screens.choosing import ChoosingScreen
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.history import CellLog
from tutor.ui.widgets.lesson_pane import LessonPane
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

_BAR_CELLS = 12


class ReviewScreen(ChoosingScreen):
    """Asks the questions of one sitting."""

    ACTIONS = actions.REVIEW_ACTIONS
    BINDINGS = [*actions.bindings(ACTIONS), Binding("enter", "accept", "Go on", show=False)]
    CSS_PATH = ["../styles/work.tcss", "../styles/lesson.tcss"]
    PANES = ("prompt", "lesson", "inspector", "transcript")

    def __init__(self, session: Session, questions: Sequence[Question], progress: Progress) -> None:
        # What was run before is not at hand here: it may be the answer.
        super().__init__(session, CellLog())
        self.reviewer = Reviewer(questions, progress, session, self._changed)
        self._pending: asyncio.Event = asyncio.Event()
        self._number = -1
        self._lost_state = False

    def compose_beside(self) -> ComposeResult:
        yield LessonPane()

    def on_mount(self) -> None:
        self.add_class("-review")
        self.mount(Static(id="grades", markup=False), before=self.query_one(DeviceBar))
        self.run_worker(self._follow(), group="follow")
        self.run_worker(self.reviewer.begin(), group="reviewer", exclusive=True)

    def _changed(self) -> None:
        self._pending.set()

    async def _follow(self) -> None:
        """Show the newest view; views that come faster than they can be drawn are passed over."""
        pane = self.query_one(LessonPane)
        phase = ""
        while True:
            self._pending.clear()
            view = self.reviewer.view
            if view.phase == "over":
                self._finish()
                return
            if view.number != self._number:
                self._number = view.number
                self.query_one(Transcript).clear()
                self.query_one(Prompt).load("")
            self._show_title(view)
            await pane.show(view.step)
            self._show_grades(view)
            if view.phase != phase:
                self.call_after_refresh(self.share_room)
            if view.phase != phase or (view.step.options and view.step.chosen is None):
                phase = view.phase
                self._focus(view)
            self.refresh_bindings()
            await self._pending.wait()

    def _focus(self, view: ReviewView) -> None:
        """Where the next key belongs: the answers, the prompt, or nowhere in particular."""
        pane = self.query_one(LessonPane)
        if view.phase != "asking":
            pane.focus()
        elif view.step.options:
            pane.answers.focus()
        elif isinstance(view.question.step, Exercise):
            self.query_one(Prompt).focus()

    @property
    def reads(self) -> bool:
        """The question has most of the rows until there is something that was run to be read."""
        view = self.reviewer.view
        return super().reads and not (view.phase == "answered" and isinstance(view.question.step, Predict))

    def share_room(self) -> None:
        super().share_room()
        if self.reviewer.view.phase == "answered" and self.reads:
            self.call_after_refresh(self.query_one(LessonPane).scroll_end, animate=False)

    def _show_title(self, view: ReviewView) -> None:
        filled = round(_BAR_CELLS * view.number / view.total)
        title = Text(" tutor   ", style="bold")
        title.append(f"{_('Review')} · {view.number + 1}/{view.total}   ")
        title.append("█" * filled + "░" * (_BAR_CELLS - filled), style="green")
        title.append(f"   {view.question.lesson.title}", style="dim")
        if view.repeated:
            title.append("   " + _("once more"), style="yellow")
        self.query_one("#title", Static).update(title)

    def _show_grades(self, view: ReviewView) -> None:
        now = time.time()
        asks = view.phase == "asking"
        line = instruction(view.question.step) if asks else grades(view.outlook, view.suggested, now)
        self.query_one("#grades", Static).update(line)

    def _finish(self) -> None:
        from tutor.ui.screens.reviewed import ReviewedScreen

        self.app.push_screen(ReviewedScreen(self.reviewer.grades, cast("TutorApp", self.app).review_outlook()))

    # What happens

    def hear(self, event: events.Event) -> None:
        super().hear(event)
        if isinstance(event, events.Died):
            self._lost_state = True
        elif isinstance(event, events.Ready) and self._lost_state:
            self._lost_state = False
            self.run_worker(self.reviewer.revive(), group="reviewer")

    def cell_finished(self, cell: Cell) -> None:
        self.run_worker(self._judge(cell), group="judge")

    async def _judge(self, cell: Cell) -> None:
        await cell.done.wait()
        await self.reviewer.cell_finished(cell)

    async def on_lesson_pane_answered(self, event: LessonPane.Answered) -> None:
        await self.reviewer.answer(event.number)

    @property
    def takes_code(self) -> bool:
        # Once it is answered, the keyboard is in the lesson to be told how well it was known.
        return self.reviewer.view.phase == "asking"

    def do_letter(self, letter: str) -> bool:
        view = self.reviewer.view
        if letter.isdigit() and view.phase == "asking" and view.step.options:
            self.post_message(LessonPane.Answered(int(letter) - 1))
            return True
        if view.outlook and view.phase == "answered" and letter.isdigit() and int(letter) in tuple(Grade):
            self._grade(Grade(int(letter)))
            return True
        return super().do_letter(letter)

    # Actions

    def action_accept(self) -> None:
        """Enter, where no field takes it."""
        if self.reviewer.view.phase != "asking":
            self._grade(None)

    def action_next_step(self) -> None:
        if self.reviewer.view.phase == "asking":
            if self.query_one(Prompt).source.strip():
                self.say(_("What stands in the prompt has not been run: Enter runs it, twice after a block."))
                return
            self._focus(self.reviewer.view)
            self.run_worker(self.reviewer.check(), group="reviewer", exclusive=True)
        else:
            self._grade(None)

    def _grade(self, grade: Grade | None) -> None:
        self.run_worker(self.reviewer.grade(grade), group="reviewer", exclusive=True)

    def action_give_up(self) -> None:
        self.run_worker(self.reviewer.give_up(), group="reviewer", exclusive=True)

    def action_hint(self) -> None:
        self.reviewer.hint()

    def action_run_shown(self) -> None:
        starter = getattr(self.reviewer.view.question.step, "starter", "")
        if starter.strip():
            self.query_one(Prompt).load(starter.rstrip())
            self.query_one(Prompt).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The footer names only keys that do something now."""
        view = self.reviewer.view
        if action == "give_up":
            return view.phase == "asking" and bool(super().check_action(action, parameters))
        if action == "hint":
            return view.phase == "asking" and bool(getattr(view.question.step, "hints", ()))
        if action == "run_shown":
            return view.phase == "asking" and bool(getattr(view.question.step, "starter", "").strip())
        return super().check_action(action, parameters)

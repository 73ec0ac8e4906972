"""What a lesson and the free prompt have in common: a prompt, a transcript, the panes, one session."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, cast

from textual import events as textual_events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tutor.protocol import events
from tutor.session.session import Session
from tutor.session.state import SessionState
from tutor.texts import _, candidates
from tutor.ui import actions
from tutor.ui.actions import Action, by_letter, key_text
from tutor.ui.one_frame import OneFrame
from tutor.ui.panes.inspector import Inspector
from tutor.ui.panes.pane import Asks
from tutor.ui.screens.assist import Assisting
from tutor.ui.screens.cell_work import CellWork
from tutor.ui.screens.compare_work import Comparing
from tutor.ui.screens.editing_work import EditingWork
from tutor.ui.screens.finding_work import FindingWork
from tutor.ui.screens.footing import Footing
from tutor.ui.screens.large import LargeViews
from tutor.ui.screens.narrate import Narrating
from tutor.ui.screens.pane_work import PaneWork, is_shown
from tutor.ui.screens.steering_work import SteeringWork
from tutor.ui.stopping import Stopper
from tutor.ui.terminal_input import alt_letter
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.editor import Interrupted, Submitted
from tutor.ui.widgets.history import CellLog
from tutor.ui.widgets.key_line import KeyLine
from tutor.ui.widgets.prompt import Answered, Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.ui.app import TutorApp

_READ = 12.0
"""Seconds after which a line above the prompt has been read."""


class WorkScreen(
    Footing,
    Narrating,
    PaneWork,
    Assisting,
    CellWork,
    EditingWork,
    LargeViews,
    Comparing,
    SteeringWork,
    FindingWork,
    Screen[None],
):
    """Mediates between the session and the widgets. Subclasses say what stands beside the console."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (170, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]
    ACTIONS: tuple[Action, ...] = ()
    BINDINGS = [
        Binding("pageup", "scroll_transcript(-1)", "Transcript up", show=False),
        Binding("less_than_sign", "earlier", "Earlier", show=False),
        Binding("greater_than_sign", "later", "Later", show=False),
        Binding("pagedown", "scroll_transcript(1)", "Transcript down", show=False),
    ]

    def __init__(self, session: Session, log: CellLog) -> None:
        super().__init__()
        self.session = session
        self._log = log
        self._leader = False
        self._focus_before: Widget | None = None
        self._asked_again = ""
        self._said = ""
        self._told_queue = False
        """Whether what is said is about code that waits."""
        self._shown = SessionState()
        self._viewed = self._shown
        self._unsubscribe: Callable[[], None] = lambda: None
        self._frame = OneFrame(self, self._flush)
        self._stopper = Stopper(session, self.say, self.set_timer)

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        with Vertical(id="work"):
            yield from self.compose_beside()
            yield Inspector()
            with Vertical(id="console"):
                yield Transcript(id="transcript")
                yield Static(id="waiting", markup=False)
                yield Prompt(self._log, self._frame.hold, id="prompt")
        yield DeviceBar(self.session.memory)
        yield KeyLine()

    def compose_beside(self) -> ComposeResult:
        """Widgets that stand before the panes."""
        yield from ()

    def on_mount(self) -> None:
        self._unsubscribe = self.session.subscribe(self._on_session)
        self._show(self.session.state)
        self.query_one(Prompt).focus()

    def on_resize(self) -> None:
        # Where everything stands side by side the console is in the middle, else it is below.
        work, console, inspector = (self.query_one(f"#{name}") for name in ("work", "console", "inspector"))
        if self.has_class("-wide") or self.has_class("-repl"):
            work.move_child(console, before=inspector)
        else:
            work.move_child(console, after=inspector)
        self.call_after_refresh(lambda: self._show(self.session.state))

    def on_unmount(self) -> None:
        self._unsubscribe()
        self._frame.release()

    def _flush(self) -> None:
        for transcript in self.query(Transcript):
            transcript.flush()

    # What the session says

    def _on_session(self, event: events.Event, state: SessionState) -> None:
        self.hear(event)
        if isinstance(event, (events.Completed, events.Described, events.Aligned)):
            self.hear_assistant(event)
        # Output changes nothing but the transcript, and there may be a lot of it.
        if state is not self._shown or self.session.view is not self._viewed:
            self._show(state)
        if isinstance(event, events.Finished):
            self._frame.release()

    def _show(self, state: SessionState) -> None:
        ended = bool(self._shown.running) and not state.running
        if bool(state.running) != bool(self._shown.running):
            self.query_one(Prompt).set_running(bool(state.running))
        self._shown = state
        self.session.size = self.query_one(Transcript).room
        self.query_one(DeviceBar).show(state)
        self._viewed = self.session.view
        self.query_one(Inspector).show(self._viewed)
        self.query_one(Prompt).number = self.session.next_number
        waiting = self.session.queued
        if waiting:
            first = waiting[0].source.strip().splitlines()[0]
            more = _(" and {n} more").format(n=len(waiting) - 1) if len(waiting) > 1 else ""
            self.say(_("waiting to run: {code}").format(code=first) + more)
        elif (ended or self._told_queue) and not self._leader:
            self.say("")
        self._told_queue = bool(waiting)

    # What the person says

    def run_all(self, cells: Iterable[str]) -> None:
        """Run these one after another, and say at once that they wait while Python has yet to start."""
        for cell in cells:
            self.session.run(cell)
        self._show(self.session.state)

    def on_prompt_submitted(self, event: Submitted) -> None:
        if event.source.strip() and not self.ask_about(event.source):
            # Whoever runs something wants to see what comes of it.
            self.query_one(Transcript).follow()
            self.session.run(event.source)
            self._show(self.session.state)

    def on_prompt_answered(self, event: Answered) -> None:
        question = self.session.state.question
        if question is not None:
            shown = "•" * len(event.text or "") if question.password else (event.text or "")
            self.query_one(Transcript).write(f"{question.prompt}{shown}\n", "stdout")
        self.query_one(Prompt).end_ask()
        self.session.reply(event.text)

    def on_prompt_interrupted(self, event: Interrupted) -> None:
        if self._stopper.press() or event.had_text:
            return
        self._twice(
            "interrupt", lambda: None, _("Nothing runs. To leave press Ctrl+Q; your place is kept."), repeat=True
        )

    def on_prompt_end_of_file(self) -> None:
        self._twice("quit", self.action_quit_tutor, _("Ctrl+D again leaves the tutor."))

    def on_prompt_clear_requested(self) -> None:
        self.action_clear_transcript()

    def on_asks(self, event: Asks) -> None:
        self.session.look(event.look)

    def on_key(self, event: textual_events.Key) -> None:
        if self._leader:
            self.end_leader()
            event.stop()
            event.prevent_default()
            self.do_letter(event.character or "")
        elif event.key == "escape":
            # Nothing has the focus until the next key, so that no editor takes the letter for text.
            self._leader = True
            self._focus_before = self.focused
            self.set_focus(None)
            event.stop()
            self.say(_("Esc, then: ") + "  ".join(f"{a.letter} {_word(a)}" for a in self.ACTIONS if a.letter))
        elif letter := alt_letter(event.key):
            # Esc and a letter typed fast, or sent by tmux together, are Alt and that letter.
            event.stop()
            self.do_letter(letter)
        elif not self._typing() and event.character and self.do_letter(event.character):
            event.stop()

    def on_paste(self, event: textual_events.Paste) -> None:
        """A paste that no field took is code for the prompt."""
        self.query_one(Prompt).paste(event)

    def on_descendant_focus(self) -> None:
        # A click, a paste or an action gave the focus away: letters go there, and the menu would lie.
        if self.focused is not None:
            self.end_leader()

    def end_leader(self) -> None:
        """Esc alone means nothing any more; the focus goes back to where it was."""
        if not self._leader:
            return
        self._leader = False
        self.say("")
        before, self._focus_before = self._focus_before, None
        if before is not None and self.focused is None and is_shown(before):
            self.set_focus(before)

    def _typing(self) -> bool:
        return self.query_one(Prompt).has_focus_within

    def do_letter(self, letter: str) -> bool:
        """Do what ``letter`` stands for; False if it stands for nothing."""
        action = by_letter(self.ACTIONS, letter)
        if action is None:
            return False
        self.run_worker(self._do(action), exclusive=False)
        return True

    async def _do(self, action: Action) -> None:
        # A letter typed before what the last one opened was there to take it opens nothing more.
        if self.app.screen is self:
            await self.run_action(action.name)

    def say(self, text: str) -> None:
        """One quiet line above the prompt; empty takes it away."""
        if text == self._said:
            return
        self._said = text
        line = self.query_one("#waiting", Static)
        line.update(text)
        line.display = bool(text)
        if text:
            self.set_timer(_READ, lambda: self._fade(text))

    def _fade(self, text: str) -> None:
        """It has been read by now, unless it is still what is so."""
        if self._said == text and not self._leader and not self.session.queued and not self.session.state.running:
            self.say("")

    def _twice(self, what: str, action: object, warning: str, *, repeat: bool = False) -> None:
        """Do ``action`` only when asked a second time in a row; the first time says what it would do."""
        if self._asked_again == what and callable(action) and not repeat:
            self._asked_again = ""
            action()
            return
        self._asked_again = what
        self.query_one(Transcript).note(warning, "info")

    # Actions

    def action_restart(self) -> None:
        self._twice(
            "restart",
            self.restart,
            _("This starts a fresh Python and forgets every variable. {key} again does it.").format(
                key=key_text(actions.RESTART)
            ),
        )

    def restart(self) -> None:
        """A fresh worker."""
        self.session.restart(self.session.threads)
        self.query_one(Transcript).note(_("A fresh Python: no variables."), "info")
        self.offer_replay()

    def action_interrupt(self) -> None:
        """Copy what is selected; otherwise stop the running code."""
        if self.get_selected_text():
            self.action_copy_text()
            self.clear_selection()
        elif not self._stopper.press():
            self.say(_("Nothing runs. Ctrl+Q leaves the tutor; your place is kept."))

    def action_scroll_transcript(self, pages: int) -> None:
        self.query_one(Transcript).action_page(pages)

    def action_clear_transcript(self) -> None:
        self.query_one(Transcript).clear()

    def action_show_help(self) -> None:
        from tutor.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.ACTIONS))

    def action_go_home(self) -> None:
        self.app.pop_screen()

    def action_open_playground(self) -> None:
        cast("TutorApp", self.app).open_play()

    def action_quit_tutor(self) -> None:
        self.app.exit()

    def action_command_palette(self) -> None:
        self.app.action_command_palette()


def _word(action: Action) -> str:
    """Its title within a line: small in English; other languages have their own ways."""
    return _(action.title) if candidates() else action.title.lower()

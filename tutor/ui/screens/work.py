"""What a lesson and the free prompt have in common: a prompt, a transcript, the panes, one session."""

from __future__ import annotations

from collections.abc import Callable

from textual import events as textual_events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Footer, Static

from tutor.protocol import events
from tutor.render.code import error_report
from tutor.render.look import Look
from tutor.render.numbers import seconds
from tutor.session.session import Cell, Session
from tutor.session.state import Phase, SessionState
from tutor.ui import actions
from tutor.ui.actions import Action, by_letter, key_text
from tutor.ui.screens.large import LargeViews
from tutor.ui.widgets.device_bar import DeviceBar
from tutor.ui.widgets.editor import Interrupted, Submitted
from tutor.ui.widgets.inspector import Inspector, TensorPane
from tutor.ui.widgets.prompt import Answered, Prompt
from tutor.ui.widgets.transcript import Transcript
from tutor.ui.widgets.values import Values

_SHOW_TIME_AFTER = 0.1
"""Seconds a cell must take before its time is worth a mark."""


def _shown(widget: Widget) -> bool:
    return all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget))


class WorkScreen(LargeViews, Screen[None]):
    """Mediates between the session and the widgets. Subclasses say what stands beside the console."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (170, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall"), (50, "-high")]
    ACTIONS: tuple[Action, ...] = ()
    BINDINGS = [
        Binding("pageup", "scroll_transcript(-1)", "Transcript up", show=False),
        Binding("pagedown", "scroll_transcript(1)", "Transcript down", show=False),
    ]
    PANES: tuple[str, ...] = ("prompt", "inspector", "transcript")
    """Ids of what F6 goes through, in order."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._leader = False
        self._focus_before: Widget | None = None
        self._asked_again = ""
        self._cells: dict[int, Cell] = {}
        self._values = Values()
        self._unsubscribe: Callable[[], None] = lambda: None

    def compose(self) -> ComposeResult:
        yield Static(id="title", markup=False)
        with Vertical(id="work"):
            yield from self.compose_beside()
            yield Inspector()
            with Vertical(id="console"):
                yield Transcript(id="transcript")
                yield Static(id="waiting", markup=False)
                yield Prompt(id="prompt")
        yield DeviceBar(self.session.memory)
        yield Footer(compact=True, show_command_palette=False)

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

    # What the session says

    def _on_session(self, event: events.Event, state: SessionState) -> None:
        self.hear(event)
        self._show(state)

    def hear(self, event: events.Event) -> None:
        """Put into the transcript what belongs there."""
        transcript = self.query_one(Transcript)
        cell = self.session.current
        match event:
            case events.Started() if cell and not cell.silent and event.id not in self._cells:
                self._cells[event.id] = cell
                transcript.add_source(cell.number, cell.source)
            case events.Output() if cell is None or not cell.silent:
                transcript.write(event.text, event.stream)
            case events.Displayed():
                self._values.show(event, transcript)
            case events.Pictured():
                self._values.picture(event, transcript)
            case events.Failed() if event.id in self._cells:
                transcript.fold()
                transcript.add_lines(error_report(event.chain, Look(width=max(transcript.size.width - 2, 40))))
            case events.Finished() if event.id in self._cells:
                self._finished(event, self._cells[event.id])
            case events.InputRequested():
                self.query_one(Prompt).ask(event.prompt, event.password)
            case events.Died():
                self._died(event)
            case events.Unavailable():
                transcript.note(f"No Python to run your code: {event.reason}", "bad")
            case events.Broken():
                self.log.error(event.detail)
                transcript.note("The tutor itself stumbled; your session goes on. Details are in its log.", "warn")
            case _:
                pass

    def _finished(self, event: events.Finished, cell: Cell) -> None:
        transcript = self.query_one(Transcript)
        transcript.fold()
        self.query_one(Prompt).end_ask()
        if event.seconds >= _SHOW_TIME_AFTER:
            transcript.mark_time(seconds(event.seconds))
        if event.status == "exit":
            transcript.note("exit() ends a program; your session stays. To leave the tutor press Ctrl+Q.", "info")
        elif event.status == "interrupted":
            transcript.note("Stopped. Your variables are still here.", "info")
        self.cell_finished(cell)

    def _died(self, event: events.Died) -> None:
        from tutor.session.state import cause_of_death

        self.query_one(Prompt).end_ask()
        self.query_one(Transcript).note(
            f"Python is gone: {cause_of_death(event)}. A fresh one starts now; your variables are lost.", "bad"
        )

    def cell_finished(self, cell: Cell) -> None:
        """A cell of the learner's has ended."""

    def _show(self, state: SessionState) -> None:
        self.session.size = self.query_one(Transcript).room
        self.query_one(DeviceBar).show(state)
        self.query_one(Inspector).show(state)
        prompt = self.query_one(Prompt)
        prompt.busy = state.phase in (Phase.RUNNING, Phase.WAITING)
        prompt.number = sum(1 for cell in self.session.cells if not cell.silent) + 1
        waiting = self.session.queued
        line = self.query_one("#waiting", Static)
        line.display = bool(waiting)
        if waiting:
            first = waiting[0].source.strip().splitlines()[0]
            more = f" and {len(waiting) - 1} more" if len(waiting) > 1 else ""
            line.update(f"waiting to run: {first}{more}")

    # What the person says

    def on_prompt_submitted(self, event: Submitted) -> None:
        if event.source.strip():
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
        if self.session.interrupt() or event.had_text:
            return
        self._twice(
            "interrupt", lambda: None, "Nothing runs. To leave press Ctrl+Q; your place is kept.", repeat=True
        )

    def on_prompt_end_of_file(self) -> None:
        self._twice("quit", self.action_quit_tutor, "Ctrl+D again leaves the tutor.")

    def on_prompt_clear_requested(self) -> None:
        self.action_clear_transcript()

    def on_tensor_pane_chosen(self, event: TensorPane.Chosen) -> None:
        self.session.inspect(event.path, event.index)

    def on_key(self, event: textual_events.Key) -> None:
        if self._leader:
            self._end_leader()
            event.stop()
            event.prevent_default()
            self.do_letter(event.character or "")
        elif event.key == "escape":
            # Nothing has the focus until the next key, so that no editor takes the letter for text.
            self._leader = True
            self._focus_before = self.focused
            self.set_focus(None)
            event.stop()
            self.say("Esc, then: " + "  ".join(f"{a.letter} {a.title.lower()}" for a in self.ACTIONS if a.letter))
        elif not self._typing() and event.character and self.do_letter(event.character):
            event.stop()

    def _end_leader(self) -> None:
        self._leader = False
        self.say("")
        before, self._focus_before = self._focus_before, None
        if before is not None and _shown(before):
            self.set_focus(before)

    def _typing(self) -> bool:
        return self.query_one(Prompt).has_focus_within

    def do_letter(self, letter: str) -> bool:
        """Do what ``letter`` stands for; False if it stands for nothing."""
        action = by_letter(self.ACTIONS, letter)
        if action is None:
            return False
        self.run_worker(self.run_action(action.name), exclusive=False)
        return True

    def say(self, text: str) -> None:
        """One quiet line above the prompt; empty takes it away."""
        line = self.query_one("#waiting", Static)
        line.update(text)
        line.display = bool(text)

    def _twice(self, what: str, action: object, warning: str, *, repeat: bool = False) -> None:
        """Do ``action`` only when asked a second time in a row; the first time says what it would do."""
        if self._asked_again == what and callable(action) and not repeat:
            self._asked_again = ""
            action()
            return
        self._asked_again = what
        self.query_one(Transcript).note(warning, "info")

    # Actions

    def action_next_pane(self) -> None:
        panes = [self.query_one(f"#{name}") for name in self.PANES]
        inside = next((n for n, pane in enumerate(panes) if pane.has_focus_within), -1)
        target = panes[(inside + 1) % len(panes)]
        self.set_class(target.id == "inspector", "-inspecting")
        self.call_after_refresh(self._focus_into, target.id or "")

    def _focus_into(self, name: str) -> None:
        pane = self.query_one(f"#{name}")
        candidates = [pane, *pane.query("*")]
        target = next((widget for widget in candidates if widget.focusable and _shown(widget)), None)
        if target is not None:
            target.focus()

    def action_zoom(self) -> None:
        zoomed = next((name for name in (*self.PANES, "console") if self.has_class(f"-zoom-{name}")), None)
        if zoomed:
            self.remove_class(f"-zoom-{zoomed}")
            return
        current = next((n for n in self.PANES if self.query_one(f"#{n}").has_focus_within), "prompt")
        self.add_class(f"-zoom-{'console' if current in ('prompt', 'transcript') else current}")

    def action_show_tensors(self) -> None:
        self._show_pane("tensors")

    def action_show_gradients(self) -> None:
        self._show_pane("gradients")

    def _show_pane(self, name: str) -> None:
        self.query_one(Inspector).choose(name)
        self.add_class("-inspecting")

    def action_restart(self) -> None:
        self._twice(
            "restart",
            self.restart,
            f"This starts a fresh Python and forgets every variable. {key_text(actions.RESTART)} again does it.",
        )

    def restart(self) -> None:
        """A fresh worker."""
        self.session.restart(self.session.threads)
        self.query_one(Transcript).note("A fresh Python: no variables.", "info")

    def action_interrupt(self) -> None:
        """Copy what is selected; otherwise stop the running code."""
        if self.get_selected_text():
            self.action_copy_text()
            self.clear_selection()
        elif not self.session.interrupt():
            self.say("Nothing runs. Ctrl+Q leaves the tutor; your place is kept.")

    def action_scroll_transcript(self, pages: int) -> None:
        self.query_one(Transcript).action_page(pages)

    def action_clear_transcript(self) -> None:
        self.query_one(Transcript).clear()

    def action_show_help(self) -> None:
        from tutor.ui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.ACTIONS))

    def action_go_home(self) -> None:
        self.app.pop_screen()

    def action_quit_tutor(self) -> None:
        self.app.exit()

    def action_command_palette(self) -> None:
        self.app.action_command_palette()

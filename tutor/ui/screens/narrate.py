"""From what the session says to what stands in the transcript."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from tutor.explain import Explanation, explain
from tutor.protocol import events
from tutor.render.code import error_report
from tutor.render.look import Look
from tutor.render.numbers import seconds
from tutor.render.steering import steered_words
from tutor.session.queue import Cell
from tutor.texts import _, plural
from tutor.ui import actions
from tutor.ui.actions import key_text
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript
from tutor.ui.widgets.values import Values

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session
    from tutor.ui.app import TutorApp

    _Base = Screen[None]
else:
    _Base = object

_SHOW_TIME_AFTER = 0.1
"""Seconds a cell must take before its time is worth a mark."""


class Narrating(_Base):
    """Mixin of a work screen: tells the story of each cell, and more of it when asked."""

    if TYPE_CHECKING:
        session: Session

        def say(self, text: str) -> None: ...

    def __init__(self) -> None:
        super().__init__()
        self._cells: dict[int, Cell] = {}
        self._explained: Explanation | None = None
        self._values = Values()

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
                self._failed(event)
            case events.Finished() if event.id in self._cells:
                self._finished(event, self._cells.pop(event.id))
            case events.Steered():
                self._steered(event)
            case events.Noticed() if event.id in self._cells:
                self._noticed(event)
            case events.InputRequested():
                self.query_one(Prompt).ask(event.prompt, event.password)
            case _:
                self._hear_of_worker(event)

    def _hear_of_worker(self, event: events.Event) -> None:
        """What is about no cell in particular."""
        transcript = self.query_one(Transcript)
        match event:
            case events.Died():
                self._died(event)
            case events.Unavailable():
                transcript.note(_("No Python to run your code: {reason}").format(reason=event.reason), "bad")
            case events.Broken():
                self.log.error(event.detail)
                transcript.note(
                    _("The tutor itself stumbled; your session goes on. Details are in its log."), "warn"
                )
            case _:
                pass

    def _finished(self, event: events.Finished, cell: Cell) -> None:
        transcript = self.query_one(Transcript)
        transcript.fold()
        self.query_one(Prompt).end_ask()
        if event.seconds >= _SHOW_TIME_AFTER:
            transcript.mark_time(seconds(event.seconds))
        if event.status == "exit":
            transcript.note(
                _("exit() ends a program; your session stays. To leave the tutor press Ctrl+Q."), "info"
            )
        elif event.status == "stopped":
            transcript.note(_("Training stopped between two steps. Your variables are still here."), "info")
        elif event.status == "interrupted":
            transcript.note(_("Stopped. Your variables are still here."), "info")
        self.cell_finished(cell)

    def _failed(self, event: events.Failed) -> None:
        transcript = self.query_one(Transcript)
        transcript.fold()
        self._explained = explain(event.chain)
        told, more = self._explained, ""
        if told is not None and told.topic.lesson_among(self.open_lessons) is None:
            more = f"{key_text(actions.EXPLAIN)}: {told.topic.title}"
        if told is not None and self.asks_for_repair:
            words = _("Look for it yourself first; {key} shows it.")
            told = replace(told, fix=words.format(key=key_text(actions.EXPLAIN)), caution="")
        look = Look(width=max(transcript.size.width - 2, 40))
        transcript.add_lines(error_report(event.chain, look, told, more))

    @property
    def open_lessons(self) -> list[str]:
        """Ids of the lessons nobody need be sent to."""
        return []

    @property
    def asks_for_repair(self) -> bool:
        """Whether the repair of what raises is the learner's to find: the way to it is shown on demand only."""
        return False

    def _steered(self, event: events.Steered) -> None:
        words = steered_words(event)
        if words:
            self.query_one(Transcript).note(words, "info")

    def _noticed(self, event: events.Noticed) -> None:
        from tutor.ui.notes import note_lines

        for line in note_lines(cast("TutorApp", self.app).notes.hear(event.notices)):
            self.query_one(Transcript).note(line, "hint")

    def _died(self, event: events.Died) -> None:
        from tutor.session.state import cause_of_death

        self.query_one(Prompt).end_ask()
        self.query_one(Transcript).note(
            _("Python is gone: {cause}. A fresh one starts now; your variables are lost.").format(
                cause=cause_of_death(event)
            ),
            "bad",
        )
        self.offer_replay()

    def offer_replay(self) -> None:
        """Say that earlier cells can be run again, if there are any."""
        cells, time = self.session.replayable()
        if cells:
            words = plural("{key} runs your cell again", "{key} runs your {n} cells again", len(cells))
            took = _(" (that took {time})").format(time=seconds(time)) if time >= _SHOW_TIME_AFTER else ""
            said = words.format(key=key_text(actions.REPLAY), n=len(cells)) + took
            self.query_one(Transcript).note(f"{said}.", "info")

    def cell_finished(self, cell: Cell) -> None:
        """A cell of the learner's has ended."""

    def action_show_notices(self) -> None:
        from tutor.ui.screens.notices import NoticesScreen

        self.app.push_screen(NoticesScreen(cast("TutorApp", self.app).notes))

    def action_explain(self) -> None:
        if self._explained is None:
            self.say(_("No explanation for the last error: read its last line, then the part that is underlined."))
            return
        from tutor.ui.screens.explained import ExplainedScreen

        self.app.push_screen(ExplainedScreen(self._explained))

    def action_replay(self) -> None:
        if not self.session.replay():
            self.say(_("Nothing to run again: this Python has all its variables."))

"""What a lesson's screen does about an answer that is written in the learner's own editor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from tutor.session.answer_file import AnswerFile, Saved, is_written
from tutor.texts import _
from tutor.ui import actions
from tutor.ui.actions import key_text
from tutor.ui.external_editor import EditorFailed, edit_file, own_command
from tutor.ui.screens.editing_work import AT_ONCE, EditingWork
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from tutor.lesson.model import Lesson
    from tutor.session.player import Player
    from tutor.session.queue import Cell
    from tutor.session.session import Session

_EVERY = 0.25
"""Seconds between two looks at the file."""


class AnswerWork(EditingWork):
    """Mixin of a lesson's screen."""

    if TYPE_CHECKING:
        lesson: Lesson
        player: Player
        session: Session

    _file: AnswerFile | None = None
    _handed_in: Cell | None = None
    watching_file = False
    """Whether each save of the step's file is handed in."""

    @property
    def _can_write(self) -> bool:
        return is_written(self.player.view.step) and self.player.view.status == "open" and not self.player.playing

    def action_external_editor(self) -> None:
        """What stands in the prompt; where nothing does, the answer to the step."""
        if self.query_one(Prompt).source.strip() or not self._can_write:
            super().action_external_editor()
            return
        file = self._begin_file()
        if file is None:
            return
        before = file.read().code
        try:
            command = own_command()
            _done, seconds = self._lent(lambda: edit_file(file.path, command))
        except EditorFailed as failure:
            # Not only said: what the terminal tells on its return would take it away.
            words = _("What you wrote is in {file}.").format(file=file.shown)
            self.query_one(Transcript).note(f"{failure} {words}", "warn")
            return
        except SuspendNotSupported:
            self.say(_("This terminal cannot be lent to another program."))
            return
        saved = file.read()
        if saved.problem or saved.code != before:
            file.begin()
            self._hand_in(saved)
        elif seconds < AT_ONCE:
            # An editor with a window of its own returns at once.
            self._watch_file(file)
        else:
            self.say(_("Nothing was changed."))

    def action_answer_file(self) -> None:
        """Watch the step's file, or no longer."""
        if self.watching_file:
            self._stop_watching()
        elif not self._can_write:
            self.say(
                _("There is no code to hand in at this step.")
                if not self.player.playing
                else _("This is free play.")
            )
        elif file := self._begin_file():
            self._watch_file(file)

    def _begin_file(self) -> AnswerFile | None:
        file = AnswerFile(self.lesson, self.player.view.step)
        try:
            file.begin()
        except OSError as error:
            words = _("{file} cannot be written: {error}.")
            self.say(words.format(file=file.shown, error=error.strerror or error))
            return None
        return file

    def _watch_file(self, file: AnswerFile) -> None:
        self.watching_file = True
        self._invite(file)
        self.run_worker(self._watch(), group="answer-file", exclusive=True)

    def _invite(self, file: AnswerFile) -> None:
        self._file = file
        there = "" if file.as_it_was else " " + _("What you wrote before is still in it.")
        words = _("Write your answer in any editor; each save hands it in. {key} ends that.")
        where = _("The file: {file}")
        self.query_one(Transcript).note(
            f"{words.format(key=key_text(actions.ANSWER_FILE))}{there} {where.format(file=file.shown)}",
            "info",
        )
        self.file_watched()

    def _stop_watching(self) -> None:
        self.workers.cancel_group(self, "answer-file")
        self.watching_file = False
        file, self._file = self._file, None
        self.query_one(Transcript).note(
            _("No longer watched: {file}. It stays as it is.").format(file=file.shown)
            if file
            else _("No file is watched any more."),
            "info",
        )
        self.file_watched()

    def file_watched(self) -> None:
        """A file is watched now, or none is any more."""

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            step = self.player.view.step
            if self._file is None or self._file.step.id != step.id:
                # The next step has a file of its own.
                self._file = None
                if self._can_write and not self.player.view.busy and (file := self._begin_file()):
                    self._invite(file)
            elif not self.player.playing:
                self._look(self._file)

    def _look(self, file: AnswerFile) -> None:
        running = self._handed_in is not None and self._handed_in.status in ("queued", "running")
        if running:
            if file.waits:
                self.say(_("Saved again: it is handed in when the code that runs has ended. Ctrl+C stops that."))
        elif (saved := file.news()) is not None:
            self._hand_in(saved)

    def _hand_in(self, saved: Saved) -> None:
        """Run it and have it judged; what is no answer is said."""
        self.say("")
        if saved.problem:
            self.query_one(Transcript).note(saved.problem, "warn")
        elif not saved.code.strip():
            self.say(_("The file has no code in it yet."))
        else:
            self.query_one(Prompt).remember(saved.code)
            self._handed_in = self.player.submit(saved.code) or self.session.run(saved.code)

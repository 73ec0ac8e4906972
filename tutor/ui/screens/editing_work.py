"""What a work screen does to give more room to what is being typed."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from textual.app import SuspendNotSupported

from tutor.texts import _
from tutor.ui.external_editor import EditorFailed, edit, own_command
from tutor.ui.widgets.prompt import LargeChanged, Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]
else:
    _Base = object

_STILL_THERE = {"large_editor", "external_editor", "interrupt", "quit_tutor", "show_help", "command_palette"}
"""Actions that make sense while the prompt has the whole screen."""
T = TypeVar("T")
AT_ONCE = 1.0
"""Seconds in which nobody has edited anything."""


class EditingWork(_Base):
    """Mixin of a work screen."""

    if TYPE_CHECKING:

        def say(self, text: str) -> None: ...

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.has_class("-editing") and any(action == a.name for a in getattr(self, "ACTIONS", ())):
            return action in _STILL_THERE
        return super().check_action(action, parameters)

    def action_large_editor(self) -> None:
        prompt = self.query_one(Prompt)
        if prompt.asks:
            self.say(_("Your program waits for a line; answer it first."))
        else:
            prompt.large = not prompt.large
            prompt.focus()

    def on_prompt_large_changed(self, event: LargeChanged) -> None:
        self.set_class(event.large, "-editing")
        self.refresh_bindings()

    def action_external_editor(self) -> None:
        prompt = self.query_one(Prompt)
        before = prompt.source
        try:
            command = own_command()
            after, seconds = self._lent(lambda: edit(before, command))
        except EditorFailed as failure:
            # Not only said: what the terminal tells on its return would take it away.
            self.query_one(Transcript).note(str(failure), "warn")
            return
        except SuspendNotSupported:
            self.say(_("This terminal cannot be lent to another program."))
            return
        if after != before.rstrip("\n"):
            prompt.load(after)
            self.say("")
        elif seconds < AT_ONCE:
            self.say(_("Nothing was changed. An editor with a window of its own needs a flag: code --wait."))
        else:
            self.say(_("Nothing was changed."))
        prompt.focus()

    def _lent(self, use: Callable[[], T]) -> tuple[T, float]:
        """What ``use`` made of the terminal, and the seconds it took. The screen stands still meanwhile:
        whatever it painted would go over the editor. Raises EditorFailed, SuspendNotSupported.
        """
        failure: EditorFailed | None = None
        begun = monotonic()
        with self.app.suspend():
            # An exception that leaves this block would leave the terminal to the shell.
            try:
                made = use()
            except EditorFailed as error:
                failure = error
        if failure is not None:
            raise failure
        return made, monotonic() - begun

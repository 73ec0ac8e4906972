"""What both views of the playground have in common: how one leaves them, and what they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.screen import Screen

from tutor.ui.screens.keys import KeysScreen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tutor.session.session import Session
    from tutor.ui.app import TutorApp
    from tutor.ui.editor_keys import EditorKey

_PATIENCE = 4
"""Seconds for which a question stands."""


class PlayBase(Screen[None]):
    """A view of the playground: it has the whole screen and needs keys only."""

    KEYS: tuple[EditorKey, ...] = ()
    TITLE = "Playground"
    WORDS = ""
    """What help says below the keys."""
    CSS_PATH = ["../styles/help.tcss", "../styles/play.tcss"]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self._asked_again = False

    @property
    def tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    def say(self, text: str) -> None:
        """One line, until the next one."""
        raise NotImplementedError

    def code(self) -> Iterable[str]:
        """The cells that stand for what is shown."""
        raise NotImplementedError

    def action_show_help(self) -> None:
        self.app.push_screen(KeysScreen(self.TITLE or "", self.KEYS, self.WORDS))

    def action_leave(self) -> None:
        self.app.pop_screen()

    def action_quit_tutor(self) -> None:
        self.app.exit()

    def action_palette(self) -> None:
        self.app.action_command_palette()

    def action_take(self) -> None:
        cells = tuple(self.code())
        self.say("Taking the code to the prompt: it runs there from the start.")
        self.tutor.take_to_prompt(cells)

    def restart_worker(self) -> bool:
        """A fresh Python, when it is asked for a second time; the first time says what it would do."""
        if self._asked_again:
            self._forget()
            self.session.restart(self.session.threads)
            return True
        self._asked_again = True
        self.set_timer(_PATIENCE, self._forget)
        self.say("A fresh Python forgets the prompt's variables too. x again does it.")
        return False

    def _forget(self) -> None:
        self._asked_again = False
        self.say("")

"""What Ctrl+C says while the code does not stop: what was tried, and what is left to try."""

from __future__ import annotations

from collections.abc import Callable

from tutor.session.session import Session
from tutor.texts import _, plural
from tutor.ui import actions
from tutor.ui.actions import key_text

_PATIENCE = 0.5
"""Seconds of silence after a press; most code stops in a few milliseconds and needs no words."""


class Stopper:
    """Counts the presses for one piece of running code."""

    def __init__(
        self, session: Session, say: Callable[[str], None], later: Callable[[float, Callable[[], None]], object]
    ) -> None:
        """``say`` shows one line; ``later`` calls a function after some seconds."""
        self._session = session
        self._say = say
        self._later = later
        self._running = 0
        self._presses = 0

    def press(self) -> bool:
        """Ask the running code to stop, more firmly each time. False when nothing runs."""
        running = self._session.state.running
        waiting = len(self._session.queued)
        if not self._session.interrupt():
            return False
        self._presses = self._presses + 1 if running == self._running else 1
        self._running = running
        presses = self._presses
        if waiting:
            words = plural(
                "The cell that waited was not run; Up brings the code back.",
                "The {n} cells that waited were not run; Up brings the code back.",
                waiting,
            )
            self._say(words.format(n=waiting))
        self._later(_PATIENCE, lambda: self._still(running, presses))
        return True

    def _still(self, running: int, presses: int) -> None:
        if self._session.state.running != running or self._presses != presses:
            return
        if presses == 1:
            self._say(_("Stopping… If this is native code or an import, that ends first. Ctrl+C insists."))
        elif presses == 2:
            self._say(_("Still running. Child processes were told to stop as well. Ctrl+C once more forces it."))
        else:
            key = key_text(actions.RESTART)
            self._say(
                _("It does not listen. {key}, twice, ends this Python: its variables are lost.").format(key=key)
            )

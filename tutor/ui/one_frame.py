"""Paints a cell's echo and its result as one frame when the result is quick."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from textual.screen import Screen

_PATIENCE = 0.015
"""Seconds a frame is held back at most; what takes longer shows its echo first."""


class OneFrame:
    """Holds painting back from Enter until the cell has ended.

    Painting the emptied prompt first makes the result wait for the frame after it.
    """

    def __init__(self, screen: Screen[None], before: Callable[[], None]) -> None:
        """``before`` is called before the frame is painted."""
        self._screen = screen
        self._before = before
        self._held = ExitStack()
        self._holding = 0

    def hold(self) -> None:
        """Paint nothing until :meth:`release`, or until patience ends."""
        self._holding += 1
        self._held.close()
        self._held.enter_context(self._screen.app.batch_update())
        turn = self._holding
        self._screen.set_timer(_PATIENCE, lambda: self.release(turn))

    def release(self, turn: int = 0) -> None:
        """Paint what there is; ``turn`` names the hold that is meant, 0 the current one."""
        if turn in (0, self._holding):
            self._before()
            self._held.close()
            # The app looks whether something is to be painted, and a screen only after its next message.
            self._screen.check_idle()

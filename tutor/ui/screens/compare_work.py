"""Comparing two tensors from a work screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object


class Comparing(_Base):
    """Mixin of a screen with a session."""

    session: Session
    _compared: tuple[str, str] = ("", "")
    """The names that were chosen last."""

    def action_compare(self) -> None:
        from tutor.ui.screens.comparing import CompareScreen

        names = [facts.path for facts in self.session.state.tensors]
        chosen = [name if name in names else "" for name in self._compared]
        if not any(chosen):
            # The two that were made last.
            chosen = ["", "", *names][-2:]
        screen = CompareScreen(self.session, names, (chosen[0], chosen[1]))
        self.app.push_screen(screen, self._remember_compared)

    def _remember_compared(self, names: tuple[str, str] | None) -> None:
        if names is not None:
            self._compared = names

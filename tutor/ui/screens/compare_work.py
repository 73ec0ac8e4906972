"""Comparing two tensors from a work screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.screen import Screen

    from tutor.protocol.snapshots import TensorFacts
    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object


def offered(tensors: Sequence[TensorFacts]) -> tuple[str, str]:
    """The latest two that can be compared value by value; the latest two where there are none."""
    for at in range(len(tensors) - 1, 0, -1):
        right = tensors[at]
        left = next((one for one in reversed(tensors[:at]) if one.shape == right.shape), None)
        if left is not None and right.same_as != left.path:
            return left.path, right.path
    left_path, right_path = ["", "", *(facts.path for facts in tensors)][-2:]
    return left_path, right_path


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
            chosen = list(offered(self.session.state.tensors))
        screen = CompareScreen(self.session, names, (chosen[0], chosen[1]))
        self.app.push_screen(screen, self._remember_compared)

    def _remember_compared(self, names: tuple[str, str] | None) -> None:
        if names is not None:
            self._compared = names

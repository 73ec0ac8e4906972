"""What the footer of a work screen names: the keys that matter now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.binding import ActiveBinding, Binding

from tutor.ui.widgets.prompt import Prompt, StateChanged

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]
else:
    _Base = object

_STOP = Binding("ctrl+c", "interrupt", "Stop")
_ANSWER = Binding("enter", "submit", "Answer")


class Footing(_Base):
    """Mixin of a work screen: while code runs or waits for a line, that comes first."""

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        found = super().active_bindings
        prompt = next(iter(self.query(Prompt)), None)
        if prompt is None or not (prompt.asks or prompt.busy):
            return found
        now = [_ANSWER, _STOP] if prompt.asks else [_STOP]
        first = {one.key: ActiveBinding(self, one, True, "") for one in now}
        return first | {key: value for key, value in found.items() if key not in first}

    def on_prompt_state_changed(self, _event: StateChanged) -> None:
        self.refresh_bindings()

"""Keys that widgets act on at once and in order, and Alt+Enter told from Enter."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from textual import _ansi_sequences, events

if TYPE_CHECKING:
    from textual.widget import Widget as _Base
else:
    _Base = object


class _Key(Enum):
    ALT_ENTER = "alt+enter"


def know_alt_enter() -> None:
    """Teach Textual the bytes that most terminals send for Alt+Enter; it takes them for Enter."""
    table = _ansi_sequences.ANSI_SEQUENCES_KEYS
    if isinstance(table, dict):
        table.setdefault("\x1b\r", (_Key.ALT_ENTER,))


class OwnKeys(_Base):
    """Mixin: runs a widget's own key bindings in the widget's own queue.

    Textual runs bindings in the application's queue. A key gets there after the characters typed behind it
    have gone in (``Ctrl+J`` and ``a`` typed fast gave ``a`` and then the new line), and only if the screen,
    which takes single letters for itself, has let it pass.
    """

    async def _on_key(self, event: events.Key) -> None:
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            if await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return

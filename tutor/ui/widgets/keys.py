"""Keys that widgets act on at once and in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

if TYPE_CHECKING:
    from textual.widget import Widget as _Base
else:
    _Base = object


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

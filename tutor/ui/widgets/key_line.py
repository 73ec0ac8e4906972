"""The keys that matter now, in the last line of a screen."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.events import Click
from textual.screen import Screen
from textual.widget import Widget

from tutor.texts import _

_META = "tutor-key"
"""Under this name the text knows which key it names; Textual would draw what has `@click` as a link."""


class KeyLine(Widget):
    """One line of keys; a click is as good as the key.

    Textual's Footer takes every key's widget away and mounts another whenever the bindings may have changed: with
    each change of the focus, each run and each view of a lesson. It was a quarter of what such a moment cost.
    """

    COMPONENT_CLASSES = {"key-line--key", "key-line--description"}
    DEFAULT_CSS = """
    KeyLine {
        dock: bottom;
        width: 1fr;
        height: 1;
        text-wrap: nowrap;
        background: $footer-background;
        color: $footer-foreground;
        & > .key-line--key {
            color: $footer-key-foreground;
            background: $footer-key-background;
            text-style: bold;
        }
        & > .key-line--description {
            color: $footer-description-foreground;
            background: $footer-description-background;
        }
    }
    """
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[tuple[str, str, str, bool], ...] = ()

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        if not self.is_attached or screen is not self.screen or not self.app.app_focus:
            return
        keys: dict[str, tuple[str, str, str, bool]] = {}
        for active in screen.active_bindings.values():
            binding, enabled = active.binding, active.enabled
            if binding.show and binding.action not in keys:
                shown = self.app.get_key_display(binding)
                keys[binding.action] = (binding.key, shown, _(binding.description), enabled)
        if (now := tuple(keys.values())) != self._keys:
            self._keys = now
            self.refresh()

    def render(self) -> Text:
        key_style = self.get_component_rich_style("key-line--key")
        word_style = self.get_component_rich_style("key-line--description")
        line = Text(no_wrap=True, overflow="ellipsis")
        for key, shown, description, enabled in self._keys:
            pressed = Style.from_meta({_META: key}) if enabled else Style(dim=True)
            line.append(shown, key_style + pressed)
            line.append(f" {description}", word_style + pressed)
            line.append(" ")
        return line

    def on_click(self, event: Click) -> None:
        if key := event.style.meta.get(_META):
            self.app.simulate_key(key)

"""Which pane has the focus, and how much room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tutor.ui.panes.inspector import Inspector

if TYPE_CHECKING:
    from textual.screen import Screen

    _Base = Screen[None]
else:
    _Base = object


def is_shown(widget: Widget) -> bool:
    """Whether it and everything around it is displayed."""
    return all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget))


class PaneWork(_Base):
    """Mixin of a work screen."""

    PANES: tuple[str, ...] = ("prompt", "inspector", "transcript")
    """Ids of what F6 goes through, in order."""

    def action_next_pane(self) -> None:
        panes = [self.query_one(f"#{name}") for name in self.PANES]
        inside = next((n for n, pane in enumerate(panes) if pane.has_focus_within), -1)
        target = panes[(inside + 1) % len(panes)]
        self.set_class(target.id == "inspector", "-inspecting")
        self.call_after_refresh(self._focus_into, target.id or "")

    def _focus_into(self, name: str) -> None:
        pane = self.query_one(f"#{name}")
        candidates = [pane, *pane.query("*")]
        target = next((widget for widget in candidates if widget.focusable and is_shown(widget)), None)
        if target is not None:
            target.focus()

    def action_zoom(self) -> None:
        zoomed = next((name for name in (*self.PANES, "console") if self.has_class(f"-zoom-{name}")), None)
        if zoomed:
            self.remove_class(f"-zoom-{zoomed}")
            return
        current = next((n for n in self.PANES if self.query_one(f"#{n}").has_focus_within), "prompt")
        self.add_class(f"-zoom-{'console' if current in ('prompt', 'transcript') else current}")

    def action_show_tensors(self) -> None:
        self._show_pane("tensors")

    def action_show_flow(self) -> None:
        self._show_pane("flow")

    def action_show_gradients(self) -> None:
        self._show_pane("gradients")

    def _show_pane(self, name: str) -> None:
        self.query_one(Inspector).choose(name)
        self.add_class("-inspecting")

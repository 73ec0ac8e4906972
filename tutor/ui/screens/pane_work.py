"""Which pane has the focus, and how much room."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from tutor.ui.panes.inspector import Inspector
from tutor.ui.panes.watch import WatchPane
from tutor.ui.saving import save

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object


def is_shown(widget: Widget) -> bool:
    """Whether it and everything around it is displayed."""
    return all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget))


class PaneWork(_Base):
    """Mixin of a work screen."""

    session: Session

    if TYPE_CHECKING:

        def say(self, text: str) -> None: ...

    PANES: tuple[str, ...] = ("prompt", "inspector", "transcript")
    """Ids of what F6 goes through, in order."""

    def panes_in_turn(self) -> tuple[str, ...]:
        """The order in which F6 goes through them now."""
        return self.PANES

    def action_next_pane(self) -> None:
        """The next pane that can take the keyboard; one with nothing in it is passed over."""
        names = self.panes_in_turn()
        inside = next((n for n, name in enumerate(names) if self.query_one(f"#{name}").has_focus_within), -1)
        turn = [*names[inside + 1 :], *names[: inside + 1]]
        target = next((name for name in turn if self._can_enter(name)), None)
        if target is not None:
            self.set_class(target == "inspector", "-inspecting")
            self.call_after_refresh(self._focus_into, target)

    def _can_enter(self, name: str) -> bool:
        pane = self.query_one(f"#{name}")
        # Where there is room for one thing at a time, panes are shown by being entered.
        shown = self._zoomed is None or is_shown(pane)
        return shown and any(
            widget.focusable and all(part.display for part in widget.ancestors_with_self if pane in part.ancestors)
            for widget in (pane, *pane.query("*"))
        )

    def _focus_into(self, name: str) -> None:
        pane = self.query_one(f"#{name}")
        candidates = [pane, *pane.query("*")]
        target = next((widget for widget in candidates if widget.focusable and is_shown(widget)), None)
        if target is not None:
            target.focus()

    @property
    def _zoomed(self) -> str | None:
        """The pane that has the whole screen."""
        return next((name for name in (*self.PANES, "console") if self.has_class(f"-zoom-{name}")), None)

    def action_zoom(self) -> None:
        if zoomed := self._zoomed:
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

    def action_show_graph(self) -> None:
        self._show_pane("graph")

    def action_show_training(self) -> None:
        self._show_pane("training")

    def action_show_align(self) -> None:
        self._show_pane("align")

    def action_show_memory(self) -> None:
        self._show_pane("memory")

    def action_save_drawing(self) -> None:
        pane = self.query_one(Inspector).chosen
        try:
            files = save(pane.picture(), pane.NAME)
        except OSError as error:
            self.say(f"The drawing could not be written: {error.strerror} ({error.filename})")
        else:
            self.say(f"The {pane.TITLE} pane is in {' and '.join(files)}")

    def action_show_model(self) -> None:
        self._show_pane("model")

    def action_show_watch(self) -> None:
        self._show_pane("watch")

    def on_watch_pane_changed(self, event: WatchPane.Changed) -> None:
        self.session.watch(event.expression, event.keep)

    def action_earlier(self) -> None:
        """Everything as it was one run earlier."""
        self._travel(1, "Nothing earlier is kept.")

    def action_later(self) -> None:
        """One run on, or back to now."""
        self._travel(-1, "This is now.")

    def _travel(self, runs: int, otherwise: str) -> None:
        if not self.session.go_back(runs):
            self.say(otherwise)
            return
        self.say("")
        self.query_one(Inspector).show(self.session.view)

    def uncover(self) -> None:
        """Where there is room for one thing only, take away the pane that lies over the lesson."""
        if self.has_class("-narrow") and self.has_class("-inspecting"):
            self.remove_class("-inspecting")
            if self.query_one(Inspector).has_focus_within:
                self._focus_into("prompt")

    def _show_pane(self, name: str) -> None:
        if self.has_class("-narrow") and self.has_class("-inspecting") and self.query_one(Inspector).shows(name):
            # The same letter leads back.
            self.uncover()
            return
        self.query_one(Inspector).choose(name)
        self.add_class("-inspecting")

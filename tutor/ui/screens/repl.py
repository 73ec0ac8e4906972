"""The free prompt: the same eyes, no lesson."""

from __future__ import annotations

from textual.widgets import Static

from tutor.ui import actions
from tutor.ui.screens.work import WorkScreen
from tutor.ui.widgets.transcript import Transcript


class ReplScreen(WorkScreen):
    """Transcript left, panes right."""

    ACTIONS = actions.REPL_ACTIONS
    BINDINGS = actions.bindings(ACTIONS)
    CSS_PATH = "../styles/work.tcss"

    def on_mount(self) -> None:
        self.add_class("-repl")
        self.query_one("#title", Static).update(" tutor   Free prompt")
        transcript = self.query_one(Transcript)
        transcript.note(
            "A Python prompt: begin with  import torch . Every tensor you make appears in the Tensors pane.",
            "info",
        )
        transcript.note("Esc then ? shows the keys; Ctrl+C stops running code.", "info")

"""What a work screen does with earlier cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.ui.widgets.cell_keys import CellRequested, Left, Told
from tutor.ui.widgets.prompt import Prompt
from tutor.ui.widgets.transcript import Transcript

if TYPE_CHECKING:
    from textual.screen import Screen

    from tutor.session.session import Session

    _Base = Screen[None]
else:
    _Base = object


class CellWork(_Base):
    """Mixin of a work screen."""

    if TYPE_CHECKING:
        session: Session
        PANES: tuple[str, ...]

        def say(self, text: str) -> None: ...

    def action_choose_cell(self) -> None:
        for pane in self.PANES:
            self.remove_class(f"-zoom-{pane}")
        transcript = self.query_one(Transcript)
        transcript.focus()
        transcript.action_choose_cell(-1)

    def on_transcript_told(self, event: Told) -> None:
        self.say(event.text)

    def on_transcript_left(self, _event: Left) -> None:
        self.query_one(Prompt).focus()

    def on_transcript_cell_requested(self, event: CellRequested) -> None:
        prompt = self.query_one(Prompt)
        if event.run:
            prompt.remember(event.source)
            self.session.run(event.source)
            self.say("")
        else:
            prompt.load(event.source)
            prompt.focus()

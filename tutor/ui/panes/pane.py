"""What every pane of the inspector is."""

from __future__ import annotations

from rich.text import Text
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from tutor.protocol import commands
from tutor.render.look import Look
from tutor.session.state import SessionState

REPORT = Look(width=100)
"""How a drawing that is kept is made: as wide as a page, however narrow the pane, and as high as it needs."""


LOOKING = "Looking \u2026"
"""Said while the first answer is awaited: that there is nothing would be a guess."""


class Asks(Message):
    """A pane wants to know more than the session tells by itself; the answer comes with the state."""

    def __init__(self, look: commands.Look) -> None:
        super().__init__()
        self.look = look


class Pane(Widget):
    """One side of the session. It keeps its own cursor, folds and choices, and no facts."""

    NAME = ""
    """Its id, and what follows ``show_`` in the action that brings it to the front."""
    TITLE = ""
    """One word: it stands on the tab."""

    def __init__(self) -> None:
        super().__init__(id=self.NAME)

    def show(self, state: SessionState) -> bool:
        """Draw what is true now; True if there is news that deserves the front."""
        raise NotImplementedError

    def picture(self) -> Text:
        """What it shows, whole, as it would stand in a report."""
        shown = [part.content for part in self.query(Static) if part.display]
        return Text("\n").join(part if isinstance(part, Text) else Text(str(part)) for part in shown)


class Canvas(VerticalScroll):
    """A place for a drawing, which says when it has another size: first when it is laid out at all."""

    class Resized(Message):
        """The drawing should be made anew."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())

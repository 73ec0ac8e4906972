"""One quiet line above the code: the call that is being typed."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from tutor.protocol.snapshots import Description
from tutor.render.help import signature_line
from tutor.render.look import Look


class SignatureLine(Static):
    """Appears with the first call of a cell and keeps its row until the cell is gone, so that nothing jumps."""

    DEFAULT_CSS = """
    SignatureLine { height: 1; width: 1fr; display: none; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._description: Description | None = None
        self.began = False
        """Whether it has had something to say about this cell."""

    def show(self, description: Description | None) -> None:
        """Show a call; None leaves the row empty."""
        self._description = description
        self.began = self.began or description is not None
        self.display = self.began
        self._draw()

    @property
    def tells(self) -> bool:
        """Whether there is a call to show."""
        return self._description is not None

    def leave(self) -> None:
        """Give the row back."""
        self._description, self.began = None, False
        self.display = False

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        # Not measured yet on its first appearance: the resize that follows draws it.
        width = self.size.width
        found = self._description
        self.update(signature_line(found, Look(width)) if found is not None and width > 0 else Text(""))

"""Quiet lines above the code: the call that is being typed, and what it does."""

from __future__ import annotations

from rich.text import Text
from textual.geometry import Size
from textual.widgets import Static

from tutor.protocol.assistance import Description
from tutor.render.help import signature_lines
from tutor.render.look import Look

_ROWS = ((36, 3), (24, 2), (0, 1))
"""Rows of the screen from which on it has so many itself."""


class SignatureLine(Static):
    """Appears with the first call of a cell and keeps its rows until the cell is gone, so that nothing jumps."""

    DEFAULT_CSS = """
    SignatureLine { height: auto; width: 1fr; display: none; text-wrap: nowrap; }
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
        lines = signature_lines(found, Look(width), self._rows) if found is not None and width > 0 else []
        self.update(Text("\n").join(lines))

    @property
    def _rows(self) -> int:
        return next(rows for least, rows in _ROWS if self.app.size.height >= least)

    def get_content_height(self, _container: Size, _viewport: Size, _width: int) -> int:
        """As many as there is room for, whatever is said in them."""
        return self._rows

"""One quiet line above the code: how the operands of what is being typed meet."""

from __future__ import annotations

from rich.text import Text
from textual.widgets import Static

from tutor.protocol.alignment import Alignment
from tutor.render.alignment import alignment_line
from tutor.render.look import Look


class ShapeLine(Static):
    """Appears with the first known operands of a cell and keeps its row until the cell is gone."""

    DEFAULT_CSS = """
    ShapeLine { height: 1; width: 1fr; display: none; text-wrap: nowrap; }
    """

    def __init__(self) -> None:
        super().__init__(markup=False)
        self.step: Alignment | None = None
        self.began = False
        """Whether it has had something to say about this cell."""

    def show(self, step: Alignment | None) -> None:
        """Show an operation; None leaves the row empty."""
        self.step = step
        self.began = self.began or step is not None
        self._draw()

    def leave(self) -> None:
        """The cell is gone."""
        self.step, self.began = None, False
        self.display = False

    @property
    def warns(self) -> bool:
        """Whether what it says must not be missed."""
        return self.step is not None and bool(self.step.problem or self.step.grows)

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        # Not measured yet on its first appearance: the resize that follows draws it.
        width = self.size.width
        self.update(alignment_line(self.step, Look(width)) if self.step is not None and width > 0 else Text(""))

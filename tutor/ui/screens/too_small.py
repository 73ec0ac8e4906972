"""What a window too small to work in shows."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.widgets import Static

from tutor.texts import _

_WORDS = 16
"""Cells that the shorter words take."""


class TooSmallScreen(ModalScreen[None]):
    """Put up and taken away by the app."""

    CSS = (
        "TooSmallScreen { align: center middle; background: $background; } TooSmallScreen Static { width: auto; }"
    )
    BINDINGS = [("ctrl+q", "app.exit", "Quit")]

    def __init__(self, smallest: tuple[int, int]) -> None:
        super().__init__()
        self._smallest = smallest

    def compose(self) -> ComposeResult:
        yield Static(id="too-small", markup=False)

    def on_mount(self) -> None:
        self._say()

    def on_resize(self) -> None:
        self._say()

    def _say(self) -> None:
        width, height = self.app.size
        columns, rows = self._smallest
        self.query_one("#too-small", Static).update(
            (
                _("{width}×{height} is too small.\nMake it {columns}×{rows}.")
                if width < 2 * _WORDS
                else _(
                    "The tutor needs {columns}×{rows} characters.\n"
                    "This window has {width}×{height}.\nMake it larger; nothing is lost."
                )
            ).format(width=width, height=height, columns=columns, rows=rows)
        )

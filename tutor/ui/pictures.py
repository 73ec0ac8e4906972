"""Shows a figure on the whole terminal, in pixels where it can."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App, SuspendNotSupported

from tutor.render.look import Look
from tutor.render.pictures import caption, picture
from tutor.ui.screens.pager import Pager
from tutor.ui.widgets.lines import PictureRow

if TYPE_CHECKING:
    from tutor.protocol.events import Pictured

_PACKAGE = Path(__file__).resolve().parents[2]


def show_large(app: App[None], event: Pictured) -> None:
    """Step aside for the viewer; where the app cannot, or there are no colours, a screen of the app's own."""
    if not app.no_color:
        try:
            with app.suspend():
                shown = _view(event.png)
            if shown:
                app.refresh(layout=True)
                return
        except SuspendNotSupported:
            pass
    look = Look(max(20, app.size.width - 2), max(4, app.size.height - 4), colour=not app.no_color)
    rows = [PictureRow(row) for row in picture(event, look)]
    app.push_screen(Pager("Figure", [*rows, *(PictureRow(line) for line in caption(event, look))]))


def _view(png: bytes) -> bool:
    """Whether the viewer showed it."""
    command = [sys.executable, "-m", "tutor.ui.viewer"]
    path = os.pathsep.join(filter(None, (str(_PACKAGE), os.environ.get("PYTHONPATH", ""))))
    # The terminal is in its ordinary mode meanwhile: Ctrl+C would reach this process too.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(png)
            file.flush()
            return (
                subprocess.run(
                    [*command, file.name], env={**os.environ, "PYTHONPATH": path}, check=False
                ).returncode
                == 0
            )
    finally:
        signal.signal(signal.SIGINT, before)

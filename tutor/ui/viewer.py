"""A program of its own that shows one PNG as large as the terminal allows, until a key is pressed.

The app steps aside while it runs: kitty's and sixel's pixels cannot live inside a screen that Textual redraws,
and asking a terminal what it can do needs its input. Whatever a hostile picture does to the decoder, it does here.
"""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
import warnings
from collections.abc import Callable
from pathlib import Path

from PIL import Image as Pillow
from rich.console import Console

LARGEST_FILE = 4_000_000
"""Bytes."""
_PIXELS = 16_000_000
_ROWS_BELOW = 2
_PATIENCE = 0.05
"""Seconds in which a terminal's late answers to questions arrive; they are no keys."""


def main(path: str) -> int:
    """Exit status 0 when it was shown, 1 when it is no picture, 2 when there is no terminal."""
    # Which kind of picture the terminal can show is found out by this import.
    from textual_image.renderable import Image

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return 2
    Pillow.MAX_IMAGE_PIXELS = _PIXELS
    warnings.simplefilter("error", Pillow.DecompressionBombWarning)
    console = Console(highlight=False, markup=False, emoji=False)
    console.clear()
    try:
        if Path(path).stat().st_size > LARGEST_FILE:
            raise ValueError("too large")
        with Pillow.open(path, formats=("PNG",)) as opened:
            picture = opened.convert("RGB")
    except (OSError, ValueError, SyntaxError, Pillow.DecompressionBombError, Pillow.DecompressionBombWarning):
        return 1
    rows = max(4, console.height - _ROWS_BELOW)
    console.print(Image(picture, width="auto", height="auto"), height=rows)
    _wait_for_key(lambda: console.print("any key goes back", end=""))
    console.clear()
    return 0


def _wait_for_key(invite: Callable[[], None]) -> None:
    """Raw mode, so that Ctrl+C and Enter are keys like others; keys are asked for once they count as keys."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    tty.setraw(descriptor)
    try:
        while select.select([descriptor], [], [], _PATIENCE)[0]:
            os.read(descriptor, 1024)
        invite()
        os.read(descriptor, 1024)
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

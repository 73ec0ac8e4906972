"""Figures become pictures: matplotlib, which the learner imported, draws; what travels is bounded.

The backend (:mod:`tutor.worker.figures`) and the display of a last expression both end here.
"""

from __future__ import annotations

import importlib
import io
import os
import struct
import sys
from collections.abc import Callable
from typing import Any

from tutor.protocol.events import AxesWords, Pictured

_BYTES = 2_000_000
"""A PNG larger than this is drawn again, smaller."""
_DPI = 150
_PIXELS = 1_600
"""Along the longer side."""
_SMALL = (200, 150)
"""Pixels of the small copy, which a terminal without graphics shows as coloured blocks."""
_PER_RUN = 20
_AXES = 12
_LABELS = 8
_TEXT = 120


class Outlet:
    """Where figures go. Open while a cell of the learner's runs; closed, they go nowhere."""

    def __init__(self) -> None:
        self._send: Callable[[Any], None] | None = None
        self._command = 0
        self._left = 0
        self._pid = 0

    def open(self, command: int, send: Callable[[Any], None]) -> None:
        self._send, self._command, self._left, self._pid = send, command, _PER_RUN, os.getpid()

    def close(self) -> None:
        self._send = None

    def show(self, figure: Any) -> None:
        """Send a picture of ``figure``. Whatever matplotlib raises while it draws comes out."""
        # A forked child has this very wire, but must not write to it.
        if self._send is None or os.getpid() != self._pid:
            return
        self._left -= 1
        if self._left >= 0:
            self._send(picture_of(figure, self._command))
            figure.stale = False
        elif self._left == -1:
            print(f"… {_PER_RUN} figures were shown; more of this run are not.", file=sys.stderr)

    def show_changed(self) -> None:
        """The figures of pyplot that were drawn into and not shown since; they stay open for the next cell."""
        helpers = sys.modules.get("matplotlib._pylab_helpers")
        for manager in helpers.Gcf.get_all_fig_managers() if helpers is not None else ():
            figure = manager.canvas.figure
            if figure.stale and figure.axes:
                self.show(figure)


outlet = Outlet()


def is_figure(value: Any) -> bool:
    """Whether ``value`` is a figure of matplotlib, if that is imported at all."""
    module = sys.modules.get("matplotlib.figure")
    kind = getattr(module, "Figure", None)
    return kind is not None and issubclass(type(value), kind)


def picture_of(figure: Any, command: int) -> Pictured:
    """The figure as a PNG and as a small picture of plain pixels, with its words."""
    png = _png(figure)
    width, height = struct.unpack(">II", png[16:24])
    small_width, small_height, small = _small(png)
    suptitle = getattr(figure, "_suptitle", None)
    title = _words(suptitle.get_text()) if suptitle is not None else ""
    axes = tuple(_axes_words(axes) for axes in figure.axes[:_AXES])
    return Pictured(command, png, width, height, title, axes, small, small_width, small_height)


def _png(figure: Any) -> bytes:
    inches = max(*figure.get_size_inches(), 0.01)
    dpi = min(_DPI, _PIXELS / inches)
    while True:
        file = io.BytesIO()
        # A size in inches that the words outside the axes would leave is made larger by `tight`, never much.
        figure.savefig(file, format="png", dpi=dpi, bbox_inches="tight")
        png = file.getvalue()
        if len(png) <= _BYTES or dpi < 10:
            return png
        dpi *= 0.7


def _small(png: bytes) -> tuple[int, int, bytes]:
    """Width, height and RGB rows of a copy that fits into ``_SMALL``."""
    image_module = importlib.import_module("PIL.Image")  # comes with matplotlib
    with image_module.open(io.BytesIO(png)) as opened:
        image = opened.convert("RGBA")
    ground = image_module.new("RGBA", image.size, "white")
    image = image_module.alpha_composite(ground, image).convert("RGB")
    image.thumbnail(_SMALL, image_module.Resampling.LANCZOS)
    return image.width, image.height, image.tobytes()


def _axes_words(axes: Any) -> AxesWords:
    _, labels = axes.get_legend_handles_labels()
    return AxesWords(
        title=_words(axes.get_title()),
        x=_words(axes.get_xlabel()),
        y=_words(axes.get_ylabel()),
        labels=tuple(_words(label) for label in labels[:_LABELS]),
    )


def _words(text: Any) -> str:
    return " ".join(str(text).split())[:_TEXT]

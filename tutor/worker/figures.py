"""The matplotlib backend of the worker; matplotlib imports it because ``MPLBACKEND`` names it.

``plt.show()`` sends every open figure to the transcript and closes it, as inline backends do; one that was drawn
into and not shown is sent when its cell ends. In a process
that is no worker (a script that learner code started) it draws into nothing, like Agg.
"""

from __future__ import annotations

import importlib
from typing import Any

from tutor.worker.display.pictures import outlet

# Only matplotlib imports this module, so these are loaded or about to be.
_bases = importlib.import_module("matplotlib.backend_bases")
_agg = importlib.import_module("matplotlib.backends.backend_agg")
_managers = importlib.import_module("matplotlib._pylab_helpers")


class FigureManager(_bases.FigureManagerBase):  # type: ignore[misc,name-defined]
    """A figure without a window."""

    def show(self) -> None:
        """``fig.show()``"""
        outlet.show(self.canvas.figure)


class FigureCanvas(_agg.FigureCanvasAgg):  # type: ignore[misc,name-defined]
    """Draws into memory."""

    manager_class = FigureManager


def show(*_arguments: Any, **_options: Any) -> None:
    """``plt.show()``: every open figure, in the order they were made."""
    try:
        for manager in _managers.Gcf.get_all_fig_managers():
            manager.show()
    finally:
        _managers.Gcf.destroy_all()

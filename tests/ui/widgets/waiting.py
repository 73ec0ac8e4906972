"""Waiting on conditions, and looking at what a widget paints."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from textual.pilot import Pilot
from textual.widget import Widget


async def until(pilot: Pilot[None], condition: Callable[[], bool], seconds: float = 5) -> None:
    """Let the app run until ``condition`` holds; fails when it does not within ``seconds``."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "what was waited for did not come"
        await pilot.pause(0.01)


def painted(widget: Widget) -> list[str]:
    """The rows of ``widget`` as they are painted, without what is blank at their ends."""
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]

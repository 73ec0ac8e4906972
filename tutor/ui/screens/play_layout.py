"""Who has how much room: the map is a square as large as can be, the network has what is left beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import Screen

if TYPE_CHECKING:
    from textual.widget import Widget

_BARE = (100, 30)
"""Columns and rows below which frames would cost more than they give."""
_NETWORK = 24
"""Columns that the network has at least, or it is not shown."""
_SMALLEST_MAP = 24
"""Columns from which the map shares its room with the network."""


def arrange(screen: Screen[None], zoomed: str) -> None:
    """Give every part of the playground its size. ``zoomed`` is the part that has all of it, if any."""
    width, height = screen.size
    bare = width < _BARE[0] or height < _BARE[1]
    screen.set_class(bare, "-bare")
    parts = {name: screen.query_one(f"#play-{name}") for name in ("settings", "network", "map", "losses")}
    for name, part in parts.items():
        part.display = not zoomed or name == zoomed
    screen.query_one("#play-top").display = zoomed in ("", "map", "network")
    frame = 0 if bare else 2
    body = height - 2
    settings = 27 if bare else 30
    if zoomed:
        _zoom(screen, parts, zoomed, width, body, frame)
        return
    right = width - settings
    top = round(body * (0.66 if not bare else 0.68))
    # A cell is twice as high as wide; one line below the map is its legend.
    side = 2 * (top - frame - 1) + frame
    beside = right - _NETWORK >= _SMALLEST_MAP
    side = min(side, right - _NETWORK if beside else right)
    parts["network"].display = beside
    parts["settings"].styles.width = settings
    parts["map"].styles.width = side
    parts["network"].styles.width = "1fr"
    screen.query_one("#play-top").styles.height = min(top, (side - frame) // 2 + 1 + frame)
    parts["losses"].styles.height = "1fr"


def _zoom(screen: Screen[None], parts: dict[str, Widget], zoomed: str, width: int, body: int, frame: int) -> None:
    screen.query_one("#play-top").styles.height = "1fr"
    parts["map"].styles.width = min(width, 2 * (body - frame - 1) + frame) if zoomed == "map" else "1fr"

"""Which lines of a transcript belong to which cell. No widgets here.

A cell reaches from its source to the next cell. Lines are known by their serial numbers, so that output
costs nothing here, and neither do lines that are dropped.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CellPlace:
    number: int
    source: str
    first: int
    """Serial number of the first line of its source."""
    body: int
    """Serial number of the first line behind its source."""


class CellPlaces:
    """Cells of which a line may still be kept, oldest first."""

    def __init__(self) -> None:
        self._places: list[CellPlace] = []

    def add(self, place: CellPlace, dropped: int) -> None:
        """Remember the newest cell, and forget those that ended before line ``dropped``."""
        self._places.append(place)
        gone = self._index(dropped)
        if gone > 0:
            del self._places[:gone]

    def __bool__(self) -> bool:
        return bool(self._places)

    def clear(self) -> None:
        self._places.clear()

    def at(self, serial: int) -> CellPlace | None:
        """The cell that the line belongs to; the nearest one for a line before the first."""
        return self._places[max(0, self._index(serial))] if self._places else None

    def next_to(self, place: CellPlace, direction: int, dropped: int) -> CellPlace:
        """The next older (-1) or newer (1) cell of which a line is kept; the same one if there is none."""
        at = self._index(place.first) + direction
        kept = max(0, self._index(dropped))
        return self._places[max(kept, min(at, len(self._places) - 1))]

    def end(self, place: CellPlace) -> int | None:
        """The serial number after its last line; None if it goes on to the end."""
        following = self._index(place.first) + 1
        return self._places[following].first if following < len(self._places) else None

    def _index(self, serial: int) -> int:
        """Of the cell that the line belongs to; -1 before the first."""
        return bisect_right(self._places, serial, key=lambda place: place.first) - 1

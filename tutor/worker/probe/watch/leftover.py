"""Gradients that an update has used and that are still there when the next ``backward()`` adds to them."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from tutor.worker.probe.watch.live import Live

_TRACKED = 16
_USED = 2
"""Updates in a row after which nothing was cleared: one alone also happens where two optimisers take turns."""


@dataclass(slots=True)
class _Track:
    leaf: weakref.ref[Any]
    version: int
    used: int = 0
    """Times in a row that an update had used what is in ``.grad``, and it is still there."""
    held: int = 0
    """Times in a row that anything is in ``.grad``, used or not."""


class Leftovers:
    """Follows a few leaves from one ``backward()`` to the next, over the runs of a session."""

    def __init__(self) -> None:
        self._tracks: dict[int, _Track] = {}
        self.held = 0

    def begin_run(self) -> None:
        self.held = 0
        """Most times in a row that a leaf of this run had a gradient from before."""
        for key, track in list(self._tracks.items()):
            track.held = 0
            if track.leaf() is None:
                del self._tracks[key]

    def look(self, live: Live, leaves: list[Any]) -> bool:
        """Before a ``backward()`` that will reach ``leaves``: whether gradients add up that were used before."""
        for leaf in leaves:
            track = self._tracks.get(id(leaf))
            if track is None or track.leaf() is not leaf:
                if len(self._tracks) >= _TRACKED:
                    del self._tracks[next(iter(self._tracks))]
                self._tracks[id(leaf)] = _Track(weakref.ref(leaf), leaf._version)
        reached = {id(leaf) for leaf in leaves}
        piling = False
        for key, track in self._tracks.items():
            leaf = track.leaf()
            if leaf is None:
                continue
            self._update(live, track, leaf)
            if key in reached:
                self.held = max(self.held, track.held)
                piling = piling or track.used >= _USED
        return piling

    @staticmethod
    def _update(live: Live, track: _Track, leaf: Any) -> None:
        gradient = live.gradient(leaf)
        version, before = leaf._version, track.version
        track.version = version
        if gradient is None or not live.is_plain(gradient) or not live.readable(gradient) or not gradient.any():
            track.used = track.held = 0
            return
        track.held += 1
        if version != before:
            track.used += 1

"""Walking through what was run before. No widgets here."""

from __future__ import annotations

from collections.abc import Iterable

KEPT = 1_000


class History:
    """Earlier cells, oldest first, and a place among them. The place past the newest is the draft."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self._at: int | None = None
        self._draft = ""

    def replace(self, entries: Iterable[str]) -> None:
        self.entries = list(entries)[-KEPT:]
        self.leave()

    def add(self, entry: str) -> None:
        """Remember a cell; the same one twice in a row once."""
        if not self.entries or self.entries[-1] != entry:
            self.entries = [*self.entries[-(KEPT - 1) :], entry]
        self.leave()

    def leave(self) -> None:
        """The next step starts from the newest again."""
        self._at = None
        self._draft = ""

    @property
    def shown(self) -> str | None:
        """The cell at the place; None at the draft."""
        return None if self._at is None else self.entries[self._at]

    def step(self, direction: int, current: str) -> str | None:
        """The next older (-1) or newer (1) cell that begins as the draft does; None when there is none.

        ``current`` is what the prompt holds. If it is not the cell that was last stepped to, it has been
        edited and is the draft from now on. A step past the newest gives the draft back.
        """
        if self.shown != current:
            self._at, self._draft = None, current
        at = len(self.entries) if self._at is None else self._at
        places = range(at - 1, -1, -1) if direction < 0 else range(at + 1, len(self.entries))
        for place in places:
            entry = self.entries[place]
            if entry.startswith(self._draft) and entry != current:
                self._at = place
                return entry
        if direction > 0 and self._at is not None:
            self._at = None
            return self._draft
        return None

"""Walking through what was run before. No widgets here."""

from __future__ import annotations

from collections.abc import Callable, Iterable

KEPT = 10_000


class CellLog:
    """Cells of earlier sessions and of this one, oldest first; every prompt of the program shares one."""

    def __init__(self, keep: Callable[[str], object] = lambda _entry: None) -> None:
        self.entries: list[str] = []
        self._keep = keep
        """Told every cell that is added, to keep it for later sessions."""

    def load(self, past: Iterable[str]) -> None:
        """Put the cells of earlier sessions before those of this one."""
        self.entries[:0] = past
        del self.entries[:-KEPT]

    def add(self, entry: str) -> None:
        """Remember a cell; the same one twice in a row once."""
        if not self.entries or self.entries[-1] != entry:
            self.entries.append(entry)
            del self.entries[:-KEPT]
            self._keep(entry)


class History:
    """A place among earlier cells. The place past the newest is the draft."""

    def __init__(self, log: CellLog | None = None) -> None:
        self.log = log or CellLog()
        self._back = 0
        """Steps back from the draft: cells of earlier sessions may arrive late, in front."""
        self._draft = ""

    @property
    def entries(self) -> list[str]:
        return self.log.entries

    def add(self, entry: str) -> None:
        """Remember a cell, and go to the draft."""
        self.log.add(entry)
        self.leave()

    def leave(self) -> None:
        """The next step starts from the newest again."""
        self._back = 0
        self._draft = ""

    def go_to(self, back: int, draft: str) -> None:
        """Go to the cell ``back`` steps from the draft (1 is the newest)."""
        self._back, self._draft = back, draft

    @property
    def shown(self) -> str | None:
        """The cell at the place; None at the draft."""
        return self.entries[-self._back] if 0 < self._back <= len(self.entries) else None

    def step(self, direction: int, current: str) -> str | None:
        """The next older (-1) or newer (1) cell that begins as the draft does; None when there is none.

        ``current`` is what the prompt holds. If it is not the cell that was last stepped to, it has been
        edited and is the draft from now on. A step past the newest gives the draft back.
        """
        if self.shown != current:
            self._back, self._draft = 0, current
        older = range(self._back + 1, len(self.entries) + 1)
        for back in older if direction < 0 else range(self._back - 1, 0, -1):
            entry = self.entries[-back]
            if entry.startswith(self._draft) and entry != current:
                self._back = back
                return entry
        if direction > 0 and self._back:
            self._back = 0
            return self._draft
        return None

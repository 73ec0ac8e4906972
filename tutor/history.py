"""The cells that were run, kept across sessions in one SQLite file for Up and Ctrl+R.

:mod:`tutor.database` says how the file is kept safe. It may block for seconds on a slow disk or another
tutor's lock: use it from a thread of its own.
"""

from __future__ import annotations

from pathlib import Path

from tutor.database import Database, Schema, storable
from tutor.paths import data_dir

FILE_NAME = "history.sqlite3"
KEPT = 10_000
"""Cells; older ones are dropped."""
LONGEST = 200_000
"""Characters; a longer cell is not kept."""
MOST_CHARACTERS = 8_000_000
"""Of all cells together, as they are when the file is opened."""

_SCHEMA = Schema(
    "history",
    (("CREATE TABLE cells (number INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL)",),),
    ("SELECT number, source FROM cells LIMIT 1",),
)
_ADD = """
INSERT INTO cells (source)
SELECT ?1 WHERE ?1 IS NOT (SELECT source FROM cells ORDER BY number DESC LIMIT 1)
"""
_DROP_OVER_COUNT = "DELETE FROM cells WHERE number <= (SELECT max(number) FROM cells) - ?"
_DROP_OVER_SIZE = """
DELETE FROM cells WHERE number IN (
    SELECT number FROM (
        SELECT number, sum(length(source)) OVER (ORDER BY number DESC) AS characters FROM cells
    ) WHERE characters > ?
)
"""


class PastCells:
    """The history file of this user; ``notice`` is a sentence for the learner when something was amiss."""

    def __init__(self, folder: Path | None = None) -> None:
        self.file = (folder or data_dir()) / FILE_NAME
        self._database = Database(self.file, _SCHEMA)
        self._database.write((_DROP_OVER_SIZE, (MOST_CHARACTERS,)))

    @property
    def notice(self) -> str:
        return self._database.notice

    def close(self) -> None:
        self._database.close()

    def cells(self) -> list[str]:
        """What was run in any tutor, oldest first."""
        return [row[0] for row in self._database.read("SELECT source FROM cells ORDER BY number")]

    def add(self, source: str) -> None:
        """Keep one cell; the same one twice in a row once."""
        if len(source) <= LONGEST:
            self._database.write((_ADD, (storable(source),)), (_DROP_OVER_COUNT, (KEPT,)))

"""Cells of earlier sessions, read and written behind the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tutor.protocol.text import plain
from tutor.ui.widgets.history import CellLog

if TYPE_CHECKING:
    from tutor.history import PastCells


class Keeper:
    """Fills ``log`` from the history file, and the file from ``log``.

    The file is touched in one thread of its own: a slow disk or another tutor's lock holds up no key. What
    is given to it before the file is open waits there in order.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        self.log = CellLog(self._keep)
        self._say = say
        self._said = ""
        self._past: PastCells | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="history")
        self._open = True

    async def load(self) -> None:
        """Open the file, and put what it holds into the log."""
        past = await asyncio.get_running_loop().run_in_executor(self._thread, self._read)
        self.log.load(past)
        self._tell()

    def _read(self) -> list[str]:
        from tutor.history import PastCells

        self._past = PastCells()
        # A file can hold anything.
        return [plain(cell) for cell in self._past.cells()]

    def _keep(self, source: str) -> None:
        if self._open:
            loop = asyncio.get_running_loop()
            written = loop.run_in_executor(self._thread, self._write, source)
            written.add_done_callback(lambda _written: self._tell())

    def _write(self, source: str) -> None:
        if self._past is not None:
            self._past.add(source)

    def _tell(self) -> None:
        notice = self._past.notice if self._past else ""
        if notice != self._said and self._open:
            self._said = notice
            self._say(notice)

    async def close(self) -> None:
        """Write what is still to be written, and close the file."""
        self._open = False
        await asyncio.get_running_loop().run_in_executor(self._thread, self._shut)
        self._thread.shutdown()

    def _shut(self) -> None:
        if self._past is not None:
            self._past.close()

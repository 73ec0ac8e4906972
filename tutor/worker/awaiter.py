"""``await`` at the prompt: the event loop that such a cell runs in."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop


class Awaiter:
    """One loop for all cells that await, made by the first: a task goes on whenever a later cell awaits."""

    def __init__(self) -> None:
        self._loop: AbstractEventLoop | None = None

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Run it to its end. What it raises comes out; an interrupt cancels it."""
        import asyncio  # most sessions never need it

        if self._loop is None or self._loop.is_closed():
            self._loop = asyncio.new_event_loop()
        task = self._loop.create_task(coroutine)
        try:
            # Waited for, not run: what it raises then comes without the loop's own frames.
            self._loop.run_until_complete(asyncio.wait([task]))
        except BaseException:
            if not task.done():
                task.cancel()
                self._loop.run_until_complete(asyncio.wait([task]))
            raise
        error = None if task.cancelled() else task.exception()
        if error is None:
            return task.result()
        try:
            raise error
        finally:
            # The traceback holds this frame, and the frame would hold what the cell computed.
            del error, task, coroutine

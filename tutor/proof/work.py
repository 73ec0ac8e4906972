"""Pieces of work for several workers at once, some of which make further pieces."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from tutor.proof.prover import Prover

Piece = Callable[[Prover], Awaitable[Iterable["Piece"]]]
"""Does something with a worker, and gives what is to be done because of it."""


async def work_off(provers: list[Prover], pieces: Iterable[Piece]) -> None:
    """Until nothing is left; what a piece raises ends all of it."""
    work = _Work(pieces)
    tasks = [asyncio.ensure_future(work.share(prover)) for prover in provers]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Work:
    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._waiting = deque(pieces)
        self._busy = 0
        self._news = asyncio.Condition()

    async def share(self, prover: Prover) -> None:
        """Take one piece after the other, until nobody can make another."""
        await prover.start()
        while (piece := await self._take()) is not None:
            more: Iterable[Piece] = ()
            try:
                more = await piece(prover)
            finally:
                await self._end(more)

    async def _take(self) -> Piece | None:
        async with self._news:
            await self._news.wait_for(lambda: self._waiting or not self._busy)
            if not self._waiting:
                return None
            self._busy += 1
            return self._waiting.popleft()

    async def _end(self, more: Iterable[Piece]) -> None:
        async with self._news:
            self._busy -= 1
            self._waiting.extend(more)
            self._news.notify_all()

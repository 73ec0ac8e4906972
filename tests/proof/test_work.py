"""Pieces of work on several workers: all are done, those that come late too, and an error ends everything."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from functools import partial

import pytest

from tutor.proof.prover import Prover
from tutor.proof.work import Piece, work_off


class Hand(Prover):
    """A worker without a process."""

    def __init__(self) -> None:
        self.did: list[int] = []

    async def start(self) -> None:
        await asyncio.sleep(0)


async def count(down: int, prover: Prover) -> Iterable[Piece]:
    assert isinstance(prover, Hand)
    prover.did.append(down)
    await asyncio.sleep(0)
    return [partial(count, down - 1)] * (2 if down > 0 else 0)


async def test_pieces_that_come_of_pieces_are_done_by_whoever_is_free() -> None:
    hands = [Hand(), Hand(), Hand()]
    await work_off(list(hands), [partial(count, 4)])
    done = Counter(number for hand in hands for number in hand.did)
    assert done == {4: 1, 3: 2, 2: 4, 1: 8, 0: 16}
    assert all(hand.did for hand in hands)


async def test_what_a_piece_raises_ends_the_others() -> None:
    ended = asyncio.Event()

    async def wait(_prover: Prover) -> Iterable[Piece]:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return ()

    async def fail(_prover: Prover) -> Iterable[Piece]:
        raise ValueError("oh")

    with pytest.raises(ValueError, match="oh"):
        await work_off([Hand(), Hand()], [wait, fail])
    assert ended.is_set()

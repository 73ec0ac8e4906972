"""A worker that proves lessons, for the tests of one module."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

import pytest_asyncio

from tutor.proof.prover import Prover


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def prover() -> AsyncIterator[Prover]:
    """One that is quick to take code for endless."""
    prover = Prover(sys.executable, longest=1.5)
    await prover.start()
    yield prover
    prover.close()

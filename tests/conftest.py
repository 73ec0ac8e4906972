"""Fixtures that start real processes. What needs no process uses ``tests.fake.FakeClient``."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import settings

from tests.recorder import Recorder
from tutor.session.client import ProcessClient
from tutor.session.session import Session

# Threads of several processes that wait for each other on few cores take ten times as long as none; what a test
# starts inherits this.
os.environ["OMP_NUM_THREADS"] = "1"

# How long an example takes says something of the machine, nothing of the code.
settings.register_profile("tutor", deadline=None)
settings.load_profile("tutor")

_LONGEST = 80
"""Characters of a parameter that may stand in the name of a test."""


def pytest_make_parametrize_id(val: object) -> str | None:
    """A file of many megabytes is no name for the test that reads it; pytest numbers names that are alike."""
    return f"{val[:_LONGEST]}..." if isinstance(val, str) and len(val) > _LONGEST else None


def pytest_collection_finish() -> None:
    """What collecting thousands of tests leaves is not looked through at each collection of garbage."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the progress of whoever runs it, or speaks their language."""
    monkeypatch.setenv("TUTOR_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TUTOR_LANG", "en")


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def shared_session() -> AsyncIterator[Session]:
    """A real worker for all tests of one process; its nursery makes fresh ones fast."""
    session = Session(ProcessClient(sys.executable, threads=1))
    session.start()
    yield session
    session.close()


@pytest_asyncio.fixture(loop_scope="session")
async def work(shared_session: Session) -> AsyncIterator[Recorder]:
    """A session with a fresh worker, and what it tells."""
    if shared_session.cells:
        shared_session.restart(1)
    recorder = Recorder(shared_session)
    yield recorder
    recorder.stop()
    shared_session.watch("", keep=False)
    # The next test must get a fresh namespace even if this one ran nothing.
    shared_session.restart(1)
